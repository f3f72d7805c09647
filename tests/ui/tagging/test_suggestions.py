"""Suggestions on the Tagging screen: one key for a right image, and no work is ever changed."""

from __future__ import annotations

import pytest

from tests.library import BOX, tag_image
from tests.ui.tagging.tagger import BIG, SMALL, close_to, tagger
from tests.waiting import until
from tui_detect.core.geometry import Box
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Image, Project, Suggestion, Tag
from tui_detect.store import suggestions
from tui_detect.workflows.library import Library


def suggest(library: Library, image: Image, tag: Tag, *boxes: Box) -> None:
    """As an iteration does."""
    made = [Suggestion(new_uuid(), tag.id, box, "Iteration 1", 0.91) for box in boxes]
    suggestions.insert(library.db, image.id, made)


LEFT, RIGHT = Box(0.1, 0.2, 0.3, 0.5), Box(0.6, 0.2, 0.3, 0.5)


@pytest.mark.parametrize("size", [BIG, SMALL])
async def test_enter_accepts_all_that_is_shown_and_opens_the_next_image(
    library: Library, project: Project, pictures: list[Image], fork: Tag, size: tuple[int, int]
) -> None:
    suggest(library, pictures[0], fork, LEFT, RIGHT)
    async with tagger(library, project, pictures, size=size) as on:
        assert "2 suggestions: letter accepts" in on.text
        assert "a fork 0.91" in on.text
        await on.press("enter")
        assert on.screen.session.image.id == pictures[1].id
        await on.press("p")
        assert [region.box for region in on.regions()] == [LEFT, RIGHT]
        assert on.stored().image.state == "tagged"
        assert on.stored().undo_count == 1


async def test_letters_accept_capitals_reject_and_undo_asks_again(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    suggest(library, pictures[0], fork, LEFT, RIGHT)
    async with tagger(library, project, pictures) as on:
        await on.press("b")
        assert [region.box for region in on.regions()] == [RIGHT]
        assert "Suggested  1" in on.text
        await on.press("A")
        assert "Suggested" not in on.text
        await on.press("u")
        assert "1 suggestion: letter accepts" in on.text
        await on.press("escape", "i")
        assert "1 suggestion: R reviews" in on.text
        await on.press("R", "a")
        assert len(on.regions()) == 2


async def test_backspace_rejects_all_and_the_image_stays_untagged(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    suggest(library, pictures[0], fork, LEFT, RIGHT)
    async with tagger(library, project, pictures) as on:
        assert "reject all" in on.text.splitlines()[-1]
        await on.press("backspace")
        assert on.stored().tagging.suggestions == ()
        assert on.stored().image.state == "untagged"
        await on.press("u")
        assert len(on.stored().tagging.suggestions) == 2


async def test_keys_without_a_letter_do_what_they_always_do(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    suggest(library, pictures[0], fork, LEFT)
    async with tagger(library, project, pictures) as on:
        await on.press("n")
        assert on.screen.session.image.id == pictures[1].id
        await on.press("p", "space", "s", "s", "k", "k")
        assert len(on.regions()) == 1
        assert len(on.stored().tagging.suggestions) == 1, "a box by hand answers nothing"
        await on.press("enter", "p")
        assert len(on.regions()) == 2


async def test_regions_of_the_image_before_are_pasted_as_suggestions(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    async with tagger(library, project, pictures) as on:
        await on.press("P")
        assert "there is no image before this one" in on.text
        await on.press("n", "P")
        assert "picture_0.png has no regions to copy" in on.text
    tag_image(library, pictures[1], fork, box=BOX)
    async with tagger(library, project, pictures) as on:
        await on.press("n", "n", "P")
        assert on.regions() == ()
        await on.press("enter")
        assert [region.box for region in on.regions()] == [BOX]
        await on.press("P")
        assert "nothing to suggest that is not here already" in on.text


async def test_counts_sizes_and_repeats(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    tag_image(library, pictures[0], fork)
    async with tagger(library, project, pictures) as on:
        await on.press("tab", "comma", "1", "2")
        assert "12 times: then a key that moves" in on.text
        await on.press("l")
        assert close_to(on.regions()[0].box, 0.37, 0.25, 0.87, 0.75)
        await on.press("full_stop")
        assert close_to(on.regions()[0].box, 0.49, 0.25, 0.99, 0.75)
        await on.press("comma", "5", "minus")
        assert close_to(on.regions()[0].box, 0.54, 0.3, 0.94, 0.7)
        await on.press("equals_sign", "2")
        assert close_to(on.regions()[0].box, 0.53, 0.29, 0.95, 0.71)


async def test_the_mouse_moves_a_box_and_draws_another(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    tag_image(library, pictures[0], fork)
    async with tagger(library, project, pictures) as on:
        await on.press("1")
        placed = on.screen.canvas._mouse_placement()
        assert placed is not None

        def at(x: float, y: float) -> tuple[int, int]:
            column, row = placed.to_cells(x, y)
            return int(column), int(row)

        async def drag(start: tuple[int, int], end: tuple[int, int]) -> None:
            await on.pilot.mouse_down("Canvas", offset=start)
            await on.pilot.hover("Canvas", offset=end)
            await on.pilot.mouse_up("Canvas", offset=end)

        await drag(at(0.5, 0.5), at(0.6, 0.5))
        await until(on.pilot, lambda: on.regions()[0].box.left > 0.3, "the move")
        assert on.regions()[0].box.width == pytest.approx(0.5)
        assert on.stored().undo_count == 2, "one edit for one drag"
        await drag(at(0.05, 0.05), at(0.15, 0.2))
        await until(on.pilot, lambda: len(on.regions()) == 2, "the new box")
        assert on.regions()[1].tag_id == fork.id
