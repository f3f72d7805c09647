"""An advanced training spends its budget on changes that may win, and never on more than it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.vision.test_recipes import plan
from tui_detect.vision.parts import PartResult
from tui_detect.vision.recipes import Plan, settable
from tui_detect.vision.search import WIN_MARGIN, Limits, Trial, next_trial, winner

QUICK = plan()
LIMITS = Limits(budget_s=10_000, image_size_max_px=640, train=80, validation=20)


def result(fitness: float | None, seconds: float = 100, epochs: int = QUICK.epochs) -> PartResult:
    return PartResult(epochs, 1, fitness, False, seconds)


def trial(*results: PartResult, limits: Limits = LIMITS, quick: Plan = QUICK) -> Trial:
    found = next_trial(quick, limits, results)
    assert found is not None
    return found


def differences(one: Plan, other: Plan) -> set[str]:
    before, after = settable(one), settable(other)
    return {name for name in before if before[name] != after[name]}


def names(fitness: Sequence[float], limits: Limits = LIMITS, quick: Plan = QUICK) -> list[str]:
    """The names of all trials, when they end up with those figures."""
    found: list[str] = []
    results: list[PartResult] = []
    for value in fitness:
        next_ = next_trial(quick, limits, results)
        if next_ is None:
            break
        found.append(next_.name)
        results.append(result(value, 1))
    return found


def test_the_quick_plan_comes_first_with_its_own_epochs() -> None:
    first = trial()
    assert (first.number, first.name) == (1, "quick plan")
    assert first.plan.epochs == QUICK.epochs
    assert first.plan.epochs_are_limit, "a long budget does not stretch it"
    assert first.plan.budget_minutes == 10_000 / 60, "a short one ends it"


def test_each_trial_changes_one_thing_of_the_best_so_far() -> None:
    second = trial(result(0.5))
    assert differences(QUICK, second.plan) == {"epochs", "patience_epochs"}
    lost = trial(result(0.5), result(0.4))
    assert differences(QUICK, lost.plan) == {"model"}
    won = trial(result(0.5), result(0.6))
    assert differences(QUICK, won.plan) == {"model", "epochs", "patience_epochs"}


def test_every_change_is_tried_once() -> None:
    tried = names([0.5] * 20)
    assert len(tried) == len(set(tried)) == 9


def test_a_trial_that_wins_by_noise_alone_does_not_win() -> None:
    assert winner([result(0.5), result(0.5 + WIN_MARGIN / 2)]) == 0
    assert winner([result(0.5), result(0.5 + WIN_MARGIN * 2)]) == 1
    assert winner([result(None), result(0.1)]) == 1


def test_what_a_person_has_set_is_never_changed() -> None:
    fixed = frozenset({"epochs", "learning_rate", "image_size_px"})
    assert names([0.5] * 20, replace(LIMITS, fixed=fixed)) == [
        "quick plan",
        "larger model",
        "stronger variation of the pictures",
        "milder variation of the pictures",
    ]


def test_larger_pictures_keep_to_the_limit() -> None:
    assert "larger pictures" not in names([0.5] * 20, replace(LIMITS, image_size_max_px=320))


def test_a_larger_pretrained_model_is_tried_when_its_weights_are_there(tmp_path: Path) -> None:
    quick = plan(weights=tmp_path / "run" / "yolo11n.pt")
    limits = replace(LIMITS, weights_folder=tmp_path)
    assert "larger model" not in names([0.5] * 20, limits, quick)
    (tmp_path / "yolo11s.pt").touch()
    larger = trial(result(0.5), result(0.5), limits=limits, quick=quick).plan
    assert (larger.model, larger.weights) == ("yolo11s", str(tmp_path / "yolo11s.pt"))


def test_a_trial_that_hardly_fits_is_shortened_and_one_that_does_not_is_left_out() -> None:
    # Twice the epochs would take 200 s, the larger model 330 s, other changes 100 s or more.
    assert trial(result(0.5), limits=replace(LIMITS, budget_s=300)).plan.epochs == 2 * QUICK.epochs
    shorter = trial(result(0.5), limits=replace(LIMITS, budget_s=250)).plan
    assert shorter.epochs == 1.5 * QUICK.epochs
    assert shorter.budget_minutes == 150 / 60
    assert trial(result(0.5), limits=replace(LIMITS, budget_s=190)).name == "larger pictures"
    assert next_trial(QUICK, replace(LIMITS, budget_s=140), [result(0.5)]) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(1, 1000)), max_size=12), st.floats(60, 10_000))
def test_no_trial_begins_without_time(done: list[tuple[float, float]], budget_s: float) -> None:
    limits = replace(LIMITS, budget_s=budget_s)
    results: list[PartResult] = []
    for fitness, seconds in done:
        found = next_trial(QUICK, limits, results)
        assert found == next_trial(QUICK, limits, list(results)), "the same results decide the same"
        if found is None:
            break
        left_s = budget_s - sum(r.seconds for r in results)
        assert left_s > 0
        assert found.plan.budget_minutes == left_s / 60
        assert found.number == len(results) + 1 <= found.trials
        results.append(result(fitness, seconds))
