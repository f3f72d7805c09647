"""The trials of an advanced training: the quick plan first, then one change at a time.

A coordinate search: each trial changes one thing of the best plan so far, in a fixed order, and is
kept when it wins clearly. With few trials it beats a random search, and each step can be told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tui_detect.vision.parts import PartResult
from tui_detect.vision.recipes import DeviceKind, Plan, settable, usable_image_size, work_gflop

WIN_MARGIN = 0.005
"""Of fitness (mAP at 0.50:0.95) by which a later trial must beat the best: less is noise."""
USEFUL_SHARE = 0.5
"""Of a trial's epochs that must fit into the time left; with less it is not begun."""
EPOCHS_FACTOR = 2
SIZE_FACTOR = 1.25
RATE_FACTOR = 2
STRONGER = 1.5
SCALE_MAX = 0.9
TRANSLATE_MAX = 0.3
ROTATION_STEP_DEGREES = 5.0
MODEL_SIZES = "nsmlx"
LARGEST: Mapping[DeviceKind, str] = {"cpu": "s", "gpu": "l"}
"""A larger model learns nothing more from the few hundred pictures that most projects have."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a search keeps to."""

    budget_s: float
    image_size_max_px: int
    train: int
    """Training pictures."""
    validation: int
    fixed: frozenset[str] = frozenset()
    """Names of the plan that the person has set."""
    weights_folder: Path | None = None
    """Where the weights of other models may lie; `None` when training starts from scratch."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One training of a search."""

    number: int
    trials: int
    """How many there will be at most."""
    name: str
    plan: Plan


def _longer(plan: Plan, limits: Limits) -> Plan | None:
    return replace(
        plan,
        epochs=plan.epochs * EPOCHS_FACTOR,
        patience_epochs=plan.patience_epochs * EPOCHS_FACTOR,
    )


def larger_model(model: str, device: DeviceKind) -> str | None:
    """The next larger model of its family; `None` where that is more than the device is for."""
    stem, size = model[:-1], model[-1:]
    position = MODEL_SIZES.find(size)
    if position < 0 or position >= MODEL_SIZES.index(LARGEST[device]):
        return None
    return stem + MODEL_SIZES[position + 1]


def _larger_model(plan: Plan, limits: Limits) -> Plan | None:
    model = larger_model(plan.model, plan.device)
    if model is None:
        return None
    if plan.weights is None:
        return replace(plan, model=model)
    if limits.weights_folder is None:
        return None
    weights = limits.weights_folder / f"{model}.pt"
    return replace(plan, model=model, weights=str(weights)) if weights.is_file() else None


def _larger_pictures(plan: Plan, limits: Limits) -> Plan | None:
    size_px = usable_image_size(round(plan.image_size_px * SIZE_FACTOR))
    return None if size_px > limits.image_size_max_px else replace(plan, image_size_px=size_px)


def _stronger_variation(plan: Plan, limits: Limits) -> Plan | None:
    look = plan.augmentation
    return replace(
        plan,
        augmentation=replace(
            look,
            scale=min(look.scale * STRONGER, SCALE_MAX),
            translate=min(look.translate * STRONGER, TRANSLATE_MAX),
            rotation_degrees=look.rotation_degrees + ROTATION_STEP_DEGREES,
        ),
    )


def _milder_variation(plan: Plan, limits: Limits) -> Plan | None:
    look = plan.augmentation
    return replace(
        plan,
        augmentation=replace(
            look,
            scale=look.scale / STRONGER,
            translate=look.translate / STRONGER,
            mosaic=look.mosaic / 2,
        ),
    )


def _slower_learning(plan: Plan, limits: Limits) -> Plan | None:
    return replace(plan, learning_rate=plan.learning_rate / RATE_FACTOR)


def _faster_learning(plan: Plan, limits: Limits) -> Plan | None:
    return replace(plan, learning_rate=plan.learning_rate * RATE_FACTOR)


_CHANGES: tuple[tuple[str, Callable[[Plan, Limits], Plan | None]], ...] = (
    ("twice the epochs", _longer),
    ("larger model", _larger_model),
    ("larger pictures", _larger_pictures),
    ("lower learning rate", _slower_learning),
    ("stronger variation of the pictures", _stronger_variation),
    ("milder variation of the pictures", _milder_variation),
    ("higher learning rate", _faster_learning),
    ("twice the epochs once more", _longer),
)
TRIALS_MAX = 1 + len(_CHANGES)


def next_trial(quick: Plan, limits: Limits, results: Sequence[PartResult]) -> Trial | None:
    """The trial that comes after those results; `None` when no useful one fits into the budget.

    Args:
        quick: The plan of the first trial.
        limits: The time in all, and what a change must keep to.
        results: Of the trials so far, in order; their seconds count against the budget.
    """
    trial = Trial(1, TRIALS_MAX, "quick plan", _within(quick, limits.budget_s))
    plans = [trial.plan]
    changes = iter(_CHANGES)
    for done in range(1, len(results) + 1):
        known = results[:done]
        best = plans[winner(known)]
        left_s = limits.budget_s - sum(result.seconds for result in known)
        speed = _speed(plans, known, limits)
        for name, change in changes:
            changed = change(best, limits)
            if changed is None or _touches(best, changed, limits.fixed):
                continue
            fitting = _fitting(changed, left_s, speed, limits)
            if fitting is not None:
                trial = Trial(done + 1, TRIALS_MAX, name, _within(fitting, left_s))
                plans.append(trial.plan)
                break
        else:
            return None
    return trial


def winner(results: Sequence[PartResult]) -> int:
    """Index of the best result; a later one must win by more than `WIN_MARGIN`."""
    best = 0
    for index, result in enumerate(results):
        if (result.fitness or 0.0) > (results[best].fitness or 0.0) + WIN_MARGIN:
            best = index
    return best


def _within(plan: Plan, budget_s: float) -> Plan:
    """The plan with its epochs as they are, ended by the clock if it must be."""
    return replace(plan, budget_minutes=budget_s / 60, epochs_are_limit=True)


def _touches(before: Plan, after: Plan, fixed: frozenset[str]) -> bool:
    old, new = settable(before), settable(after)
    return any(old[name] != new[name] for name in fixed)


def _fitting(plan: Plan, left_s: float, speed: float, limits: Limits) -> Plan | None:
    """The plan, with fewer epochs if there is no time for all; `None` below a useful share."""
    share = left_s / _seconds(plan, speed, limits)
    if share < USEFUL_SHARE:
        return None
    return plan if share >= 1 else replace(plan, epochs=max(int(plan.epochs * share), 1))


def _seconds(plan: Plan, speed: float, limits: Limits) -> float:
    return plan.epochs * _epoch_gflop(plan, limits) / speed


def _speed(plans: Sequence[Plan], results: Sequence[PartResult], limits: Limits) -> float:
    """Work done in a second over all trials so far, in GFLOP."""
    done = sum(
        max(result.epochs, 1) * _epoch_gflop(plan, limits)
        for plan, result in zip(plans, results, strict=True)
    )
    return done / max(sum(result.seconds for result in results), 1e-3)


def _epoch_gflop(plan: Plan, limits: Limits) -> float:
    return work_gflop(plan.model, plan.image_size_px, limits.train, limits.validation)
