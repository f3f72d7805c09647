"""The main views and the keys that open them; adding one is a file and a line here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Mode:
    """One main view, loaded when it is opened for the first time."""

    name: str
    key: str
    title: str
    module: str
    screen: str
    """Class name in `module`; constructed without arguments."""
    needs_project: bool = True

    def build(self) -> Screen[None]:
        """A new screen of this mode."""
        screen: Screen[None] = getattr(import_module(self.module), self.screen)()
        return screen


_SCREENS = "tui_detect.ui.screens"

MODES: tuple[Mode, ...] = (
    Mode("projects", "0", "Projects", f"{_SCREENS}.projects", "ProjectsScreen", False),
    Mode("images", "1", "Images", f"{_SCREENS}.images", "ImagesScreen"),
    Mode("train", "2", "Train", f"{_SCREENS}.train", "TrainScreen"),
    Mode("performance", "3", "Performance", f"{_SCREENS}.performance", "PerformanceScreen"),
    Mode("test", "4", "Test", f"{_SCREENS}.test", "PredictScreen"),
    Mode("settings", "5", "Settings", f"{_SCREENS}.settings", "SettingsScreen"),
)


def find_mode(name: str) -> Mode:
    """The mode with that name."""
    return next(mode for mode in MODES if mode.name == name)
