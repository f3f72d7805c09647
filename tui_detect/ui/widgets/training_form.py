"""The settings of the next run; every field may stay empty."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Grid, Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from tui_detect.core.errors import TuiDetectError
from tui_detect.core.model import TrainingSettings
from tui_detect.ui.plan_words import assignments, numbers
from tui_detect.ui.widgets.form import Form
from tui_detect.vision.launchers import list_launchers
from tui_detect.vision.recipes import read_overrides
from tui_detect.workflows.launching import launcher_words, parse_launcher
from tui_detect.workflows.planning import TrainingPreview

Settle = Callable[[TrainingSettings, str], TrainingSettings]
"""Finds the iteration to start from, if one is named, and checks the settings."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    label: str
    placeholder: str
    value: str


class BadField(ValueError):
    """What is in a field cannot be used; the text says why."""


def read_settings(texts: dict[str, str], before: TrainingSettings) -> TrainingSettings:
    """The settings that the fields hold; the iteration to start from is looked up elsewhere.

    Raises:
        BadField: one of them holds what cannot be read.
        NotFound: there is no such launcher.
        BadInput: a number of the plan is unknown or out of range, or an option of the launcher is.
    """
    from_iteration = bool(texts["iteration"].strip())
    if from_iteration and texts["weights"].strip():
        raise BadField("weights, iteration: fill in one of them")
    launcher, options = parse_launcher(texts["launcher"])
    kept = from_iteration and texts["iteration"].strip() == before.warm_start
    return replace(
        before,
        epochs=_whole(texts["epochs"], "epochs: a whole number, such as 60"),
        image_size_px=_whole(texts["size"], "image size: whole pixels, such as 320"),
        budget_minutes=_number(texts["budget"], "minutes: a number, such as 30"),
        folds=_whole(texts["folds"], "folds: a whole number, such as 5") or 0,
        device=texts["device"].strip() or "auto",
        launcher=launcher,
        launcher_options=options,
        weights=before.weights if kept else texts["weights"].strip() or "auto",
        warm_start=before.warm_start if kept else "",
        tags=tuple(name.strip() for name in texts["tags"].split(",") if name.strip()),
        overrides=read_overrides(texts["others"].split()),
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
    """Ask for what the domain's recipe would choose otherwise, and show what that is."""

    BINDINGS = [
        Binding("escape,ctrl+g", "cancel", "cancel", id="training-form.cancel"),
        Binding("ctrl+s", "accept", "accept", id="training-form.accept"),
    ]
    DEFAULT_CSS = """
    TrainingForm {
        Grid { grid-size: 2; grid-columns: 12 1fr; grid-rows: 1; height: auto; }
        #numbers { color: $text-muted; height: auto; margin-top: 1; }
        #complaint { color: $error; height: auto; }
    }
    """

    def __init__(
        self, settings: TrainingSettings, preview: TrainingPreview | None, settle: Settle
    ) -> None:
        super().__init__()
        self._settings = settings
        self._preview = preview
        self._settle = settle

    def compose(self) -> ComposeResult:
        """Label and field, line by line; then the plan's other numbers by their names."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Settings of the next run"
            dialog.border_subtitle = "ctrl+s accept · escape or ctrl+g cancel"
            with Grid():
                for field in _fields(self._settings, self._preview):
                    yield Static(field.label, classes="label")
                    yield Input(field.value, field.placeholder, id=field.name, compact=True)
            if self._preview is not None:
                yield Static(Content(numbers(self._preview.plan, self._settings)), id="numbers")
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
            start = "" if settings.warm_start else texts["iteration"].strip()
            settings = self._settle(settings, start)
        except BadField as error:
            self._complain(str(error))
        except TuiDetectError as error:
            self._complain(error.one_line())
        else:
            self.dismiss(settings)

    def _complain(self, text: str) -> None:
        self.query_one("#complaint", Static).update(Content(text))

    def action_cancel(self) -> None:
        """Leave without a change."""
        self.dismiss(None)


def _fields(settings: TrainingSettings, preview: TrainingPreview | None) -> list[_Field]:
    plan = None if preview is None else preview.plan
    epochs = f"empty: {plan.epochs}" if plan else "empty: as the domain says"
    size = f"empty: {plan.image_size_px}" if plan else "empty: as the domain says"
    budget = f", such as {preview.budget_minutes}" if preview else ""
    launchers = list_launchers()
    more = ", ".join(f"{name} partition=…" for name in launchers[1:])
    own_weights = "" if settings.warm_start else _own(settings.weights)
    return [
        _Field("epochs", "epochs", epochs, _text(settings.epochs)),
        _Field("size", "image size", size, _text(settings.image_size_px)),
        _Field(
            "budget",
            "minutes",
            f"empty: a quick training; else a search{budget}",
            _text(settings.budget_minutes),
        ),
        _Field("device", "device", "auto, cpu, or GPU numbers: 0,1", _own(settings.device)),
        _Field("weights", "weights", "auto, none, or a .pt file", own_weights),
        _Field("iteration", "train on", "from an iteration: 3, or PROJECT/3", settings.warm_start),
        _Field("folds", "folds", "empty: none; cross-validate, such as 5", _text(settings.folds)),
        _Field("tags", "only tags", "empty: all; else fork, knife", ", ".join(settings.tags)),
        _Field("launcher", "launcher", f"empty: {launchers[0]}; or {more}", _launcher(settings)),
        _Field(
            "others",
            "others",
            "numbers of the list below: mirror=0 batch=8",
            assignments(plan, settings) if plan else "",
        ),
    ]


def _text(value: float | None) -> str:
    return f"{value:g}" if value else ""


def _launcher(settings: TrainingSettings) -> str:
    words = launcher_words(settings)
    return "" if words == list_launchers()[0] else words


def _own(value: str) -> str:
    return "" if value == "auto" else value
