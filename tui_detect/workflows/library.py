"""A person's library: the home folder, its database and its object files."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG

from tui_detect.core.errors import StorageFailed
from tui_detect.imaging.objects import ObjectStore
from tui_detect.store import images
from tui_detect.store.connection import Database

QUEUE_FOLDER = "queue"


class Library:
    """Everything under one home; safe to use from several threads and by several processes."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.db = Database(home / "library.db")
        self.objects = ObjectStore(home / "objects")

    @property
    def thumbs_path(self) -> Path:
        """The thumbnail cache; safe to delete."""
        return self.home / "thumbs.db"

    @property
    def weights_path(self) -> Path:
        """Pretrained weights, put there by hand or downloaded."""
        return self.home / "weights"

    @property
    def queue_path(self) -> Path:
        """Where runs wait for the devices of a machine; a folder for each machine."""
        return self.home / QUEUE_FOLDER

    def run_path(self, iteration_uuid: str) -> Path:
        """The run folder of an iteration."""
        return self.home / "runs" / iteration_uuid

    def trash_path(self, iteration_uuid: str) -> Path:
        """Where the run folder of a deleted iteration waits until it is restored or purged."""
        return self.home / "trash" / iteration_uuid

    def close(self) -> None:
        """Close all database connections."""
        self.db.close()

    def delete_unused_objects(self, hashes: set[str]) -> None:
        """Delete those object files that no image of any project has any more."""
        with self.db.atomic():
            # The write lock keeps another process from adding the same picture meanwhile.
            for sha256 in images.unused_hashes(self.db, hashes):
                self.objects.delete(sha256)


def default_home() -> Path:
    """`$TUI_DETECT_HOME`, else the platform's folder for user data."""
    chosen = os.environ.get("TUI_DETECT_HOME")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("tui-detect")


def open_library(home: Path | None = None) -> Library:
    """The library at `home` (default: `default_home()`), made when it is not there.

    One in a folder that cannot be written can be read.

    Raises:
        StorageFailed: the folder or its database cannot be made, read or written.
    """
    home = (home or default_home()).expanduser().absolute()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageFailed(
            f"the home {home} cannot be made: {error.strerror or error}",
            "choose another folder with --home or TUI_DETECT_HOME",
        ) from error
    library = Library(home)
    if not os.access(home, os.W_OK) and not library.db.is_read_only:
        raise StorageFailed(
            f"the home {home} is read-only",
            "choose another folder with --home or TUI_DETECT_HOME",
        )
    _ = library.db.connection
    return library


def freed_bytes(paths: Iterable[Path]) -> int:
    """What deleting these files and folders gives back; a file with a name elsewhere gives none.

    A copy that shares its blocks with another file, as reflinks do, counts whole.
    """
    names: Counter[tuple[int, int]] = Counter()
    facts: dict[tuple[int, int], os.stat_result] = {}
    for path in paths:
        # Unlike `rglob`, it does not mind that a folder vanishes meanwhile.
        inside = (Path(folder, file) for folder, _, files in os.walk(path) for file in files)
        for file in (path, *inside):
            with suppress(FileNotFoundError):
                fact = file.lstat()
                if S_ISREG(fact.st_mode):
                    names[fact.st_dev, fact.st_ino] += 1
                    facts[fact.st_dev, fact.st_ino] = fact
    return sum(fact.st_size for key, fact in facts.items() if names[key] == fact.st_nlink)


def delete_folder(folder: Path) -> None:
    """Delete one of our own folders with all in it.

    Raises:
        StorageFailed: something in it cannot be deleted.
    """
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StorageFailed(
            f"{folder} cannot be deleted: {error.strerror or error}", "delete it by hand"
        ) from error
