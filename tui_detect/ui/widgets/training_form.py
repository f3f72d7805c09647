"""The settings of the next run; every field may stay empty."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Grid, Horizontal, Vertical
from textual.widgets import Button, Input, Static

from tui_detect.core.model import TrainingSettings
from tui_detect.ui.widgets.form import Form


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    label: str
    placeholder: str
    value: str


class BadField(ValueError):
    """What is in a field cannot be used; the text says why."""


def read_settings(texts: dict[str, str], before: TrainingSettings) -> TrainingSettings:
    """The settings that the fields hold.

    Raises:
        BadField: one of them holds what cannot be read.
    """
    return replace(
        before,
        epochs=_whole(texts["epochs"], "epochs: a whole number, such as 60"),
        image_size_px=_whole(texts["size"], "image size: whole pixels, such as 320"),
        budget_minutes=_number(texts["budget"], "time budget: minutes, such as 30"),
        device=texts["device"].strip() or "auto",
        weights=texts["weights"].strip() or "auto",
    )


def _number(text: str, complaint: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text.strip())
    except ValueError as error:
        raise BadField(complaint) from error
    if not 0 < value < math.inf:
        raise BadField(complaint)
    return value


def _whole(text: str, complaint: str) -> int | None:
    value = _number(text, complaint)
    if value is not None and value != int(value):
        raise BadField(complaint)
    return None if value is None else int(value)


class TrainingForm(Form[TrainingSettings | None]):
    """Ask for what the domain's recipe would choose otherwise."""

    BINDINGS = [
        Binding("escape,ctrl+g", "cancel", "cancel", id="training-form.cancel"),
        Binding("ctrl+s", "accept", "accept", id="training-form.accept"),
    ]
    DEFAULT_CSS = """
    TrainingForm {
        Grid { grid-size: 2; grid-columns: 14 1fr; grid-rows: 2; height: auto; }
        #complaint { color: $error; height: auto; }
    }
    """

    def __init__(self, settings: TrainingSettings) -> None:
        super().__init__()
        self._settings = settings

    def compose(self) -> ComposeResult:
        """Label and field, line by line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Settings of the next run"
            dialog.border_subtitle = "ctrl+s accept · escape or ctrl+g cancel"
            with Grid():
                for field in _fields(self._settings):
                    yield Static(field.label, classes="label")
                    yield Input(field.value, field.placeholder, id=field.name)
            yield Static(id="complaint")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Accept", id="accept", variant="primary", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Accept or cancel."""
        if event.button.id == "accept":
            self.action_accept()
        else:
            self.action_cancel()

    def action_accept(self) -> None:
        """Hand back the settings, or say what is wrong with them."""
        texts = {field.id or "": field.value for field in self.query(Input)}
        try:
            settings = read_settings(texts, self._settings)
        except BadField as error:
            self.query_one("#complaint", Static).update(str(error))
        else:
            self.dismiss(settings)

    def action_cancel(self) -> None:
        """Leave without a change."""
        self.dismiss(None)


def _fields(settings: TrainingSettings) -> list[_Field]:
    by_recipe = "empty: as the domain says"
    return [
        _Field("epochs", "epochs", by_recipe, _text(settings.epochs)),
        _Field("size", "image size px", by_recipe, _text(settings.image_size_px)),
        _Field("budget", "minutes", "at most; empty: no limit", _text(settings.budget_minutes)),
        _Field("device", "device", "auto, cpu, or GPU numbers: 0,1", _own(settings.device)),
        _Field("weights", "weights", "auto, none, or a .pt file", _own(settings.weights)),
    ]


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _own(value: str) -> str:
    return "" if value == "auto" else value
