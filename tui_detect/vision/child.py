"""A child process with one model in memory: one JSON object a line in, one a line out."""

from __future__ import annotations

import contextlib
import json
import select
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from tui_detect.core.errors import PictureRefused, RunFailed
from tui_detect.vision.environment import worker_environment

START_LIMIT_S = 180.0
"""Importing torch from a cold, slow disk takes a minute."""
CLOSE_LIMIT_S = 5.0


class ModelChild:
    """The other end of `serving.serve`: started at once, started anew after it died."""

    def __init__(self, command: Sequence[str], order: dict[str, Any]) -> None:
        """Start the child.

        Args:
            command: What to execute.
            order: Its first line: what to load.

        Raises:
            RunFailed: the process could not be started.
        """
        self._command = command
        self._order = order
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._pending = b""
        self._is_ready = False
        self._start()

    def ask(self, request: dict[str, Any], limit_s: float) -> dict[str, Any]:
        """The child's answer to one request, once its model is loaded.

        Raises:
            PictureRefused: the picture in it cannot be read.
            RunFailed: the child could not load the weights, or died; the next call starts another.
        """
        with self._lock:
            process = self._process or self._start()
            if not self._is_ready:
                self._receive(process, START_LIMIT_S)
                self._is_ready = True
            self._send(process, request)
            return self._receive(process, limit_s)

    def interrupt(self) -> None:
        """End a request that another thread waits for: it raises `RunFailed` there."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the child; it leaves by itself when its input ends."""
        with self._lock:
            self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the child
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                env=worker_environment(Path(tempfile.gettempdir())) | {"YOLO_OFFLINE": "true"},
                start_new_session=True,
                close_fds=True,
            )
        except OSError as error:
            raise RunFailed(f"the model's process could not start ({error.strerror})") from error
        self._send(self._process, self._order)
        return self._process

    def _send(self, process: subprocess.Popen[bytes], message: object) -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            raise self._died() from None

    def _receive(self, process: subprocess.Popen[bytes], limit_s: float) -> dict[str, Any]:
        """The child's next answer."""
        line = self._read_line(process, limit_s)
        try:
            answer: dict[str, Any] = json.loads(line)
        except ValueError:
            raise self._died() from None
        if "error" not in answer:
            return answer
        if answer.get("about") == "picture":
            raise PictureRefused(answer["error"], answer.get("hint", ""))
        self._end()
        raise RunFailed(answer["error"], answer.get("hint", ""))

    def _read_line(self, process: subprocess.Popen[bytes], limit_s: float) -> bytes:
        assert process.stdout is not None
        deadline = time.monotonic() + limit_s
        while b"\n" not in self._pending:
            left_s = max(deadline - time.monotonic(), 0.0)
            ready, _, _ = select.select([process.stdout], [], [], left_s)
            if not ready:
                self._end()
                raise RunFailed(f"the model's process gave no answer within {limit_s:g} s")
            part = process.stdout.read1(1 << 16)  # type: ignore[attr-defined]
            if not part:
                raise self._died()
            self._pending += part
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    def _died(self) -> RunFailed:
        """What to raise about a child that is gone; the next picture starts a new one."""
        last_words = ""
        if self._log is not None:
            self._log.seek(0)
            lines = self._log.read().decode("utf-8", "replace").strip().splitlines()
            last_words = f": {lines[-1]}" if lines else ""
        self._end()
        return RunFailed(f"the model's process ended unexpectedly{last_words}", "try again")

    def _end(self) -> None:
        process, self._process, self._pending = self._process, None, b""
        self._is_ready = False
        if process is not None:
            assert process.stdin is not None
            assert process.stdout is not None
            # A child that is gone already is what we want.
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            try:
                process.wait(CLOSE_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
        if self._log is not None:
            self._log.close()
            self._log = None
