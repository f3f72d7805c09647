"""Pretrained weights: found on this machine, downloaded if that is quick, or done without."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO

from tui_detect.core.errors import BadInput
from tui_detect.vision.environment import wants_offline
from tui_detect.vision.files import write_atomically

ASSETS_URL = "https://github.com/ultralytics/assets/releases/download/v8.4.0"
ANSWER_LIMIT_S = 2.5
"""How long the network may take to answer; name look-ups know no limit of their own."""
STALL_LIMIT_S = 10.0
DOWNLOAD_LIMIT_S = 300.0
PART_BYTES = 256 * 1024
ARCHIVE_MAGIC = b"PK"
"""Weights are zip archives; a proxy's error page is not."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What training starts from."""

    file: Path | None
    """`None`: from scratch."""
    warning: str = ""
    """Why it is not what a person would expect."""


def find_weights(
    wanted: str,
    names: Sequence[str],
    folder: Path,
    should_stop: Callable[[], bool] = lambda: False,
) -> Weights:
    """The pretrained weights to start from; never waits long for a network that is not there.

    Args:
        wanted: `auto`, `none` or a path, as in the training settings.
        names: Pretrained models that suit, the best one first.
        folder: Where weights are kept.
        should_stop: Asked during a download.

    Raises:
        BadInput: the wanted file is not there or is no weights file.
    """
    if wanted == "none":
        return Weights(None)
    if wanted != "auto":
        return Weights(given_weights(wanted))
    for name in names:
        if (folder / f"{name}.pt").is_file():
            return Weights(folder / f"{name}.pt")
    why = fetch_weights(names[0], folder, should_stop)
    if not why:
        return Weights(folder / f"{names[0]}.pt")
    return Weights(
        None,
        f"no pretrained weights in {folder} and {why}: training from scratch, which needs more "
        f"pictures and epochs; put {names[0]}.pt there to do better",
    )


def fetch_weights(name: str, folder: Path, should_stop: Callable[[], bool]) -> str:
    """Have the weights of a pretrained model in the folder; empty, or why they cannot be had."""
    if (folder / f"{name}.pt").is_file():
        return ""
    if wants_offline():
        return "the network is switched off by YOLO_OFFLINE"
    try:
        download(f"{name}.pt", folder, should_stop)
    except (OSError, HTTPException) as error:
        return f"{name}.pt could not be downloaded ({error})"
    return ""


def given_weights(wanted: str) -> Path:
    """The whole path of a weights file that a person named.

    Raises:
        BadInput: it is not there or is no weights file.
    """
    hint = "give a PyTorch file that ends in .pt, auto or none"
    try:
        # Not resolved: the name of a link says more, and an iteration's weights are known by path.
        path = Path(wanted).expanduser().absolute()
        is_archive = _is_archive(path)
    except (OSError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise BadInput(f"the weights {wanted} cannot be read ({why})", hint) from error
    if path.suffix != ".pt" or not is_archive:
        raise BadInput(f"{wanted} is no weights file", hint)
    return path


@dataclass(frozen=True, slots=True)
class Expected:
    """What training will start from, as far as it can be known before."""

    file: Path | None
    """`None`: from scratch."""
    words: str
    downloads: bool = False
    """Whether the file is not there yet, and the network may not give it."""


def expect_weights(wanted: str, names: Sequence[str], folder: Path) -> Expected:
    """What `find_weights` will most likely find; asks no network.

    Args:
        wanted: `auto`, `none` or a path, as in the training settings.
        names: Pretrained models that suit, the best one first.
        folder: Where weights are kept.
    """
    if wanted == "none":
        return Expected(None, "from scratch, as asked")
    if wanted != "auto":
        return Expected(Path(wanted), f"from {Path(wanted).name}")
    for name in names:
        if (folder / f"{name}.pt").is_file():
            return Expected(folder / f"{name}.pt", f"pretrained, from {name}.pt")
    missing = f"{names[0]}.pt is not here"
    if wants_offline():
        return Expected(None, f"from scratch: {missing}, and no network is allowed")
    return Expected(folder / f"{names[0]}.pt", f"{missing}: to be downloaded at the start", True)


def remember_weights(record: Path, weights: Weights) -> None:
    """Write down what a run starts from, so that it goes on as the same training."""
    write_atomically(record, json.dumps(None if weights.file is None else str(weights.file)))


def remembered_weights(record: Path) -> Weights | None:
    """What the run has started from before; `None` when it has not.

    A search could find others by now, and with them another plan.
    """
    try:
        file = json.loads(record.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Weights(None if file is None else Path(file))


def download(
    file_name: str,
    folder: Path,
    should_stop: Callable[[], bool] = lambda: False,
    base_url: str = ASSETS_URL,
) -> Path:
    """Fetch published weights into the folder, whole or not at all.

    Raises:
        OSError: the network or the disk would not; ConnectionError and TimeoutError are among it.
    """
    deadline = time.monotonic() + DOWNLOAD_LIMIT_S
    folder.mkdir(parents=True, exist_ok=True)
    destination = folder / file_name
    partial = folder / f".{file_name}.{os.getpid()}.partial"
    response = _answer(f"{base_url}/{file_name}")
    try:
        with contextlib.closing(response), partial.open("wb") as file:
            for part in iter(lambda: response.read(PART_BYTES), b""):
                if should_stop() or time.monotonic() > deadline:
                    raise TimeoutError("it was given up")
                file.write(part)
        _check_download(partial)
        partial.replace(destination)
    finally:
        partial.unlink(missing_ok=True)
    return destination


def _check_download(file: Path) -> None:
    if not _is_archive(file):
        raise ConnectionError("what came is no weights file")


def _is_archive(file: Path) -> bool:
    with file.open("rb") as start:
        return start.read(len(ARCHIVE_MAGIC)) == ARCHIVE_MAGIC


def _answer(url: str) -> IO[bytes]:
    """The open response, if it comes within `ANSWER_LIMIT_S`."""
    answers: queue.Queue[IO[bytes] | OSError] = queue.Queue()

    def ask() -> None:
        try:
            answers.put(urllib.request.urlopen(url, timeout=STALL_LIMIT_S))
        except OSError as error:
            answers.put(error)

    # A look-up of the name can block for half a minute and cannot be interrupted.
    threading.Thread(target=ask, name="weights", daemon=True).start()
    try:
        answer = answers.get(timeout=ANSWER_LIMIT_S)
    except queue.Empty:
        raise TimeoutError(f"no answer within {ANSWER_LIMIT_S:g} s") from None
    if isinstance(answer, OSError):
        raise answer
    return answer
