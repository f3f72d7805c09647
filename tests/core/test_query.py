"""The query language of the grid and of `tui-detect images`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_detect.core.errors import BadInput
from tui_detect.core.query import ImageQuery, parse_query


def test_nothing_asked_finds_all() -> None:
    assert parse_query("  ") == ImageQuery()


def test_states_tags_split_and_names() -> None:
    query = parse_query('untagged tag:fork tag:"steel bolt" split:train IMG_2* green')
    assert query == ImageQuery("untagged", ("fork", "steel bolt"), "train", ("IMG_2*", "green"))


def test_a_name_with_a_colon_is_a_name() -> None:
    assert parse_query("12:30").names == ("12:30",)


@pytest.mark.parametrize("text", ["tag:", "split:test", "state:tagged", '"open'])
def test_what_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_query(text)


@given(st.text())
def test_any_text_is_read_or_refused_with_a_hint(text: str) -> None:
    try:
        parse_query(text)
    except BadInput as error:
        refused = error
    else:
        return
    assert refused.hint
