"""The only place that changes Textual: three mends, each guarded and tested.

1. A partial update is not cropped on its left: one changed cell at column x sends its line again
   from the widget's left edge (Textualize/textual#5625, still in 8.2.8). A step of a box costs
   64 kB instead of 2.4 kB. The cells are then written without repeating what stays the same.
2. tmux 3.7 redraws the whole pane at the end of every synchronised update (tmux/tmux#5612):
   317 bytes become 175,000. Inside tmux none are sent.
3. Textual takes answers that it did not ask for as keys. Where a terminal did not answer our own
   questions in time, they are taken from the input when they come after all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from inspect import signature

from rich.color import ColorSystem
from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers import linux_driver
from textual.message import Message

from tui_detect.ui.probe import read_keys
from tui_detect.ui.sgr import Pen

MENDED_VERSIONS = ((8, 2), (9, 0))
"""From the first, up to but without the second: those whose code was read."""

_original_render = ChopsUpdate.render_segments
_original_begin, _original_end = App._begin_update, App._end_update


@dataclass(frozen=True, slots=True)
class Mended:
    """Which mends are in place."""

    left_crop: bool
    no_synchronised_output: bool


def apply(*, inside_tmux: bool | None = None) -> Mended:
    """Put the mends in place that this version of Textual and this terminal need."""
    if inside_tmux is None:
        inside_tmux = bool(os.environ.get("TMUX"))
    left_crop = _left_crop_fits()
    if left_crop:
        ChopsUpdate.render_segments = _render_segments  # type: ignore[method-assign, assignment]
    if inside_tmux:
        App._begin_update = _nothing  # type: ignore[method-assign, assignment]
        App._end_update = _nothing  # type: ignore[method-assign, assignment]
    return Mended(left_crop, inside_tmux)


def drop_late_answers() -> None:
    """From the app's start on, let no answer of the terminal count as keys."""
    linux_driver.XTermParser = _KeysOnly  # type: ignore[attr-defined]


def remove() -> None:
    """Give Textual its own code back, for comparisons."""
    linux_driver.XTermParser = XTermParser  # type: ignore[attr-defined]
    ChopsUpdate.render_segments = _original_render  # type: ignore[method-assign]
    App._begin_update = _original_begin  # type: ignore[method-assign]
    App._end_update = _original_end  # type: ignore[method-assign]


def _left_crop_fits() -> bool:
    """Whether this Textual is one whose code was read, and still looks like it."""
    first, beyond = MENDED_VERSIONS
    numbers = tuple(int(part) for part in version("textual").split(".")[:2])
    parameters = list(signature(ChopsUpdate.__init__).parameters)
    return first <= numbers < beyond and parameters == ["self", "chops", "spans", "chop_ends"]


def _render_segments(update: ChopsUpdate, console: Console) -> str:
    """As Textual's, with each strip cropped at both ends of the span and written from there."""
    pen = Pen(console._color_system or ColorSystem.TRUECOLOR)
    sequences: list[str] = []
    for y, span_start, span_end in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            start, stop = max(x, span_start), min(end, span_end)
            if strip is None or start >= stop:
                continue
            if start > x or stop < end:
                strip = strip.crop(start - x, stop - x)
            sequences.append(Control.move_to(start, y).segment.text)
            sequences.append(pen.text(strip))
    sequences.append(pen.end())
    return "".join(sequences)


def _nothing(_app: App[object]) -> None:
    return None


class _KeysOnly(XTermParser):
    """Textual's reader of the input, without answers to the questions of `ui.probe`."""

    _begun = b""

    def feed(self, data: str) -> Iterable[Message]:
        """As Textual's; the end of the input is an empty text."""
        keys, self._begun = read_keys(self._begun + data.encode())
        return super().feed(keys.decode()) if keys or not data else ()
