"""A real terminal for tests: tui-detect in tmux, driven by keys, read as text."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.waiting import wait_for


class Terminal:
    """One tmux session of its own server, running one command."""

    def __init__(self, columns: int, rows: int, home: Path, *arguments: str) -> None:
        if shutil.which("tmux") is None:
            pytest.skip("tmux is not installed")
        self._server = f"tui-detect-{uuid.uuid4().hex[:8]}"
        command = [sys.executable, "-m", "tui_detect", "--home", str(home), *arguments]
        environment = {key: value for key, value in os.environ.items() if key != "TMUX"}
        # A last line after the command tells a clean exit from a crash, and keeps the pane open.
        line = f"{shlex.join(command)}; echo left with $?; cat"
        subprocess.run(
            [
                *("tmux", "-L", self._server, "-f", "/dev/null", "new-session", "-d"),
                *("-x", str(columns), "-y", str(rows), "sh", "-c", line),
            ],
            check=True,
            env=environment,
        )

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-L", self._server, *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def keys(self, *keys: str) -> None:
        """Press keys, named as tmux names them (`Enter`, `Tab`, `a`)."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type text as it is."""
        self._tmux("send-keys", "-l", text)

    def screen(self) -> str:
        """What is on the screen now."""
        return self._tmux("capture-pane", "-p")

    def see(self, *texts: str, timeout_s: float = 60) -> str:
        """Wait until all the texts are on the screen; the screen."""
        self.until(
            lambda screen: all(text in screen for text in texts),
            f"{' and '.join(map(repr, texts))} on the screen",
            timeout_s,
        )
        return self.screen()

    def until(self, holds: Callable[[str], bool], what: str, timeout_s: float = 60) -> None:
        """Wait until the screen fulfils a condition; a failure shows the screen."""
        try:
            wait_for(lambda: holds(self.screen()), what, timeout_s)
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.screen()}") from None

    def process(self) -> int:
        """The id of the running tui-detect."""
        shell = self._tmux("display-message", "-p", "#{pane_pid}").strip()
        children = subprocess.run(["pgrep", "-P", shell], stdout=subprocess.PIPE, text=True)
        return int(children.stdout.split()[0])

    def close(self) -> None:
        """End everything that runs in it."""
        subprocess.run(["tmux", "-L", self._server, "kill-server"], check=False)
