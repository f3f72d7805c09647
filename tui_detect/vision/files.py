"""Files that a reader or a crash never meets half-written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def publish(source: Path, destination: Path) -> None:
    """Copy a file in by rename, whole on the disk before it has its name."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    partial = destination.with_name(f".{destination.name}.partial")
    shutil.copyfile(source, partial)
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    partial.replace(destination)


def write_atomically(path: Path, text: str) -> None:
    """Write a small file by rename."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
