"""The keys of the Tagging screen; the help page and the footer are made from these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from textual.binding import Binding

from tui_detect.core.editor_state import Act

_MOVE = Binding.Group("move", compact=True)
_EDGES = Binding.Group("edges", compact=True)
_Where = Literal["left", "right", "up", "down"]

_DIRECTIONS: dict[str, _Where] = {"h": "left", "j": "down", "k": "up", "l": "right"}
# The left hand: top row the top edge, home row left and right edges, bottom row the bottom edge;
# of each pair the first key moves to the left or up.
_EDGE_KEYS: dict[str, tuple[str, _Where]] = {
    "a": ("left", "left"),
    "s": ("left", "right"),
    "d": ("right", "left"),
    "f": ("right", "right"),
    "w": ("top", "up"),
    "e": ("top", "down"),
    "x": ("bottom", "up"),
    "c": ("bottom", "down"),
}
_ACTS: tuple[tuple[str, Act, str, str, bool], ...] = (
    ("space", Act.NEW_BOX, "new box", "make a box with the key grid", True),
    ("r", Act.GROW, "grow", "point inside an object, and a box round it is proposed", True),
    ("tab", Act.NEXT_REGION, "select", "select the next region", True),
    ("shift+tab,b", Act.PREVIOUS_REGION, "previous", "select the region before", False),
    ("g", Act.PICK_REGION, "go to", "select a region, or accept a suggestion, by letter", False),
    ("R", Act.REVIEW, "review", "answer the suggestions by their letters", False),
    ("comma", Act.COUNT, "count", "type how many steps the next move takes: ,12l", False),
    ("full_stop", Act.REPEAT, "again", "do the last edit again, to the selected region", False),
    ("t", Act.PICK_TAG, "tag…", "choose a tag by name, or make a new one", True),
    ("backspace,delete", Act.DELETE, "delete", "delete the selected region", True),
    ("y", Act.DUPLICATE, "duplicate", "duplicate the selected region", False),
    (
        "m",
        Act.BACKGROUND,
        "background",
        "mark as background: nothing to find; or take that back",
        True,
    ),
    ("i", Act.ZOOM_IN, "zoom in", "zoom in, about the selected region", False),
    ("o", Act.ZOOM_OUT, "zoom out", "zoom out", False),
    ("I", Act.ZOOM_REGION, "zoom to region", "zoom to the selected region", False),
    ("O", Act.ZOOM_WHOLE, "whole picture", "show the whole picture", False),
    ("Z", Act.CLOSE_UP, "close-up", "zoom into each cell while pointing, or no longer", False),
    ("v", Act.HIDE, "hide", "hide the boxes, or show them again", False),
)
_PLAIN: tuple[tuple[str, str, str, str, str, bool], ...] = (
    ("u", "undo", "undo", "undo", "take the last edit of this image back, however old", True),
    ("U,ctrl+r", "redo", "redo", "redo", "do it again", False),
    ("enter", "advance", "advance", "next", "next image", True),
    ("n", "go(1)", "next", "next", "next image, suggestions unanswered", False),
    ("P", "paste", "paste", "paste", "copy the regions of the image before as suggestions", False),
    ("p", "go(-1)", "previous_image", "previous", "image before", False),
    ("N", "go_to_untagged", "next_untagged", "next untagged", "next untagged image", False),
    ("V", "pixels", "pixels", "pixels", "show the real pixels of what is in view", False),
    ("z", "fold", "fold", "side pane", "show or hide the lists of regions and tags", True),
    ("ctrl+s", "save", "save", "save again", "try to save again what could not be saved", True),
)


def bindings() -> Iterator[Binding]:
    """All of them, in the order of the footer."""
    acts = {act: (keys, text, tip, show) for keys, act, text, tip, show in _ACTS}
    plain = {
        name: (keys, action, text, tip, show) for keys, action, name, text, tip, show in _PLAIN
    }
    yield _plain("save", *plain.pop("save"))
    yield from _reviewing()
    yield from _proposed()
    yield _act(Act.NEW_BOX, *acts.pop(Act.NEW_BOX))
    yield from _nudges()
    yield from _sizes()
    yield from _digits()
    for name in ("undo", "advance"):
        yield _plain(name, *plain.pop(name))
    for act in (Act.GROW, Act.NEXT_REGION, Act.DELETE, Act.PICK_TAG):
        yield _act(act, *acts.pop(act))
    for act, rest in acts.items():
        yield _act(act, *rest)
    for name, others in plain.items():
        yield _plain(name, *others)
    tip = "leave what you are in the middle of, then the selection, then the image"
    yield Binding("escape,grave_accent", "act('back')", "back", tooltip=tip, id="tagging.back")
    yield Binding("q", "leave", "leave", tooltip="back to the images", id="tagging.leave")
    yield from _pointing()


def _act(act: Act, keys: str, text: str, tip: str, show: bool) -> Binding:
    name = f"tagging.{act.value}"
    shown = "bksp" if act is Act.DELETE else None
    action = f"act('{act.value}')"
    return Binding(keys, action, text, show=show, tooltip=tip, id=name, key_display=shown)


def _plain(name: str, keys: str, action: str, text: str, tip: str, show: bool) -> Binding:
    return Binding(keys, action, text, show=show, tooltip=tip, id=f"tagging.{name}")


def _reviewing() -> Iterator[Binding]:
    tip = "accept all suggestions shown, and open the next image"
    yield Binding(
        "enter", "act('accept_all')", "accept all", tooltip=tip, id="reviewing.accept_all"
    )
    tip = "reject all suggestions shown"
    yield Binding(
        "backspace", "act('reject_all')", "reject all", tooltip=tip, id="reviewing.reject_all"
    )


def _proposed() -> Iterator[Binding]:
    yield Binding(
        "enter", "answer('enter')", "accept", tooltip="make it a region", id="proposed.accept"
    )
    yield Binding("backspace", "answer('backspace')", "drop", tooltip="drop it", id="proposed.drop")


def _pointing() -> Iterator[Binding]:
    for key, text in (
        ("backspace", "one level up"),
        ("tab", "zoom into the cell"),
        ("enter", "accept here"),
    ):
        yield Binding(key, f"point('{key}')", text, id=f"pointing.{key}")
    # The grid has this key; without a binding of its own the footer would show the app's.
    yield Binding("q", "point('q')", show=False, id="pointing.q")
    for key in ("left", "right", "up", "down"):
        tip = f"nudge the cell or the first corner {key}"
        yield Binding(
            key, f"point('{key}')", "nudge", show=False, tooltip=tip, id=f"pointing.{key}"
        )


def _nudges() -> Iterator[Binding]:
    for key, where in _DIRECTIONS.items():
        tip = f"move the region {where}; without one, pan"
        action = f"nudge('whole', '{where}', %s)"
        name = f"tagging.move_{where}"
        yield Binding(key, action % False, "move", tooltip=tip, id=name, group=_MOVE)
        yield Binding(where, action % False, "move", show=False, tooltip=tip, id=f"{name}_arrow")
        far = f"move the region {where} in larger steps"
        yield Binding(key.upper(), action % True, "move", show=False, tooltip=far, id=f"{name}_far")
    for key, (edge, where) in _EDGE_KEYS.items():
        tip = f"{edge} edge {where}"
        action = f"nudge('{edge}', '{where}', %s)"
        name = f"tagging.{edge}_edge_{where}"
        yield Binding(key, action % False, "edge", tooltip=tip, id=name, group=_EDGES)
        far = f"{tip} in larger steps"
        yield Binding(key.upper(), action % True, "edge", show=False, tooltip=far, id=f"{name}_far")


def _sizes() -> Iterator[Binding]:
    for keys, name, where in (("equals_sign,plus", "larger", "up"), ("minus", "smaller", "down")):
        action = f"nudge('size', '{where}', False)"
        tip = f"make the region {name} on all sides"
        yield Binding(keys, action, name, show=False, tooltip=tip, id=f"tagging.{name}")


def _digits() -> Iterator[Binding]:
    for digit in "1234567890":
        tip = f"give the region tag {digit}, and the boxes to come"
        yield Binding(
            digit,
            f"tag('{digit}')",
            "tag",
            show=digit == "1",
            tooltip=tip,
            id=f"tagging.tag_{digit}",
            key_display="1–0" if digit == "1" else None,
        )
