"""The whole log of a run: scrolled, followed, searched."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from tests.ui.shell_library import LiveRun, make_app, shown_text, tagged_project
from tests.waiting import until
from tui_detect.core.model import Project
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens.log import LogScreen
from tui_detect.workflows.library import Library


async def sees(pilot: Pilot[None], app: TuiDetectApp, text: str) -> None:
    await until(pilot, lambda: text in shown_text(app), f"{text!r} on the screen")


def run_with_log(library: Library, folder: Path) -> tuple[LiveRun, Project]:
    project = tagged_project(library, folder)
    run = LiveRun(library, project)
    lines = [f"line {number} of the log" for number in range(5000)]
    lines[1234] = "here is the Needle we look for"
    run.folder.log_file.write_text("\n".join(lines) + "\n")
    return run, project


async def test_the_log_is_scrolled_from_its_end_to_its_start(
    library: Library, tmp_path: Path
) -> None:
    _, project = run_with_log(library, tmp_path / "pictures")
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "Iteration 1 · training")
        await pilot.press("l")
        await sees(pilot, app, "line 4999 of")
        await pilot.press("up", "up")
        await sees(pilot, app, "line 4976 of")
        assert "line 4999 of" not in shown_text(app)
        await pilot.press("g")
        await sees(pilot, app, "line 0 of")
        await pilot.press("down")
        await sees(pilot, app, "line 22 of")
        await pilot.press("q")
        await until(pilot, lambda: not isinstance(app.screen, LogScreen), "the run again")


async def test_the_end_is_followed_until_the_person_scrolls(
    library: Library, tmp_path: Path
) -> None:
    run, project = run_with_log(library, tmp_path / "pictures")
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "Iteration 1 · training")
        await pilot.press("l")
        await sees(pilot, app, "line 4999 of")
        with run.folder.log_file.open("a") as log:
            log.write("a new line\n")
        await sees(pilot, app, "a new line")
        await pilot.press("g")
        await sees(pilot, app, "line 0 of")
        with run.folder.log_file.open("a") as log:
            log.write("another one\n")
        await pilot.press("G")
        await sees(pilot, app, "another one")


async def test_text_is_found_whatever_its_case_and_again(library: Library, tmp_path: Path) -> None:
    _, project = run_with_log(library, tmp_path / "pictures")
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "Iteration 1 · training")
        await pilot.press("l")
        await sees(pilot, app, "line 4999 of")
        await pilot.press("slash", *"needle", "enter")
        await sees(pilot, app, "the Needle we look for")
        await pilot.press("g")
        await sees(pilot, app, "line 0 of")
        await pilot.press("slash", *"line 49", "enter")
        await sees(pilot, app, "line 49 of")
        await pilot.press("n")
        await sees(pilot, app, "line 490 of")
        await pilot.press("N")
        await sees(pilot, app, "line 49 of")
        await pilot.press("slash", *"nowhere", "enter")
        await sees(pilot, app, "no line has 'nowhere'")
