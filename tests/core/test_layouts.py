"""Keyboards that the pointing grid knows, and what is refused of a person's own."""

from __future__ import annotations

import pytest

from tui_detect.core.layouts import LAYOUTS, LayoutError, layout_named, layout_of_rows
from tui_detect.core.pointing import QWERTY

GERMAN = ("1234567890", "qwertzuiop", "asdfghjklö", "yxcvbnm,.-")


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_known_keyboard_passes_the_checks_of_a_persons_own(name: str) -> None:
    grid = LAYOUTS[name]
    assert layout_of_rows(grid.rows).rows == grid.rows
    keys = "".join(grid.rows)
    assert not set(grid.unshifted) & set(keys)
    assert len(grid.unshifted) in (0, 10)


def test_a_keyboard_is_found_by_its_name() -> None:
    assert layout_named("QWERTY") == QWERTY
    assert layout_named("qwertz").cell("Ö") == (2, 9)


def test_on_a_french_keyboard_digits_count_with_and_without_shift() -> None:
    azerty = layout_named("azerty")
    assert [azerty.cell(key) for key in "&é\"'(-è_çà"] == [(0, column) for column in range(10)]
    assert [azerty.cell(key) for key in "1234567890"] == [(0, column) for column in range(10)]


def test_four_rows_make_a_keyboard_whatever_their_case() -> None:
    assert layout_of_rows([row.upper() for row in GERMAN]).rows == GERMAN
    assert (
        layout_of_rows(["1234567890", "qwertzuiop", "asdfghjklo\u0308", GERMAN[3]]).rows == GERMAN
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (GERMAN[:3], "3 rows"),
        (("123456789", *GERMAN[1:]), "row 1 of the keyboard has 9 keys"),
        ((*GERMAN[:3], "yxcvbnm,.ö"), "the key ö 2 times"),
        ((*GERMAN[:3], "yxcvbnm,.Q"), "the key q 2 times"),
        ((*GERMAN[:3], "yxcvbnm,. "), "space makes a new box"),
        ((*GERMAN[:3], "yxcvbnm,.`"), "leaves the pointing"),
        ((*GERMAN[:3], "yxcvbnm,.?"), "opens the help"),
        ((*GERMAN[:3], "yxcvbnm,.\t"), "another key"),
        ((*GERMAN[:3], "yxcvbnm,.\u0302"), "an accent alone"),
        ((*GERMAN[:3], "yxcvbnm,.´"), "an accent alone"),
        ((*GERMAN[:3], "yxcvbnm,.あ"), "two columns"),
    ],
)
def test_a_keyboard_that_cannot_work_is_refused(rows: tuple[str, ...], words: str) -> None:
    with pytest.raises(LayoutError) as caught:
        layout_of_rows(rows)
    assert words in caught.value.one_line()


@pytest.mark.parametrize(("name", "words"), [("qwertzy", "mean qwertz"), ("bepo", "four rows")])
def test_an_unknown_name_is_refused_with_what_is_known(name: str, words: str) -> None:
    with pytest.raises(LayoutError) as caught:
        layout_named(name)
    assert words in caught.value.one_line()
