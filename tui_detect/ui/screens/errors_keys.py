"""The keys of the Errors view."""

from __future__ import annotations

from textual.binding import Binding, BindingType

_STEP = Binding.Group("step", compact=True)

BINDINGS: list[BindingType] = [
    Binding(
        "t",
        "take",
        "take over",
        tooltip="take over what the model found: its tag, its box, or a new region",
        id="errors.take",
    ),
    Binding("k", "keep", "keep", tooltip="the label is right", id="errors.keep"),
    Binding("enter,e", "edit", "edit", tooltip="open the editor on it", id="errors.edit"),
    Binding("d", "delete", "delete", tooltip="delete the label", id="errors.delete"),
    Binding(
        "u",
        "undo",
        "undo",
        tooltip="take back the verdict shown, else the last one, with its edit",
        id="errors.undo",
    ),
    Binding("n", "step(1)", "step", group=_STEP, tooltip="the next one", id="errors.next"),
    Binding("p", "step(-1)", "step", group=_STEP, tooltip="the one before", id="errors.previous"),
    Binding(
        "o",
        "open_only",
        "open only",
        tooltip="list only what is not settled, or everything again",
        id="errors.open_only",
    ),
    Binding("l", "list", "list", tooltip="show or hide the list", id="errors.list"),
    Binding("V", "pixels", show=False, tooltip="show the real pixels", id="errors.pixels"),
    Binding("down", "step(1)", "the next one", show=False, id="errors.next_arrow"),
    Binding("up", "step(-1)", "the one before", show=False, id="errors.previous_arrow"),
    Binding("pageup", "step(-10)", "ten back", show=False, id="errors.page_up"),
    Binding("pagedown", "step(10)", "ten on", show=False, id="errors.page_down"),
    Binding("home", "step_to(0)", "the first", show=False, id="errors.first"),
    Binding("end", "step_to(-1)", "the last", show=False, id="errors.last"),
    Binding("q,escape", "leave", "back", tooltip="back to the figures", id="errors.leave"),
]
