"""One training with Ultralytics, from a plan to its best weights. Imports torch and Ultralytics."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

# What is needed from the network is fetched before, by us; Ultralytics shall never wait for it.
os.environ["YOLO_OFFLINE"] = "true"

import torch
from ultralytics.utils.torch_utils import strip_optimizer

from tui_detect.vision.attempt import Attempt
from tui_detect.vision.dataset import Dataset
from tui_detect.vision.detector import use_all_cores
from tui_detect.vision.devices import Device
from tui_detect.vision.distributed import shared_batch, train_together
from tui_detect.vision.engine import Trainer
from tui_detect.vision.events import EventSink, EventWriter
from tui_detect.vision.failures import ran_out_of_memory
from tui_detect.vision.parts import Checkpoint, PartFolder, PartResult
from tui_detect.vision.preview import PreviewBoxes
from tui_detect.vision.recipes import Plan
from tui_detect.vision.reporter import TrainingReporter
from tui_detect.vision.stopping import StopSwitch

DATA_WORKERS_MAX = 8
SMALLER_BATCHES_MAX = 3
"""How often a training that ran out of memory is taken up again with half the batch."""
SHARED_BATCH_MIN_PX = 150_000
"""Pixels in a batch from which on it pays that all cores share it."""


def fit(
    part: PartFolder,
    plan: Plan,
    dataset: Dataset,
    device: Device,
    events: EventWriter,
    stop: StopSwitch,
) -> PartResult:
    """Train one part to its end; its best weights are in its folder, and so is what comes back.

    It goes on from where an earlier process came to: a part that is over is left as it is, one
    that was stopped or died goes on from its last good checkpoint.
    """
    result = part.result
    if result is not None and (not result.stopped or stop.requested()):
        return result
    part.forget_result()
    checkpoint = _train(part, plan, dataset, device, events, stop)
    stripped = part.path / "stripped.pt"
    strip_optimizer(part.weights, stripped)
    part.publish_weights(stripped)
    stripped.unlink()
    # A third copy of what the folder holds already; harmless if it stays.
    shutil.rmtree(part.trainer_folder / "weights", ignore_errors=True)
    result = PartResult(
        checkpoint.epoch,
        checkpoint.best_epoch,
        checkpoint.best_fitness,
        stopped=not checkpoint.over,
        seconds=checkpoint.elapsed_s,
    )
    part.write_result(result)
    return result


def _train(
    part: PartFolder,
    plan: Plan,
    dataset: Dataset,
    device: Device,
    events: EventWriter,
    stop: StopSwitch,
) -> Checkpoint:
    """Train until it is over or stopped; with half the batch when the memory is too small."""
    batch: int | None = None
    ranks = max(len(device.indices), 1)
    retries_left = SMALLER_BATCHES_MAX
    while True:
        newest = newest_checkpoint(part, events)
        start = None if newest is None else part.record(newest)
        if newest is not None and start is not None:
            if start.best_epoch == start.epoch or not part.weights.exists():
                part.share_weights(newest)
            if start.over or stop.requested():
                return start
        batch = shared_batch(batch or (plan.batch if start is None else start.batch), ranks)
        attempt = Attempt(part, plan, dataset, device, batch, newest, start)
        reporter = _reporter(attempt, events, stop)
        try:
            if ranks > 1:
                train_together(attempt, events, stop)
            else:
                _train_reported(attempt, reporter)
            return part.record(part.checkpoints[-1])
        except (RuntimeError, MemoryError) as error:
            if not ran_out_of_memory(error) or not retries_left or reporter.batch_size <= ranks:
                raise
        # Outside the handler, whose exception keeps the tensors of the failed batch alive.
        batch = shared_batch(reporter.batch_size // 2, ranks)
        reporter.warn_of_smaller_batch(batch)
        retries_left -= 1
        gc.collect()
        if device.kind == "gpu":
            torch.cuda.empty_cache()


def lead(attempt: Attempt, events: EventSink, stop: StopSwitch) -> None:
    """Train as the one of several ranks that reports and publishes."""
    _train_reported(attempt, _reporter(attempt, events, stop))


def follow(attempt: Attempt) -> None:
    """Train as another rank, which reports nothing."""
    trainer = _trainer(attempt)
    trainer.preview = PreviewBoxes({})
    start = attempt.start

    # What the reporter does to the trainer of the first rank is to be done here, too.
    def on_train_start(trainer: Trainer) -> None:
        trainer.train_time_start -= 0.0 if start is None else start.elapsed_s

    def on_train_epoch_start(trainer: Trainer) -> None:
        trainer.start_epoch = 0
        if checkpoints := attempt.part.checkpoints:
            trainer.last = checkpoints[-1]

    trainer.add_callback("on_train_start", on_train_start)
    trainer.add_callback("on_train_epoch_start", on_train_epoch_start)
    trainer.train()


def _train_reported(attempt: Attempt, reporter: TrainingReporter) -> None:
    trainer = _trainer(attempt)
    trainer.preview = reporter.preview
    reporter.attach(trainer)
    trainer.train()
    del trainer.train_loader, trainer.test_loader


def _reporter(attempt: Attempt, events: EventSink, stop: StopSwitch) -> TrainingReporter:
    a = attempt
    return TrainingReporter(a.part, events, a.plan, a.dataset, a.device, stop, a.start, a.batch)


def _trainer(attempt: Attempt) -> Trainer:
    plan, start, checkpoint = attempt.plan, attempt.start, attempt.checkpoint
    trainer = Trainer(
        overrides=trainer_arguments(plan, attempt.device, attempt.dataset, attempt.part)
        | {"batch": attempt.batch}
        | ({} if start is None or checkpoint is None else resume_arguments(plan, start, checkpoint))
    )
    if attempt.device.kind == "cpu" and is_worth_all_cores(attempt.batch, plan.image_size_px):
        use_all_cores()
    trainer.averaged_share = plan.averaged_share
    trainer.epochs_max = plan.epochs if plan.epochs_are_limit else None
    if checkpoint is not None:
        trainer.last = checkpoint  # which it goes back to after a loss that is no number
    return trainer


def is_worth_all_cores(batch: int, image_size_px: int) -> bool:
    """Whether a batch is large enough that its threads compute longer than they wait.

    On two cores 4 pictures of 160 px take 10 % more time with both; 4 of 320 px or 16 of 160 px
    take 15 to 25 % less (tests/benchmarks/README.md).
    """
    return batch * image_size_px**2 >= SHARED_BATCH_MIN_PX


def newest_checkpoint(part: PartFolder, events: EventWriter) -> Path | None:
    """The newest checkpoint that loads; a broken one is dropped and told."""
    for path in reversed(part.checkpoints):
        try:
            part.record(path)
            torch.load(path, map_location="cpu", weights_only=False)
        except Exception as error:  # a broken archive raises whatever its reader met first
            message = f"the checkpoint {path.name} is broken ({type(error).__name__})"
            events.write("warning", message=f"{message}: training goes on from the one before")
            part.drop_checkpoint(path)
            # It may be the same file.
            part.weights.unlink(missing_ok=True)
        else:
            return path
    return None


def resume_arguments(plan: Plan, start: Checkpoint, checkpoint: Path) -> dict[str, object]:
    """What is different from a start from the beginning."""
    known = plan.epochs if plan.budget_minutes is None else start.epochs
    return {
        "model": str(checkpoint),
        "resume": True,
        "epochs": max(plan.epochs, known, start.epoch + 1),
        # With the seed of the start, the order of the pictures would be that of the start, too.
        "seed": plan.seed + start.epoch,
    }


def trainer_arguments(
    plan: Plan, device: Device, dataset: Dataset, part: PartFolder
) -> dict[str, object]:
    """The plan in Ultralytics' words."""
    look = plan.augmentation
    return {
        "task": "detect",
        "mode": "train",
        "model": plan.weights or f"{plan.model}.yaml",
        "data": str(dataset.description),
        "device": device.argument,
        "project": str(part.path),
        "name": part.trainer_folder.name,
        "exist_ok": True,
        "plots": False,
        "workers": min(DATA_WORKERS_MAX, os.cpu_count() or 1) if device.kind == "gpu" else 0,
        "seed": plan.seed,
        "deterministic": True,
        "imgsz": plan.image_size_px,
        "epochs": plan.epochs,
        "time": plan.budget_minutes / 60 if plan.budget_minutes is not None else None,
        "patience": plan.patience_epochs,
        "batch": plan.batch,
        # The nominal batch, over which gradients are summed before a step: with the default of 64
        # eighty pictures would give one step an epoch.
        "nbs": plan.batch,
        "optimizer": plan.optimizer,
        "lr0": plan.learning_rate,
        "momentum": plan.momentum,
        "weight_decay": plan.weight_decay,
        "warmup_epochs": plan.warmup_epochs,
        "warmup_bias_lr": 0.0,
        "close_mosaic": plan.mosaic_free_epochs,
        "mosaic": look.mosaic,
        "fliplr": look.mirror,
        "scale": look.scale,
        "translate": look.translate,
        "degrees": look.rotation_degrees,
        "hsv_h": look.hue,
        "hsv_s": look.saturation,
        "hsv_v": look.brightness,
    }
