"""Small, medium and large boxes, as COCO tells them apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.evaluation.detections import FORK, data, image, random_data
from tests.core.evaluation.test_coco import coco
from tui_detect.core.evaluation import OVERLAP_RANGE, EvaluationData, Overlap
from tui_detect.core.evaluation.box_sizes import SIZES, by_size
from tui_detect.core.evaluation.data import Indices
from tui_detect.core.evaluation.matching import match
from tui_detect.core.geometry import Box

AREAS = tuple((low, high) for _, low, high in SIZES)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    overlap=st.sampled_from([0.3, 0.5, OVERLAP_RANGE]),
    threshold=st.sampled_from([0.0, 0.4]),
    scale=st.sampled_from([1.0, 2.0]),
)
def test_the_figures_of_each_size_are_those_of_faster_coco_eval(
    seed: int, overlap: Overlap, threshold: float, scale: float
) -> None:
    made = random_data(seed, images=6, regions=60, detections=250)
    # Whole pixels stay whole, and areas of exactly 32 × 32 happen.
    made = replace(made, image_sizes_px=made.image_sizes_px * scale)
    ours = by_size(match(made, overlap), threshold)
    every, above = coco(made, overlap, areas=AREAS), coco(made, overlap, threshold, areas=AREAS)
    for a, size in enumerate(ours):
        known = every["precision"][:, :, :, a, 0]
        known = known[known > -1]
        assert size.ap == (pytest.approx(known.mean(), abs=1e-6) if len(known) else None)
        recall = above["recall"][:, :, a, 0]
        regions = regions_by_tag(made, *AREAS[a])
        assert size.regions == regions.sum()
        hits = (np.where(recall > -1, recall, 0).mean(axis=0) * regions).sum()
        assert size.true_positives == pytest.approx(hits, abs=1e-6)
        assert size.recall == (pytest.approx(hits / regions.sum()) if regions.sum() else None)


def regions_by_tag(made: EvaluationData, low: float, high: float) -> Indices:
    """(K,): regions of each tag with an area from `low` to `high`."""
    width, height = (made.region_box[:, 2:] * made.image_sizes_px[made.region_image]).T
    within = (width * height >= low) & (width * height <= high)
    return np.bincount(made.region_tag[within], minlength=len(made.tags))


def test_a_detection_on_something_of_another_size_is_no_false_alarm_of_its_own() -> None:
    # On 200 × 100 px: 16 × 16 is small, 80 × 80 is medium.
    small, medium = Box(0, 0, 0.08, 0.16), Box(0.5, 0, 0.4, 0.8)
    shrunk = Box(0.5, 0, 0.15, 0.2)
    sizes = by_size(
        match(
            data(
                image(
                    1,
                    [(FORK, small), (FORK, medium)],
                    [(FORK, 0.9, small), (FORK, 0.8, medium), (FORK, 0.7, shrunk)],
                )
            ),
            0.05,
        ),
        0.5,
    )
    assert [size.name for size in sizes] == ["small", "medium", "large"]
    assert [(size.regions, size.detections, size.true_positives) for size in sizes] == [
        (1, 2, 1),
        (1, 1, 1),
        (0, 0, 0),
    ]
    assert [size.precision for size in sizes] == [0.5, 1.0, None]
    assert [size.recall for size in sizes] == [1.0, 1.0, None]
    assert [size.ap for size in sizes] == [1.0, 1.0, None]
    assert sizes[0].area_px == (0, 1024)


def test_the_threshold_decides_what_counts_but_not_ap() -> None:
    small = Box(0, 0, 0.08, 0.16)
    matched = match(data(image(1, [(FORK, small)], [(FORK, 0.4, small)])), 0.5)
    low, high = by_size(matched, 0.3)[0], by_size(matched, 0.5)[0]
    assert (low.recall, low.ap) == (1.0, 1.0)
    assert (high.recall, high.precision, high.ap) == (0.0, None, 1.0)
