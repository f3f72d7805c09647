"""Completing a path as a shell does: a pure function on folders."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

MOST_ENTRIES = 2000
"""Entries of a folder that are looked at; a folder of a million pictures must not hang."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What a text can become."""

    text: str
    """As far as it is certain; folders end in a slash."""
    candidates: tuple[str, ...]
    """Names that begin as the last part does, folders with a slash."""


def complete(text: str) -> Completion:
    """Complete the last part of a path; the text itself where nothing fits."""
    folder_text, _, start = text.rpartition("/")
    folder_text = f"{folder_text}/" if "/" in text else ""
    folder = _expanded(folder_text or ".")
    names = _names(folder, start)
    if not names:
        return Completion(text, ())
    certain = _common_start(names)
    return Completion(folder_text + max(certain, start, key=len), tuple(names))


def _common_start(names: list[str]) -> str:
    """The letters that all names begin with; between the first and last of them lie the others."""
    first, last = min(names), max(names)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(letter for letter, _ in same)


def _names(folder: Path, start: str) -> list[str]:
    found: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for looked_at, entry in enumerate(entries):
                if looked_at == MOST_ENTRIES:
                    break
                hidden = entry.name.startswith(".") and not start.startswith(".")
                if entry.name.startswith(start) and not hidden and entry.name.isprintable():
                    found.append(entry.name + ("/" if entry.is_dir() else ""))
    except (OSError, ValueError):
        # Not there, closed to us, or no name at all: opening it will say which.
        return []
    return sorted(found)


def read_path(text: str) -> Path:
    """The path that a person typed or pasted: quotes and a leading `~` are understood."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    return _expanded(text)


def _expanded(text: str) -> Path:
    """With the home for a leading `~`; somebody's who does not exist stays as it is."""
    path = Path(text)
    with suppress(RuntimeError):
        path = path.expanduser()
    return path
