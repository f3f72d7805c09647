"""Suggestions from the grid: one key asks, and what waits for an answer is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library import add_pictures, finished_iteration, model_finds, tag_image, with_weights
from tests.ui.shell_library import error_shown, make_app, shown_text
from tests.waiting import until
from tui_detect.core.geometry import Box
from tui_detect.core.model import Project
from tui_detect.core.query import ImageQuery
from tui_detect.ui.screens.images import ImagesScreen
from tui_detect.ui.screens.tagging import TaggingScreen
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag


@pytest.fixture
def half_tagged(library: Library, project: Project, tmp_path: Path) -> Project:
    """Two tagged images and three untagged ones."""
    nut = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "p", 5)[:2]:
        tag_image(library, image, nut)
    return project


@pytest.fixture
def model(library: Library, half_tagged: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trained iteration that finds one nut on every picture."""
    with_weights(library, finished_iteration(library, half_tagged))
    model_finds(monkeypatch, [(0, 0.9, Box(0.2, 0.2, 0.4, 0.4))])


async def test_one_key_suggests_and_two_more_answer_an_image(
    library: Library, half_tagged: Project, model: None
) -> None:
    app = make_app(library, half_tagged)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Untagged 3" in shown_text(app), "the workspace")
        await pilot.press("s")
        await until(
            pilot,
            lambda: (
                isinstance(app.screen, ImagesScreen)
                and app.screen.narrowing == ImageQuery(suggested=True)
                and len(app.screen.grid.ids) == 3
            ),
            "the images that wait for an answer",
        )
        said = [notice.message for notice in app._notifications]
        assert said == ["3 boxes on 3 images, waiting for an answer"]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TaggingScreen), "the first of them")
        await until(pilot, lambda: "1 suggestion" in shown_text(app), "its suggestion")
        await pilot.press("enter", "q")
        await until(pilot, lambda: "Untagged 2" in shown_text(app), "one image less to tag")


async def test_without_a_trained_iteration_it_says_what_to_do(
    library: Library, half_tagged: Project
) -> None:
    app = make_app(library, half_tagged)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Untagged 3" in shown_text(app), "the workspace")
        await pilot.press("s")
        await until(pilot, lambda: "has no iteration yet" in error_shown(app), "the reason")
