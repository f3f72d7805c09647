"""What the commands share: the library, errors, JSON, tables, progress."""

from __future__ import annotations

import errno
import json
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from tui_detect.core.errors import StorageFailed, TuiDetectError
from tui_detect.workflows.library import Library, open_library

LINE_EVERY_S = 5.0
"""How often progress is printed where no bar can be drawn."""

as_json = click.option("--json", "json_", is_flag=True, help="Print JSON.")
project_argument = click.argument("project")
iteration_argument = click.argument("iteration", required=False)
launcher_option = click.option(
    "--launcher-option",
    multiple=True,
    metavar="NAME=VALUE",
    help="For the launcher, such as partition=gpu; remembered for the project. May be repeated.",
)


class Commands(click.Group):
    """A group whose commands turn our errors into one line on stderr and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (TuiDetectError, OSError) as error:
            fail(error)


def fail(error: TuiDetectError | OSError) -> NoReturn:
    """Print the error as one line and exit with 1; a reader that went away is click's affair."""
    if isinstance(error, OSError):
        if error.errno == errno.EPIPE:
            raise error
        error = _disk_error(error)
    click.echo(f"tui-detect: {error.one_line()}", err=True)
    sys.exit(1)


def _disk_error(error: OSError) -> TuiDetectError:
    where = f" ({error.filename})" if error.filename else ""
    return StorageFailed(f"{error.strerror or error}{where}", "check the disk and its permissions")


def library_of(ctx: click.Context) -> Library:
    """The library of `--home`, opened once for the command and closed after it."""
    root = ctx.find_root()
    if not isinstance(root.obj, Library):
        root.obj = open_library(root.obj)
        root.call_on_close(root.obj.close)
    library: Library = root.obj
    return library


def home_of(ctx: click.Context) -> Path | None:
    """What `--home` says."""
    chosen: Path | None = ctx.find_root().params.get("home")
    return chosen


def print_json(value: object) -> None:
    """Print a value as JSON on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print aligned columns; numbers to the right."""
    texts = [[("–" if cell is None else str(cell)) for cell in row] for row in rows]
    widths = [max(_width(cell) for cell in column) for column in zip(head, *texts, strict=True)]
    right = [
        (bool(rows) and all(isinstance(row[i], (int, float, type(None))) for row in rows))
        or title.endswith("%")
        for i, title in enumerate(head)
    ]
    for line in [list(head), *texts]:
        cells = [
            " " * (width - _width(cell)) + cell if is_right else cell + " " * (width - _width(cell))
            for cell, width, is_right in zip(line, widths, right, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    """How many columns of a terminal it takes: two for each Chinese, Japanese or Korean one."""
    if text.isascii():
        return len(text)
    # Only here: most tables have no such text, and pay nothing for it.
    from rich.cells import cell_len

    return cell_len(text)


def percent(value: float | None) -> str:
    """A share as a percentage, a dash where nothing can be computed."""
    return "–" if value is None else f"{value * 100:.1f}"


def duration(seconds: float | None) -> str:
    """A time in the largest two units that matter."""
    if seconds is None:
        return "?"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def file_size(size_bytes: int) -> str:
    """A number of bytes in readable units."""
    value = float(size_bytes)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


class ProgressLine:
    """Progress on stderr: one line rewritten on a terminal, a line now and then elsewhere."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._tty = sys.stderr.isatty()
        self._clock = clock
        self._last_s = clock()
        self._shown = ""

    def update(self, text: str, share: float | None = None) -> None:
        """Show how far it is; `share` is 0 to 1."""
        if self._tty:
            width = max(shutil.get_terminal_size().columns - 1, 20)
            bar = "" if share is None else f"{_bar(share, 24)} "
            self._shown = f"{bar}{text}"[:width]
            click.echo(f"\r\x1b[2K{self._shown}", err=True, nl=False)
        elif self._clock() - self._last_s >= LINE_EVERY_S:
            self._last_s = self._clock()
            click.echo(text, err=True)

    def note(self, text: str) -> None:
        """Print a line that stays."""
        if self._tty and self._shown:
            click.echo("\r\x1b[2K", err=True, nl=False)
        click.echo(text, err=True)
        if self._tty and self._shown:
            click.echo(self._shown, err=True, nl=False)

    def done(self) -> None:
        """Take the line away."""
        if self._tty and self._shown:
            click.echo("\r\x1b[2K", err=True, nl=False)
        self._shown = ""

    def ring(self) -> None:
        """Ring the terminal's bell; elsewhere it would only be an odd character."""
        if self._tty:
            click.echo("\a", err=True, nl=False)


def _bar(share: float, width: int) -> str:
    filled = round(min(max(share, 0.0), 1.0) * width)
    return "█" * filled + "░" * (width - filled)
