"""Waiting on conditions, never on durations: the only place in the tests that sleeps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot


async def until(
    pilot: Pilot[Any], condition: Callable[[], object], what: str, timeout_s: float = 20
) -> None:
    """Let the app run until `condition` holds.

    Raises:
        AssertionError: it did not hold within `timeout_s`; `what` says what was waited for.
    """
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout_s:g} s for {what}")
        await pilot.pause()
        await asyncio.sleep(0.01)


def wait_for(condition: Callable[[], object], what: str, timeout_s: float = 20) -> None:
    """Block until `condition` holds, for tests about other processes."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout_s:g} s for {what}")
        time.sleep(0.02)
