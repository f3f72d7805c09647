"""A person's library: the home folder, its database and its object files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tui_detect.core.errors import StorageFailed
from tui_detect.imaging.objects import ObjectStore
from tui_detect.store import images, iterations
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

    def close(self) -> None:
        """Close all database connections."""
        self.db.close()

    def delete_unused_objects(self, hashes: set[str]) -> None:
        """Delete those object files that no image of any project has any more."""
        with self.db.atomic():
            # The write lock keeps another process from adding the same picture meanwhile.
            for sha256 in images.unused_hashes(self.db, hashes):
                self.objects.delete(sha256)

    def sweep_runs(self) -> None:
        """Delete the folders of runs whose iteration is gone, as after a kill between the two."""
        runs = self.home / "runs"
        if not runs.is_dir():
            return
        with self.db.atomic():
            # The write lock keeps another process from making a run folder meanwhile.
            known = iterations.uuids(self.db)
            for folder in runs.iterdir():
                if folder.name not in known:
                    delete_folder(folder)


def default_home() -> Path:
    """`$TUI_DETECT_HOME`, else the platform's folder for user data."""
    chosen = os.environ.get("TUI_DETECT_HOME")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("tui-detect")


def open_library(home: Path | None = None) -> Library:
    """The library at `home` (default: `default_home()`), made when it is not there.

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
    if not os.access(home, os.W_OK):
        raise StorageFailed(
            f"the home {home} is read-only",
            "choose another folder with --home or TUI_DETECT_HOME",
        )
    library = Library(home)
    _ = library.db.connection
    return library


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
