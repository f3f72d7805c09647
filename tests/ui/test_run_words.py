"""What is said of a run at each stage and at each ending."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.library import NOON
from tui_detect.core.model import Iteration, Progress, TrainingSettings
from tui_detect.ui import run_words
from tui_detect.workflows.watching import LastSign

QUEUED = Iteration(
    id=1,
    uuid="1",
    project_id=1,
    number=1,
    name="Iteration 1",
    state="queued",
    domain="General",
    settings=TrainingSettings(),
    recipe={},
    created_at=NOON,
    started_at=None,
    finished_at=None,
    epochs_planned=60,
    epochs_done=0,
    images_train=24,
    images_validation=6,
    message="",
    map=None,
)
WAITING = Progress(stage="waiting", waiting_for="GPU 0: Iteration 3 of cutlery trains there")
LATER = NOON + timedelta(seconds=45)


@pytest.mark.parametrize(
    ("iteration", "words"),
    [
        (QUEUED, "waiting for the process to start · 45 s"),
        (
            replace(QUEUED, progress=WAITING),
            "waiting for GPU 0: Iteration 3 of cutlery trains there · 45 s",
        ),
        (
            replace(QUEUED, started_at=NOON, progress=Progress(stage="training")),
            "loading the model · 45 s",
        ),
        (
            replace(QUEUED, progress=Progress(stage="training", batch=3, part_name="fold 2 of 5")),
            "fold 2 of 5 · training",
        ),
        (replace(QUEUED, progress=Progress(stage="evaluating")), "evaluating the best weights"),
    ],
)
def test_the_stage_says_what_goes_on_and_how_long_it_waits(
    iteration: Iteration, words: str
) -> None:
    assert run_words.stage(iteration, LATER) == words
    assert run_words.stage_takes_time(iteration) == words.endswith("45 s")


def test_a_loss_that_is_no_number_says_so() -> None:
    losses: dict[str, float] = {"box": 1.0, "cls": None}  # type: ignore[dict-item]
    iteration = replace(QUEUED, progress=Progress(losses=losses))
    assert run_words.losses(iteration) == "loss box 1.00, class not a number"


def test_a_lost_run_says_when_it_was_seen_and_what_resumes_it() -> None:
    lost = replace(QUEUED, state="lost", started_at=NOON, epochs_done=12, message="killed")
    ending = run_words.ending(lost, [], can_resume=True, last_sign=LastSign(NOON, "box7", 42))
    assert "lost after 12 of 60 epochs: killed. Last seen" in ending.what
    assert "on box7" in ending.what
    assert ending.next_step.startswith("r resumes from the last good checkpoint, ")
    without = run_words.ending(lost, [])
    assert "r " not in without.next_step.replace("or ", "")
