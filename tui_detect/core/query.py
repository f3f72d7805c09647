"""The query language of the image grid and of `tui-detect images`."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Literal, get_args

from tui_detect.core.errors import BadInput
from tui_detect.core.model import Split

State = Literal["all", "untagged", "tagged", "background"]
SplitChoice = Split | Literal["none"]

SYNTAX = (
    "untagged, tagged, background, suggested, tag:NAME, split:train|validation|none, "
    "or part of a name"
)


@dataclass(frozen=True, slots=True)
class ImageQuery:
    """What images to show: every part must hold; of several tags one is enough."""

    state: State = "all"
    tags: tuple[str, ...] = ()
    split: SplitChoice | None = None
    names: tuple[str, ...] = ()
    """Parts of the name; `*` stands for anything."""
    suggested: bool = False
    """Only images with suggestions that nobody has answered."""


def parse_query(text: str) -> ImageQuery:
    """Read a query such as `untagged`, `tag:fork split:train`, `tag:"steel bolt" IMG_2*`.

    Raises:
        BadInput: a quote is not closed, or a word before a colon is unknown.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise BadInput(
            f"the query {text!r} cannot be read: {str(error).lower()}", "close the quote"
        ) from error
    state: State = "all"
    suggested = False
    split: SplitChoice | None = None
    tags: list[str] = []
    names: list[str] = []
    for word in words:
        key, colon, value = word.partition(":")
        if colon and key == "tag" and value:
            tags.append(value)
        elif colon and key == "split" and value in (*get_args(Split), "none"):
            split = value  # type: ignore[assignment]
        elif colon and key in ("tag", "split", "state"):
            raise BadInput(f"the query word {word!r} is not known", f"use {SYNTAX}")
        elif word == "suggested":
            suggested = True
        elif word in get_args(State):
            state = word  # type: ignore[assignment]
        else:
            names.append(word)
    return ImageQuery(state, tuple(tags), split, tuple(names), suggested)


def format_query(query: ImageQuery) -> str:
    """The text that `parse_query` reads as this query."""
    words: list[str] = [] if query.state == "all" else [query.state]
    words += ["suggested"] if query.suggested else []
    words += [f"tag:{_quoted(tag)}" for tag in query.tags]
    words += [] if query.split is None else [f"split:{query.split}"]
    return " ".join([*words, *map(_quoted, query.names)])


def _quoted(word: str) -> str:
    """Quoted where needed, with double quotes, as people type it."""
    if not set(word) & set(" \t\r\n\"'\\"):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
