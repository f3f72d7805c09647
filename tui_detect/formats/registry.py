"""The formats there are, and which of them a path is in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from tui_detect.core.errors import BadInput
from tui_detect.formats.source import SourceImage


class Reader(Protocol):
    """What the module of a format offers."""

    def detect(self, path: Path) -> bool:
        """Whether the path looks like this format; quick, and never raises."""

    def read(self, path: Path) -> Iterator[SourceImage]:
        """Its pictures, one after the other.

        Raises:
            BadInput: the source as a whole cannot be used.
        """


@dataclass(frozen=True, slots=True)
class Format:
    """A data-set format, loaded when it is used."""

    name: str
    module: str
    """With functions as `Reader` has them."""

    @property
    def reader(self) -> Reader:
        """The module."""
        return cast("Reader", import_module(self.module))


FORMATS = (
    Format("coco", "tui_detect.formats.coco"),
    # Plain pictures take whatever no other format wants, so they stay last.
    Format("images", "tui_detect.formats.images"),
)


def format_names() -> list[str]:
    """Every name that `read_source` takes, `auto` first."""
    return ["auto", *(known.name for known in FORMATS)]


def read_source(path: str | os.PathLike[str], format: str = "auto") -> Iterator[SourceImage]:  # noqa: A002
    """The pictures at a path: a file, a folder, a glob or a data set.

    The path and format are checked at once; pictures come one after the other.

    Raises:
        BadInput: nothing is there, it holds no pictures, or it is not in that format.
    """
    path = Path(path).expanduser()
    if format == "auto":
        chosen = next((known for known in FORMATS if known.reader.detect(path)), FORMATS[-1])
    else:
        found = next((known for known in FORMATS if known.name == format), None)
        if found is None:
            raise BadInput(
                f"there is no format {format!r}", f"formats are {', '.join(format_names())}"
            )
        chosen = found
    return chosen.reader.read(path)
