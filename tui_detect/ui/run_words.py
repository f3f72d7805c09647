"""What the Train view says about a run: pure words, so that they can be tested without a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tui_detect.core.model import Epoch, Iteration
from tui_detect.ui.wording import duration, percent, printable, size, when

if TYPE_CHECKING:
    from tui_detect.workflows.watching import LastSign

STAGES = {
    "preparing": "preparing the pictures",
    "training": "training",
    "validating": "validating",
    "evaluating": "evaluating the best weights",
}
STARTING = "freezing the images, starting the process"


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


def stage(iteration: Iteration, now: datetime) -> str:
    """What goes on at this moment; while nothing is learnt yet, for how long."""
    progress = iteration.progress
    if progress.stage == "waiting" or not progress.stage:
        what = f"waiting for {progress.waiting_for or 'the process to start'}"
        if iteration.started_at is None:
            what += f" · {duration((now - iteration.created_at).total_seconds())}"
    elif progress.stage == "training" and not progress.batch and not iteration.epochs_done:
        what = "loading the model"
        if iteration.started_at is not None:
            what += f" · {duration((now - iteration.started_at).total_seconds())}"
    else:
        what = STAGES.get(progress.stage, progress.stage)
    return f"{printable(progress.part_name)} · {what}" if progress.part_name else what


def stage_takes_time(iteration: Iteration) -> bool:
    """Whether the stage says for how long, so that it is to be said again every second."""
    progress = iteration.progress
    is_quiet = progress.stage in ("", "waiting", "training") and not progress.batch
    return not iteration.ended and is_quiet


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


def losses(iteration: Iteration) -> str:
    """The losses of the latest batch; one that is no number says so."""
    names = {"cls": "class"}
    texts = [
        f"{names.get(name, name)} {'not a number' if value is None else format(value, '.2f')}"
        for name, value in iteration.progress.losses.items()
    ]
    return f"loss {', '.join(texts)}" if texts else ""


def learning_rate(epochs: Sequence[Epoch]) -> str:
    """The learning rate of the last epoch; empty before the first one."""
    rate = epochs[-1].learning_rate if epochs else None
    return "" if rate is None else f"learning rate {rate:.2g}"


def facts(iteration: Iteration) -> list[str]:
    """What the run trains with, on and from."""
    progress, recipe = iteration.progress, iteration.recipe
    lines = [progress.device or "no device yet"]
    used, total = progress.device_memory_bytes, progress.device_memory_total_bytes
    if progress.meters is None and used is not None and not iteration.ended:
        lines.append(f"memory {size(used)}" + (f" of {size(total)}" if total else ""))
    chosen = [str(recipe["model"])] if recipe.get("model") else []
    if recipe.get("image_size_px"):
        chosen.append(f"{recipe['image_size_px']} px")
    if recipe.get("batch"):
        chosen.append(f"batch {recipe['batch']}")
    if chosen:
        lines.append(" · ".join(chosen))
    if recipe:
        lines.append("from pretrained weights" if recipe.get("weights") else "from scratch")
    lines.append(f"{iteration.images_train:,} + {iteration.images_validation:,} validation images")
    return lines


def ending(
    iteration: Iteration,
    epochs: Sequence[Epoch],
    *,
    can_resume: bool = False,
    last_sign: LastSign | None = None,
) -> Ending:
    """How the run ended, in words, and what to do next."""
    resume = "r resumes from the last good checkpoint" if can_resume else ""
    if can_resume and iteration.started_at is None:
        resume = "r starts it again"
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
            _steps("3 shows how good it is" if best else "", resume, "n trains again"),
        )
    if iteration.state == "lost":
        seen = f" Last seen {when(last_sign.at)} on {last_sign.host}." if last_sign else ""
        return Ending(
            "?",
            "$error",
            f"{iteration.name} was lost after {done}: {iteration.message}.{seen}",
            _steps(resume, "l shows the end of the log", "n trains again"),
        )
    return Ending(
        "✗",
        "$error",
        f"{iteration.name} failed: {iteration.message or 'it gave no reason'}.",
        _steps("l shows the log", resume, "n trains again, e changes the settings first"),
    )


def _steps(*steps: str) -> str:
    """What a person can do, as a sentence."""
    return ", ".join(step for step in steps if step) + "."


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
