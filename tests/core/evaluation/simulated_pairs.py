"""Two made-up detectors on the same made-up images, with skills that are known."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from tui_detect.core.evaluation import EvaluationData, EvaluationTag, Matched
from tui_detect.core.evaluation.data import Floats, Indices


@dataclass(frozen=True, slots=True)
class Skill:
    """What a detector does on average."""

    found: float
    """Share of the regions that it finds."""
    false: float
    """False detections per image."""


def simulated_pair(
    random: np.random.Generator, first: Skill, second: Skill, *, images: int = 60, tags: int = 3
) -> tuple[Matched, Matched]:
    """Matched detections of both; some images are hard for both, and a few are background."""
    regions = random.integers(0, 5, images)
    ease = random.normal(0, 1, images)
    image = np.repeat(np.arange(images), regions)
    tag = random.integers(0, tags, len(image))
    region_ease = ease[image] + random.normal(0, 1, len(image))
    shared = np.zeros((images, 2)) + 100, image, tag, region_ease, tags
    return _detector(random, first, *shared), _detector(random, second, *shared)


def _detector(
    random: np.random.Generator,
    skill: Skill,
    sizes: Floats,
    image: Indices,
    tag: Indices,
    ease: Floats,
    tags: int,
) -> Matched:
    """One whose luck with a region is its own, at a cut that leaves the wanted share found."""
    luck = (ease + random.normal(0, 1, len(image))) / np.sqrt(3)
    found = np.flatnonzero(luck > -NormalDist().inv_cdf(skill.found))
    false = np.repeat(np.arange(len(sizes)), random.poisson(skill.false, len(sizes)))
    probability = np.concatenate(
        (1 / (1 + np.exp(-luck[found] - 1)), random.beta(2, 3, len(false)))
    )
    order = np.argsort(-probability, kind="stable")
    boxes = np.zeros((len(probability), 4)) + 0.1
    data = EvaluationData(
        tags=tuple(EvaluationTag(i + 1, f"tag {i}") for i in range(tags)),
        image_ids=np.arange(len(sizes)) + 1,
        image_sizes_px=sizes,
        region_image=image,
        region_tag=tag,
        region_box=np.zeros((len(image), 4)) + 0.1,
        detection_image=np.concatenate((image[found], false)),
        detection_tag=np.concatenate((tag[found], random.integers(0, tags, len(false)))),
        detection_probability=probability,
        detection_box=boxes,
    )
    region = np.concatenate((found, np.full(len(false), -1)))[order]
    return Matched(data, 0.5, order, region[None, :])
