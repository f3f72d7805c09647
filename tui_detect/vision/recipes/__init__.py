"""The domains there are: one file each, one line each in `_RECIPES`."""

from __future__ import annotations

from tui_detect.core.errors import NotFound
from tui_detect.vision.recipes import (
    general,
    general_a1,
    general_compact,
    general_compact_s1,
    logo,
    products_on_shelves,
)
from tui_detect.vision.recipes.estimate import (
    START_S,
    TRAINING_GFLOPS_PER_S,
    recommended_budget_minutes,
    work_gflop,
)
from tui_detect.vision.recipes.overrides import (
    check_overrides,
    fixed_names,
    read_overrides,
    settable,
)
from tui_detect.vision.recipes.plan import (
    Plan,
    averaging_decay,
    image_size_max,
    make_plan,
    pretrained_names,
    usable_image_size,
)
from tui_detect.vision.recipes.recipe import (
    Augmentation,
    DeviceKind,
    Models,
    Recipe,
    Schedule,
)

__all__ = [
    "START_S",
    "TRAINING_GFLOPS_PER_S",
    "Augmentation",
    "DeviceKind",
    "Models",
    "Plan",
    "Recipe",
    "Schedule",
    "averaging_decay",
    "check_overrides",
    "fixed_names",
    "get_recipe",
    "image_size_max",
    "list_recipes",
    "make_plan",
    "pretrained_names",
    "read_overrides",
    "recommended_budget_minutes",
    "settable",
    "usable_image_size",
    "work_gflop",
]

_RECIPES: tuple[Recipe, ...] = (
    general.RECIPE,
    general_a1.RECIPE,
    logo.RECIPE,
    products_on_shelves.RECIPE,
    general_compact.RECIPE,
    general_compact_s1.RECIPE,
)


def list_recipes() -> tuple[Recipe, ...]:
    """All domains, the usual choice first."""
    return _RECIPES


def get_recipe(name_or_uuid: str) -> Recipe:
    """The domain of that name (in any case) or id.

    Raises:
        NotFound: there is none; the hint names those that there are.
    """
    wanted = name_or_uuid.strip().casefold()
    for recipe in _RECIPES:
        if wanted in (recipe.name.casefold(), recipe.uuid):
            return recipe
    names = ", ".join(recipe.name for recipe in _RECIPES)
    raise NotFound(f"there is no domain {name_or_uuid!r}", f"choose one of: {names}")
