"""What the app would write to a terminal, kept, and shown by an emulator."""

from __future__ import annotations

from typing import Any

import pyte
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.strip import Strip


class CapturingDriver(HeadlessDriver):
    """Takes what is written instead of a terminal; give it to an app as its `driver_class`."""

    @property
    def written(self) -> list[str]:
        """What was written and not taken yet."""
        pieces: list[str] = self.__dict__.setdefault("_written", [])
        return pieces

    @property
    def is_headless(self) -> bool:
        """Not headless: the app writes all that a terminal would get."""
        return False

    def write(self, data: str) -> None:
        """Keep it."""
        self.written.append(data)

    def take(self) -> str:
        """What was written since the last call."""
        taken = "".join(self.written)
        self.written.clear()
        return taken


def driver_of(app: App[Any]) -> CapturingDriver:
    """The driver of a running app."""
    driver = app._driver
    assert isinstance(driver, CapturingDriver)
    return driver


def repaint(app: App[Any]) -> str:
    """The whole screen as the app would write it anew."""
    update = app.screen._compositor.render_update(full=True)
    assert update is not None
    return "".join(
        segment.text if segment.control else _styled(app, segment)
        for segment in app.console.render(update)
    )


def _styled(app: App[Any], segment: Segment) -> str:
    if segment.style is None:
        return segment.text
    segment.style._ansi = None
    return str(segment.style.render(segment.text, color_system=app.console._color_system))


def write_styles_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests in several depths of colours: styles keep how they were written at the first."""
    kept = Strip.render_style

    def render_style(style: Style, text: str, color_system: ColorSystem) -> str:
        style._ansi = None
        return kept(style, text, color_system)

    monkeypatch.setattr(Strip, "render_style", staticmethod(render_style))


Cells = list[list[tuple[object, ...]]]


class Emulator:
    """A terminal that keeps characters and colours."""

    def __init__(self, columns: int, rows: int) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)

    def feed(self, data: str) -> None:
        """Take bytes as a terminal would."""
        self._stream.feed(data)

    @property
    def cells(self) -> Cells:
        """Every cell with its character and look."""
        screen = self._screen
        return [
            [tuple(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)
        ]
