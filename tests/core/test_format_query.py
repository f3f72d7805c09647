"""A query written out is read back as the same query."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_detect.core.query import ImageQuery, format_query, parse_query

word = st.text(min_size=1).filter(lambda text: "\0" not in text)
plain = word.filter(lambda text: ":" not in text and text not in parse_words())


def parse_words() -> set[str]:
    return {"all", "untagged", "tagged", "background", "suggested"}


@given(
    st.builds(
        ImageQuery,
        st.sampled_from(["all", "untagged", "tagged", "background"]),
        st.lists(word, max_size=3).map(tuple),
        st.sampled_from([None, "train", "validation", "none"]),
        st.lists(plain, max_size=3).map(tuple),
    )
)
def test_every_query_comes_back(query: ImageQuery) -> None:
    assert parse_query(format_query(query)) == query


def test_it_reads_as_people_type_it() -> None:
    query = ImageQuery("untagged", ("fork", "steel bolt"), "train", ("IMG_2*",))
    assert format_query(query) == 'untagged tag:fork tag:"steel bolt" split:train IMG_2*'
