"""Look at this machine: what works, and what to do about what does not."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tui_detect.core.errors import TuiDetectError
from tui_detect.workflows.library import open_library

LOW_DISK_BYTES = 5 * 1024**3
"""A training writes checkpoints of a few hundred megabytes and links or copies of the pictures."""
DEVICE_TIMEOUT_S = 60
"""Importing torch takes 2 s from a warm disk, far longer from a cold network one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    state: Literal["ok", "note", "problem"]
    detail: str
    advice: str = ""


def examine(home: Path, terminal: Callable[[], list[Finding]] = list) -> list[Finding]:
    """Everything that matters for working here; nothing is changed but the home being made.

    Args:
        terminal: gives the findings about the terminal, which only an entry point can see.
    """
    return [
        Finding("python", "ok", f"{platform.python_version()} on {platform.platform()}"),
        *terminal(),
        _home(home),
        _disk(home),
        _weights(home),
        *_devices(),
    ]


def _home(home: Path) -> Finding:
    try:
        open_library(home).close()
    except TuiDetectError as error:
        return Finding("home", "problem", error.message, error.hint)
    return Finding("home", "ok", str(home))


def _disk(home: Path) -> Finding:
    there = next((path for path in (home, *home.parents) if path.exists()), Path("/"))
    free = shutil.disk_usage(there).free
    detail = f"{free / 1024**3:.0f} GB free at {there}"
    if free < LOW_DISK_BYTES:
        return Finding("disk", "problem", detail, "free some space before you train")
    return Finding("disk", "ok", detail)


def _weights(home: Path) -> Finding:
    found = sorted(path.name for path in (home / "weights").glob("*.pt"))
    if found:
        return Finding("weights", "ok", ", ".join(found))
    return Finding(
        "weights",
        "note",
        f"no pretrained weights in {home / 'weights'}",
        "training downloads them when there is a network and starts from scratch when there is "
        "none; copy yolo11n.pt there for better results on few pictures",
    )


_DEVICE_SCRIPT = """
import torch
print(torch.__version__)
for i in range(torch.cuda.device_count()):
    p = torch.cuda.get_device_properties(i)
    print(f"{p.name}, {p.total_memory / 1024**3:.0f} GB")
"""


def _devices() -> list[Finding]:
    if importlib.util.find_spec("ultralytics") is None:
        return [Finding("training", "problem", "Ultralytics is not installed", "reinstall")]
    # Asked in a process of its own: torch is heavy, and a broken driver can end a process.
    try:
        answer = subprocess.run(
            [sys.executable, "-c", _DEVICE_SCRIPT],
            capture_output=True,
            text=True,
            timeout=DEVICE_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [Finding("torch", "problem", f"no answer in {DEVICE_TIMEOUT_S} s", "check the disk")]
    if answer.returncode != 0:
        last = (answer.stderr.strip().splitlines() or ["no message"])[-1]
        return [Finding("torch", "problem", f"cannot be imported: {last}", "reinstall torch")]
    version, *gpus = answer.stdout.strip().splitlines()
    cores = os.cpu_count() or 1
    findings = [Finding("torch", "ok", version)]
    findings += [Finding(f"gpu {i}", "ok", text) for i, text in enumerate(gpus)]
    if not gpus:
        findings.append(
            Finding(
                "gpu",
                "note",
                f"none; training runs on {cores} CPU cores",
                "fine for hundreds of small pictures; use a machine with a GPU for more",
            )
        )
    return findings
