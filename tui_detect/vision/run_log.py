"""A run's log read by pages and searched, however long it is: never all of it at once."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tui_detect.vision.run_folder import TERMINAL_CODES

LINE_LIMIT_BYTES = 64 * 1024
"""A longer line is shown as several."""
SEARCH_BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line as it reads, and where its bytes lie in the file."""

    start: int
    end: int
    """Where the next line starts."""
    text: str


def size_bytes(path: Path) -> int:
    """How long the log is; 0 while there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def lines_from(path: Path, offset: int, count: int) -> list[LogLine]:
    """Up to `count` lines from the start of one on; fewer at the end."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            found: list[LogLine] = []
            while len(found) < count and (raw := file.readline(LINE_LIMIT_BYTES)):
                found.append(LogLine(offset, offset + len(raw), _text(raw)))
                offset += len(raw)
            return found
    except FileNotFoundError:
        return []


def lines_before(path: Path, offset: int, count: int) -> list[LogLine]:
    """Up to `count` lines that end where the line at `offset` starts; fewer at the start."""
    start = offset
    found: list[LogLine] = []
    while start > 0 and len(found) < count:
        block_start = max(0, start - LINE_LIMIT_BYTES)
        block = _block(path, block_start, start)
        if not block:
            break
        # What comes before the block's first line break belongs to a line that starts earlier,
        # unless the line is too long to be shown as one.
        cut = 0 if block_start == 0 else block.find(b"\n", 0, -1) + 1
        found[:0] = _lines(block[cut:], block_start + cut)
        start = block_start + cut
    return found[-count:] if count else []


def find_line(
    path: Path,
    text: str,
    offset: int,
    *,
    backwards: bool = False,
    should_stop: Callable[[], bool] = lambda: False,
) -> LogLine | None:
    """The next line that holds the text, whatever its case, from `offset` on or before it."""
    wanted = text.casefold()
    blocks = _blocks_before(path, offset) if backwards else _blocks_from(path, offset)
    for start, block in blocks:
        if should_stop():
            return None
        # Most blocks hold nothing: told at once, instead of line by line.
        if wanted not in TERMINAL_CODES.sub("", block.decode("utf-8", "replace")).casefold():
            continue
        lines = _lines(block, start)
        for line in reversed(lines) if backwards else lines:
            if wanted in line.text.casefold():
                return line
    return None


def _blocks_from(path: Path, offset: int) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines towards the end, each with its place."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            while block := file.read(SEARCH_BLOCK_BYTES):
                if not block.endswith(b"\n"):
                    block += file.readline(LINE_LIMIT_BYTES)
                yield offset, block
                offset += len(block)
    except FileNotFoundError:
        return


def _blocks_before(path: Path, offset: int) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines towards the start, each with its place."""
    end = offset
    while end > 0:
        start = max(0, end - SEARCH_BLOCK_BYTES)
        block = _block(path, start, end)
        if not block:
            return
        cut = 0 if start == 0 else block.find(b"\n", 0, -1) + 1
        yield start + cut, block[cut:]
        end = start + cut


def _block(path: Path, start: int, end: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(end - start)
    except FileNotFoundError:
        return b""


def _lines(block: bytes, start: int) -> list[LogLine]:
    lines = []
    for raw in io.BytesIO(block):
        for place in range(0, len(raw), LINE_LIMIT_BYTES):
            piece = raw[place : place + LINE_LIMIT_BYTES]
            lines.append(LogLine(start, start + len(piece), _text(piece)))
            start += len(piece)
    return lines


def _text(line: bytes) -> str:
    """A line as a terminal would show it in the end."""
    text = TERMINAL_CODES.sub("", line.decode("utf-8", "replace")).rstrip("\r\n")
    # A progress bar rewrites its line with carriage returns; only its last state is news.
    return text.rsplit("\r", 1)[-1]
