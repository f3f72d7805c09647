"""The Errors view when a picture changes behind it: by undo in the editor, or by somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.findings import ELSEWHERE, LABELLED, LOOSE, Findings
from tests.library import tag_image
from tests.ui.errors_view import View, errors
from tests.ui.shell_library import error_shown
from tests.waiting import until
from tui_detect.core.edits import Edit, RegionChange
from tui_detect.core.model import Project, Region
from tui_detect.workflows import tagging
from tui_detect.workflows.library import Library


@pytest.fixture
def made(library: Library, project: Project, tmp_path: Path) -> Findings:
    return Findings(library, project, tmp_path / "pictures")


async def editor_opens(view: View) -> None:
    await view.pilot.press("e")
    await until(view.pilot, lambda: view.editor, "the editor")


async def refused(view: View, why: str) -> None:
    await until(view.pilot, lambda: why in error_shown(view.app), "the reason")
    await view.pilot.press("enter")


def retag(made: Findings, index: int) -> Region:
    label = Region(made.region(index).uuid, made.scissors.id, ELSEWHERE)
    edit = Edit("move", (RegionChange(made.region(index), label),), True, True)
    tagging.save_edit(made.library, made.image(index).id, edit)
    return label


async def test_undo_in_the_editor_makes_what_was_taken_open_again(made: Findings) -> None:
    async with errors(made, [made.on(1, "location", box=LOOSE), made.on(2, "missed")]) as view:
        await view.pilot.press("t", "p")
        await view.sees("model's taken")
        tag_image(made.library, made.image(1), made.scissors)
        await view.pilot.press("u")
        await refused(view, "edited after this verdict")
        await editor_opens(view)
        await view.pilot.press("u", "u", "q")
        await view.sees("open again")
        assert view.labels(1) == (made.region(1),)
        assert view.verdicts() == {}
        assert not view.screen._session.can_undo
        await view.pilot.press("k")
        await view.sees("2 of 2")
        assert view.verdicts() == {"picture_1.png": "kept"}


async def test_what_was_taken_is_settled_again_when_it_is_redone_in_the_editor(
    made: Findings,
) -> None:
    async with errors(made, [made.on(1, "location", box=LOOSE), made.on(2, "missed")]) as view:
        await view.pilot.press("t", "p", "u", "o")
        await view.sees("1 of 2")
        await editor_opens(view)
        await view.pilot.press("ctrl+r", "q")
        await view.sees("1 of 1")
        await view.sees("taken")
        assert view.verdicts() == {"picture_1.png": "taken"}
        await view.pilot.press("u")
        await view.sees("open again")
        assert view.labels(1) == (made.region(1),)


async def test_undoing_anothers_edit_in_the_editor_opens_that_one_and_settles_none(
    made: Findings,
) -> None:
    findings = [made.on(1, "location", box=LOOSE), made.on(1, "spurious")]
    async with errors(made, findings) as view:
        await view.pilot.press("t", "o")
        await view.sees("1 of 1")
        await editor_opens(view)
        await view.pilot.press("u", "q")
        await view.sees("2 of 2")
        assert view.verdicts() == {}


@pytest.mark.parametrize("when", ["before the editor", "in the editor"])
async def test_what_somebody_else_changed_is_no_edit_of_who_only_looked(
    made: Findings, when: str
) -> None:
    async with errors(made, [made.on(1, "location", box=LOOSE), made.on(2, "missed")]) as view:
        if when == "before the editor":
            label = retag(made, 1)
            await editor_opens(view)
        else:
            await editor_opens(view)
            label = retag(made, 1)
            await view.pilot.press("l")
            await refused(view, "changed elsewhere meanwhile")
        await view.pilot.press("q")
        await view.sees("Your label was changed since")
        assert view.labels(1) == (label,)
        assert view.verdicts() == {}
        await view.sees("1 of 2")


async def test_an_edit_on_top_of_somebody_elses_settles(made: Findings) -> None:
    async with errors(made, [made.on(1, "location", box=LOOSE), made.on(2, "missed")]) as view:
        retag(made, 1)
        await editor_opens(view)
        await view.pilot.press("l", "q")
        await view.sees("2 of 2")
        assert view.verdicts() == {"picture_1.png": "edited"}


async def test_a_kept_label_that_is_then_edited_by_hand_is_settled_by_that(made: Findings) -> None:
    async with errors(made) as view:
        await view.pilot.press("k", "p")
        await view.sees("label kept")
        await editor_opens(view)
        await view.pilot.press("l", "enter")
        await view.sees("2 of 6")
        assert view.verdicts() == {"picture_0.png": "edited"}


async def test_a_box_that_somebody_drew_meanwhile_is_shown_and_not_drawn_twice(
    made: Findings,
) -> None:
    async with errors(made, [made.on(2, "missing", box=ELSEWHERE, labelled=False)]) as view:
        tag_image(made.library, made.image(2), made.fork, box=ELSEWHERE)
        await view.pilot.press("t")
        await refused(view, "changed elsewhere meanwhile")
        assert [label.box for label in view.labels(2)] == [LABELLED, ELSEWHERE]
        assert "t take over" not in view.text.splitlines()[-1]
        assert view.verdicts() == {}


@pytest.mark.parametrize("in_the_editor", [False, True])
async def test_a_label_that_somebody_changed_meanwhile_is_shown_and_kept_only_then(
    made: Findings, in_the_editor: bool
) -> None:
    async with errors(made, [made.on(1, "location", box=LOOSE), made.on(2, "missed")]) as view:
        if in_the_editor:
            await editor_opens(view)
        label = retag(made, 1)
        await view.pilot.press("Y" if in_the_editor else "k")
        await refused(view, "changed elsewhere meanwhile")
        await view.sees("Your label was changed since")
        assert view.verdicts() == {}
        await view.pilot.press("k")
        await view.sees("2 of 2")
        assert view.labels(1) == (label,)
        assert view.verdicts() == {"picture_1.png": "kept"}


async def test_an_undo_of_what_is_open_again_elsewhere_is_refused_once(made: Findings) -> None:
    async with errors(made, [made.on(1, "location", box=LOOSE), made.on(2, "missed")]) as view:
        await view.pilot.press("t")
        await view.sees("2 of 2")
        tagging.undo(made.library, made.image(1).id)
        await view.pilot.press("u")
        await refused(view, "open again elsewhere")
        await view.sees("0 settled")
        assert not view.screen._session.can_undo
