"""What is sent, key by key, leaves the terminal with the screen of a full repaint."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import constants

from tests.benchmarks.noise import noise
from tests.ui.capturing import CapturingDriver, Emulator, driver_of, repaint, write_styles_afresh
from tests.ui.shell_library import make_app
from tests.ui.tagging.keys import next_key
from tests.waiting import until
from tui_detect.core.model import Project, Tag
from tui_detect.ui import textual_patches
from tui_detect.ui.graphics.text_cells import TextCells
from tui_detect.ui.screens.tagging import TaggingScreen
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.images import ImageQuery, image_ids
from tui_detect.workflows.library import Library

KEYS = 30
SIZE = (80, 24)


@pytest.fixture(autouse=True)
def mended() -> Iterator[None]:
    """As the app runs: with all mends in place."""
    textual_patches.apply(inside_tmux=False)
    yield
    textual_patches.remove()


def painted(screen: TaggingScreen) -> bool:
    """Whether all that changed has been written; a full repaint would swallow what has not."""
    waiting = screen._dirty_widgets or screen._compositor._dirty_regions
    return screen.canvas.settled and not waiting


@pytest.mark.parametrize("colours", ["truecolor", "256", "standard"])
async def test_every_key_leaves_the_screen_of_a_full_repaint(
    library: Library,
    project: Project,
    fork: Tag,
    spoon: Tag,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    colours: str,
) -> None:
    # Textual has read the environment when it was imported.
    monkeypatch.setattr(constants, "COLOR_SYSTEM", colours)
    write_styles_afresh(monkeypatch)
    add_images(library, project.id, [noise(tmp_path, f"{seed}.png", seed) for seed in range(3)])
    app = make_app(library, mode="projects")
    app.driver_class = CapturingDriver
    chance, emulator = random.Random(5), Emulator(*SIZE)
    async with app.run_test(headless=False, size=SIZE) as pilot:
        app.project = project
        screen = TaggingScreen(image_ids(library, project.id, ImageQuery()))
        await app.push_screen(screen)
        keys: list[str] = []
        for _ in range(KEYS):
            await pilot.pause()
            await until(pilot, lambda: painted(screen), f"the screen after {keys}")
            emulator.feed(driver_of(app).take())
            if isinstance(screen.canvas._backend, TextCells):
                # What it keeps of its lines must not stand for what they should be.
                screen.canvas._backend._drawn.clear()
            anew = Emulator(*SIZE)
            anew.feed(repaint(app))
            assert emulator.cells == anew.cells, f"after {keys}"
            keys.append(next_key(chance, screen.state))
            await pilot.press(keys[-1])
        assert screen.session.undo_count
