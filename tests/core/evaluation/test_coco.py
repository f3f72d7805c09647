"""Our figures are COCO's: the same as faster-coco-eval's, to 1e-6."""

from __future__ import annotations

import numpy as np
import pytest
from faster_coco_eval import COCO
from faster_coco_eval.core.faster_eval_api import COCOeval_faster
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.evaluation.detections import random_data
from tui_detect.core.evaluation import (
    OVERLAP_RANGE,
    EvaluationData,
    Overlap,
    evaluate,
    figures,
    match,
)
from tui_detect.core.evaluation.data import Floats
from tui_detect.core.evaluation.matching import overlap_thresholds


def coco(data: EvaluationData, overlap: Overlap, threshold: float = 0.0) -> dict[str, Floats]:
    """faster-coco-eval run on the same regions, and on the detections above a threshold."""
    size = np.tile(data.image_sizes_px, 2)

    def box(fractions: Floats, image: int) -> list[float]:
        return [float(x) for x in fractions * size[image]]

    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [
            {"id": int(id_), "width": int(w), "height": int(h)}
            for id_, (w, h) in zip(data.image_ids, data.image_sizes_px, strict=True)
        ],
        "categories": [{"id": tag.id, "name": tag.name} for tag in data.tags],
        "annotations": [
            {
                "id": r + 1,
                "image_id": int(data.image_ids[data.region_image[r]]),
                "category_id": data.tags[data.region_tag[r]].id,
                "bbox": (px := box(data.region_box[r], int(data.region_image[r]))),
                "area": px[2] * px[3],
                "iscrowd": 0,
            }
            for r in range(data.regions)
        ],
    }
    truth.createIndex()
    found = truth.loadRes(
        [
            {
                "image_id": int(data.image_ids[data.detection_image[d]]),
                "category_id": data.tags[data.detection_tag[d]].id,
                "bbox": box(data.detection_box[d], int(data.detection_image[d])),
                "score": float(data.detection_probability[d]),
            }
            for d in np.flatnonzero(data.detection_probability >= threshold)
        ]
    )
    judge = COCOeval_faster(truth, found, "bbox", print_function=lambda *_: None)
    judge.params.iouThrs = overlap_thresholds(overlap)
    judge.params.maxDets = [100]
    judge.params.areaRng = [[0, 1e10]]
    judge.params.areaRngLbl = ["all"]
    judge.evaluate()
    judge.accumulate()
    evaluated: dict[str, Floats] = judge.eval
    return evaluated


def assert_same(data: EvaluationData, overlap: Overlap, threshold: float = 0.3) -> None:
    """AP of every tag, mAP, and recall and last precision at a probability threshold agree."""
    theirs = coco(data, overlap)["precision"][:, :, :, 0, 0]
    matched = match(data, overlap)
    ours = figures(matched, 0.0)
    for k, tag in enumerate(ours.tags):
        known = theirs[:, :, k]
        if (known < 0).all():
            assert tag.ap is None
        else:
            assert tag.ap == pytest.approx(known.mean(), abs=1e-6)
            assert matched.precision_at_recall[k] == pytest.approx(known.mean(axis=0), abs=1e-6)
    known = theirs[theirs > -1]
    assert ours.map.value == (pytest.approx(known.mean(), abs=1e-6) if len(known) else None)

    above = figures(matched, threshold)
    if not (data.detection_probability >= threshold).any():
        return
    recall = coco(data, overlap, threshold)["recall"][:, :, 0, 0]
    for k, tag in enumerate(above.tags):
        if tag.recall is not None:
            assert tag.recall == pytest.approx(recall[:, k].mean(), abs=1e-6)
            assert tag.true_positives == pytest.approx(recall[:, k].mean() * tag.regions, abs=1e-6)


@pytest.mark.parametrize("overlap", [0.05, 0.3, 0.5, 0.75, 1.0, OVERLAP_RANGE])
@pytest.mark.parametrize("seed", range(6))
def test_random_detections(seed: int, overlap: Overlap) -> None:
    assert_same(random_data(seed, whole_px=seed % 2 == 0), overlap)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    images=st.integers(1, 8),
    tags=st.integers(1, 4),
    regions=st.integers(0, 30),
    detections=st.integers(1, 120),
    threshold=st.sampled_from([0.0, 0.25, 0.5, 0.9]),
    overlap=st.sampled_from([0.3, 0.5, OVERLAP_RANGE]),
)
def test_any_shape_of_data(
    seed: int,
    images: int,
    tags: int,
    regions: int,
    detections: int,
    threshold: float,
    overlap: Overlap,
) -> None:
    any_data = random_data(seed, images=images, tags=tags, regions=regions, detections=detections)
    assert_same(any_data, overlap, threshold)


def test_only_the_hundred_most_probable_detections_count() -> None:
    crowded = random_data(3, images=2, tags=2, regions=60, detections=900)
    assert_same(crowded, 0.5)
    assert_same(crowded, OVERLAP_RANGE)


def test_more_pairs_than_are_compared_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    crowded = random_data(4, images=3, tags=2, regions=50, detections=400)
    whole = evaluate(crowded, 0.2, 0.5)
    monkeypatch.setattr("tui_detect.core.evaluation.overlapping._PAIRS_AT_ONCE", 37)
    assert evaluate(crowded, 0.2, 0.5) == whole
