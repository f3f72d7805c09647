"""What the Train view says about a run: pure words, so that they can be tested without a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui_detect.core.model import Epoch, Iteration
from tui_detect.ui.wording import duration, percent, size, when

STAGES = {
    "preparing": "preparing the pictures",
    "training": "training",
    "validating": "validating",
    "evaluating": "evaluating the best weights",
}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended and what to do next."""

    mark: str
    style: str
    what: str
    next_step: str


def best_epoch(epochs: Sequence[Epoch]) -> Epoch | None:
    """The epoch with the highest mAP at overlap 0.50, as the trainer gave it."""
    measured = [epoch for epoch in epochs if epoch.map50 is not None]
    return max(measured, key=lambda epoch: epoch.map50 or 0.0, default=None)


def headline(iteration: Iteration, *, stopping: bool = False) -> str:
    """Name, state and start of a run."""
    parts = [
        iteration.name,
        "stopping" if stopping and not iteration.ended else str(iteration.state),
    ]
    if iteration.started_at is not None:
        parts.append(f"started {when(iteration.started_at)}")
    return " · ".join(parts)


def share_done(iteration: Iteration) -> float:
    """How far the epochs are, 0 to 1."""
    progress = iteration.progress
    epochs = progress.epochs or iteration.epochs_planned or 0
    if not epochs:
        return 0.0
    in_epoch = progress.batch / progress.batches if progress.batches else 0.0
    done = iteration.epochs_done + (in_epoch if progress.epoch > iteration.epochs_done else 0.0)
    return min(1.0, done / epochs)


def pace(iteration: Iteration) -> str:
    """Epoch, batch, rate and time left."""
    progress = iteration.progress
    parts = []
    epochs = progress.epochs or iteration.epochs_planned or 0
    if progress.epoch and epochs:
        parts.append(f"epoch {progress.epoch}/{epochs}")
    if progress.batches:
        parts.append(f"batch {progress.batch}/{progress.batches}")
    if progress.pictures_per_s is not None:
        parts.append(f"{progress.pictures_per_s:.0f} pictures/s")
    if progress.seconds_left is not None:
        parts.append(f"{duration(progress.seconds_left)} left")
    return " · ".join(parts)


def figures(epochs: Sequence[Epoch]) -> str:
    """Precision, recall and mAP of the last epoch, and the best mAP."""
    if not epochs:
        return "the first figures come after the first epoch"
    last, best = epochs[-1], best_epoch(epochs)
    text = (
        f"precision {percent(last.precision)} · recall {percent(last.recall)}"
        f" · mAP {percent(last.map50)}"
    )
    if best is not None:
        text += f" (best {percent(best.map50)}, epoch {best.number})"
    return text


def device_lines(iteration: Iteration) -> list[str]:
    """Device, memory and what the recipe chose."""
    progress, recipe = iteration.progress, iteration.recipe
    lines = [progress.device or "no device yet"]
    if progress.device_memory_bytes is not None:
        total = progress.device_memory_total_bytes
        of = f" of {size(total)}" if total else ""
        lines.append(f"memory {size(progress.device_memory_bytes)}{of}")
    chosen = [str(recipe[key]) for key in ("model",) if recipe.get(key)]
    if recipe.get("image_size_px"):
        chosen.append(f"{recipe['image_size_px']} px")
    if recipe.get("batch"):
        chosen.append(f"batch {recipe['batch']}")
    if chosen:
        lines.append(" · ".join(chosen))
    if recipe:
        lines.append("from pretrained weights" if recipe.get("weights") else "from scratch")
    lines.append(f"{iteration.images_train} images, {iteration.images_validation} for validation")
    return lines


def ending(iteration: Iteration, epochs: Sequence[Epoch]) -> Ending:
    """How the run ended, in words, and what to do next."""
    done = f"{iteration.epochs_done} of {iteration.epochs_planned or '?'} epochs"
    if iteration.state == "completed":
        return Ending(
            "✓",
            "$success",
            f"{iteration.name} is trained: {done}, mAP {percent(iteration.map)} at overlap 0.30.",
            "3 shows how good it is, 4 tries it on a picture, n trains again.",
        )
    if iteration.state == "cancelled":
        best = best_epoch(epochs)
        kept = (
            f"The best weights are kept (epoch {best.number}, mAP {percent(best.map50)})."
            if best
            else "No epoch was finished, so there are no weights."
        )
        reason = f": {iteration.message}" if iteration.message else ""
        return Ending(
            "■",
            "$warning",
            f"{iteration.name} was stopped after {done}{reason}. {kept}",
            "3 shows how good it is, n trains again." if best else "n trains again.",
        )
    if iteration.state == "lost":
        return Ending(
            "?",
            "$error",
            f"{iteration.name} was lost after {done}: {iteration.message}.",
            "Look at the end of the log (l), then train again with n.",
        )
    return Ending(
        "✗",
        "$error",
        f"{iteration.name} failed: {iteration.message or 'it gave no reason'}.",
        "The log says more (l). n trains again, e changes the settings first.",
    )


def news(iteration: Iteration, project_id: int | None) -> str:
    """That a run has ended, for somebody who looks at something else.

    Args:
        project_id: The open project.
    """
    name = iteration.name
    if iteration.project_id != project_id:
        name += " of another project"
    if iteration.state == "completed":
        figure = f": mAP {percent(iteration.map)}" if iteration.map is not None else ""
        return f"{name} is trained{figure}."
    how = {"cancelled": "was stopped", "lost": "was lost"}.get(iteration.state, "failed")
    return f"{name} {how}: {iteration.message}." if iteration.message else f"{name} {how}."
