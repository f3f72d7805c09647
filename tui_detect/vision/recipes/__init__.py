"""The domains there are: one file each, one line each in `_RECIPES`."""

from __future__ import annotations

from tui_detect.core.errors import NotFound
from tui_detect.vision.recipes import general, general_compact, logo
from tui_detect.vision.recipes.plan import Plan, averaging_decay, make_plan
from tui_detect.vision.recipes.recipe import (
    Augmentation,
    DeviceKind,
    Models,
    Recipe,
    Schedule,
)

__all__ = [
    "Augmentation",
    "DeviceKind",
    "Models",
    "Plan",
    "Recipe",
    "Schedule",
    "averaging_decay",
    "get_recipe",
    "list_recipes",
    "make_plan",
]

_RECIPES: tuple[Recipe, ...] = (
    general.RECIPE,
    logo.RECIPE,
    general_compact.RECIPE,
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
