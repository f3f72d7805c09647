"""Ultralytics' trainer as a run needs it. Imports torch and Ultralytics."""

from __future__ import annotations

from copy import copy
from typing import Any

import torch
from ultralytics.engine import trainer as engine
from ultralytics.models.yolo.detect import DetectionTrainer, DetectionValidator
from ultralytics.utils import ops

from tui_detect.vision.preview import PreviewBoxes
from tui_detect.vision.recipes import averaging_decay


class Trainer(DetectionTrainer):  # type: ignore[misc]
    """Ultralytics' trainer that resumes with our arguments and leaves the publishing to us."""

    averaged_share: float = 0.0
    """Of all steps: over how many the weights are averaged; 0 for Ultralytics' own way."""
    epochs: int
    start_epoch: int
    epochs_max: int | None = None
    """As many as a time budget may fill."""
    preview = PreviewBoxes({})
    """Gets what each validation finds on a few pictures; this one wants none."""
    went_back = False
    """Whether the loss just found to be no number made it go back an epoch."""

    def check_resume(self, overrides: dict[str, Any]) -> None:
        """Resume with the arguments that we give.

        Ultralytics would take those in the checkpoint, even the number of epochs that a time
        budget had made of them.
        """
        self.resume = bool(self.args.resume)

    def _setup_scheduler(self) -> None:
        """Let the learning rate fall to its end within the epochs that there will be.

        With a time budget Ultralytics sets `epochs` anew after each, to what fills the budget.
        """
        if self.epochs_max is not None:
            self.epochs = self.args.epochs = min(self.epochs, self.epochs_max)
        super()._setup_scheduler()

    def _setup_train(self) -> None:
        """Set up, and average the weights in our way from the first step on."""
        super()._setup_train()
        self._average()

    def _load_checkpoint_state(self, ckpt: dict[str, Any]) -> None:
        """Restore the state, for which Ultralytics makes its average anew."""
        super()._load_checkpoint_state(ckpt)
        self._average()

    def _average(self) -> None:
        """Fit the averaging of the weights to the length of the run.

        Ultralytics ramps its decay up over 2,000 steps. On forty pictures a whole run has fewer, so
        that nothing is averaged and the figures jump from epoch to epoch.
        """
        if not self.averaged_share:
            return
        decay = averaging_decay(len(self.train_loader) * self.epochs, self.averaged_share)
        # The ramp of TensorFlow's ExponentialMovingAverage.
        self.ema.decay = lambda step: min(decay, (1 + step) / (10 + step))

    def _handle_nan_recovery(self, epoch: int) -> bool:
        """Go back to the last checkpoint after a loss that is no number, and tell it.

        Raises:
            RuntimeError: there is none, or it happens again and again.
        """
        first = self.start_epoch
        if epoch == first:
            # Else Ultralytics would go on with, and save, what its first epoch has spoilt.
            self.start_epoch = -1
        try:
            self.went_back = bool(super()._handle_nan_recovery(epoch))
        finally:
            self.start_epoch = first
        if self.went_back or not self.loss.isfinite():
            self.run_callbacks("on_nan")
        return self.went_back

    def save_model(self) -> bool:
        """Write a checkpoint for us to publish; never into one that is published already."""
        self.last = self.best = self.wdir / "last.pt"
        try:
            return bool(super().save_model())
        except OSError:
            # On a full disk what is half there takes the room for saying so.
            self.last.unlink(missing_ok=True)
            raise

    def get_validator(self) -> PreviewValidator:
        """The validator, which keeps a few boxes to show."""
        validator = PreviewValidator(
            self.test_loader,
            save_dir=self.save_dir,
            args=copy(self.args),
            _callbacks=self.callbacks,
        )
        validator.preview = self.preview
        return validator

    def final_eval(self) -> None:
        """Do nothing: our own evaluation comes in its place."""


class PreviewValidator(DetectionValidator):  # type: ignore[misc]
    """Keeps what the validation, which goes on anyway, finds on a few pictures."""

    preview: PreviewBoxes

    def update_metrics(self, preds: list[dict[str, torch.Tensor]], batch: dict[str, Any]) -> None:
        """Take in one batch."""
        super().update_metrics(preds, batch)
        for index, (pred, path) in enumerate(zip(preds, batch["im_file"], strict=True)):
            if self.preview.wants(path):
                self._keep(index, pred, path, batch)

    def _keep(
        self, index: int, pred: dict[str, torch.Tensor], path: str, batch: dict[str, Any]
    ) -> None:
        height_px, width_px = batch["ori_shape"][index]
        boxes = ops.scale_boxes(
            batch["img"].shape[2:],
            pred["bboxes"].clone(),
            (height_px, width_px),
            ratio_pad=batch["ratio_pad"][index],
        )
        rows = torch.cat((boxes, pred["conf"][:, None], pred["cls"][:, None]), dim=1)
        self.preview.keep(path, rows.float().cpu().tolist(), (width_px, height_px))


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
