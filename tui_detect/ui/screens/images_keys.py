"""The keys of the Images screen."""

from __future__ import annotations

from textual.binding import Binding

TABS = Binding.Group("tabs")

BINDINGS = [
    Binding("a", "add", "add", tooltip="add pictures from a path", id="images.add"),
    Binding("slash", "search", "query", tooltip="show only some", id="images.search"),
    Binding(
        "s",
        "suggest",
        "suggest",
        tooltip="the newest iteration proposes boxes for untagged images",
        id="images.suggest",
    ),
    Binding("x", "remove", "remove", tooltip="out of the workspace", id="images.remove"),
    Binding(
        "S",
        "split",
        "split",
        show=False,
        tooltip="move between those to learn from and those to check on",
        id="images.split",
    ),
    Binding("t", "train", "train", tooltip="go on to training", id="images.train"),
    Binding(
        "left_square_bracket",
        "tab(-1)",
        "previous tab",
        id="images.tab-before",
        key_display="[",
        group=TABS,
    ),
    Binding(
        "right_square_bracket",
        "tab(1)",
        "next tab",
        id="images.tab-after",
        key_display="]",
        group=TABS,
    ),
    Binding("f", "filter", "tags", tooltip="tags and splits", id="images.filter"),
    Binding("p", "preview", "preview", tooltip="the picture, larger", id="images.preview"),
    Binding("V", "pixels", "real pixels", show=False, id="images.pixels"),
    Binding("g", "advice", "advice", show=False, tooltip="all advice", id="images.advice"),
    Binding("escape,ctrl+g", "all", "show all", id="images.show-all"),
]
