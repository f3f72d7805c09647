"""Running commands as a script does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from tui_detect.cli.main import main


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401
        """Standard output as JSON."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run() -> Run:
    """Run `tui-detect` with arguments; an exception is a failed test."""

    def command(*arguments: object, stdin: str | None = None) -> Ran:
        result = CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    return command


@pytest.fixture
def misused(run: Run) -> Callable[..., str]:
    """Run a command that must end as wrong usage, with exit code 2; what it said of it."""

    def command(*arguments: object) -> str:
        ran = run(*arguments)
        assert ran.code == 2, (ran.out, ran.err)
        return ran.err.splitlines()[-1]

    return command


@pytest.fixture
def refused(run: Run) -> Callable[..., str]:
    """Run a command that must end with one line on stderr and exit code 1; the line."""

    def command(*arguments: object) -> str:
        ran = run(*arguments)
        assert ran.code == 1, (ran.out, ran.err)
        (line,) = ran.err.splitlines()
        assert line.startswith("tui-detect: ")
        return line

    return command
