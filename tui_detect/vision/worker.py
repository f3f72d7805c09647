"""One training from a prepared data set to stored detections. Imports torch and Ultralytics.

Read it top to bottom: `train` is what a run does.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

# What is needed from the network is fetched before, by us; Ultralytics shall never wait for it.
os.environ["YOLO_OFFLINE"] = "true"

import torch
from ultralytics.engine import trainer as engine
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.utils.torch_utils import strip_optimizer

from tui_detect.vision.dataset import Dataset
from tui_detect.vision.detector import Detector, forbid_analytics, use_all_cores
from tui_detect.vision.devices import Device
from tui_detect.vision.events import EventWriter
from tui_detect.vision.job import Job
from tui_detect.vision.processes import identify
from tui_detect.vision.recipes import Plan, averaging_decay, get_recipe, make_plan
from tui_detect.vision.reporter import Throttle, TrainingReporter
from tui_detect.vision.run_folder import Exit, RunFolder
from tui_detect.vision.stopping import StopSwitch
from tui_detect.vision.weights import Weights

PROBABILITY_FLOOR = 0.001
"""Detections below it say nothing, and would fill the library."""
DETECTIONS_MAX = 300
DATA_WORKERS_MAX = 8


class Trainer(DetectionTrainer):  # type: ignore[misc]
    """Ultralytics' trainer without its last validation, in place of which our evaluation comes."""

    def _setup_train(self) -> None:
        """Fit the averaging of the weights to the length of the run.

        Ultralytics ramps its decay up over 2,000 steps. On forty pictures a whole run has fewer, so
        that nothing is averaged and the figures jump from epoch to epoch.
        """
        super()._setup_train()
        decay = averaging_decay(steps=len(self.train_loader) * self.epochs)
        # The ramp of TensorFlow's ExponentialMovingAverage.
        self.ema.decay = lambda step: min(decay, (1 + step) / (10 + step))

    def final_eval(self) -> None:
        """Leave only what prediction needs in the best weights."""
        if self.best.exists():
            strip_optimizer(self.best)


def mixed_precision_works(model: torch.nn.Module) -> bool:
    """Whether the GPU computes sound numbers in half precision; some GTX 16 cards do not.

    It stands in for Ultralytics' `check_amp`, which downloads a model to find out, and waits half
    a minute for a network that does not answer.
    """
    device = next(model.parameters()).device
    if device.type != "cuda":
        return False
    was_training = model.training
    model.eval()
    with torch.no_grad(), torch.autocast(device.type):
        prediction = model(torch.rand(1, 3, 128, 128, device=device))
    model.train(was_training)
    boxes = prediction[0] if isinstance(prediction, tuple) else prediction
    return bool(torch.isfinite(boxes).all())


engine.check_amp = mixed_precision_works


def train(
    folder: RunFolder,
    job: Job,
    dataset: Dataset,
    weights: Weights,
    device: Device,
    events: EventWriter,
    stop: StopSwitch,
) -> Exit:
    """Train, evaluate the best weights on every validation picture, and tell all of it."""
    forbid_analytics()
    if weights.warning:
        events.write("warning", message=weights.warning)
    plan = make_plan(
        get_recipe(job.recipe),
        job.settings,
        pictures=len(dataset.train),
        tags=len(job.tags),
        device=device.kind,
        weights=weights.file,
    )
    report_start(events, plan, device, dataset)

    if plan.weights is not None:
        Detector(Path(plan.weights), device)  # raises in plain words what the trainer would mumble
    trainer = Trainer(overrides=trainer_arguments(plan, device, dataset, folder))
    if device.kind == "cpu":
        use_all_cores()
    reporter = TrainingReporter(folder, events, plan, dataset, device, stop)
    reporter.attach(trainer)
    trainer.train()
    del trainer.train_loader, trainer.test_loader

    epochs = reporter.epochs_done
    folder.publish_weights(trainer.best)
    # A third and fourth copy of what the folder holds already; harmless if they stay.
    shutil.rmtree(trainer.wdir, ignore_errors=True)
    write_detections(Detector(folder.weights, device, plan.image_size_px), dataset, events)
    if reporter.stopped_early:
        events.write("cancelled", weights=folder.weights, epochs=epochs)
        return Exit("cancelled", f"stopped after {epochs} of {plan.epochs} epochs")
    events.write(
        "finished",
        weights=folder.weights,
        weights_bytes=folder.weights.stat().st_size,
        epochs=epochs,
        best_epoch=reporter.best_epoch,
    )
    return Exit("completed")


def report_start(events: EventWriter, plan: Plan, device: Device, dataset: Dataset) -> None:
    """Write the `started` event."""
    process = identify()
    assert process is not None, "a process knows itself"
    events.write(
        "started",
        pid=process.pid,
        process_started_at=process.started_at,
        host=process.host,
        device=device.argument,
        device_name=device.name,
        recipe=plan.as_dict(),
        images_train=len(dataset.train),
        images_validation=len(dataset.validation),
    )


def trainer_arguments(
    plan: Plan, device: Device, dataset: Dataset, folder: RunFolder
) -> dict[str, object]:
    """The plan in Ultralytics' words."""
    look = plan.augmentation
    return {
        "task": "detect",
        "mode": "train",
        "model": plan.weights or f"{plan.model}.yaml",
        "data": str(dataset.description),
        "device": device.argument,
        "project": str(folder.path),
        "name": folder.trainer_folder.name,
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


def write_detections(detector: Detector, dataset: Dataset, events: EventWriter) -> None:
    """Write the detections on every validation picture, also where there are none."""
    progress = Throttle()
    total = len(dataset.validation)
    for done, (path, image) in enumerate(dataset.validation.items()):
        if progress.ready():
            events.write("stage", stage="evaluating", done=done, total=total)
        found = detector.detect(path, PROBABILITY_FLOOR, DETECTIONS_MAX)
        items = [
            [tag, round(p, 6), *(round(v, 6) for v in (b.left, b.top, b.width, b.height))]
            for tag, p, b in found
        ]
        events.write("detections", image=image.uuid, items=items)
    events.write("stage", stage="evaluating", done=total, total=total)
