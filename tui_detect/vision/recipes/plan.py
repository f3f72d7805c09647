"""From a recipe and what a person asked for to the numbers that a run trains with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from tui_detect.core.model import TrainingSettings
from tui_detect.core.sizes import Sizes
from tui_detect.vision.recipes.estimate import training_s
from tui_detect.vision.recipes.overrides import check_overrides, with_overrides
from tui_detect.vision.recipes.recipe import Augmentation, DeviceKind, Models, Recipe, Schedule

STEPS_PER_EPOCH = 8
"""Batches that an epoch should have at least, so that a small set still gets enough steps."""
BATCH_MIN = 4
STEPS_MIN = 600
"""Batches that a run shortened by its time budget should have at least: in 270 s of one core, 242
pictures gave 96 batches of 16 and an mAP of 0.01, where 318 batches of 4 reach 0.80."""
AVERAGED_SHARE = 0.05
"""Of a run's steps: over how many the weights that count are averaged."""
IMAGE_SIZE_STEP_PX = 32
"""The model halves a picture five times."""
IMAGE_SIZE_MIN_PX = 64
"""Below it a last batch of one picture leaves batch normalisation nothing to average."""
SMALL_OBJECT_PX = 8
"""The finest of YOLO's three grids has cells of 8 px; what is smaller shares one with others."""
WARMUP_SHARE = 0.2
"""Of a run's epochs, at most."""
MOSAIC_FREE_SHARE = 1 / 6
MOSAIC_FREE_MAX_EPOCHS = 10


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
    boxes_max: int = 300
    """On one picture."""
    averaged_share: float = AVERAGED_SHARE
    """Of a run's steps: over how many the weights that count are averaged; 0 for Ultralytics' own
    way."""

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
    model: str | None = None,
    sizes: Sizes = Sizes(),  # noqa: B008
) -> Plan:
    """What a run trains with.

    Args:
        recipe: The domain.
        settings: What the person asked for; it wins over the recipe.
        pictures: Number of training pictures.
        tags: Number of tags.
        device: Kind of device that the run has.
        weights: Weights to start from; `None` to train from scratch.
        model: Architecture of the weights, when their file's name does not tell it.
        sizes: Of pictures and objects.

    Raises:
        BadInput: the settings override what a plan does not have, or out of range.
    """
    asked = check_overrides(settings.overrides)
    models = recipe.models(device)
    schedule = schedule_of(recipe, settings, weights)
    epochs = int(asked.get("epochs") or settings.epochs or schedule.epochs(pictures))
    size_px = asked.pop("image_size_px", None) or settings.image_size_px
    image_size_px = usable_image_size(int(size_px)) if size_px else image_size(models, sizes)
    architecture = models.from_scratch if weights is None else model or weights.stem
    likely = float(epochs)
    if settings.budget_minutes is not None:
        epoch_s = training_s(architecture, image_size_px, pictures, device)
        likely = min(likely, settings.budget_minutes * 60 / epoch_s)
    plan = Plan(
        domain=recipe.name,
        model=architecture,
        weights=None if weights is None else str(weights),
        device=device,
        image_size_px=image_size_px,
        epochs=epochs,
        epochs_are_limit=settings.epochs is not None or "epochs" in asked,
        budget_minutes=settings.budget_minutes,
        batch=batch_size(pictures, models.batch_max, likely),
        optimizer="AdamW",
        learning_rate=round(learning_rate(tags) * schedule.learning_rate_share, 6),
        momentum=0.9,
        weight_decay=0.0005,
        warmup_epochs=min(schedule.warmup_epochs, round(likely * WARMUP_SHARE, 2)),
        patience_epochs=schedule.patience_epochs,
        mosaic_free_epochs=min(MOSAIC_FREE_MAX_EPOCHS, int(likely * MOSAIC_FREE_SHARE)),
        augmentation=recipe.augmentation,
        seed=settings.seed,
        boxes_max=recipe.boxes_max,
    )
    if plan.weights is not None:
        # Weights have an architecture of their own; wanting another is for finding others.
        asked.pop("model", None)
    return with_overrides(plan, asked)


def schedule_of(recipe: Recipe, settings: TrainingSettings, weights: Path | None) -> Schedule:
    """The schedule for what training starts from."""
    if weights is None:
        return recipe.from_scratch
    return recipe.warm if settings.warm_start else recipe.pretrained


def pretrained_names(models: Models, settings: TrainingSettings) -> tuple[str, ...]:
    """Which pretrained models suit, the best one first."""
    asked = settings.overrides.get("model")
    return (str(asked),) if asked else models.pretrained


def batch_size(pictures: int, batch_max: int, epochs: float) -> int:
    """A power of two that leaves an epoch `STEPS_PER_EPOCH` and the run `STEPS_MIN` batches, if
    the pictures and the time allow it."""
    batch = BATCH_MIN
    largest = min(pictures / STEPS_PER_EPOCH, pictures * epochs / STEPS_MIN, batch_max)
    while batch * 2 <= largest:
        batch *= 2
    return min(batch, max(pictures, 1))


def image_size(models: Models, sizes: Sizes) -> int:
    """The image size for those pictures and objects, in pixels.

    Large enough for a small object to be `SMALL_OBJECT_PX` wide, within the recipe's limit; a
    picture is never made larger than it is, which would cost time and show nothing more.
    """
    wanted_px: float = models.image_size_px
    if sizes.small_object:
        wanted_px = max(wanted_px, SMALL_OBJECT_PX / sizes.small_object)
    return min(usable_image_size(round(wanted_px)), image_size_max(models, sizes))


def image_size_max(models: Models, sizes: Sizes) -> int:
    """The largest image size that can show more than a smaller one, in pixels."""
    if sizes.longer_side_px is None:
        return models.image_size_max_px
    return min(usable_image_size(sizes.longer_side_px), models.image_size_max_px)


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
