"""What a key and a picture may cost on a slow link, under a pty of 120x40 in true colour."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from tests.benchmarks import bench_canvas_bytes
from tests.benchmarks.box_app import KEYS
from tests.benchmarks.noise import noise
from tests.benchmarks.pty_terminal import PtyTerminal
from tests.benchmarks.tagging_terminal import make_library, tagging

FIRST_PICTURE_BYTES = 200_000
STEPS = 5
NEXT_QUIET_S = 0.5


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dearest one there is: hardly two cells look alike."""
    return noise(tmp_path_factory.mktemp("picture"))


def test_a_box_step_costs_no_more_than_its_cells(picture: Path) -> None:
    with bench_canvas_bytes.canvas("ours", picture) as (canvas, _):
        for way, budget in bench_canvas_bytes.BUDGET.items():
            key = KEYS[way]
            assert median_bytes(canvas, key) <= budget, way


def test_the_tagging_screen_keeps_to_the_budgets(picture: Path, tmp_path: Path) -> None:
    following = noise(tmp_path, "following.png", seed=12)
    make_library(tmp_path / "measured", [picture, following])
    with tagging(tmp_path / "measured") as screen:
        size, _ = screen.key(b"n", NEXT_QUIET_S)
        assert 50_000 < size <= FIRST_PICTURE_BYTES
        for key in (b" ", b"r", b"f", b"i", b"k"):
            screen.key(key)
        # A fine step is shorter than a cell and a coarse one longer; title and lists are counted.
        assert median_bytes(screen, b"l") <= bench_canvas_bytes.BUDGET["right"]
        assert median_bytes(screen, b"j") <= bench_canvas_bytes.BUDGET["down"]


def median_bytes(terminal: PtyTerminal, key: bytes) -> float:
    """Bytes that a key costs."""
    return statistics.median(terminal.key(key)[0] for _ in range(STEPS))
