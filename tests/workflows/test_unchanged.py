"""A training that another one has done, does or could go on with is not started twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.launching import launch_with
from tests.library import draw_pictures, finished_iteration, tag_image, workspace
from tui_detect.core.errors import Conflict
from tui_detect.core.model import IterationState, Project, TrainingSettings
from tui_detect.store import iterations as iteration_rows
from tui_detect.vision.processes import ProcessIdentity
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.library import Library
from tui_detect.workflows.planning import plan_training
from tui_detect.workflows.projects import update_project
from tui_detect.workflows.tagging import set_split
from tui_detect.workflows.tags import list_tags, rename_tag
from tui_detect.workflows.training import collect, start_training


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[RunFolder]:
    """Run folders that would have been started; no process is."""
    folders: list[RunFolder] = []
    launch_with(monkeypatch, folders.append)
    return folders


def test_what_would_only_be_repeated_is_refused_unless_forced(
    library: Library, tagged: Project, started: list[RunFolder]
) -> None:
    assert plan_training(library, tagged.id).unchanged_since == ""
    finished_iteration(library, tagged)
    assert plan_training(library, tagged.id).unchanged_since == "Iteration 1"
    with pytest.raises(Conflict, match="nothing changed since Iteration 1") as raised:
        start_training(library, tagged.id)
    assert "--force" in raised.value.hint
    assert start_training(library, tagged.id, force=True).number == 2
    assert len(started) == 1


@pytest.mark.parametrize(
    ("state", "what", "hint"),
    [
        ("training", "Iteration 1 does just that and still trains", "tui-detect watch PROJECT 1"),
        ("lost", "Iteration 1 does just that and was lost", "tui-detect resume PROJECT 1"),
        ("cancelled", "Iteration 1 does just that and was stopped", "tui-detect resume PROJECT 1"),
    ],
)
def test_what_goes_on_or_can_be_resumed_is_not_started_twice(
    library: Library,
    tagged: Project,
    started: list[RunFolder],
    state: IterationState,
    what: str,
    hint: str,
) -> None:
    first = start_training(library, tagged.id)
    start_training(library, tagged.id, TrainingSettings(epochs=7))
    started[0].open_events().write("started", device="cpu", recipe={"epochs": 3})
    started[0].record_process(ProcessIdentity(1, 0.0, "elsewhere"))
    iteration_rows.update(library.db, first.id, state=state)
    if state == "lost":
        os.utime(started[0].heartbeat_file, (0, 0))
    assert plan_training(library, tagged.id).repeats == what
    with pytest.raises(Conflict, match=what) as raised:
        start_training(library, tagged.id)
    assert hint in raised.value.hint
    assert "--force" in raised.value.hint
    assert start_training(library, tagged.id, force=True).number == 3


def test_what_failed_or_cannot_be_resumed_may_be_tried_again(
    library: Library, tagged: Project, started: list[RunFolder]
) -> None:
    first = start_training(library, tagged.id)
    iteration_rows.update(library.db, first.id, state="failed")
    second = start_training(library, tagged.id)
    iteration_rows.update(library.db, second.id, state="cancelled")
    RunFolder(library.run_path(second.uuid)).job_file.unlink()
    assert start_training(library, tagged.id).number == 3


def test_every_change_that_matters_is_noticed(
    library: Library, tagged: Project, tmp_path: Path
) -> None:
    def unchanged() -> str:
        iteration = finished_iteration(library, tagged)
        assert collect(library, iteration.id).state == "completed"
        return iteration.name

    def is_new(settings: TrainingSettings = TrainingSettings()) -> bool:  # noqa: B008
        return plan_training(library, tagged.id, settings).unchanged_since == ""

    unchanged()
    assert is_new(TrainingSettings(epochs=3))
    assert is_new(TrainingSettings(tags=("nut",)))
    assert not is_new(TrainingSettings(device="cpu", launcher="slurm", on_end="mail"))

    images = workspace(library, tagged)
    tag = list_tags(library, tagged.id)[0].tag
    tag_image(library, images[0], tag)
    assert is_new(), "a region more"
    unchanged()
    (picture,) = draw_pictures(tmp_path / "more", 13)[12:]
    add_images(library, tagged.id, [picture])
    assert not is_new(), "an untagged image changes nothing"
    tag_image(library, workspace(library, tagged)[-1])
    assert is_new(), "a background image more"
    unchanged()
    validating = next(i for i in workspace(library, tagged) if i.split == "validation")
    set_split(library, [validating.id], "train")
    assert is_new(), "another split"
    unchanged()
    rename_tag(library, tag.id, "hexagon")
    assert is_new(), "another name of a tag"
    unchanged()
    update_project(library, tagged.id, domain="Logo")
    assert is_new(), "another domain"
