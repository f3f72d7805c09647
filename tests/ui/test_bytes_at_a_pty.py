"""What a step of a box costs at a real pseudo-terminal, all that the app writes included."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.benchmarks import bench_kitty_bytes
from tests.benchmarks.noise import noise
from tests.benchmarks.pty_terminal import KITTY_ANSWERS, PtyTerminal, child_of


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return noise(tmp_path)


def test_a_step_in_kitty_and_its_first_picture_stay_in_their_budgets(picture: Path) -> None:
    command = child_of(bench_kitty_bytes.__name__, "kitty", str(picture))
    running = PtyTerminal(command, answers=KITTY_ANSWERS)
    try:
        first = running.until_times(b"c=107,r=40", 1)
        assert first <= bench_kitty_bytes.FIRST_BUDGET
        # The sharp picture is placed, too; then nothing but steps is written.
        running.until_times(b"c=107,r=40", 2)
        running.read()
        for key in (b"l", b"j", b"l", b"j"):
            assert 100 < running.key(key)[0] <= bench_kitty_bytes.STEP_BUDGETS["kitty"]
    finally:
        running.close()


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_a_step_through_tmux_stays_in_its_budget(picture: Path, tmp_path: Path) -> None:
    with bench_kitty_bytes.inside_tmux(
        child_of(bench_kitty_bytes.__name__, "kitty-tmux", str(picture)), tmp_path
    ) as command:
        running = PtyTerminal(command, answers=KITTY_ANSWERS)
        try:
            running.until_times(b"c=107,r=40", 2)
            running.read()
            for key in (b"l", b"j", b"l", b"j"):
                assert 100 < running.key(key)[0] <= bench_kitty_bytes.STEP_BUDGETS["kitty-tmux"]
        finally:
            running.close()
