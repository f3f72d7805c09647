"""Textual-image draws for us, asks nothing, and defines its colours before it uses them."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys

import pytest
from PIL import Image

from tests.imaging.pictures import quarters
from tui_detect.ui.graphics.sixel import _without_questions, in_sixel_colours, palette_first

HEADER = '\x1bP0;0;0q"1;1;4;12'
COLOURS = "#0;2;10;20;30#1;2;1;2;3#2;2;9;9;9"
PIXELS = "#0!4~$#1??~~-#0!4N#2~-\x1b\\"


def test_colours_come_before_pixels_and_pixels_stay_the_same() -> None:
    as_needed = HEADER + "#0;2;10;20;30!4~$#1;2;1;2;3??~~-#0!4N#2;2;9;9;9~-\x1b\\"
    assert palette_first(as_needed) == HEADER + COLOURS + PIXELS
    # As 0.14 writes it; choosing a colour without drawing is nothing.
    assert palette_first(HEADER + COLOURS + PIXELS) == HEADER + COLOURS + "#0#1#2" + PIXELS


def test_what_is_no_sixel_picture_is_left_alone() -> None:
    assert palette_first("#0;2;1;2;3~") == "#0;2;1;2;3~"


def test_a_picture_keeps_its_colours_where_they_are_few() -> None:
    picture = quarters(40, 30)
    assert in_sixel_colours(picture).mode == "P"
    assert in_sixel_colours(picture).convert("RGB").tobytes() == picture.tobytes()


def test_loading_it_asks_the_terminal_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_CELL_WIDTH", "77")
    monkeypatch.delenv("TEXTUAL_CELL_HEIGHT", raising=False)
    stdout = sys.__stdout__
    with _without_questions((9, 21)):
        assert sys.__stdout__ is not None
        assert not sys.__stdout__.isatty()
        assert os.environ["TEXTUAL_CELL_WIDTH"] == "9"
        assert os.environ["TEXTUAL_CELL_HEIGHT"] == "21"
    assert sys.__stdout__ is stdout
    assert os.environ["TEXTUAL_CELL_WIDTH"] == "77"
    assert "TEXTUAL_CELL_HEIGHT" not in os.environ


def test_loading_it_in_a_real_terminal_writes_nothing_there() -> None:
    master, slave = os.openpty()
    code = "from tui_detect.ui.graphics.sixel import _image_class; _image_class((5, 10))"
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], stdin=slave, stdout=slave, stderr=subprocess.PIPE
        )
        assert done.returncode == 0, done.stderr
        assert not select.select([master], [], [], 0)[0]
    finally:
        os.close(master)
        os.close(slave)


def test_what_it_encodes_has_its_palette_first() -> None:
    from tui_detect.ui.graphics.sixel import _image_class

    _image_class((5, 10))
    from textual_image.widget import sixel

    noise = Image.effect_noise((24, 24), 80).convert("RGB")
    data = sixel.image_to_sixels(in_sixel_colours(noise))
    first_pixels = re.search(r"#\d+(?![\d;])", data)
    assert first_pixels is not None
    assert data.rindex(";2;") < first_pixels.start()
