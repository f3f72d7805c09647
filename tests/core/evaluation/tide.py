"""What tidecv 1.0.1 says of made-up and of real boxes; run as a module, it stores that as JSON.

`python -m tests.core.evaluation.tide` writes `tide_numbers.json` beside this file. tidecv is no
part of the test extra, since it brings an OpenCV that overwrites the headless one: give it a
virtual environment of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from tests.core.evaluation.detections import random_data
from tests.true_boxes import true_boxes
from tui_detect.core.evaluation import EvaluationData, EvaluationTag, Matched, match
from tui_detect.core.evaluation.finding import ERROR_KINDS

NUMBERS: Final = Path(__file__).with_name("tide_numbers.json")
_THEIR_NAMES: Final = (
    "ClassError",
    "BoxError",
    "OtherError",
    "DuplicateError",
    "BackgroundError",
    "MissedError",
)


class _TagPoints(Protocol):
    num_gt_positives: int

    def is_empty(self) -> bool: ...

    def get_ap(self) -> float: ...


class _Points(Protocol):
    objs: Mapping[int, _TagPoints]


class TideRun(Protocol):
    """What we use of tidecv's `TIDERun`."""

    ap_data: _Points

    def count_errors(self) -> Mapping[type, int]:
        """Errors by kind."""

    def fix_errors(self, condition: Callable[[object], bool]) -> _Points:
        """The detections once the errors that meet a condition are put right."""

    def fix_main_errors(self) -> Mapping[type, float]:
        """The mAP, 0 to 100, that each kind costs."""


def simulated(name: str, seed: int) -> EvaluationData:
    """The true boxes of a real data set, and a mediocre detector's idea of them.

    It shifts boxes, takes one tag for another, finds things twice or not at all, and sees things
    where nothing is, 90 of them at most on a picture.
    """
    random = np.random.default_rng(seed)
    truth = true_boxes(name)
    pictures = sorted({(box.picture, box.width_px, box.height_px) for box in truth})
    tags = sorted({box.tag for box in truth})
    number = {picture: i for i, (picture, _, _) in enumerate(pictures)}
    region_image = np.array([number[box.picture] for box in truth])
    region_tag = np.array([tags.index(box.tag) for box in truth])
    region_box = np.array([(b.box.left, b.box.top, b.box.width, b.box.height) for b in truth])
    source = np.repeat(np.arange(len(truth)), random.choice([0, 1, 2, 3], len(truth)))
    spread = random.choice([0.02, 0.1, 0.4], (len(source), 1))
    near = region_box[source]
    near[:, :2] += random.normal(0, 1, (len(source), 2)) * spread * near[:, 2:]
    near[:, 2:] *= np.exp(random.normal(0, 1, (len(source), 2)) * spread)
    anywhere = 3 * len(pictures)
    tag = region_tag[source]
    wrong = random.uniform(size=len(source)) < 0.1
    tag[wrong] = random.integers(0, len(tags), wrong.sum())
    detections = len(source) + anywhere
    return EvaluationData(
        tags=tuple(EvaluationTag(i + 1, tag) for i, tag in enumerate(tags)),
        image_ids=np.arange(1, len(pictures) + 1),
        image_sizes_px=np.array([size for _, *size in pictures], dtype=np.float64),
        region_image=region_image,
        region_tag=region_tag,
        region_box=region_box,
        detection_image=np.concatenate(
            (region_image[source], random.integers(0, len(pictures), anywhere))
        ),
        detection_tag=np.concatenate((tag, random.integers(0, len(tags), anywhere))),
        detection_probability=random.uniform(0, 1, detections),
        detection_box=np.concatenate((near, random.uniform(0.02, 0.4, (anywhere, 4)))),
    )


CASES: Final[dict[str, Callable[[], EvaluationData]]] = {
    **{f"random {seed}": partial(random_data, seed) for seed in range(4)},
    "random, unequal sizes": partial(random_data, 5, whole_px=False),
    "random, one picture": partial(random_data, 6, images=1, regions=9, detections=60),
    "random, crowded": partial(random_data, 7, images=3, tags=4, regions=90, detections=1500),
    "random, few regions": partial(random_data, 8, images=30, regions=6, detections=300),
    "cutlery": partial(simulated, "cutlery", 1),
    "bccd": partial(simulated, "bccd", 2),
}
"""Data by name; the last two need `../shared/data`."""
OVERLAPS: Final = (0.5, 0.3)


def run(matched: Matched, *, ranked: bool = True) -> TideRun:
    """A run of tidecv on the detections that `matched` counts.

    Args:
        ranked: make equal probabilities distinct, in our order. tidecv puts what it repairs before
            what was correct, and so ranks equal ones anew.
    """
    from tidecv import TIDE, Data  # type: ignore[import-not-found, unused-ignore]

    data = matched.data
    truth, found = (Data(name, max_dets=10**9) for name in ("truth", "found"))
    size = np.tile(data.image_sizes_px, 2)
    for image in range(data.images):
        truth.add_image(image, str(image))
    for r, image in enumerate(data.region_image.tolist()):
        truth.add_ground_truth(image, int(data.region_tag[r]), data.region_box[r] * size[image])
    for n in np.argsort(matched.order).tolist():
        box = data.detection_box[matched.order[n]] * size[matched.image[n]]
        score = 1 - n / len(matched.order) if ranked else float(matched.probability[n])
        found.add_detection(int(matched.image[n]), int(matched.tag[n]), score, box)
    judged: TideRun = TIDE().evaluate(truth, found, matched.overlap, 0.1)
    return judged


def counts(of: TideRun) -> dict[str, int]:
    """Errors of each kind in a run of tidecv, under our names."""
    theirs = {kind.__name__: count for kind, count in of.count_errors().items()}
    return {ours: theirs[name] for ours, name in zip(ERROR_KINDS, _THEIR_NAMES, strict=True)}


def costs(of: TideRun) -> dict[str, float | None]:
    """The mAP, 0 to 1, that each kind costs, as `fix_main_errors` computes it; `None`: no tag left.

    But as a mean over the tags with regions alone, where tidecv counts a tag that has detections
    and no region with an average precision of 0.
    """
    judged = [tag for tag, item in of.ap_data.objs.items() if item.num_gt_positives]

    def mean_ap(points: _Points) -> float | None:
        items = [points.objs[tag] for tag in judged if tag in points.objs]
        values = [item.get_ap() for item in items if not item.is_empty()]
        return float(sum(values) / len(values) / 100) if values else None

    def is_a(name: str, error: object) -> bool:
        return type(error).__name__ == name

    now = mean_ap(of.ap_data)
    lost: dict[str, float | None] = {}
    for ours, name in zip(ERROR_KINDS, _THEIR_NAMES, strict=True):
        then = mean_ap(of.fix_errors(partial(is_a, name)))
        lost[ours] = None if now is None or then is None else max(then - now, 0.0)
    return lost


def main() -> None:
    """Store tidecv's numbers for every case and overlap threshold."""
    numbers: dict[str, dict[str, Mapping[str, float | None]]] = {}
    for name, made in CASES.items():
        for overlap in OVERLAPS:
            of = run(match(made(), overlap))
            numbers[f"{name}, overlap {overlap}"] = {"counts": counts(of), "costs": costs(of)}
    NUMBERS.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
