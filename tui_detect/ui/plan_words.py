"""What the Train view says before a run: pure words, which can be tested without a screen."""

from __future__ import annotations

from tui_detect.core.model import Iteration, TrainingSettings
from tui_detect.core.words import count
from tui_detect.ui.wording import duration, percent, when
from tui_detect.vision.recipes import Plan, fixed_names, settable
from tui_detect.workflows.planning import TrainingPreview
from tui_detect.workflows.snapshots import TrainingCheck

DEVICES = {"cpu": "CPU", "gpu": "GPU"}


def material_rows(check: TrainingCheck, settings: TrainingSettings) -> list[tuple[str, str]]:
    """What would be learnt from."""
    background = f", {check.background:,} of them background" if check.background else ""
    only = f": only {', '.join(settings.tags)}" if settings.tags else ""
    return [
        ("images", f"{check.images:,}{background}"),
        (
            "split",
            f"{check.train:,} to learn from, {check.validation:,} to check on (S in Images moves)",
        ),
        ("tags", f"{check.tags:,} with {count(check.regions, 'region')}{only}"),
    ]


def plan_rows(preview: TrainingPreview, settings: TrainingSettings) -> list[tuple[str, str]]:
    """What a run would do with it."""
    plan = preview.plan
    device = DEVICES[plan.device] if settings.device == "auto" else settings.device
    if preview.on_cluster:
        device += " of the cluster"
    rows = [
        ("training", preview.course),
        ("model", f"{plan.model}, {preview.start}"),
        ("pictures", f"{plan.image_size_px} px, batches of {plan.batch}, on {device}"),
        ("length", f"{count(plan.epochs, 'epoch')} at most, {_length(preview)}"),
    ]
    if settings.budget_minutes is None and not settings.folds:
        rows.append(("advanced", f"{preview.budget_minutes} minutes would be a sensible budget"))
    if settings.overrides:
        rows.append(("set by you", assignments(plan, settings)))
    return rows


def _length(preview: TrainingPreview) -> str:
    return f"about {duration(preview.total_s)}, {preview.basis}"


def assignments(plan: Plan, settings: TrainingSettings) -> str:
    """What a person has set, as it is typed."""
    values = settable(plan)
    return " ".join(f"{name}={_value(values[name])}" for name in settings.overrides)


def numbers(plan: Plan, settings: TrainingSettings) -> str:
    """Every other number of the plan, as it is typed to set it."""
    shown = {"epochs", "image_size_px"} | fixed_names(settings)
    return "  ".join(
        f"{name}={_value(value)}" for name, value in settable(plan).items() if name not in shown
    )


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def last_run_line(iteration: Iteration | None) -> str:
    """The newest iteration in one line."""
    if iteration is None:
        return "nothing trained yet"
    moment = iteration.finished_at or iteration.started_at or iteration.created_at
    text = f"{iteration.name} · {iteration.state} · {when(moment)}"
    return f"{text} · mAP {percent(iteration.map)}" if iteration.map is not None else text
