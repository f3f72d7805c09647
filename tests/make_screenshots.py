"""Draw `screenshots/*.svg` again, with the same clock, ids, pictures and runs.

Every view at 120x40, a run and the performance of an iteration at 80x24 too.

    python -m tests.make_screenshots [FOLDER]

Two runs give the same bytes: what changes in a picture is what changed in the app.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module
from itertools import count
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Self
from uuid import UUID

# Read by Textual, and by ourselves, when they are imported.
os.environ |= {"TEXTUAL_COLOR_SYSTEM": "truecolor", "COLORTERM": "truecolor", "TZ": "UTC"}

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui_detect.core.model import Project
    from tui_detect.ui.app import TuiDetectApp
    from tui_detect.workflows.library import Library

SIZE = (120, 40)
SIZES = (SIZE, (80, 24))
"""Those of a run, which shows one thing at a time where there is less room."""
HOME = Path("/tmp/tui-detect")
"""It is shown, so it must be the same everywhere."""
TAGGED, UNTAGGED = 64, 12
START = datetime(2026, 5, 4, 10, 12, tzinfo=UTC)
STILL_POLLS = 12
"""A screen that looked the same so often, with nothing loading, is finished."""


class Clock(datetime):
    """A clock that a script moves."""

    moment = START

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """The moment that the script is at."""
        at = cls.moment.astimezone(tz)
        return cls(at.year, at.month, at.day, at.hour, at.minute, at.second, tzinfo=tz)


def freeze() -> None:
    """Load the whole package and give it our clock and our ids."""
    numbers = count(1)
    package = import_module("tui_detect")
    for module in walk_packages(package.__path__, "tui_detect."):
        # What trains is not needed, and loads torch.
        trains = module.name.startswith("tui_detect.vision.") and "events" not in module.name
        if trains or module.name in ("tui_detect.__main__", "tui_detect.workflows.run"):
            continue
        loaded = import_module(module.name)
        if getattr(loaded, "datetime", None) is datetime:
            loaded.datetime = Clock  # type: ignore[attr-defined]
        if hasattr(loaded, "new_uuid"):
            loaded.new_uuid = lambda: str(UUID(int=next(numbers)))  # type: ignore[attr-defined]


# --- what is in the library -----------------------------------------------------------------


def fill(library: Library) -> Project:
    """A project with three iterations, one of them live, and two projects beside it."""
    from tests.ui.evaluated import evaluated_iteration
    from tui_detect.workflows.projects import create_project

    create_project(library, "blood cells", "Red and white cells under the microscope", "General")
    create_project(library, "shop signs", "Logos of our customers on photographs", "Logo")
    project = create_project(library, "hardware", "Bolts, nuts and washers on the work bench")
    add_pictures(library, project, HOME / "pictures")
    for day, skill in ((1, 0.55), (2, 0.8)):
        Clock.moment = START + timedelta(days=day)
        evaluated_iteration(library, project, skill=skill, epochs=60, seed=day)
    Clock.moment = START + timedelta(days=3)
    return project


def add_pictures(library: Library, project: Project, folder: Path) -> None:
    """Drawn pictures with the boxes known from the drawing; the last ones are still untagged."""
    from tui_detect.core.edits import Edit, RegionChange
    from tui_detect.core.ids import new_uuid
    from tui_detect.core.model import Region, Suggestion
    from tui_detect.core.query import ImageQuery
    from tui_detect.imaging.samples import TAGS, draw_sample
    from tui_detect.store import suggestions
    from tui_detect.workflows.adding import add_images
    from tui_detect.workflows.images import image_cards, image_ids
    from tui_detect.workflows.tagging import save_edit
    from tui_detect.workflows.tags import create_tag

    tags = {name: create_tag(library, project.id, name) for name in TAGS}
    folder.mkdir()
    boxes = {}
    for index in range(TAGGED + UNTAGGED):
        picture, found = draw_sample(index, seed=3)
        name = f"bench_{index + 1:03d}.png"
        picture.save(folder / name)
        boxes[name] = found
    add_images(library, project.id, [folder])
    cards = image_cards(library, image_ids(library, project.id, ImageQuery()))
    found = boxes[cards[TAGGED].image.name]
    proposed = [
        Suggestion(new_uuid(), tags[tag].id, box, "Iteration 2", 0.97 - 0.06 * number)
        for number, (tag, box) in enumerate(found)
    ]
    suggestions.insert(library.db, cards[TAGGED].image.id, proposed)
    for card in cards[:TAGGED]:
        regions = [Region(new_uuid(), tags[tag].id, box) for tag, box in boxes[card.image.name]]
        changes = tuple(RegionChange(None, region) for region in regions)
        save_edit(library, card.image.id, Edit("add", changes, False, True))


# --- what is done on each view ---------------------------------------------------------------


async def finished(pilot: Pilot[None]) -> None:
    """Wait until everything is loaded and the screen stays as it is."""
    from tests.waiting import until

    seen = [""]

    def still() -> bool:
        picture = pilot.app.export_screenshot()
        busy = any(worker.is_running for worker in pilot.app.workers) or _tiles_lacking(pilot.app)
        seen[:] = [picture] if busy or picture != seen[-1] else [*seen, picture]
        return len(seen) > STILL_POLLS

    await until(pilot, still, "the screen to stay as it is", timeout_s=60)


def _tiles_lacking(app: object) -> bool:
    from tui_detect.ui.app import TuiDetectApp
    from tui_detect.ui.widgets.grid import ImageGrid

    assert isinstance(app, TuiDetectApp)
    grids = app.screen.query(ImageGrid)
    return any(
        grid._shelf.lacking(grid._shelf.infos([grid.ids[i] for i in grid._in_sight()]).values())
        for grid in grids
    )


async def open_tagging(pilot: Pilot[None]) -> None:
    """The tenth picture, a box selected."""
    await finished(pilot)
    await pilot.press(*["right"] * 9, "enter")
    await finished(pilot)
    await pilot.press("tab")


async def point(pilot: Pilot[None]) -> None:
    """The same picture while a new box is pointed out."""
    await open_tagging(pilot)
    await pilot.press("space")


async def open_suggestions(pilot: Pilot[None]) -> None:
    """The one image with suggestions that nobody has answered."""
    await finished(pilot)
    await pilot.press("slash", *"suggested", "enter")
    await finished(pilot)
    await pilot.press("enter")


async def predict(pilot: Pilot[None]) -> None:
    """A picture from outside; the model's answer is made up from what was drawn."""
    from textual.widgets import Input

    from tui_detect.imaging.samples import TAGS, draw_sample
    from tui_detect.vision.predictor import Predictor

    picture, boxes = draw_sample(507, seed=3)
    path = HOME / "new_bench.png"
    picture.save(path)
    answer = [(TAGS.index(tag), 0.97 - 0.06 * index, box) for index, (tag, box) in enumerate(boxes)]
    Predictor.predict = lambda *_, **__: answer  # type: ignore[method-assign]
    await finished(pilot)
    await pilot.press("p")
    pilot.app.screen.query_one("#path", Input).value = str(path)
    await pilot.press("enter")


async def choose_project(pilot: Pilot[None]) -> None:
    """The cursor on the project with pictures."""
    await finished(pilot)
    await pilot.press("down")


async def nothing(_: Pilot[None]) -> None:
    """The view as it opens."""


async def open_errors(pilot: Pilot[None]) -> None:
    """The errors of the first tag, the worst one first."""
    await finished(pilot)
    await pilot.press("tab", "enter")
    await finished(pilot)


async def open_comparison(pilot: Pilot[None]) -> None:
    """The two iterations side by side."""
    await finished(pilot)
    await pilot.press("c")
    await finished(pilot)
    await pilot.press("enter")
    await finished(pilot)


def pressing(keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """The view as it opens, after some keys."""

    async def press(pilot: Pilot[None]) -> None:
        await finished(pilot)
        await pilot.press(*keys)

    return press


View = tuple[str, str, Callable[["Pilot[None]"], Awaitable[None]]]
VIEWS: tuple[View, ...] = (
    ("projects", "projects", choose_project),
    ("images", "images", nothing),
    ("tagging", "images", open_tagging),
    ("pointing", "images", point),
    ("suggestions", "images", open_suggestions),
    ("performance", "performance", nothing),
    ("performance-errors", "performance", pressing("v")),
    ("performance-boxes", "performance", pressing("vv")),
    ("performance-training", "performance", pressing("vvv")),
    ("errors", "performance", open_errors),
    ("suspects", "performance", pressing("l")),
    ("compare", "performance", open_comparison),
    ("test", "test", predict),
    ("settings", "settings", nothing),
)
"""File, mode, and what is done there."""
SMALL_VIEWS: tuple[View, ...] = (
    ("performance-80x24", "performance", nothing),
    ("performance-tags-80x24", "performance", pressing("vv")),
    ("performance-errors-80x24", "performance", pressing("vvv")),
    ("performance-confusion-80x24", "performance", pressing("vvvv")),
    ("errors-80x24", "performance", open_errors),
)
"""Those that show one pane at a time where there is less room."""


async def draw(
    app: TuiDetectApp,
    act: Callable[[Pilot[None]], Awaitable[None]],
    size: tuple[int, int] = SIZE,
) -> str:
    """One view as SVG."""
    async with app.run_test(size=size) as pilot:
        await act(pilot)
        await finished(pilot)
        return app.export_screenshot()


def main() -> None:
    """Draw all views into the folder."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "screenshots"
    target.mkdir(parents=True, exist_ok=True)
    freeze()
    from textual.widgets import Input

    from tests.screenshot_runs import run_scenes
    from tui_detect.ui.app import TuiDetectApp
    from tui_detect.workflows.library import open_library

    def wait(time: timedelta) -> datetime:
        Clock.moment += time
        return Clock.moment

    def save(name: str, picture: str) -> None:
        (target / f"{name}.svg").write_text(picture, encoding="utf-8")
        sys.stdout.write(f"{target / name}.svg\n")

    Input.cursor_blink = False  # type: ignore[assignment]
    shutil.rmtree(HOME, ignore_errors=True)
    library = open_library(HOME)
    try:
        project = fill(library)
        for name, mode, act in VIEWS:
            app = TuiDetectApp(library, project=None if mode == "projects" else project, mode=mode)
            save(name, asyncio.run(draw(app, act)))
        for name, mode, act in SMALL_VIEWS:
            app = TuiDetectApp(library, project=project, mode=mode)
            save(name, asyncio.run(draw(app, act, SIZES[1])))
        # Last, since a run shows on the title line of every view.
        for name, keys in run_scenes(library, project, wait):
            for size in SIZES:
                app = TuiDetectApp(library, project=project, mode="train")
                suffix = "" if size == SIZE else "-{}x{}".format(*size)
                save(f"{name}{suffix}", asyncio.run(draw(app, pressing(keys), size)))
    finally:
        library.close()
        shutil.rmtree(HOME, ignore_errors=True)


if __name__ == "__main__":
    main()
