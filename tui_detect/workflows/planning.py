"""What a training would do, before it begins: its plan, its length, and what stands out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tui_detect.core.model import Iteration, TrainingSettings
from tui_detect.core.sizes import measure_sizes
from tui_detect.store import iterations, projects, runs
from tui_detect.vision.gpus import list_gpus, parse_device
from tui_detect.vision.launchers import get_launcher
from tui_detect.vision.recipes import (
    START_S,
    TRAINING_GFLOPS_PER_S,
    DeviceKind,
    Plan,
    get_recipe,
    make_plan,
    pretrained_names,
    recommended_budget_minutes,
    work_gflop,
)
from tui_detect.vision.search import TRIALS_MAX
from tui_detect.vision.weights import expect_weights
from tui_detect.workflows.library import Library
from tui_detect.workflows.snapshots import TrainingCheck, check_snapshot, take_snapshot
from tui_detect.workflows.training_settings import checked_settings
from tui_detect.workflows.unchanged import repeats, unchanged_since
from tui_detect.workflows.warm_starting import source_of

MEASURED_EPOCHS_MIN = 5
"""Epochs that a run must have to tell how fast this machine is."""
LIKE_SIZE = 1.5
"""How many times larger or smaller the pictures of that run may be: what each batch costs besides
made 64 px look ten times as slow as 320 px."""


@dataclass(frozen=True, slots=True)
class TrainingPreview:
    """All that can be said of a training before it begins."""

    check: TrainingCheck
    plan: Plan
    """Of the quick training, which a search and a cross-validation begin with too."""
    on_cluster: bool
    """Whether the device is one of a cluster, not of this machine."""
    start: str
    """What the weights start from, in words."""
    course: str
    """How many trainings there will be, in words."""
    quick_s: float
    """Length of a quick training that does not end early."""
    total_s: float
    """Length of all there will be, at most."""
    basis: str
    """How sure those are."""
    budget_minutes: int
    """What a sensible budget would be for an advanced training."""
    unchanged_since: str
    """Name of the iteration that would be repeated; empty when something has changed."""
    repeats: str
    """What would be repeated, in words; empty likewise."""


def plan_training(
    library: Library,
    project_id: int,
    settings: TrainingSettings = TrainingSettings(),  # noqa: B008
) -> TrainingPreview:
    """What a training with these settings would do; starts nothing and loads no torch.

    Raises:
        BadInput: a setting makes no sense.
        NotFound: the settings name a tag that is not there.
        TrainingImpossible: the workspace cannot be trained on.
    """
    settings = checked_settings(settings)
    snapshot, _ = take_snapshot(library, project_id, settings)
    check = check_snapshot(library, project_id, snapshot, settings)
    recipe = get_recipe(projects.get(library.db, project_id).domain)
    device = device_kind(settings)
    names = pretrained_names(recipe.models(device), settings)
    weights = expect_weights(settings.weights, names, library.weights_path)
    model = _architecture(library, weights.file)
    sizes = measure_sizes((image, regions) for image, _, regions in snapshot.images)

    def plan(file: Path | None) -> Plan:
        return make_plan(
            recipe,
            settings,
            pictures=check.train,
            tags=check.tags,
            device=device,
            weights=file,
            model=model,
            sizes=sizes,
        )

    start = weights.words
    if settings.warm_start:
        start = f"from {settings.warm_start}"
    elif weights.downloads:
        other = plan(None)
        start += f", else {other.model} from scratch, {other.epochs} epochs"
    chosen = plan(weights.file)
    quick_s, basis = _estimate(library, project_id, settings, chosen, check)
    same = unchanged_since(library, project_id, snapshot, settings)
    return TrainingPreview(
        check=check,
        plan=chosen,
        on_cluster=get_launcher(settings.launcher).gives_gpus is not None,
        start=start,
        course=_course(settings, chosen),
        quick_s=quick_s,
        total_s=_total_s(settings, quick_s),
        basis=basis,
        budget_minutes=recommended_budget_minutes(quick_s),
        unchanged_since="" if same is None else same.name,
        repeats="" if same is None else repeats(same),
    )


def device_kind(settings: TrainingSettings) -> DeviceKind:
    """What a run would compute on: a device of this machine, or one that the launcher gives it."""
    meant = parse_device(settings.device)
    if meant != "auto":
        return "cpu" if meant == "cpu" else "gpu"
    gives_gpus = get_launcher(settings.launcher).gives_gpus
    has_gpu = gives_gpus(settings.launcher_options) if gives_gpus else bool(list_gpus())
    return "gpu" if has_gpu else "cpu"


def _architecture(library: Library, weights: Path | None) -> str | None:
    """The model that an iteration's weights are of; for other files their name must tell."""
    source = None if weights is None else source_of(library, weights)
    model = source.recipe.get("model") if source else None
    return str(model) if model else None


def _course(settings: TrainingSettings, plan: Plan) -> str:
    if settings.folds:
        return f"cross-validation: {settings.folds} folds, then one on the usual split"
    if settings.budget_minutes is not None:
        return f"advanced: a search of up to {TRIALS_MAX} trainings, the best is kept"
    return f"quick: ends early after {plan.patience_epochs} epochs without a gain"


def _total_s(settings: TrainingSettings, quick_s: float) -> float:
    if settings.budget_minutes is not None:
        return settings.budget_minutes * 60
    return quick_s * (settings.folds + 1)


def _estimate(
    library: Library,
    project_id: int,
    settings: TrainingSettings,
    plan: Plan,
    check: TrainingCheck,
) -> tuple[float, str]:
    """Seconds of one training with that plan, and what that is known from."""
    epoch_gflop = work_gflop(plan.model, plan.image_size_px, check.train, check.validation)
    speed, basis = TRAINING_GFLOPS_PER_S[plan.device], "a guess so far"
    for iteration in iterations.of_project(library.db, project_id):
        # Another launcher's runs were on another machine.
        if iteration.settings.launcher != settings.launcher:
            continue
        measured = _speed(library, iteration, plan)
        if measured is not None:
            speed, basis = measured, f"at the speed of {iteration.name}"
            break
    return START_S[plan.device] + plan.epochs * epoch_gflop / speed, basis


def _speed(library: Library, iteration: Iteration, plan: Plan) -> float | None:
    """Work that the iteration did in a second, in GFLOP; `None` when it does not tell."""
    recipe = iteration.recipe
    model, size_px, name = (recipe.get(key) for key in ("model", "image_size_px", "device"))
    if iteration.state not in ("completed", "cancelled"):
        return None
    if not isinstance(size_px, int) or not model:
        return None
    if not 1 / LIKE_SIZE <= size_px / plan.image_size_px <= LIKE_SIZE:
        return None
    if str(name).startswith("CPU") != (plan.device == "cpu"):
        return None
    done = [epoch.seconds for epoch in runs.epochs(library.db, iteration.id)]
    if len(done) < MEASURED_EPOCHS_MIN:
        return None
    # The median, since the first epoch warms up and any may have shared the machine.
    seconds = median(done)
    if not seconds:
        return None
    images = (iteration.images_train, iteration.images_validation)
    return work_gflop(str(model), size_px, *images) / seconds
