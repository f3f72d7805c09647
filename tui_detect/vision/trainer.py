"""One training with Ultralytics, from a plan to its best weights. Imports torch and Ultralytics."""

from __future__ import annotations

import os
import shutil
import time

# What is needed from the network is fetched before, by us; Ultralytics shall never wait for it.
os.environ["YOLO_OFFLINE"] = "true"

import torch
from ultralytics.engine import trainer as engine
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.utils.torch_utils import strip_optimizer

from tui_detect.vision.dataset import Dataset
from tui_detect.vision.detector import use_all_cores
from tui_detect.vision.devices import Device
from tui_detect.vision.events import EventWriter
from tui_detect.vision.parts import PartFolder, PartResult
from tui_detect.vision.recipes import Plan, averaging_decay
from tui_detect.vision.reporter import TrainingReporter
from tui_detect.vision.stopping import StopSwitch

DATA_WORKERS_MAX = 8


class Trainer(DetectionTrainer):  # type: ignore[misc]
    """Ultralytics' trainer without its last validation, in place of which our evaluation comes."""

    epochs_max: int | None = None
    """As many as a time budget may fill."""
    epochs: int

    def _setup_scheduler(self) -> None:
        """Let the learning rate fall to its end within the epochs that there will be.

        With a time budget Ultralytics sets `epochs` anew after each, to what fills the budget.
        """
        if self.epochs_max is not None:
            self.epochs = self.args.epochs = min(self.epochs, self.epochs_max)
        super()._setup_scheduler()

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


def fit(
    part: PartFolder,
    plan: Plan,
    dataset: Dataset,
    device: Device,
    events: EventWriter,
    stop: StopSwitch,
) -> PartResult:
    """Train one part to its end; its best weights are in its folder, and so is what comes back."""
    started_s = time.monotonic()
    trainer = Trainer(overrides=trainer_arguments(plan, device, dataset, part))
    trainer.epochs_max = plan.epochs if plan.epochs_are_limit else None
    if device.kind == "cpu":
        use_all_cores()
    reporter = TrainingReporter(part, events, plan, dataset, device, stop)
    reporter.attach(trainer)
    trainer.train()
    del trainer.train_loader, trainer.test_loader
    part.publish_weights(trainer.best)
    # A third and fourth copy of what the folder holds already; harmless if they stay.
    shutil.rmtree(trainer.wdir, ignore_errors=True)
    fitness = None if trainer.best_fitness is None else float(trainer.best_fitness)
    result = PartResult(
        reporter.epochs_done,
        reporter.best_epoch,
        fitness,
        reporter.stopped_early,
        round(time.monotonic() - started_s, 1),
    )
    part.write_result(result)
    return result


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
