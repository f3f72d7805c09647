"""Which tags a few letters mean, and when they mean a new one."""

from __future__ import annotations

from tui_detect.core.model import Tag
from tui_detect.ui.widgets.tag_chooser import options_for

FORK, SPOON, KNIFE, TEASPOON = (
    Tag(index, f"t{index}", 1, name, "#f94144")
    for index, name in enumerate(("fork", "spoon", "knife", "teaspoon"))
)
TAGS = [FORK, SPOON, KNIFE, TEASPOON]


def test_without_letters_all_are_there() -> None:
    assert options_for(" ", TAGS) == TAGS


def test_beginnings_come_before_parts_and_those_before_a_new_tag() -> None:
    assert options_for("sp", TAGS) == [SPOON, TEASPOON, "sp"]


def test_a_name_that_is_a_tag_is_no_new_one_whatever_its_case() -> None:
    assert options_for("Fork", TAGS) == [FORK]


def test_letters_in_order_are_found_but_after_the_new_tag() -> None:
    assert options_for("kf", TAGS) == ["kf", KNIFE]


def test_a_name_like_no_other_is_a_new_tag() -> None:
    assert options_for(" ladle ", TAGS) == ["ladle"]
