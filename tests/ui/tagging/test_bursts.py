"""Keys that arrive together, as over a slow link, do what they do one by one."""

from __future__ import annotations

from textual import events

from tests.ui.tagging.tagger import Tagger, tagger
from tests.waiting import until
from tui_detect.core.model import Image, Project, Tag
from tui_detect.workflows.library import Library


async def at_once(on: Tagger, *keys: str) -> None:
    """Keys that the terminal delivers in one piece."""
    for key in keys:
        on.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await on.pilot.pause()


async def test_a_whole_box_typed_ahead_is_made(
    library: Library, project: Project, pictures: list[Image], fork: Tag, spoon: Tag
) -> None:
    async with tagger(library, project, pictures) as on:
        await at_once(on, "2", "space", "a", "s", "l", "k", "space", "q", "q", "p", "p")
        await until(on.pilot, lambda: len(on.regions()) == 2, "two regions")
        assert {region.tag_id for region in on.regions()} == {spoon.id}
        await at_once(on, "j", "j", "y", "backspace", "u", "1")
        await until(on.pilot, lambda: on.stored().undo_count == 6, "the edits")
        assert on.screen.state.tagging == on.stored().tagging


async def test_keys_behind_the_choice_of_a_tag_are_not_lost(
    library: Library, project: Project, pictures: list[Image], fork: Tag, spoon: Tag
) -> None:
    async with tagger(library, project, pictures) as on:
        await at_once(on, "space", "a", "s", "l", "k", "s", "p", "o", "enter")
        await until(on.pilot, lambda: on.regions(), "the region")
        assert on.regions()[0].tag_id == spoon.id
