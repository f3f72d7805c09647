"""What two iterations can be compared on."""

from __future__ import annotations

import numpy as np

from tests.core.evaluation.detections import FORK, LEFT, RIGHT, SCISSORS, data, evaluation_of, image
from tui_detect.core.evaluation import EvaluationTag, match
from tui_detect.core.evaluation.common_ground import on_common_ground
from tui_detect.core.evaluation.comparison import compare

SPOON = EvaluationTag(13, "spoon")


def test_only_images_that_both_were_validated_on_count() -> None:
    first = data(image(1, [(FORK, LEFT)]), image(2, [(FORK, RIGHT)], [(FORK, 0.9, RIGHT)]))
    second = data(image(2, [(FORK, RIGHT)], [(FORK, 0.8, LEFT)]), image(5))
    ground = on_common_ground(first, second, second)
    assert ground.first.image_ids.tolist() == ground.second.image_ids.tolist() == [2]
    assert ground.first.detection_probability.tolist() == [0.9]
    assert ground.second.detection_probability.tolist() == [0.8]
    assert ground.first.region_uuid == ("2-0",)


def test_both_are_judged_against_the_labels_of_one() -> None:
    first = data(image(1, [(FORK, LEFT)]), image(2))
    second = data(image(1, [(SCISSORS, RIGHT)]), image(2, [(FORK, LEFT)]))
    ground = on_common_ground(first, second, second)
    for judged in (ground.first, ground.second):
        assert judged.region_image.tolist() == [0, 1]
        assert [judged.tags[k].name for k in judged.region_tag] == ["scissors", "fork"]
        assert judged.region_box[0].tolist() == [RIGHT.left, RIGHT.top, RIGHT.width, RIGHT.height]


def test_only_tags_that_both_know_count_under_the_newer_names() -> None:
    gabel = EvaluationTag(FORK.id, "Gabel")
    first = evaluation_of(
        (SCISSORS, gabel), [image(1, [], [(SCISSORS, 0.9, LEFT), (gabel, 0.8, RIGHT)])]
    )
    second = evaluation_of(
        (FORK, SPOON), [image(1, [(FORK, LEFT), (SPOON, RIGHT)], [(SPOON, 0.7, RIGHT)])]
    )
    ground = on_common_ground(first, second, second)
    assert ground.first.tags == ground.second.tags == (FORK,)
    assert ground.first.regions == ground.second.regions == 1
    assert ground.first.detection_probability.tolist() == [0.8]
    assert len(ground.second.detection_tag) == 0


def test_a_detection_keeps_its_number_among_those_stored_for_its_image() -> None:
    first = data(
        image(1, [], [(FORK, 0.9, LEFT)]),
        image(2, [], [(SCISSORS, 0.9, LEFT), (FORK, 0.8, RIGHT), (FORK, 0.7, LEFT)]),
    )
    second = evaluation_of((FORK,), [image(2)])
    ground = on_common_ground(first, second, second)
    assert ground.first_number.tolist() == [1, 2]


def test_one_picture_alone_is_judged_as_among_all() -> None:
    first = data(*(image(i, [(FORK, LEFT)], [(FORK, i / 10, LEFT)]) for i in range(1, 5)))
    second = data(*(image(i, [(FORK, RIGHT)]) for i in range(1, 5)))
    alone = on_common_ground(first, second, second).only_on(3)
    assert alone.first.image_ids.tolist() == alone.second.image_ids.tolist() == [3]
    assert alone.first.detection_probability.tolist() == [0.3]
    assert alone.first.region_uuid == alone.second.region_uuid == ("3-0",)
    assert alone.first_number.tolist() == [0]
    np.testing.assert_array_equal(alone.first.region_box, alone.second.region_box)


def test_an_image_of_other_tags_only_is_no_background() -> None:
    first = evaluation_of(
        (FORK,), [image(i, [], [(FORK, 0.9, LEFT)] if i < 4 else []) for i in range(1, 6)]
    )
    second = evaluation_of(
        (FORK, SPOON),
        [
            *(image(i, [(SPOON, LEFT)]) for i in (1, 2)),
            image(3, [(FORK, LEFT), (SPOON, RIGHT)]),
            *(image(i) for i in (4, 5)),
        ],
    )
    ground = on_common_ground(first, second, second)
    assert ground.first.image_ids.tolist() == ground.second.image_ids.tolist() == [3, 4, 5]
    assert ground.images_of_other_tags == 2
    result = compare(match(ground.first, 0.5), match(ground.second, 0.5), 0.5, 0.5)
    assert result.background_images == 2
    assert result.false_alarms_per_background.first == 0
    assert result.precision.first == 1


def test_iterations_that_share_nothing_leave_nothing() -> None:
    ground = on_common_ground(data(image(1)), data(image(2)), data(image(2)))
    assert ground.first.images == ground.second.images == 0
