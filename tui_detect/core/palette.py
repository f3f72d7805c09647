"""The colours of tags: easy to tell apart on photographs and on a dark screen."""

from __future__ import annotations

TAG_COLOURS = (
    "#f94144",  # red
    "#43aaff",  # blue
    "#f9c74f",  # yellow
    "#4dd599",  # green
    "#c77dff",  # violet
    "#f8961e",  # orange
    "#2ec4d6",  # turquoise
    "#ff70a6",  # pink
    "#b5e48c",  # lime
    "#9d8df1",  # lavender
    "#d4a373",  # tan
    "#e5e5e5",  # light grey
)


def tag_colour(index: int) -> str:
    """The colour of the project's tag number `index`, as `#rrggbb`; they repeat after twelve."""
    return TAG_COLOURS[index % len(TAG_COLOURS)]
