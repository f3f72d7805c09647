"""The Errors view: findings one after another, settled by keys, shown as they are now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Pillow

from tests.findings import ELSEWHERE, LABELLED, LOOSE, NEAR, Findings
from tests.library import tag_image, workspace
from tests.ui.errors_view import errors
from tests.ui.shell_library import error_shown
from tests.waiting import until
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.geometry import Box
from tui_detect.core.model import Image, Project
from tui_detect.core.view import place
from tui_detect.store import images as image_rows
from tui_detect.ui.finding_overlay import view_of
from tui_detect.workflows import settling, tagging
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.images import remove_images
from tui_detect.workflows.library import Library


@pytest.fixture
def made(library: Library, project: Project, tmp_path: Path) -> Findings:
    return Findings(library, project, tmp_path / "pictures")


@pytest.mark.parametrize("size", [(80, 24), (120, 30), (200, 50)])
async def test_the_worst_comes_first_with_both_boxes_in_words_and_in_the_picture(
    made: Findings, size: tuple[int, int]
) -> None:
    async with errors(made, size=size) as view:
        await view.settled()
        await view.sees("You tagged fork; the model finds scissors with 0.95, overlap 0.83.")
        await view.sees(" fork ")
        await view.sees("scissors 0.95 ")
        assert "1 of 6" in view.text
        assert "threshold 0.50, overlap 0.30" in view.text
        assert "picture_0.png" in view.text
        assert ("background" in view.text) == (size[0] >= 100)


async def test_taking_over_changes_the_label_and_the_next_one_comes(made: Findings) -> None:
    async with errors(made) as view:
        await view.pilot.press("t")
        await view.sees("2 of 6")
        assert [label.tag_id for label in view.labels(0)] == [made.scissors.id]
        await view.pilot.press("t", "t")
        await view.sees("4 of 6")
        assert [label.box for label in view.labels(1)] == [LOOSE]
        assert [label.box for label in view.labels(2)] == [LABELLED, ELSEWHERE]
        assert set(view.verdicts().values()) == {"taken"}
        assert view.text.count("⇐") == 3


async def test_a_label_is_kept_or_deleted_by_one_key(made: Findings) -> None:
    async with errors(made) as view:
        await view.pilot.press("k", "n", "n", "d")
        await view.sees("5 of 6")
        assert view.labels(0) == (made.region(0),)
        assert view.labels(3) == ()
        assert view.verdicts() == {"picture_0.png": "kept", "picture_3.png": "deleted"}
        await view.sees("no label left, so the picture is untagged again")


async def test_keys_that_would_do_nothing_are_not_there(made: Findings) -> None:
    async with errors(made) as view:
        footer = view.text.splitlines()[-1]
        assert "t take over" in footer
        assert "d delete" in footer
        await view.pilot.press("n", "n")
        await view.sees("where you tagged nothing")
        assert "d delete" not in view.text.splitlines()[-1]
        await view.pilot.press("n")
        await view.sees("nothing like it")
        assert "t take over" not in view.text.splitlines()[-1]
        await view.pilot.press("t")
        assert view.verdicts() == {}


async def test_undo_takes_back_edit_and_verdict_and_shows_it_again(made: Findings) -> None:
    async with errors(made) as view:
        await view.pilot.press("t", "k")
        await view.sees("3 of 6")
        await view.pilot.press("u")
        await view.sees("2 of 6")
        await view.pilot.press("u")
        await view.sees("1 of 6")
        assert view.labels(0) == (made.region(0),)
        assert view.verdicts() == {}
        assert "u undo" not in view.text.splitlines()[-1]


async def test_what_was_settled_is_marked_when_the_list_is_opened_again(made: Findings) -> None:
    async with errors(made) as view:
        await view.pilot.press("t", "k", "q")
        await until(view.pilot, lambda: len(view.app.screen_stack) == 1, "the figures")
    async with errors(made) as view:
        await view.sees("3 of 6")
        await view.sees("2 settled")
        await view.pilot.press("home")
        await view.sees("model's taken")
        await view.pilot.press("t", "k", "d")
        assert set(view.verdicts().values()) == {"taken", "kept"}
        await view.pilot.press("u")
        await view.sees("You tagged fork; the model finds scissors")
        assert view.labels(0) == (made.region(0),)


async def test_only_open_ones_are_listed_on_request(made: Findings) -> None:
    findings = made.of_all_kinds()[:3]
    async with errors(made, findings) as view:
        await view.pilot.press("k", "o")
        await view.sees("1 of 2")
        await view.pilot.press("k", "k")
        await view.sees("All 3 are settled")
        await view.pilot.press("n", "k", "t", "d", "e")
        assert view.editor is None
        await view.pilot.press("u")
        await view.sees("where you tagged nothing")
        await view.pilot.press("k", "o")
        await view.sees("3 settled")


async def test_the_editor_opens_on_the_label_with_the_models_box_as_a_ghost(
    made: Findings,
) -> None:
    async with errors(made) as view:
        await view.pilot.press("enter")
        await until(view.pilot, lambda: view.editor, "the editor")
        await view.settled()
        editor = view.editor
        assert editor is not None
        assert editor.state.selected == made.region(0).uuid
        assert editor.state.view.zoom > 1
        await view.sees("scissors 0.95")
        await view.pilot.press("v")
        await until(view.pilot, lambda: "scissors 0.95" not in view.text, "the boxes hidden")
        assert editor.state.tagging.suggestions == ()
        await view.pilot.press("l", "enter")
        await view.sees("2 of 6")
        assert view.verdicts() == {"picture_0.png": "edited"}
        (label,) = view.labels(0)
        assert label.box.left > LABELLED.left
        await view.pilot.press("u")
        await view.sees("edits made by hand stay")
        assert view.labels(0) == (label,)
        assert view.verdicts() == {}


async def test_looking_at_it_in_the_editor_settles_nothing(made: Findings) -> None:
    async with errors(made) as view:
        await view.pilot.press("e")
        await until(view.pilot, lambda: view.editor, "the editor")
        await view.pilot.press("q")
        await view.sees("1 of 6")
        assert view.verdicts() == {}


async def test_the_finding_can_be_settled_in_the_editor(made: Findings) -> None:
    async with errors(made) as view:
        await view.pilot.press("e")
        await until(view.pilot, lambda: view.editor, "the editor")
        await view.pilot.press("T")
        await view.sees("2 of 6")
        assert [label.tag_id for label in view.labels(0)] == [made.scissors.id]
        await view.pilot.press("e")
        await until(view.pilot, lambda: view.editor, "the editor")
        await view.pilot.press("space", "escape", "Y")
        await view.sees("3 of 6")
        assert view.labels(1) == (made.region(1),)
        assert view.verdicts() == {"picture_0.png": "taken", "picture_1.png": "kept"}


async def test_without_a_label_the_editor_opens_on_the_models_box(made: Findings) -> None:
    finding = made.on(2, "missing", box=ELSEWHERE, labelled=False)
    async with errors(made, [finding]) as view:
        await view.pilot.press("e")
        await until(view.pilot, lambda: view.editor, "the editor")
        await view.settled()
        assert view.editor is not None
        assert view.editor.state.selected is None
        assert view.editor.state.view.zoom > 1
        await view.sees("fork 0.90")


async def test_a_label_changed_since_is_shown_as_it_is_now(made: Findings) -> None:
    findings = made.of_all_kinds()
    tag_image(made.library, made.image(3), made.scissors)
    settling.delete(
        made.library,
        made.iteration.id,
        settling.open_case(made.library, made.iteration.id, made.on(1, "spurious")),
    )
    settling.take(
        made.library,
        made.iteration.id,
        settling.open_case(
            made.library, made.iteration.id, made.on(0, "loose", box=LOOSE, tag=made.scissors)
        ),
    )
    async with errors(made, [*findings[1:], made.on(0, "class", box=NEAR)]) as view:
        await view.sees("Your label was deleted since.")
        await view.pilot.press("end")
        await view.sees("overlap 0.2")


async def test_trained_on_and_removed_pictures_come_with_a_warning(made: Findings) -> None:
    removed = made.image(1)
    remove_images(made.library, [removed.id])
    trained_on = frozenset({made.image(0).id})
    async with errors(made, trained_on=trained_on) as view:
        await view.sees("Trained on this picture")
        await view.pilot.press("n")
        await view.sees("removed from the workspace")
        assert "Trained on" not in view.text
        await view.pilot.press("t")
        await until(view.pilot, lambda: "not edited" in error_shown(view.app), "the reason")
        await view.pilot.press("enter", "e")
        await until(view.pilot, lambda: "not edited" in error_shown(view.app), "the reason")
        await view.pilot.press("enter", "k")
        await view.sees("3 of 6")
        assert view.labels(1) == (made.region(1),)


async def test_a_picture_that_is_gone_is_said_and_the_rest_goes_on(made: Findings) -> None:
    image_rows.delete(made.library.db, [made.image(0).id])
    async with errors(made) as view:
        await until(view.pilot, lambda: "not there any more" in error_shown(view.app), "the word")
        await view.pilot.press("enter")
        await view.sees("This picture is not there any more.")
        await view.pilot.press("t", "k", "d", "n")
        await view.sees("2 of 6")


async def test_what_somebody_changed_meanwhile_is_said_and_shown(made: Findings) -> None:
    async with errors(made) as view:
        case = settling.open_case(made.library, made.iteration.id, made.on(0, "spurious"))
        settling.delete(made.library, made.iteration.id, case)
        await view.pilot.press("t")
        await until(view.pilot, lambda: "changed elsewhere" in error_shown(view.app), "the word")
        await view.pilot.press("enter")
        await view.sees("Your label was deleted since.")
        await view.pilot.press("t")
        await view.sees("2 of 6")
        assert [(label.tag_id, label.box) for label in view.labels(0)] == [(made.scissors.id, NEAR)]


async def test_the_crop_is_cut_for_the_shape_of_its_own_picture(
    made: Findings, tmp_path: Path
) -> None:
    Pillow.new("RGB", (24, 96), "#335577").save(tmp_path / "tall.png")
    add_images(made.library, made.project.id, [tmp_path / "tall.png"])
    tall = workspace(made.library, made.project)[-1]
    label = Box(0.4, 0.45, 0.2, 0.1)
    (region,) = tag_image(made.library, tall, made.fork, box=label)
    finding = Finding("missed", tall.id, 0.1, region)
    async with errors(made, [made.on(0, "missed"), finding]) as view:
        await view.settled()
        await view.pilot.press("n")
        await view.sees("tall.png")
        await view.settled()
        canvas = view.screen.canvas
        assert place(canvas._view, canvas.frame).area.height < 0.25


async def test_the_crop_of_the_next_open_one_is_ready_before_it_is_asked_for(
    made: Findings,
) -> None:
    async with errors(made) as view:
        await view.settled()
        canvas, following = view.screen.canvas, view.screen._session.following()
        assert following is not None
        assert following.image.id == made.image(1).id
        source = view.screen._source(following)
        job = canvas._job(source, view_of(following, view.screen._frame_of(following)))
        await until(view.pilot, lambda: job in canvas._ready, "the next crop")
        await view.pilot.press("t")
        await until(view.pilot, lambda: canvas._shown == job, "the next crop, as it was made")


async def test_the_last_open_one_has_none_to_follow(made: Findings) -> None:
    findings = made.of_all_kinds()[:2]
    async with errors(made, findings) as view:
        await view.pilot.press("k")
        await view.sees("2 of 2")
        assert view.screen._session.following() is None
        await view.pilot.press("k")
        await view.sees("all are settled")
        assert view.screen._session.following() is None


async def test_nothing_to_list_says_so(made: Findings) -> None:
    async with errors(made, []) as view:
        await view.sees("There is no such box")
        await view.pilot.press("n", "p", "home", "end", "t", "k", "d", "e", "u", "o", "l", "V")
        await view.pilot.press("q")
        await until(view.pilot, lambda: len(view.app.screen_stack) == 1, "the figures")


async def test_the_list_folds_and_unfolds(made: Findings) -> None:
    async with errors(made, size=(80, 24)) as view:
        assert "duplicate" not in view.text
        await view.pilot.press("l")
        await view.sees("duplicate")
        await view.pilot.press("l")
        await until(view.pilot, lambda: "duplicate" not in view.text, "the facts again")
    async with errors(made) as view:
        await view.sees("duplicate")
        await view.pilot.press("l")
        await until(view.pilot, lambda: "duplicate" not in view.text, "more room")


async def test_a_click_in_the_list_shows_that_one(made: Findings) -> None:
    async with errors(made) as view:
        await view.pilot.click("FindingTable", offset=(5, 3))
        await view.sees("3 of 6")
        await view.sees("where you tagged nothing")


async def test_a_list_of_fifty_thousand_reads_only_what_is_in_sight(
    made: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    get = image_rows.get

    def counted(db: object, ids: Sequence[int]) -> list[Image]:
        asked.extend(ids)
        return get(db, ids)  # type: ignore[arg-type]

    findings = [made.on(place % 8, "spurious", score=1 - place / 50_000) for place in range(50_000)]
    monkeypatch.setattr(image_rows, "get", counted)
    async with errors(made, findings) as view:
        await view.sees("1 of 50,000")
        await view.pilot.press("end")
        await view.sees("50,000 of 50,000")
        await view.pilot.press("n")
        await view.sees("this is the last one")
        assert len(asked) < 200


async def test_a_kept_label_settles_what_else_is_said_of_it_and_undo_opens_all(
    made: Findings,
) -> None:
    doubles = [replace(made.on(0, "duplicate", box=NEAR), detection_number=n) for n in (1, 2)]
    async with errors(made, [*doubles, made.on(1, "missed")]) as view:
        await view.pilot.press("k")
        await view.sees("3 of 3")
        await view.pilot.press("up", "u")
        await view.sees("open again")
        await until(view.pilot, lambda: not view.screen._session.verdicts, "both open")
        assert not view.screen._session.can_undo


async def test_an_undo_that_was_refused_can_be_tried_again(made: Findings) -> None:
    async with errors(made, [made.on(1, "location", box=LOOSE), made.on(2, "missed")]) as view:
        await view.pilot.press("t")
        await view.sees("2 of 2")
        tag_image(made.library, made.image(1), made.scissors)
        await view.pilot.press("u")
        await until(view.pilot, lambda: "edited after" in error_shown(view.app), "the reason")
        tagging.undo(made.library, made.image(1).id)
        await view.pilot.press("enter", "u")
        await view.sees("open again")
        assert view.labels(1) == (made.region(1),)
