"""Which detection is about which region: as going through them one by one would pair them."""

from __future__ import annotations

import random

import pytest

from tests.core.evaluation.detections import EvaluationImage, evaluation_of
from tui_detect.core.evaluation.data import EvaluationTag
from tui_detect.core.evaluation.pairing import SAME_THING, THING_FLOOR, TOUCHING, pair
from tui_detect.core.geometry import Box, overlap
from tui_detect.core.model import Detection, Region

TAGS = (EvaluationTag(1, "fork"), EvaluationTag(2, "scissors"))


def crowded_image(key: int, chance: random.Random) -> EvaluationImage:
    """Boxes that overlap each other in all ways; none of two regions is a double."""

    def box() -> Box:
        return Box(
            chance.uniform(0, 0.6),
            chance.uniform(0, 0.6),
            chance.uniform(0.1, 0.4),
            chance.uniform(0.1, 0.4),
        )

    regions: list[Region] = []
    while len(regions) < 6:
        region = Region(f"{key}/{len(regions)}", chance.choice((1, 2)), box())
        if all(overlap(region.box, other.box) < 0.6 for other in regions):
            regions.append(region)
    near = [region.box.moved(chance.uniform(-0.1, 0.1), 0.02) for region in regions]
    boxes = [*near, *near[:3], *(box() for _ in range(10))]
    detections = [Detection(chance.choice((1, 2)), chance.random(), each) for each in boxes]
    return EvaluationImage(key, 640, 480, regions, detections)


def paired_one_by_one(image: EvaluationImage) -> tuple[dict[int, int], set[int]]:
    """Detection of each region, and the detections about none, in the plainest way."""
    things = [
        n
        for n, item in enumerate(image.detections)
        if item.probability >= THING_FLOOR
        and not any(
            other.probability > item.probability and overlap(other.box, item.box) >= SAME_THING
            for other in image.detections
        )
    ]
    pairs = []
    for n in things:
        for r, region in enumerate(image.regions):
            item = image.detections[n]
            shared = overlap(item.box, region.box)
            needed = TOUCHING if item.tag_id == region.tag_id else SAME_THING
            if shared >= needed:
                pairs.append((item.probability * shared, n, r))
    found: dict[int, int] = {}
    for _, n, r in sorted(pairs, reverse=True):
        if r not in found and n not in found.values():
            found[r] = n
    return found, set(things) - set(found.values())


@pytest.mark.parametrize("seed", range(20))
def test_pairs_are_those_of_going_through_all_one_by_one(seed: int) -> None:
    chance = random.Random(seed)
    images = [crowded_image(key, chance) for key in (1, 2, 3)]
    pairing = pair(evaluation_of(TAGS, images))
    first_region = first_detection = 0
    for image in images:
        wanted, unpaired = paired_one_by_one(image)
        regions = range(len(image.regions))
        found = {
            r: int(pairing.detection[first_region + r]) - first_detection
            for r in regions
            if pairing.detection[first_region + r] >= 0
        }
        assert found == wanted
        for r, n in found.items():
            shared = overlap(image.regions[r].box, image.detections[n].box)
            assert pairing.overlap[first_region + r] == pytest.approx(shared)
        here = range(first_detection, first_detection + len(image.detections))
        assert {n - first_detection for n in pairing.unpaired.tolist() if n in here} == unpaired
        first_region += len(image.regions)
        first_detection += len(image.detections)


def test_of_two_regions_on_one_thing_the_less_supported_is_the_double() -> None:
    box = Box(0.2, 0.2, 0.4, 0.4)
    nearly = Box(0.22, 0.2, 0.4, 0.4)
    image = EvaluationImage(
        1,
        640,
        480,
        (Region("a", 1, nearly), Region("b", 1, box)),
        (Detection(1, 0.9, box),),
    )
    pairing = pair(evaluation_of(TAGS, [image]))
    assert pairing.twin.tolist() == [1, -1]
    assert pairing.detection.tolist() == [-1, 0]
    assert pairing.twin_overlap[0] == pytest.approx(overlap(nearly, box))
