"""The pictures won and lost: a row is made when it comes into sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tui_detect.core.model import Image
from tui_detect.ui.difference_words import MARKS
from tui_detect.ui.widgets.row_table import LazyRows, Row
from tui_detect.ui.wording import printable

if TYPE_CHECKING:
    from tui_detect.core.evaluation.comparison import PictureOutcome


class OutcomeRows(LazyRows):
    """Rows of what two iterations made of pictures."""

    def __init__(self, outcomes: Sequence[PictureOutcome], images: Mapping[int, Image]) -> None:
        """Rows for outcomes in their order; the images by key."""
        self._outcomes = outcomes
        self._images = images

    def __len__(self) -> int:
        return len(self._outcomes)

    def row(self, index: int) -> Row:
        """Make one."""
        outcome = self._outcomes[index]
        won = outcome.won > 0
        _, style = MARKS["better" if won else "worse"]
        return Row(
            outcome.image_id,
            (
                Content.styled("won" if won else "lost", style),
                printable(name_of(outcome.image_id, self._images)),
                f"{outcome.first_errors:g}",
                f"{outcome.second_errors:g}",
            ),
        )

    def place_of(self, image_id: object) -> int | None:
        """Where the row of an image is."""
        places = (i for i, outcome in enumerate(self._outcomes) if outcome.image_id == image_id)
        return next(places, None)


def name_of(image_id: int, images: Mapping[int, Image]) -> str:
    """The image's name; it may have been deleted since."""
    image = images.get(image_id)
    return image.name if image is not None else "deleted"
