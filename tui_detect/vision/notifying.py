"""What happens when a run has ended: the person's own command gets a JSON on its input.

`python -m tui_detect.vision.notifying RUN_FOLDER STATE MESSAGE` does it for a run whose own process
is gone.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tui_detect.vision.events import Event
from tui_detect.vision.processes import this_host
from tui_detect.vision.run_folder import RunFolder

LIMIT_S = 60.0
"""A command that takes longer is ended."""


def notify(folder: RunFolder, state: str, message: str, limit_s: float = LIMIT_S) -> None:
    """Run the command of the run's settings, if there is one; how that goes is told in the log."""
    command = folder.read_job().settings.on_end
    if not command:
        return
    facts = json.dumps(facts_of(folder, state, message), ensure_ascii=False)
    # A session of its own, so that what the command starts can be ended with it.
    process = subprocess.Popen(
        command,
        shell=True,
        stdin=subprocess.PIPE,
        cwd=folder.path,
        start_new_session=True,
    )
    try:
        process.communicate(facts.encode(), timeout=limit_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        _log(f"the command for the end of a run was ended: it took more than {limit_s:g} s")
        return
    if process.returncode:
        _log(f"the command for the end of a run failed with exit code {process.returncode}")


def notify_elsewhere(folder: RunFolder, state: str, message: str) -> None:
    """Have another process do it, so that nobody waits: for a run whose own process is gone."""
    module = "tui_detect.vision.notifying"
    with folder.log_file.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, str(folder.path), state, message],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    threading.Thread(target=process.wait, name=f"reaper-{process.pid}", daemon=True).start()


def facts_of(folder: RunFolder, state: str, message: str) -> dict[str, object]:
    """What the command is told."""
    job = folder.read_job()
    began_at: datetime | None = None
    at: datetime | None = None
    part = 1
    # By part and epoch: a resumed run may tell its last epoch again.
    figures: dict[int, dict[object, float | None]] = {}
    for event in _events(folder):
        at = event.at
        if event.kind == "started":
            began_at = began_at or event.at
        elif event.kind == "epoch":
            map50 = event.data.get("map50")
            figures.setdefault(part, {})[event.data["epoch"]] = map50  # type: ignore[assignment]
        elif event.kind in ("part", "finished", "cancelled"):
            # The one that goes on; at the end the one that was kept.
            part = int(str(event.data.get("part", part)))
    epochs = figures.get(part, {})
    return {
        "project": job.project,
        "iteration": job.iteration,
        "name": job.name,
        "state": state,
        "message": message,
        "map50": max((value for value in epochs.values() if value is not None), default=None),
        "epochs": len(epochs),
        "seconds": round((at - began_at).total_seconds(), 1) if at and began_at else None,
        "folder": str(folder.path),
        "host": this_host(),
    }


def _events(folder: RunFolder) -> Iterator[Event]:
    events, offset = folder.read_events()
    while events:
        yield from events
        events, offset = folder.read_events(offset)


def _log(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - our output is the run's log


if __name__ == "__main__":
    notify(RunFolder(Path(sys.argv[1])), sys.argv[2], sys.argv[3])
