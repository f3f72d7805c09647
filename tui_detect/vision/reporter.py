"""Tells the run's events while Ultralytics trains: the callbacks of its trainer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tui_detect.vision.dataset import Dataset
from tui_detect.vision.devices import Device, memory
from tui_detect.vision.events import EventSink
from tui_detect.vision.parts import Checkpoint, PartFolder
from tui_detect.vision.preview import PreviewBoxes
from tui_detect.vision.recipes import Plan
from tui_detect.vision.stopping import StopSwitch

MIN_GAP_S = 0.25
"""Between two events of one kind that only show progress."""
SMOOTHING = 0.2
"""Weight of the newest batch in the pace."""
WARNINGS_MAX = 20
"""Pictures named one by one before the rest is only counted."""

_FIGURES = {
    "precision": "metrics/precision(B)",
    "recall": "metrics/recall(B)",
    "map50": "metrics/mAP50(B)",
    "map50_95": "metrics/mAP50-95(B)",
}

# Ultralytics comes without types.
Trainer = Any
Validator = Any


class Throttle:
    """Lets something through at most every `MIN_GAP_S`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = -MIN_GAP_S

    def ready(self) -> bool:
        """Whether it is time again; if so, the gap starts anew."""
        now = self._clock()
        if now - self._last < MIN_GAP_S:
            return False
        self._last = now
        return True


class TrainingReporter:
    """Follows one training, publishes its weights and ends it when asked to."""

    def __init__(
        self,
        part: PartFolder,
        events: EventSink,
        plan: Plan,
        dataset: Dataset,
        device: Device,
        stop: StopSwitch,
        start: Checkpoint | None,
        batch: int,
    ) -> None:
        """Make it.

        Args:
            start: What training goes on from; `None` from the beginning.
            batch: Pictures in a batch to begin with.
        """
        self._part = part
        self._events = events
        self._plan = plan
        self._dataset = dataset
        self._device = device
        self._stop = stop
        self._batches = Throttle()
        self._validation = Throttle()
        self._batch_number = 0
        self._batch_started = 0.0
        self._batch_s: float | None = None
        self._epoch_started = 0.0
        self._validation_started = 0.0
        self._validation_s = 0.0
        self._spent_before_s = 0.0 if start is None else start.elapsed_s
        self._training_started = 0.0
        self.batch_size = batch
        self.preview = PreviewBoxes(dataset.validation)
        self.epochs_done = 0 if start is None else start.epoch
        self.best_epoch = 0 if start is None else start.best_epoch
        self.stopped_early = False
        """Whether it ended because somebody asked for it."""

    def attach(self, trainer: Trainer) -> None:
        """Have the trainer call us."""
        for name in (
            "on_train_start",
            "on_train_epoch_start",
            "on_train_batch_end",
            "on_val_start",
            "on_val_batch_end",
            "on_nan",
            "on_fit_epoch_end",
        ):
            trainer.add_callback(name, getattr(self, name))

    def on_train_start(self, trainer: Trainer) -> None:
        """Compare what Ultralytics accepted with what it was given."""
        self._training_started = time.monotonic() - self._spent_before_s
        trainer.train_time_start -= self._spent_before_s
        if self.epochs_done:
            return  # the process before has told it
        for loader, given in (
            (trainer.train_loader, self._dataset.train),
            (trainer.test_loader, self._dataset.validation),
        ):
            used = {str(path) for path in loader.dataset.im_files}
            left_out = [image.label for path, image in given.items() if str(path) not in used]
            for name in left_out[:WARNINGS_MAX]:
                self._warn(f"{name} was left out: the training program cannot use the picture")
            if len(left_out) > WARNINGS_MAX:
                self._warn(f"{len(left_out) - WARNINGS_MAX} more pictures were left out likewise")

    def on_train_epoch_start(self, trainer: Trainer) -> None:
        """Begin to count batches; a smaller batch size means that memory ran out."""
        # To Ultralytics the epoch it began with is the first, whose time it divides a budget by
        # and after which alone it can go back to a checkpoint. Ours began in another process.
        trainer.start_epoch = 0
        if trainer.batch_size != self.batch_size:
            self.warn_of_smaller_batch(trainer.batch_size)
        self._epoch_started = self._batch_started = time.monotonic()
        self._batch_number = 0
        done = self.epochs_done
        self._events.write("stage", stage="training", done=done, total=self._epochs(trainer))

    def on_train_batch_end(self, trainer: Trainer) -> None:
        """Report the batch, and end the training if somebody asked for it."""
        now = time.monotonic()
        seconds, self._batch_started = now - self._batch_started, now
        self._batch_number += 1
        known = self._batch_s
        self._batch_s = seconds if known is None else known + SMOOTHING * (seconds - known)
        if self._batches.ready():
            self._report_batch(trainer, self._batch_s)
        # One of several ranks must not leave an epoch alone: the others would wait for hours.
        if self._stop.requested() and len(self._device.indices) < 2:
            self.stopped_early = trainer.stop = True

    def on_val_start(self, validator: Validator) -> None:
        """Say that the pictures of the validation split are next."""
        self._validation_started = time.monotonic()
        total = len(validator.dataloader)
        self._events.write("stage", stage="validating", done=0, total=total)

    def on_val_batch_end(self, validator: Validator) -> None:
        """Say how far validation is."""
        if self._validation.ready():
            done, total = validator.batch_i + 1, len(validator.dataloader)
            self._events.write("stage", stage="validating", done=done, total=total)

    def on_nan(self, trainer: Trainer) -> None:
        """Say that the loss was no number, and what comes of it."""
        epoch = trainer.epoch + 1
        then = f": going back to epoch {epoch - 1}" if trainer.went_back else ""
        self._warn(f"a loss that is not a number in epoch {epoch}{then}")

    def on_fit_epoch_end(self, trainer: Trainer) -> None:
        """Report the epoch, then publish its checkpoint: a kill in between repeats it, no more."""
        now = time.monotonic()
        self._validation_s = now - self._validation_started
        self.epochs_done = trainer.epoch + 1
        self._report_epoch(trainer, now)
        pictures = self.preview.take()
        if pictures:
            self._events.write(
                "preview", part=self._part.number, epoch=self.epochs_done, pictures=pictures
            )
        limit = self._plan.epochs if self._plan.epochs_are_limit else None
        if self.epochs_done == limit:
            trainer.stop = True
        if self._stop.requested() and not trainer.stop:
            self.stopped_early = trainer.stop = True
        self._publish(trainer, now)

    def _report_epoch(self, trainer: Trainer, now: float) -> None:
        metrics = trainer.metrics
        self._events.write(
            "epoch",
            epoch=self.epochs_done,
            losses=_losses(trainer.tloss),
            validation_losses=_losses(
                {k.removeprefix("val/"): v for k, v in metrics.items() if k.startswith("val/")}
            ),
            learning_rate=max(trainer.lr.values(), default=None),
            seconds=round(now - self._epoch_started, 3),
            **{name: _number(metrics.get(key)) for name, key in _FIGURES.items()},
        )

    def _publish(self, trainer: Trainer, now: float) -> None:
        """Publish what Ultralytics has just saved."""
        best = trainer.best_fitness == trainer.fitness
        if best:
            self.best_epoch = self.epochs_done
        record = Checkpoint(
            epoch=self.epochs_done,
            epochs=int(trainer.epochs),
            best_epoch=self.best_epoch,
            best_fitness=_number(trainer.best_fitness),
            batch=self.batch_size,
            elapsed_s=round(now - self._training_started, 3),
            over=bool(trainer.stop)
            and (not self.stopped_early or self.epochs_done >= self._epochs(trainer)),
        )
        path = trainer.last = self._part.publish_checkpoint(trainer.last, record)
        if best:
            self._part.share_weights(path)
        self._events.write("checkpoint", epoch=self.epochs_done, path=path, best=best)

    def warn_of_smaller_batch(self, batch: int) -> None:
        """Say that memory ran out, and that training goes on with smaller batches."""
        self._warn(
            f"the memory was too small for batches of {self.batch_size} pictures: "
            f"batches of {batch} from here on"
        )
        self.batch_size = batch
        self._batch_s = None

    def _report_batch(self, trainer: Trainer, batch_s: float) -> None:
        in_use, total = memory(self._device)
        self._events.write(
            "batch",
            epoch=trainer.epoch + 1,
            epochs=self._epochs(trainer),
            batch=self._batch_number,
            batches=len(trainer.train_loader),
            losses=_losses(trainer.tloss),
            pictures_per_s=round(self.batch_size / max(batch_s, 1e-6), 2),
            seconds_left=round(self._seconds_left(trainer, batch_s), 1),
            device_memory_bytes=in_use,
            device_memory_total_bytes=total,
        )

    def _epochs(self, trainer: Trainer) -> int:
        """Epochs in all; a time budget makes Ultralytics estimate them anew after each."""
        epochs = int(trainer.epochs)
        return min(epochs, self._plan.epochs) if self._plan.epochs_are_limit else epochs

    def _seconds_left(self, trainer: Trainer, batch_s: float) -> float:
        """Time until training ends at today's pace, or the rest of the budget if that is less."""
        batches = len(trainer.train_loader)
        epochs_left = max(self._epochs(trainer) - trainer.epoch, 1)
        left_s: float = (epochs_left * batches - self._batch_number) * batch_s
        left_s += epochs_left * self._validation_s
        if self._plan.budget_minutes is None:
            return left_s
        spent_s = time.monotonic() - self._training_started
        budget_s: float = max(self._plan.budget_minutes * 60 - spent_s, 0.0)
        return min(left_s, budget_s) if self._plan.epochs_are_limit else budget_s

    def _warn(self, message: str) -> None:
        self._events.write("warning", message=message)


def _losses(items: dict[str, Any] | None) -> dict[str, float]:
    """Losses by their plain names: box, cls, dfl."""
    plain = {key.removesuffix("_loss"): round(float(v), 5) for key, v in (items or {}).items()}
    # YOLO26 measures a box's edges by L1 in place of DFL; both are "how far off the edges are".
    if "l1" in plain:
        plain["dfl"] = plain.pop("l1")
    return plain


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
