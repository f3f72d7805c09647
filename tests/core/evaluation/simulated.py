"""Detectors whose true figures are known, to see how often an interval holds them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui_detect.core.evaluation import Figure, Matched, Performance
from tui_detect.core.evaluation.data import EvaluationData, EvaluationTag, Floats, Indices


@dataclass(frozen=True, slots=True)
class Population:
    """All the images in the world, and how well a detector does on them."""

    tags: int = 3
    regions: float = 2.0
    """On an image that is no background, mean; 1 or more on each."""
    skewed: bool = False
    """Some images are crowded: a few have ten times the mean."""
    background: float = 0.1
    """Share of images without any region."""
    found: float = 0.8
    """Share of the regions found."""
    alike: float = 0.1
    """Correlation of what happens to two regions of one image: some images are hard."""
    false_alarms: float = 0.5
    """Per image, mean; more on some than on others."""

    def sample(self, images: int, random: np.random.Generator) -> Matched:
        """So many images drawn at random, with the detections on them already matched."""
        per_image = self._regions(images, random)
        image = np.repeat(np.arange(images), per_image)
        tag = random.integers(0, self.tags, len(image))
        found = np.flatnonzero(random.random(len(image)) < self._chance(images, random)[image])
        rate = random.gamma(2.0, self.false_alarms / 2, images)
        false_image = np.repeat(np.arange(images), random.poisson(rate))
        falsely = len(false_image)
        probability = np.concatenate(
            (random.beta(4, 2, len(found)), random.beta(2, 3, falsely)), dtype=np.float64
        )
        data = EvaluationData(
            tags=tuple(EvaluationTag(k + 1, f"tag {k + 1}") for k in range(self.tags)),
            image_ids=np.arange(images),
            image_sizes_px=np.full((images, 2), 100.0),
            region_image=image,
            region_tag=tag,
            region_box=_boxes(len(image)),
            detection_image=np.concatenate((image[found], false_image)),
            detection_tag=np.concatenate((tag[found], random.integers(0, self.tags, falsely))),
            detection_probability=probability,
            detection_box=_boxes(len(probability)),
        )
        order = np.argsort(-probability)
        region = np.concatenate((found, np.full(falsely, -1)))
        return Matched(data, 0.5, order, region[order][None, :])

    def _regions(self, images: int, random: np.random.Generator) -> Indices:
        more = self.regions - 1
        rate = random.gamma(0.5, more / 0.5, images) if self.skewed else np.full(images, more)
        return (1 + random.poisson(rate)) * (random.random(images) >= self.background)

    def _chance(self, images: int, random: np.random.Generator) -> Floats:
        """(I,): how likely a region of each image is found."""
        if self.alike == 0:
            return np.full(images, self.found)
        scale = 1 / self.alike - 1
        return random.beta(self.found * scale, (1 - self.found) * scale, images)


def headline(performance: Performance) -> tuple[Figure, Figure, Figure, Figure, Figure]:
    """Precision, recall, F1, mAP and false alarms."""
    return (
        performance.precision,
        performance.recall,
        performance.f1,
        performance.map,
        performance.false_alarms_per_background,
    )


def _boxes(count: int) -> Floats:
    return np.tile([0.1, 0.1, 0.2, 0.2], (count, 1))
