"""From a recipe and what a person asked for to the numbers that a run trains with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from tui_detect.core.model import TrainingSettings
from tui_detect.vision.recipes.recipe import Augmentation, DeviceKind, Recipe

STEPS_PER_EPOCH = 8
"""Batches that an epoch should have at least, so that a small set still gets enough steps."""
BATCH_MIN = 4
AVERAGED_SHARE = 0.05
"""Of a run's steps: over how many the weights that count are averaged."""
IMAGE_SIZE_STEP_PX = 32
"""The model halves a picture five times."""
IMAGE_SIZE_MIN_PX = 64
"""Below it a last batch of one picture leaves batch normalisation nothing to average."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The concrete numbers of one training, recorded with its iteration."""

    domain: str
    model: str
    """Architecture, such as `yolo11n`."""
    weights: str | None
    """File of the pretrained weights; `None` when training starts from random ones."""
    device: DeviceKind
    image_size_px: int
    epochs: int
    """Epochs at most; with a time budget alone, an estimate that the run corrects."""
    epochs_are_limit: bool
    """Whether the person asked for that number, so that a time budget may not exceed it."""
    budget_minutes: float | None
    batch: int
    optimizer: str
    learning_rate: float
    momentum: float
    weight_decay: float
    warmup_epochs: float
    patience_epochs: int
    mosaic_free_epochs: int
    """Last epochs, in which pictures are shown whole."""
    augmentation: Augmentation
    seed: int
    averaged_share: float | None = AVERAGED_SHARE
    """Of a run's steps: over how many the weights that count are averaged; `None` for
    Ultralytics' own way."""

    def as_dict(self) -> dict[str, object]:
        """For the `started` event."""
        return asdict(self)


def make_plan(
    recipe: Recipe,
    settings: TrainingSettings,
    *,
    pictures: int,
    tags: int,
    device: DeviceKind,
    weights: Path | None,
) -> Plan:
    """What a run trains with.

    Args:
        recipe: The domain.
        settings: What the person asked for; it wins over the recipe.
        pictures: Number of training pictures.
        tags: Number of tags.
        device: Kind of device that the run has.
        weights: Pretrained weights that were found; `None` to train from scratch.
    """
    models = recipe.models(device)
    schedule = recipe.from_scratch if weights is None else recipe.pretrained
    epochs = settings.epochs or schedule.epochs(pictures)
    batch = batch_size(pictures, models.batch_max)
    return Plan(
        domain=recipe.name,
        model=models.from_scratch if weights is None else weights.stem,
        weights=None if weights is None else str(weights),
        device=device,
        image_size_px=usable_image_size(settings.image_size_px or models.image_size_px),
        epochs=epochs,
        epochs_are_limit=settings.epochs is not None,
        budget_minutes=settings.budget_minutes,
        batch=batch,
        optimizer="AdamW",
        learning_rate=learning_rate(tags),
        momentum=0.9,
        weight_decay=0.0005,
        warmup_epochs=min(3.0, epochs / 5),
        patience_epochs=schedule.patience_epochs,
        mosaic_free_epochs=min(10, epochs // 6),
        augmentation=recipe.augmentation,
        seed=settings.seed,
        averaged_share=settings.overrides.get("averaged_share", AVERAGED_SHARE),
    )


def batch_size(pictures: int, batch_max: int) -> int:
    """A power of two that leaves an epoch `STEPS_PER_EPOCH` batches, if the pictures allow it."""
    batch = BATCH_MIN
    while batch * 2 <= min(pictures / STEPS_PER_EPOCH, batch_max):
        batch *= 2
    return min(batch, max(pictures, 1))


def usable_image_size(wanted_px: int) -> int:
    """The next size up that the model's halvings divide."""
    steps = -(-wanted_px // IMAGE_SIZE_STEP_PX)
    return max(steps * IMAGE_SIZE_STEP_PX, IMAGE_SIZE_MIN_PX)


def learning_rate(tags: int) -> float:
    """The rate for AdamW that Ultralytics fitted to the number of tags (`optimizer=auto`)."""
    return round(0.002 * 5 / (4 + tags), 6)


def averaging_decay(steps: int, share: float = AVERAGED_SHARE) -> float:
    """The decay of the weights' moving average over that share of a run of so many steps.

    Ultralytics' own needs some 2,000 steps to average anything, and forty pictures give a run of
    1,200; figures then jump from epoch to epoch (tests/benchmarks/README.md).
    """
    window = min(max(steps * share, 10.0), 10_000.0)
    return 1 - 1 / window
