"""What the next run would learn from and do, before it begins."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_detect.core.errors import TuiDetectError
from tui_detect.core.model import Iteration, TrainingSettings
from tui_detect.ui.plan_words import last_run_line, material_rows, plan_rows
from tui_detect.workflows.planning import TrainingPreview

LABEL_WIDTH = 11
ADVICE_MAX = 4
"""Lines of advice; tags without images make one each, and the key that trains must be seen."""

Outcome = TrainingPreview | TuiDetectError


class ReadyPane(VerticalScroll):
    """Material, plan and advice, and the key that trains."""

    def compose(self) -> ComposeResult:
        """Paragraphs from top to bottom; those that say nothing are hidden."""
        yield Static(id="material")
        yield Static(id="plan")
        yield Static(id="call")
        yield Static(id="advice")
        yield Static(id="last")

    def show(
        self, outcome: Outcome | None, settings: TrainingSettings, last: Iteration | None
    ) -> None:
        """Show what is known; `None` while it is being looked up."""
        if isinstance(outcome, TrainingPreview):
            self._update("material", _titled("Learns from", material_rows(outcome.check, settings)))
            self._update("plan", _titled("Plan (e changes it)", plan_rows(outcome, settings)))
            self._update("advice", _advice(outcome.check.warnings))
            self._update("call", _call(outcome))
        elif outcome is not None:
            self._update("material", _impossible(outcome))
            for name in ("plan", "advice", "call"):
                self._update(name, Content())
        self._update("last", _titled("", [("last run", last_run_line(last))]))

    def _update(self, name: str, content: Content) -> None:
        pane = self.query_one(f"#{name}", Static)
        pane.update(content)
        pane.display = bool(content.plain)


def _titled(title: str, rows: list[tuple[str, str]]) -> Content:
    lines = [
        Content.assemble((f"  {label:<{LABEL_WIDTH}}", "$muted"), value) for label, value in rows
    ]
    return Content("\n").join([Content.styled(title, "bold $primary"), *lines] if title else lines)


def _call(preview: TrainingPreview) -> Content:
    key = Content.assemble(("t", "bold $accent"), " trains")
    if not preview.repeats:
        return key
    same = f"{preview.repeats[0].upper()}{preview.repeats[1:]}: "
    return Content.assemble((same, "$warning"), key, " the same once more")


def _advice(warnings: list[str]) -> Content:
    if not warnings:
        return Content()
    shown = warnings if len(warnings) <= ADVICE_MAX else warnings[: ADVICE_MAX - 1]
    lines = [Content.assemble(("  ! ", "bold $warning"), text) for text in shown]
    if len(shown) < len(warnings):
        lines.append(Content.styled(f"    and {len(warnings) - len(shown)} more", "$muted"))
    title = Content.styled("Would help, but does not block", "bold $primary")
    return Content("\n").join([title, *lines])


def _impossible(error: TuiDetectError) -> Content:
    what = Content.styled(f"{error.title}: {error.message}.", "bold $warning")
    hint = Content.styled(f"  {error.hint[:1].upper()}{error.hint[1:]}. 1 shows the images.", "")
    return Content("\n").join([what, hint])
