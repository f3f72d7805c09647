"""The numbers of a plan that a person may set, and within which limits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from tui_detect.core.errors import BadInput
from tui_detect.core.model import TrainingSettings
from tui_detect.vision.recipes.estimate import GFLOPS_AT_640
from tui_detect.vision.recipes.recipe import Augmentation

if TYPE_CHECKING:
    from tui_detect.vision.recipes.plan import Plan

Value = str | int | float


@dataclass(frozen=True, slots=True)
class _Number:
    """A number from `low` to `high`, both included."""

    low: float
    high: float
    whole: bool = False


_SETTABLE: Mapping[str, _Number | tuple[str, ...]] = {
    "model": tuple(GFLOPS_AT_640),
    "image_size_px": _Number(32, 4096, whole=True),
    "epochs": _Number(1, 100_000, whole=True),
    "batch": _Number(1, 1024, whole=True),
    "optimizer": ("AdamW", "Adam", "NAdam", "RAdam", "RMSProp", "SGD"),
    "learning_rate": _Number(1e-7, 1),
    "momentum": _Number(0, 0.999),
    "weight_decay": _Number(0, 1),
    "warmup_epochs": _Number(0, 1000),
    "patience_epochs": _Number(1, 100_000, whole=True),
    "mosaic_free_epochs": _Number(0, 100_000, whole=True),
    "averaged_share": _Number(0, 1),
    "boxes_max": _Number(1, 10_000, whole=True),
    "mirror": _Number(0, 1),
    "mosaic": _Number(0, 1),
    "scale": _Number(0, 0.95),
    "translate": _Number(0, 1),
    "hue": _Number(0, 1),
    "saturation": _Number(0, 1),
    "brightness": _Number(0, 1),
    "rotation_degrees": _Number(0, 180),
}
_AUGMENTATION = frozenset(field.name for field in fields(Augmentation))


def settable(plan: Plan) -> dict[str, Value]:
    """The names that can be set, with the plan's values."""
    return {
        name: getattr(plan.augmentation if name in _AUGMENTATION else plan, name)
        for name in _SETTABLE
    }


def fixed_names(settings: TrainingSettings) -> frozenset[str]:
    """The names that the person has set, one way or another."""
    asked = {"epochs": settings.epochs, "image_size_px": settings.image_size_px}
    return frozenset(settings.overrides) | {name for name, value in asked.items() if value}


def read_overrides(assignments: Iterable[str]) -> dict[str, Value]:
    """The values of `name=value` texts.

    Raises:
        BadInput: one of them has no value, an unknown name, or a value out of range.
    """
    given: dict[str, Value] = {}
    for text in assignments:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise BadInput(
                f"{text!r} sets nothing", "write NAME=VALUE, such as learning_rate=0.001"
            )
        given[name] = value
    return check_overrides(given)


def check_overrides(given: Mapping[str, Any]) -> dict[str, Value]:
    """The values as numbers or words of a plan.

    Raises:
        BadInput: an unknown name, or a value out of range.
    """
    return {name: _checked(name, value) for name, value in given.items()}


def _checked(name: str, value: Any) -> Value:  # noqa: ANN401
    allowed = _SETTABLE.get(name)
    if allowed is None:
        raise BadInput(
            f"a plan has no {name!r} to set", f"there are: {', '.join(sorted(_SETTABLE))}"
        )
    if isinstance(allowed, tuple):
        if value not in allowed:
            raise BadInput(f"{name} cannot be {value!r}", f"choose one of: {', '.join(allowed)}")
        return str(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not allowed.low <= number <= allowed.high or (allowed.whole and number != int(number)):
        kind = "a whole number" if allowed.whole else "a number"
        raise BadInput(
            f"{name} cannot be {value!r}", f"give {kind} from {allowed.low:g} to {allowed.high:g}"
        )
    return int(number) if allowed.whole else number


def with_overrides(plan: Plan, given: Mapping[str, Value]) -> Plan:
    """The plan with a person's values in it."""
    values: dict[str, Any] = dict(given)
    look: dict[str, Any] = {name: values.pop(name) for name in _AUGMENTATION & values.keys()}
    return replace(plan, augmentation=replace(plan.augmentation, **look), **values)
