"""Our kinds of error are TIDE's: the same counts and costs as tidecv 1.0.1 gives."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.evaluation import tide
from tests.core.evaluation.detections import above, random_data
from tui_detect.core.evaluation import match
from tui_detect.core.evaluation.error_kinds import kinds_of

REAL = ("cutlery", "bccd")
STORED: dict[str, Any] = json.loads(tide.NUMBERS.read_text(encoding="utf-8"))
with_tidecv = pytest.mark.skipif(
    find_spec("tidecv") is None,
    reason="tidecv is not installed; it brings an OpenCV that overwrites the headless one",
)


def assert_as_stored(name: str, overlap: float) -> None:
    stored = STORED[f"{name}, overlap {overlap}"]
    kinds = kinds_of(match(tide.CASES[name](), overlap))
    assert kinds.counts(0) == stored["counts"]
    assert kinds.costs() == pytest.approx(stored["costs"], abs=1e-9)


@pytest.mark.parametrize("overlap", tide.OVERLAPS)
@pytest.mark.parametrize("name", [name for name in tide.CASES if name not in REAL])
def test_made_up_boxes_as_tidecv_once_judged_them(name: str, overlap: float) -> None:
    assert_as_stored(name, overlap)


@pytest.mark.parametrize("overlap", tide.OVERLAPS)
@pytest.mark.parametrize("name", REAL)
def test_real_boxes_as_tidecv_once_judged_them(
    name: str, overlap: float, shared_data: Path
) -> None:
    assert_as_stored(name, overlap)


@with_tidecv
@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    images=st.integers(1, 8),
    tags=st.integers(2, 4),
    regions=st.integers(1, 40),
    detections=st.integers(1, 300),
    threshold=st.sampled_from([0.0, 0.25, 0.5, 0.9]),
    overlap=st.sampled_from([0.1, 0.3, 0.5, 0.75]),
)
def test_any_made_up_boxes_as_tidecv_judges_them(
    seed: int,
    images: int,
    tags: int,
    regions: int,
    detections: int,
    threshold: float,
    overlap: float,
) -> None:
    data = random_data(seed, images=images, tags=tags, regions=regions, detections=detections)
    matched = match(data, overlap)
    kinds, theirs = kinds_of(matched), tide.run(matched)
    assert kinds.counts(0) == tide.counts(theirs)
    assert kinds.counts(threshold) == tide.counts(tide.run(match(above(data, threshold), overlap)))
    assert kinds.costs() == pytest.approx(tide.costs(theirs), abs=1e-9)


@with_tidecv
@pytest.mark.parametrize("name", REAL)
def test_real_boxes_cost_what_tidecv_prints(name: str, shared_data: Path) -> None:
    matched = match(tide.CASES[name](), 0.5)
    theirs = tide.run(matched, ranked=False).fix_main_errors()
    ours = kinds_of(matched).costs()
    printed = [round(float(cost), 2) for cost in theirs.values()]
    assert [round(100 * (cost or 0), 2) for cost in ours.values()] == printed
