"""Launcher and options: the command line before what is remembered before the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.library import add_pictures, make_iteration, tag_image, workspace
from tui_detect.core.errors import BadInput, NotFound, TuiDetectError
from tui_detect.core.model import Project, TrainingSettings
from tui_detect.vision import launchers
from tui_detect.vision.launchers import LauncherState, local, slurm
from tui_detect.vision.run_folder import Exit, RunFolder
from tui_detect.workflows import training
from tui_detect.workflows.configuration import ConfigurationError
from tui_detect.workflows.iterations import list_iterations
from tui_detect.workflows.launching import (
    choose_launcher,
    launcher_words,
    parse_launcher,
    parse_options,
)
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag
from tui_detect.workflows.trash import delete_iteration


@pytest.fixture
def tagged(library: Library, project: Project, tmp_path: Path) -> Project:
    tag = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "p", 4):
        tag_image(library, image, tag)
    return project


def configure(library: Library, text: str) -> None:
    (library.home / "config.toml").write_text(text)


def remember(library: Library, project: Project, **options: str) -> None:
    """Leave an iteration that was queued with those options and has ended."""
    settings = TrainingSettings(launcher="slurm", launcher_options=options)
    iteration, folder = training.prepare_run(library, project.id, settings)
    folder.write_exit(Exit("cancelled"))
    assert training.collect(library, iteration.id).ended


def test_a_run_stays_here_unless_something_else_is_said(library: Library, project: Project) -> None:
    assert choose_launcher(library, project.id, None, {}) == ("local", {})
    configure(library, '[launchers]\ndefault = "slurm"\n')
    assert choose_launcher(library, project.id, None, {}) == ("slurm", {})
    assert choose_launcher(library, project.id, "local", {}) == ("local", {})


def test_given_options_count_more_than_remembered_more_than_configured(
    library: Library, tagged: Project
) -> None:
    configure(library, '[launchers.slurm]\npartition = "all"\ncpus = 4\nqos = "low"\n')
    remember(library, tagged, partition="gpu", cpus="8")
    chosen = choose_launcher(library, tagged.id, "slurm", {"cpus": "16"})
    assert chosen == ("slurm", {"partition": "gpu", "cpus": "16", "qos": "low"})
    assert choose_launcher(library, tagged.id, "local", {}) == ("local", {})


def test_an_empty_option_forgets_what_was_remembered(library: Library, tagged: Project) -> None:
    remember(library, tagged, partition="gpu", cpus="8")
    chosen = choose_launcher(library, tagged.id, "slurm", parse_options(["partition="]))
    assert chosen == ("slurm", {"cpus": "8"})


def test_unknown_options_are_named_with_those_there_are(library: Library, project: Project) -> None:
    with pytest.raises(BadInput, match="partion") as caught:
        choose_launcher(library, project.id, "slurm", {"partion": "gpu"})
    assert "partition" in caught.value.hint
    with pytest.raises(BadInput) as caught:
        choose_launcher(library, project.id, "local", {"partition": "gpu"})
    assert caught.value.hint == "it has none"
    with pytest.raises(NotFound):
        choose_launcher(library, project.id, "cloud", {})
    with pytest.raises(BadInput, match="'gpu'"):
        parse_options(["gpu"])


@pytest.mark.parametrize(
    "text",
    [
        "launchers = 3",
        "[launchers]\ndefault = 3",
        "[launchers]\nslurm = 3",
        "[launchers.slurm]\npartition = []",
        '[launchers.slurm]\npartion = "gpu"',
    ],
)
def test_a_wrong_configuration_says_so(library: Library, project: Project, text: str) -> None:
    configure(library, text)
    with pytest.raises(ConfigurationError, match=r"config\.toml"):
        choose_launcher(library, project.id, "slurm", {})


def test_a_run_with_an_unknown_option_leaves_no_iteration(
    library: Library, tagged: Project
) -> None:
    settings = TrainingSettings(launcher_options={"partition": "gpu"})
    with pytest.raises(BadInput):
        training.start_training(library, tagged.id, settings)
    assert list_iterations(library, tagged.id) == []


def test_without_slurm_one_sentence_says_so(
    library: Library, tagged: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TuiDetectError, match="no Slurm on this machine"):
        training.start_training(library, tagged.id, TrainingSettings(launcher="slurm"))
    assert list_iterations(library, tagged.id) == []
    assert {image.split for image in workspace(library, tagged)} == {None}


@pytest.mark.parametrize("extra", ["--comment='a b", "--comment=a\\", "-n1"])
def test_options_that_slurm_cannot_be_given_leave_no_iteration(
    library: Library, tagged: Project, extra: str
) -> None:
    settings = TrainingSettings(launcher="slurm", launcher_options={"extra": extra})
    with pytest.raises(BadInput) as caught:
        training.start_training(library, tagged.id, settings)
    assert caught.value.hint
    assert list_iterations(library, tagged.id) == []


def test_a_launcher_is_read_as_it_was_written(library: Library) -> None:
    options = {"partition": "gpu", "extra": "--comment='two words'"}
    settings = TrainingSettings(launcher="slurm", launcher_options=options)
    assert parse_launcher(launcher_words(settings)) == ("slurm", options)
    assert parse_launcher("") == ("local", {})
    with pytest.raises(BadInput, match="ends within a quotation"):
        parse_launcher("slurm partition='gpu")


def test_a_launcher_that_breaks_leaves_a_failed_run_whose_options_are_forgotten(
    library: Library, tagged: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(folder: RunFolder, options: Mapping[str, str]) -> None:
        raise ValueError("no such queue")

    broken = replace(slurm.LAUNCHER, launch=break_down, check=lambda options: None)
    monkeypatch.setitem(launchers._LAUNCHERS, "slurm", broken)
    remember(library, tagged, partition="gpu")
    settings = TrainingSettings(launcher="slurm", launcher_options={"partition": "typo"})
    with pytest.raises(ValueError, match="no such queue"):
        training.start_training(library, tagged.id, settings, force=True)
    newest = list_iterations(library, tagged.id)[0]
    assert newest.state == "failed"
    assert "no such queue" in newest.message
    assert choose_launcher(library, tagged.id, "slurm", {}) == ("slurm", {"partition": "gpu"})


def test_a_run_that_waits_shows_for_what_and_cannot_be_deleted(
    library: Library, tagged: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    iteration = make_iteration(library, tagged)
    waiting = LauncherState(True, "Slurm: free resources")
    queued = replace(local.LAUNCHER, state=lambda folder: waiting)
    monkeypatch.setitem(launchers._LAUNCHERS, "local", queued)
    progress = training.collect(library, iteration.id).progress
    assert (progress.stage, progress.waiting_for) == ("waiting", "Slurm: free resources")
    with pytest.raises(TuiDetectError, match="still queued"):
        delete_iteration(library, iteration.id)


def test_a_run_taken_out_of_a_queue_has_ended_at_once(
    library: Library, tagged: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take_away(folder: RunFolder) -> None:
        folder.write_exit(Exit("cancelled", "taken out of the queue"))

    monkeypatch.setitem(launchers._LAUNCHERS, "local", replace(slurm.LAUNCHER, cancel=take_away))
    iteration = make_iteration(library, tagged)
    ended = training.stop_training(library, iteration.id)
    assert (ended.state, ended.message) == ("cancelled", "taken out of the queue")
