"""The surroundings of a worker process: no network, no analytics, nothing in the person's home."""

from __future__ import annotations

import os
from pathlib import Path

CGROUP_QUOTA = Path("/sys/fs/cgroup/cpu.max")
OFFLINE_WORDS = frozenset({"1", "true", "yes", "on", "y", "t"})
"""What Ultralytics reads as a yes in `YOLO_OFFLINE`."""

_UNWANTED = ("WORLD_SIZE", "RANK", "LOCAL_RANK", "ULTRALYTICS_API_KEY")
"""The first three would make the worker one of several; the last would publish its figures."""


def worker_environment(config_folder: Path) -> dict[str, str]:
    """The environment variables for a process that imports Ultralytics.

    Args:
        config_folder: Where Ultralytics may keep its settings, instead of in `~/.config`.
    """
    environment = dict(os.environ)
    environment.update(
        YOLO_AUTOINSTALL="false",
        YOLO_CONFIG_DIR=str(config_folder),
        YOLO_VERBOSE="true",
        NO_ALBUMENTATIONS_UPDATE="1",
        WANDB_MODE="disabled",
        PYTHONUNBUFFERED="1",
        PYTHONIOENCODING="utf-8:replace",
    )
    # Ultralytics would set it to one thread otherwise.
    environment.setdefault("OMP_NUM_THREADS", str(usable_cores()))
    # CUDA would number unlike cards by speed; `nvidia-smi` and our queue go by the slot.
    environment.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    # Threads that spin while they wait make a training on a busy machine several times slower.
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for name in _UNWANTED:
        environment.pop(name, None)
    return environment


def usable_cores() -> int:
    """Cores this process may use: its affinity, and its container's quota if there is one."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    try:
        quota, period = CGROUP_QUOTA.read_text(encoding="ascii").split()
        if quota != "max":
            cores = min(cores, max(round(int(quota) / int(period)), 1))
    except (OSError, ValueError):
        return cores
    return cores


def wants_offline() -> bool:
    """Whether the person forbade the network with `YOLO_OFFLINE`."""
    return os.environ.get("YOLO_OFFLINE", "").strip().lower() in OFFLINE_WORDS
