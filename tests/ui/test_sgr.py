"""Escape sequences that say only what changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from tests.ui.capturing import Emulator
from tui_detect.ui.sgr import Pen

colours = st.sampled_from([None, "red", "#102030", "#a0b0c0", "color(99)"])
flags = st.sampled_from([None, True])
styles = st.none() | st.builds(
    Style, color=colours, bgcolor=colours, bold=flags, underline=flags, reverse=flags
)
texts = st.tuples(st.text("abc", max_size=3), styles)
segments = st.lists(texts.map(lambda part: Segment(*part)), max_size=12)


def as_textual_writes(parts: list[Segment]) -> str:
    return "".join(
        part.text
        if part.style is None
        else part.style.render(part.text, color_system=ColorSystem.TRUECOLOR)
        for part in parts
    )


@given(parts=segments)
def test_the_same_cells_in_no_more_bytes(parts: list[Segment]) -> None:
    pen = Pen(ColorSystem.TRUECOLOR)
    written = pen.text(parts[:5]) + pen.text(parts[5:]) + pen.end()
    whole = as_textual_writes(parts)
    ours, theirs = Emulator(40, 1), Emulator(40, 1)
    # What follows must be plain, whatever came before.
    ours.feed(written + "x")
    theirs.feed(whole + "x")
    assert ours.cells == theirs.cells
    assert len(written) <= len(whole) + 2


def test_a_row_of_half_blocks_repeats_neither_colour_nor_reset() -> None:
    style = Style(color="#102030", bgcolor="#405060")
    other = Style(color="#102030", bgcolor="#405061")
    written = Pen(ColorSystem.TRUECOLOR).text([Segment("▀", style), Segment("▀", other)])
    assert written == "\x1b[38;2;16;32;48;48;2;64;80;96m▀\x1b[48;2;64;80;97m▀"


def test_links_open_and_close() -> None:
    pen = Pen(ColorSystem.TRUECOLOR)
    written = pen.text([Segment("a", Style(link="https://x.org")), Segment("b")]) + pen.end()
    assert written.count("https://x.org") == 1
    assert "\x1b]8;;\x1b\\" in written.partition("a")[2].partition("b")[0]
