"""What is known of the terminal, in the words of those who need it."""

from __future__ import annotations

import pytest

from tui_detect.ui.terminal import Blocks, Graphics, Terminal, colours_of


def test_rich_names_of_depths() -> None:
    assert colours_of("truecolor") == "truecolor"
    assert colours_of("256") == "256"
    assert colours_of("standard") == "16"
    assert colours_of(None) == "16"


@pytest.mark.parametrize(
    ("graphics", "blocks"),
    [("half", "half"), ("quadrant", "quadrant"), ("octant", "octant"), ("kitty", "half")],
)
def test_the_canvas_draws_with_the_characters_asked_for(graphics: Graphics, blocks: Blocks) -> None:
    assert Terminal("256", False, "", graphics).canvas_blocks == blocks
