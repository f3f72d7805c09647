"""A verdict is stored with its edit, both are taken back together, and nobody's work is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.findings import ELSEWHERE, LOOSE, NEAR, Findings
from tests.library import tag_image
from tui_detect.core.edits import Edit, RegionChange
from tui_detect.core.errors import Conflict, NotFound
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.model import Project, Region
from tui_detect.core.settling import Case
from tui_detect.store import iterations
from tui_detect.store import settled as rows
from tui_detect.workflows import settling
from tui_detect.workflows import tagging as workflow
from tui_detect.workflows.images import remove_images
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.tags import create_tag, delete_tag, merge_tags


@pytest.fixture
def made(library: Library, project: Project, tmp_path: Path) -> Findings:
    return Findings(library, project, tmp_path / "pictures")


def retagged(made: Findings, index: int) -> Region:
    """Somebody gives the label of a picture another tag and box in the editor."""
    label = Region(made.region(index).uuid, made.scissors.id, ELSEWHERE)
    edit = Edit("move", (RegionChange(made.region(index), label),), True, True)
    workflow.save_edit(made.library, made.image(index).id, edit)
    return label


def case(made: Findings, finding: Finding) -> Case:
    return settling.open_case(made.library, made.iteration.id, finding)


def labels(made: Findings, index: int) -> tuple[Region, ...]:
    return workflow.open_image(made.library, made.images[index].id).tagging.regions


def verdicts(made: Findings) -> list[str]:
    return list(settling.settled(made.library, made.iteration.id).values())


def test_a_kept_label_is_remembered_for_the_iteration_after_a_restart(
    made: Findings, home: Path
) -> None:
    finding = made.on(0, "class", box=NEAR, tag=made.scissors)
    settling.keep(made.library, made.iteration.id, case(made, finding))
    assert labels(made, 0) == (made.region(0),)
    made.library.close()
    again = open_library(home)
    assert settling.settled(again, made.iteration.id) == {(finding.image_id, finding.key): "kept"}
    assert settling.open_case(again, made.iteration.id, finding).verdict == "kept"
    again.close()


def test_taking_over_and_undo_change_label_and_verdict_together(made: Findings) -> None:
    finding = made.on(0, "class", box=NEAR, tag=made.scissors)
    before = workflow.open_image(made.library, finding.image_id)
    settling.take(made.library, made.iteration.id, case(made, finding))
    (label,) = labels(made, 0)
    assert (label.uuid, label.tag_id) == (made.region(0).uuid, made.scissors.id)
    assert verdicts(made) == ["taken"]
    after = workflow.open_image(made.library, finding.image_id)
    assert after.undo_count == before.undo_count + 1
    settling.undo(made.library, made.iteration.id, finding)
    assert labels(made, 0) == (made.region(0),)
    assert verdicts(made) == []


def test_undo_reaches_across_a_restart(made: Findings, home: Path) -> None:
    finding = made.on(1, "location", box=LOOSE)
    settling.take(made.library, made.iteration.id, case(made, finding))
    made.library.close()
    made.library = open_library(home)
    settling.undo(made.library, made.iteration.id, finding)
    assert labels(made, 1) == (made.region(1),)
    assert verdicts(made) == []
    made.library.close()


def test_the_models_box_becomes_a_label_beside_the_others(made: Findings) -> None:
    finding = made.on(2, "missing", box=ELSEWHERE, tag=made.scissors, labelled=False)
    settling.take(made.library, made.iteration.id, case(made, finding))
    assert [(label.tag_id, label.box) for label in labels(made, 2)] == [
        (made.fork.id, made.region(2).box),
        (made.scissors.id, ELSEWHERE),
    ]


def test_a_deleted_label_comes_back_with_undo(made: Findings) -> None:
    finding = made.on(3, "spurious")
    settling.delete(made.library, made.iteration.id, case(made, finding))
    assert labels(made, 3) == ()
    assert verdicts(made) == ["deleted"]
    settling.undo(made.library, made.iteration.id, finding)
    assert labels(made, 3) == (made.region(3),)


def test_undo_leaves_a_picture_alone_that_was_edited_after_the_verdict(made: Findings) -> None:
    finding = made.on(1, "location", box=LOOSE)
    settling.take(made.library, made.iteration.id, case(made, finding))
    tag_image(made.library, made.image(1), made.scissors)
    after = labels(made, 1)
    with pytest.raises(Conflict, match="edited after this verdict"):
        settling.undo(made.library, made.iteration.id, finding)
    assert labels(made, 1) == after
    assert verdicts(made) == ["taken"]


def test_edits_by_hand_stay_when_their_verdict_is_taken_back(made: Findings) -> None:
    finding = made.on(0, "class", box=NEAR, tag=made.scissors)
    tag_image(made.library, made.image(0), made.scissors)
    settling.mark_edited(made.library, made.iteration.id, case(made, finding))
    assert settling.undo(made.library, made.iteration.id, finding).verdict == "edited"
    assert len(labels(made, 0)) == 2
    assert verdicts(made) == []


def test_a_label_that_somebody_changed_meanwhile_is_not_overwritten(made: Findings) -> None:
    finding = made.on(1, "location", box=LOOSE)
    seen = case(made, finding)
    moved = retagged(made, 1)
    with pytest.raises(Conflict, match="changed elsewhere"):
        settling.take(made.library, made.iteration.id, seen)
    assert labels(made, 1) == (moved,)
    assert verdicts(made) == []


def test_a_verdict_that_somebody_else_gave_meanwhile_is_said_and_stays(made: Findings) -> None:
    finding = made.on(1, "location", box=LOOSE)
    mine, theirs = case(made, finding), case(made, finding)
    settling.keep(made.library, made.iteration.id, theirs)
    with pytest.raises(Conflict, match=r"somebody else settled this \(kept\)"):
        settling.take(made.library, made.iteration.id, mine)
    assert labels(made, 1) == (made.region(1),)
    assert verdicts(made) == ["kept"]


def test_an_edit_whose_verdict_cannot_be_stored_is_not_made(
    made: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(rows, "put", put)
    with pytest.raises(OSError, match="full"):
        settling.delete(made.library, made.iteration.id, case(made, made.on(3, "spurious")))
    assert labels(made, 3) == (made.region(3),)


def test_a_picture_that_left_the_workspace_is_kept_but_not_edited(made: Findings) -> None:
    finding = made.on(1, "location", box=LOOSE)
    remove_images(made.library, [finding.image_id])
    with pytest.raises(Conflict, match="removed from the workspace"):
        settling.take(made.library, made.iteration.id, case(made, finding))
    assert labels(made, 1) == (made.region(1),)
    settling.keep(made.library, made.iteration.id, case(made, finding))
    assert verdicts(made) == ["kept"]


def test_the_tag_of_the_models_box_may_be_gone(made: Findings) -> None:
    finding = made.on(0, "class", box=NEAR, tag=made.scissors)
    delete_tag(made.library, made.scissors.id)
    with pytest.raises(Conflict, match="'scissors' was deleted"):
        settling.take(made.library, made.iteration.id, case(made, finding))
    assert verdicts(made) == []
    known = settling.tags_by_id(made.library, made.iteration)
    assert known[made.scissors.id].name == "scissors"


def test_nothing_is_taken_where_nothing_is_to_take(made: Findings) -> None:
    with pytest.raises(Conflict, match="nothing to take"):
        settling.take(made.library, made.iteration.id, case(made, made.on(4, "missed")))
    missing = made.on(2, "missing", box=ELSEWHERE, labelled=False)
    with pytest.raises(Conflict, match="no label to delete"):
        settling.delete(made.library, made.iteration.id, case(made, missing))


def test_an_iteration_deleted_meanwhile_is_said(made: Findings) -> None:
    seen = case(made, made.on(3, "spurious"))
    iterations.delete(made.library.db, made.iteration.id)
    with pytest.raises(NotFound, match="not there any more"):
        settling.delete(made.library, made.iteration.id, seen)
    assert labels(made, 3) == (made.region(3),)


def test_what_nobody_settled_cannot_be_made_open_again(made: Findings) -> None:
    with pytest.raises(Conflict, match="open again elsewhere"):
        settling.undo(made.library, made.iteration.id, made.on(0, "spurious"))


def test_the_tag_of_the_models_box_may_be_another_by_now(made: Findings) -> None:
    finding = made.on(0, "class", box=NEAR, tag=made.scissors)
    shears = create_tag(made.library, made.project.id, "shears")
    merge_tags(made.library, made.scissors.id, shears.id)
    settling.take(made.library, made.iteration.id, case(made, finding))
    assert [label.tag_id for label in labels(made, 0)] == [shears.id]


def test_a_label_whose_tag_was_merged_is_the_same_label(made: Findings) -> None:
    finding = made.on(0, "class", box=NEAR, tag=made.scissors)
    merge_tags(made.library, made.fork.id, made.scissors.id)
    seen = case(made, finding)
    assert not seen.changed
    with pytest.raises(Conflict, match="nothing to take"):
        settling.take(made.library, made.iteration.id, seen)


def test_a_label_kept_at_one_threshold_is_kept_and_open_again_at_another(made: Findings) -> None:
    location, missed = made.on(1, "location", box=LOOSE), made.on(1, "missed")
    settling.keep(made.library, made.iteration.id, case(made, location))
    both = [location, missed, made.on(2, "missed")]
    on_both = dict.fromkeys([(f.image_id, f.key) for f in both[:2]], "kept")
    assert settling.verdicts_on(made.library, made.iteration.id, both) == on_both
    assert case(made, missed).verdict == "kept"
    assert settling.undo(made.library, made.iteration.id, missed).verdict == "kept"
    assert case(made, location).verdict is None


def test_what_was_taken_is_open_while_its_edit_is_undone_in_the_editor(made: Findings) -> None:
    finding = made.on(1, "location", box=LOOSE)
    settling.take(made.library, made.iteration.id, case(made, finding))
    tag_image(made.library, made.image(1), made.scissors)
    for _ in range(2):
        workflow.undo(made.library, finding.image_id)
    assert labels(made, 1) == (made.region(1),)
    assert case(made, finding).verdict is None
    assert verdicts(made) == []
    workflow.redo(made.library, finding.image_id)
    assert case(made, finding).verdict == "taken"
    assert settling.undo(made.library, made.iteration.id, finding).verdict == "taken"
    assert labels(made, 1) == (made.region(1),)


def test_what_is_open_since_its_edit_was_undone_is_settled_anew(made: Findings) -> None:
    finding = made.on(1, "location", box=LOOSE)
    settling.delete(made.library, made.iteration.id, case(made, finding))
    workflow.undo(made.library, finding.image_id)
    settling.keep(made.library, made.iteration.id, case(made, finding))
    assert verdicts(made) == ["kept"]
    workflow.redo(made.library, finding.image_id)
    assert verdicts(made) == [], "the label that was kept is deleted"


def test_an_edit_by_hand_settles_until_it_is_undone(made: Findings) -> None:
    finding = made.on(0, "class", box=NEAR, tag=made.scissors)
    retagged(made, 0)
    settling.mark_edited(made.library, made.iteration.id, case(made, finding))
    workflow.undo(made.library, finding.image_id)
    assert case(made, finding).verdict is None
    workflow.redo(made.library, finding.image_id)
    assert case(made, finding).verdict == "edited"


def test_what_undo_took_back_is_settled_again_when_the_edit_is_redone(made: Findings) -> None:
    finding = made.on(1, "location", box=LOOSE)
    settling.take(made.library, made.iteration.id, case(made, finding))
    settling.undo(made.library, made.iteration.id, finding)
    with pytest.raises(Conflict, match="open again elsewhere"):
        settling.undo(made.library, made.iteration.id, finding)
    workflow.redo(made.library, finding.image_id)
    assert case(made, finding).verdict == "taken"


def test_a_label_that_somebody_drew_meanwhile_is_not_drawn_twice(made: Findings) -> None:
    finding = made.on(2, "missing", box=ELSEWHERE, tag=made.scissors, labelled=False)
    seen = case(made, finding)
    tag_image(made.library, made.image(2), made.scissors, box=ELSEWHERE)
    with pytest.raises(Conflict, match="changed elsewhere meanwhile"):
        settling.take(made.library, made.iteration.id, seen)
    assert [label.box for label in labels(made, 2)].count(ELSEWHERE) == 1
    assert verdicts(made) == []
    with pytest.raises(Conflict, match="nothing to take"):
        settling.take(made.library, made.iteration.id, case(made, finding))


@pytest.mark.parametrize("settle", [settling.keep, settling.delete])
def test_what_is_said_of_a_label_that_somebody_changed_meanwhile_is_refused(
    made: Findings, settle: Callable[[Library, int, Case], None]
) -> None:
    seen = case(made, made.on(1, "location", box=LOOSE))
    label = retagged(made, 1)
    with pytest.raises(Conflict, match="changed elsewhere meanwhile"):
        settle(made.library, made.iteration.id, seen)
    assert labels(made, 1) == (label,)
    assert verdicts(made) == []


def test_a_kept_label_is_judged_again_once_it_has_another_tag_or_box(made: Findings) -> None:
    finding = made.on(1, "location", box=LOOSE)
    settling.keep(made.library, made.iteration.id, case(made, finding))
    label = retagged(made, 1)
    now = replace(finding, kind="wrong tag", region=label, detection_number=7)
    assert case(made, finding).verdict is None
    assert case(made, now).verdict is None
    assert settling.verdicts_on(made.library, made.iteration.id, [finding, now]) == {}
    workflow.undo(made.library, finding.image_id)
    assert case(made, now).verdict == "kept", "it is again what was kept"


def test_a_kept_label_stays_kept_when_its_tag_is_merged_and_other_labels_change(
    made: Findings,
) -> None:
    finding = made.on(1, "location", box=LOOSE)
    settling.keep(made.library, made.iteration.id, case(made, finding))
    tag_image(made.library, made.image(1), made.scissors)
    cutlery = create_tag(made.library, made.project.id, "cutlery")
    for tag, into in ((made.fork, made.scissors), (made.scissors, cutlery)):
        merge_tags(made.library, tag.id, into.id)
        assert case(made, finding).verdict == "kept"
        assert verdicts(made) == ["kept"]


def test_that_there_is_no_label_may_be_kept_as_well(made: Findings) -> None:
    nothing = made.on(2, "missing", box=ELSEWHERE, tag=made.scissors, labelled=False)
    deleted = made.on(3, "spurious")
    settling.keep(made.library, made.iteration.id, case(made, nothing))
    edit = Edit("delete", (RegionChange(made.region(3), None),), True, True)
    workflow.save_edit(made.library, deleted.image_id, edit)
    settling.keep(made.library, made.iteration.id, case(made, deleted))
    retagged(made, 2)
    assert verdicts(made) == ["kept", "kept"]
    workflow.undo(made.library, deleted.image_id)
    assert case(made, nothing).verdict == "kept"
    assert case(made, deleted).verdict is None
