"""Which settings a training can have, and how they are written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tui_detect.core.errors import BadInput
from tui_detect.core.model import TrainingSettings
from tui_detect.vision.gpus import parse_device
from tui_detect.vision.recipes import check_overrides
from tui_detect.vision.weights import given_weights

MIN_IMAGE_SIZE_PX = 32
MAX_IMAGE_SIZE_PX = 4096
MAX_FOLDS = 20
MAX_SEED = 2**31 - 1
"""NumPy takes twice as much, but a run that goes on and several GPUs add to it."""


def checked_settings(settings: TrainingSettings) -> TrainingSettings:
    """The settings with the whole path of the weights: a run works in a folder of its own.

    Raises:
        BadInput: one of them is what no training can have.
    """
    _check_contradictions(settings, check_overrides(settings.overrides))
    if settings.folds and not 2 <= settings.folds <= MAX_FOLDS:
        raise BadInput(
            f"{settings.folds} folds cannot be cross-validated", f"give 2 to {MAX_FOLDS}, or 0"
        )
    if settings.folds and settings.budget_minutes is not None:
        raise BadInput(
            "a time budget is for a search, which cannot be cross-validated",
            "give either a budget or folds; --epochs makes folds shorter",
        )
    if settings.epochs is not None and settings.epochs < 1:
        raise BadInput(f"{settings.epochs} epochs cannot be trained", "give 1 or more")
    if settings.budget_minutes is not None and settings.budget_minutes <= 0:
        raise BadInput(
            f"a budget of {settings.budget_minutes:g} minutes is no time at all", "give more than 0"
        )
    size = settings.image_size_px
    if size is not None and not MIN_IMAGE_SIZE_PX <= size <= MAX_IMAGE_SIZE_PX:
        raise BadInput(
            f"an image size of {size} px cannot be trained",
            f"give {MIN_IMAGE_SIZE_PX} to {MAX_IMAGE_SIZE_PX}",
        )
    if not 0 <= settings.seed <= MAX_SEED:
        raise BadInput(f"the seed cannot be {settings.seed}", f"give 0 to {MAX_SEED}")
    parse_device(settings.device)
    if settings.weights in ("auto", "none"):
        return settings
    return replace(settings, weights=str(given_weights(settings.weights)))


def _check_contradictions(settings: TrainingSettings, overrides: Mapping[str, object]) -> None:
    """Of two things that a person asks for at once, neither is dropped in silence."""
    for name in ("epochs", "image_size_px"):
        asked, also = getattr(settings, name), overrides.get(name)
        if asked is not None and also is not None and asked != also:
            raise BadInput(
                f"{name.removesuffix('_px').replace('_', ' ')} cannot be both {asked} and {also}",
                f"leave out one of them: the setting or {name}={also}",
            )
    model, file = overrides.get("model"), Path(settings.weights)
    if model is not None and settings.weights not in ("auto", "none") and model != file.stem:
        start = settings.warm_start or file.name
        raise BadInput(
            f"the weights of {start} have a model of their own, which cannot be set to {model}",
            f"leave out model={model}, or start from other weights",
        )
