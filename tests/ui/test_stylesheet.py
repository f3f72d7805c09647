"""Styles that were read stay read: a new kind of screen costs only its own."""

from __future__ import annotations

import pytest
from textual.css import parse as css_parser
from textual.css import stylesheet as textual_stylesheet

from tui_detect.ui.stylesheet import KeptStylesheet

MANY = 200
"""Textual itself keeps 64."""


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were parsed, in their order."""
    parsed: list[str] = []
    original = css_parser.parse

    def parse(scope: str, css: str, *arguments: object, **options: object) -> object:
        parsed.append(css)
        return original(scope, css, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(textual_stylesheet, "parse", parse)
    return parsed


@pytest.fixture
def many() -> KeptStylesheet:
    """As many sources as a large app has."""
    sheet = KeptStylesheet(variables={"quiet": "#808080"})
    for number in range(MANY):
        css = f".number-{number} {{ color: $quiet; }}"
        sheet.add_source(css, read_from=("test", str(number)))
    sheet.parse()
    return sheet


def test_one_more_source_is_all_that_is_read(many: KeptStylesheet, read: list[str]) -> None:
    more = ".more { color: red; }"
    many.add_source(more, read_from=("test", "more"))
    many.set_variables({"quiet": "#808080"})
    many.reparse()
    assert read == [more]
    assert len(many.rules) == MANY + 1


def test_another_theme_reads_all_of_them_anew(many: KeptStylesheet, read: list[str]) -> None:
    many.set_variables({"quiet": "#ff0000"})
    many.reparse()
    assert len(read) == MANY
    assert many.rules[0].styles.color.rgb == (255, 0, 0)
