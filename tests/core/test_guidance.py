"""The guidance line: Custom Vision's numbers, most urgent first."""

from __future__ import annotations

from tui_detect.core.guidance import training_advice


def texts(images_by_tag: list[tuple[str, int]], untagged: int = 0) -> list[str]:
    return [advice.text for advice in training_advice(images_by_tag, untagged)]


def test_an_empty_project_is_told_to_add_pictures() -> None:
    assert texts([]) == ["add pictures to start"]


def test_pictures_without_tags_need_a_first_box() -> None:
    assert "first box" in texts([], untagged=3)[0]


def test_a_rare_tag_is_told_what_it_lacks() -> None:
    assert texts([("fork", 20), ("scissors", 8)])[0] == (
        "scissors needs 7 more pictures to reach 15 (30 advised, 50 recommended)"
    )


def test_one_picture_is_singular() -> None:
    assert texts([("fork", 14)])[0].startswith("fork needs 1 more picture to")


def test_an_unbalanced_pair_is_named() -> None:
    found = texts([("fork", 100), ("scissors", 49)])
    assert any("scissors is on 49 pictures and fork on 100" in text for text in found)
    assert not any("on 50 pictures" in text for text in texts([("a", 100), ("b", 50)]))


def test_steps_to_thirty_and_fifty_are_advice() -> None:
    assert texts([("fork", 20)]) == ["fork: 10 more pictures to the 30 advised"]
    assert texts([("fork", 49)]) == ["fork: 1 more picture to the 50 recommended"]


def test_enough_is_said() -> None:
    assert training_advice([("fork", 60), ("spoon", 50)], 0)[0].level == "ok"
