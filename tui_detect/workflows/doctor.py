"""Look at this machine: what works, and what to do about what does not."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tui_detect.core.errors import TuiDetectError
from tui_detect.vision.gpus import GpuReport, ask_driver
from tui_detect.vision.queueing import RunQueue
from tui_detect.workflows.library import QUEUE_FOLDER, open_library
from tui_detect.workflows.sweeping import misplaced

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
        *_home(home),
        _disk(home),
        _weights(home),
        *_devices(home),
    ]


def _home(home: Path) -> list[Finding]:
    try:
        library = open_library(home)
        lying = [folder for folder, _ in misplaced(library)]
        library.close()
        library.db.check_writable()
    except TuiDetectError as error:
        return [Finding("home", "problem", error.message, error.hint)]
    findings = [Finding("home", "ok", str(home))]
    if lying:
        findings.append(
            Finding(
                "leftovers",
                "note",
                f"run folders that are to be moved or deleted: {len(lying)}, such as {lying[0]}",
                "see that runs and trash in the home can be written and are on one disk; "
                "`tui-detect iteration list PROJECT` tries again",
            )
        )
    return findings


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
    print(torch.cuda.get_device_properties(i).name)
"""


def _devices(home: Path) -> list[Finding]:
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
            env={"CUDA_DEVICE_ORDER": "PCI_BUS_ID", **os.environ},
        )
    except subprocess.TimeoutExpired:
        return [Finding("torch", "problem", f"no answer in {DEVICE_TIMEOUT_S} s", "check the disk")]
    if answer.returncode != 0:
        last = (answer.stderr.strip().splitlines() or ["no message"])[-1]
        return [Finding("torch", "problem", f"cannot be imported: {last}", "reinstall torch")]
    version, *names = answer.stdout.strip().splitlines()
    return [Finding("torch", "ok", version), *gpu_findings(ask_driver(), names, holders(home))]


def holders(home: Path) -> dict[str, str]:
    """Whose run has which device of this machine; nothing where the queue cannot be read."""
    try:
        entries = RunQueue.of_this_host(home / QUEUE_FOLDER).entries()
    except TuiDetectError:
        return {}
    return {device: entry.what for entry in entries for device in entry.devices}


def gpu_findings(
    report: GpuReport, torch_names: Sequence[str], taken: Mapping[str, str]
) -> list[Finding]:
    """What the driver tells of each GPU, and whether torch can use them.

    Args:
        torch_names: Of the GPUs that torch sees.
        taken: Whose run has a GPU, by UUID.
    """
    findings = []
    for gpu in report.gpus:
        free, total = (round(b / 1024**3) for b in (gpu.memory_free_bytes, gpu.memory_total_bytes))
        detail = f"{gpu.name}, {free} of {total} GB free, driver {report.driver}"
        if gpu.uuid in taken:
            detail += f"; {taken[gpu.uuid]} trains there"
        findings.append(Finding(f"gpu {gpu.index}", "ok", detail))
    if report.gpus and not torch_names:
        findings.append(
            Finding(
                "cuda",
                "problem",
                "torch cannot use the GPU: it was built without CUDA, or for a newer driver",
                "install the torch that https://pytorch.org/get-started names for your driver",
            )
        )
    if not report.gpus:
        # Without NVIDIA's driver torch may know other makes, and the parts of a divided GPU.
        findings += [Finding(f"gpu {i}", "ok", name) for i, name in enumerate(torch_names)]
    if not report.gpus and not torch_names:
        why = f" ({report.problem})" if report.problem else ""
        findings.append(
            Finding(
                "gpu",
                "note",
                f"none{why}; training runs on {os.cpu_count() or 1} CPU cores",
                "fine for hundreds of small pictures; use a machine with a GPU for more",
            )
        )
    elif report.problem and report.driver:
        findings.append(Finding("gpus", "note", report.problem))
    return findings
