"""A real, tiny training under a real Slurm, from its start to its figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.slurm.cluster import CPUS, Cluster
from tests.vision.jobs import TINY
from tests.waiting import wait_for
from tui_detect.core.model import Project
from tui_detect.store import runs
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows import training
from tui_detect.workflows.demo import add_drawn_pictures
from tui_detect.workflows.library import Library

pytestmark = pytest.mark.training

LIMIT_S = 300


def test_a_run_on_the_cluster_is_followed_as_one_here(
    cluster: Cluster, library: Library, project: Project
) -> None:
    add_drawn_pictures(library, project, 8)
    settings = replace(TINY, launcher="slurm", launcher_options={"cpus": str(CPUS)})
    iteration = training.start_training(library, project.id, settings)
    wait_for(lambda: training.collect(library, iteration.id).ended, "the run to end", LIMIT_S)
    ended = training.collect(library, iteration.id)
    folder = RunFolder(library.run_path(iteration.uuid))
    assert ended.state == "completed", folder.log_tail()
    assert [epoch.number for epoch in training.epochs(library, ended.id)] == [1, 2]
    written = len(folder.events_file.read_bytes().splitlines())
    assert runs.event_count(library.db, ended.id) == written
    assert ended.map is not None
