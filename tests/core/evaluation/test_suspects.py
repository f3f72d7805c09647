"""Which labels are suspected, of what, and in which order."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.core.evaluation.detections import EvaluationImage, evaluation_of
from tui_detect.core.evaluation.data import EvaluationData, EvaluationTag
from tui_detect.core.evaluation.finding import SuspectKind
from tui_detect.core.evaluation.suspects import suspects
from tui_detect.core.geometry import Box, overlap
from tui_detect.core.model import Detection, Region

TAGS = (EvaluationTag(1, "fork"), EvaluationTag(2, "scissors"), EvaluationTag(3, "knife"))
FORK, SCISSORS, KNIFE = (tag.id for tag in TAGS)
IMAGES = 40
PLACES = (Box(0.1, 0.1, 0.3, 0.2), Box(0.5, 0.6, 0.2, 0.3))
"""Of the fork and the scissors on every image."""
FREE = Box(0.6, 0.1, 0.3, 0.2)

Scene = dict[int, EvaluationImage]
"""Images by key."""


def usual_scene(forks: float = 0.9, scissors: float = 0.9) -> Scene:
    """A fork and scissors on each image, found with about that probability, and not quite there."""
    chance = random.Random(3)

    def found(tag: int, box: Box, probability: float) -> Detection:
        edges = (
            edge + size * chance.uniform(-0.04, 0.04)
            for edge, size in zip(box.edges, (box.width, box.height) * 2, strict=True)
        )
        return Detection(tag, probability * chance.uniform(0.9, 1.1), Box.from_edges(*edges))

    return {
        key: EvaluationImage(
            key,
            400,
            300,
            (Region(f"{key}a", FORK, PLACES[0]), Region(f"{key}b", SCISSORS, PLACES[1])),
            (found(FORK, PLACES[0], forks), found(SCISSORS, PLACES[1], scissors)),
        )
        for key in range(1, IMAGES + 1)
    }


def data_of(scene: Scene) -> EvaluationData:
    return evaluation_of(TAGS, scene.values())


def wide(box: Box) -> Box:
    return Box(box.left, box.top, box.width * 1.9, box.height)


def drop_scissors(image: EvaluationImage) -> EvaluationImage:
    return replace(image, regions=image.regions[:1])


def add_fork(image: EvaluationImage) -> EvaluationImage:
    return replace(image, regions=(*image.regions, Region("new", FORK, FREE)))


def swap_tag(image: EvaluationImage) -> EvaluationImage:
    fork, scissors = image.regions
    return replace(image, regions=(fork, replace(scissors, tag_id=FORK)))


def loosen(image: EvaluationImage) -> EvaluationImage:
    fork, scissors = image.regions
    return replace(image, regions=(replace(fork, box=wide(fork.box)), scissors))


def double(image: EvaluationImage) -> EvaluationImage:
    box = PLACES[0]
    second = Region("new", FORK, replace(box, left=box.left + 0.03))
    return replace(image, regions=(second, *image.regions))


MISTAKES: dict[SuspectKind, tuple[Callable[[EvaluationImage], EvaluationImage], str]] = {
    "missing": (drop_scissors, ""),
    "spurious": (add_fork, "new"),
    "wrong tag": (swap_tag, "7b"),
    "loose": (loosen, "7a"),
    "doubled": (double, "new"),
}
"""What makes a label wrong, and the UUID of the one that is."""


def test_a_model_that_agrees_suspects_no_label() -> None:
    assert suspects(data_of(usual_scene())) == []


@pytest.mark.parametrize("kind", list(MISTAKES))
def test_a_wrong_label_comes_first_and_is_called_what_it_is(kind: SuspectKind) -> None:
    scene = usual_scene()
    spoil, uuid = MISTAKES[kind]
    scene[7] = spoil(scene[7])
    first = suspects(data_of(scene))[0]
    assert (first.kind, first.image_id) == (kind, 7)
    assert (first.region.uuid if first.region else "") == uuid
    assert 0 < first.score <= 1


def test_a_label_put_right_is_not_suspected_any_more() -> None:
    scene = usual_scene()
    right = scene[7]
    scene[7] = swap_tag(right)
    assert suspects(data_of(scene))
    scene[7] = right
    assert not suspects(data_of(scene))


def test_mistakes_of_all_kinds_come_before_labels_that_are_right() -> None:
    scene = usual_scene()
    for key, (spoil, _) in zip((3, 8, 13, 18, 23), MISTAKES.values(), strict=True):
        scene[key] = spoil(scene[key])
    found = suspects(data_of(scene), limit=5)
    assert {(item.image_id, item.kind) for item in found} == set(
        zip((3, 8, 13, 18, 23), MISTAKES, strict=True)
    )


def test_the_model_box_is_named_by_its_place_among_those_stored() -> None:
    scene = usual_scene()
    scene[7] = drop_scissors(scene[7])
    (missing,) = suspects(data_of(scene))
    assert missing.detection_number == 1
    assert missing.detection == scene[7].detections[1]


def test_of_a_doubled_label_the_one_that_the_model_is_nearer_to_stays() -> None:
    scene = usual_scene()
    scene[7] = double(scene[7])
    doubled = suspects(data_of(scene))[0]
    assert doubled.region is not None
    assert doubled.other is not None
    assert (doubled.region.uuid, doubled.other.uuid) == ("new", "7a")
    assert doubled.overlap == pytest.approx(overlap(doubled.region.box, doubled.other.box))


def test_a_thing_found_under_two_tags_is_missing_once() -> None:
    scene = usual_scene()
    seen = scene[7].detections[1]
    again = replace(seen, tag_id=FORK, probability=seen.probability / 2)
    scene[7] = replace(drop_scissors(scene[7]), detections=(*scene[7].detections, again))
    (missing,) = suspects(data_of(scene))
    assert missing.detection == seen


def test_a_label_is_suspected_of_one_thing_only() -> None:
    scene = usual_scene()
    scene[7] = swap_tag(loosen(scene[7]))
    found = [item.region.uuid for item in suspects(data_of(scene)) if item.region]
    assert len(found) == len(set(found)) == 2


def test_sureness_is_measured_by_what_is_usual_for_the_tag() -> None:
    scene = usual_scene(forks=0.9, scissors=0.2)
    scene[7] = drop_scissors(scene[7])
    alarm = Detection(FORK, scene[9].detections[1].probability, FREE)
    scene[9] = replace(scene[9], detections=(*scene[9].detections, alarm))
    found = suspects(data_of(scene))
    assert found[0].image_id == 7, "0.2 is as sure as the model ever is of scissors"
    assert found[0].score > 3 * max((item.score for item in found[1:]), default=0.0)


def test_what_many_labels_have_is_less_suspicious() -> None:
    weak, rare = usual_scene(), usual_scene()
    for key in range(1, IMAGES, 2):
        weak[key] = replace(weak[key], detections=weak[key].detections[1:])
    rare[7] = replace(rare[7], detections=rare[7].detections[1:])
    (one,) = suspects(data_of(rare))
    many = suspects(data_of(weak))
    assert len(many) == IMAGES / 2
    assert max(item.score for item in many) < one.score / 3


def test_a_tag_that_is_hardly_found_hides_nothing_about_one_that_always_is() -> None:
    scene = usual_scene()
    for key in range(8, IMAGES + 1):
        scene[key] = replace(scene[key], detections=scene[key].detections[:1])
    scene[7] = add_fork(scene[7])
    first, second = suspects(data_of(scene))[:2]
    assert first.region is not None
    assert first.region.uuid == "new"
    assert first.score > 2 * second.score


def test_a_tag_that_the_model_does_not_know_is_left_alone() -> None:
    scene = usual_scene()
    scene[7] = replace(scene[7], regions=(*scene[7].regions, Region("new", KNIFE, FREE)))
    fork, scissors = scene[8].regions
    scene[8] = replace(scene[8], regions=(replace(fork, tag_id=KNIFE), scissors))
    assert suspects(data_of(scene)) == []


def test_a_model_that_found_nothing_suspects_only_doubled_labels() -> None:
    scene = {key: replace(image, detections=()) for key, image in usual_scene().items()}
    scene[7] = double(scene[7])
    assert [item.kind for item in suspects(data_of(scene))] == ["doubled"]


def test_images_without_labels_or_detections_have_nothing_to_suspect() -> None:
    assert suspects(data_of({1: EvaluationImage(1, 400, 300)})) == []


def test_pictures_that_were_trained_on_do_not_change_the_ranking_of_the_others() -> None:
    """Memorised labels are found with a sureness that makes right ones elsewhere look odd."""
    unseen = usual_scene(forks=0.45, scissors=0.45)
    unseen[7] = drop_scissors(unseen[7])
    memorised = {
        key + 100 * n: replace(image, id=key + 100 * n)
        for n in (1, 2, 3)
        for key, image in usual_scene(forks=0.99, scissors=0.99).items()
    }
    memorised[103] = add_fork(memorised[103])
    alone, theirs = suspects(data_of(unseen)), suspects(data_of(memorised))
    assert [item.image_id for item in alone] == [7]
    assert [item.image_id for item in theirs] == [103]
    both = data_of(unseen | memorised)
    found = suspects(both, trained_on=memorised.keys())
    assert found == sorted((*alone, *theirs), key=lambda item: -item.score)
    assert suspects(both, 1, trained_on=memorised.keys()) == found[:1]
    assert len(suspects(both)) > 2
