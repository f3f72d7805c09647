"""Predict on many pictures with several workers, here or on a cluster, and collect it all once.

The folder `predictions/<id>/` holds what was asked for and one folder for each worker's share of
the pictures, which is as a run's: heartbeat, log, `exit.json`, and the results a line at a time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_detect.core.errors import BadInput, NotFound, PictureRefused, StorageFailed, TuiDetectError
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Iteration
from tui_detect.vision.environment import usable_cores
from tui_detect.vision.files import write_atomically
from tui_detect.vision.launchers import get_launcher
from tui_detect.vision.run_folder import RunFolder
from tui_detect.vision.shard import Shard, count_results, read_results
from tui_detect.workflows.iterations import find_iteration, iteration_tags
from tui_detect.workflows.library import Library, delete_folder
from tui_detect.workflows.prediction import (
    PicturePredictions,
    image_size_px,
    list_pictures,
    weights_of,
    with_tags,
)

WORKER_COMMAND = (sys.executable, "-P", "-m", "tui_detect.workflows.predict_shard")


@dataclass(frozen=True, slots=True)
class SplitPrediction:
    """A prediction that several workers share."""

    id: str
    iteration: Iteration
    pictures: tuple[Path, ...]
    """As they were asked for, in that order."""
    shards: tuple[RunFolder, ...]
    """One after another they have the pictures in the same order."""
    launcher: str
    launcher_options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PredictionProgress:
    """How far the workers are."""

    done: int
    """Pictures with a result."""
    total: int
    working: int
    """Workers that have not ended."""
    waiting_for: str = ""
    """What the first of those that have not begun waits for."""
    problem: str = ""
    """Why a worker ended before its last picture; empty when none did."""


def start_prediction(
    library: Library,
    iteration: Iteration,
    paths: Sequence[str | Path],
    jobs: int,
    launcher: str,
    launcher_options: Mapping[str, str],
) -> SplitPrediction:
    """Share the pictures out among `jobs` workers, here at most one for each core, and start them.

    They go on when this process ends; `find_prediction` finds them again by the id.

    Raises:
        BadInput: a path is not there or holds no picture.
        Conflict: the iteration has no weights.
        StorageFailed: the folder cannot be written.
        RunFailed: the workers could not be started.
    """
    weights = weights_of(library, iteration)
    pictures = list_pictures(paths)
    count = min(jobs, len(pictures))
    if get_launcher(launcher).gives_gpus is None:
        # Each loads the model: all at once, a thousand would bring this machine down.
        count = min(count, usable_cores())
    prediction_id = new_uuid()
    path = _folder_of(library, prediction_id)
    shards = []
    try:
        for number in range(count):
            first, last = (len(pictures) * n // count for n in (number, number + 1))
            share = tuple(str(picture.absolute()) for picture in pictures[first:last])
            shard = _shard(path, number)
            shard.path.mkdir(parents=True)
            job = Shard(share, str(weights), image_size_px(iteration))
            write_atomically(shard.job_file, job.to_json())
            shards.append(shard)
        asked = {
            "shards": count,
            "iteration": iteration.uuid,
            "pictures": [str(picture) for picture in pictures],
            "launcher": launcher,
            "launcher_options": dict(launcher_options),
        }
        write_atomically(path / "job.json", json.dumps(asked, ensure_ascii=False))
    except OSError as error:
        raise StorageFailed(
            f"the folder {path} cannot be written ({error.strerror})",
            "free some space or choose another home",
        ) from error
    try:
        get_launcher(launcher).launch_array(shards, launcher_options, WORKER_COMMAND)
    except TuiDetectError:
        delete_folder(path)
        raise
    return find_prediction(library, iteration.project_id, prediction_id)


def find_prediction(library: Library, project_id: int, prediction_id: str) -> SplitPrediction:
    """The prediction of that id.

    Raises:
        NotFound: the project has none.
    """
    path = _folder_of(library, prediction_id)
    try:
        asked = json.loads((path / "job.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(
            f"there is no prediction {prediction_id!r}", f"they are in {path.parent}"
        ) from None
    return SplitPrediction(
        prediction_id,
        find_iteration(library, project_id, asked["iteration"]),
        tuple(Path(picture) for picture in asked["pictures"]),
        tuple(_shard(path, number) for number in range(asked["shards"])),
        asked["launcher"],
        asked["launcher_options"],
    )


def _folder_of(library: Library, prediction_id: str) -> Path:
    if Path(prediction_id).name != prediction_id:
        raise BadInput(f"{prediction_id!r} is no id of a prediction")
    return library.home / "predictions" / prediction_id


def _shard(path: Path, number: int) -> RunFolder:
    return RunFolder(path / f"shard-{number:03}")


def start_again(prediction: SplitPrediction) -> int:
    """Have the workers that ended too early go on where they were; returns how many did.

    Raises:
        RunFailed: they could not be started.
    """
    launcher = get_launcher(prediction.launcher)
    early = [
        shard
        for shard in prediction.shards
        if not launcher.state(shard).alive and not _is_complete(shard)
    ]
    for shard in early:
        shard.exit_file.unlink(missing_ok=True)
        shard.stop_file.unlink(missing_ok=True)
    if early:
        launcher.launch_array(early, prediction.launcher_options, WORKER_COMMAND)
    return len(early)


def _is_complete(shard: RunFolder) -> bool:
    return shard.exit is not None and shard.exit.state == "completed"


class PredictionWatch:
    """Looks how far a prediction is, and reads of each file only what is new."""

    def __init__(self, prediction: SplitPrediction) -> None:
        self._prediction = prediction
        self._counts = {shard.path: (0, 0) for shard in prediction.shards}
        """Results counted so far, and the offset behind the last of them."""

    def look(self) -> PredictionProgress:
        """How far it is now."""
        launcher = get_launcher(self._prediction.launcher)
        # Asked before counting: a worker that ends in between has written its last result by then.
        states = [launcher.state(shard) for shard in self._prediction.shards]
        for shard in self._prediction.shards:
            count, offset = self._counts[shard.path]
            more, offset = count_results(shard, offset)
            self._counts[shard.path] = (count + more, offset)
        over = [
            shard
            for shard, state in zip(self._prediction.shards, states, strict=True)
            if not state.alive
        ]
        waiting = (state.waiting_for for state in states if state.waiting_for)
        problems = (_problem(shard) for shard in over)
        return PredictionProgress(
            sum(count for count, _ in self._counts.values()),
            len(self._prediction.pictures),
            len(states) - len(over),
            next(waiting, ""),
            next((problem for problem in problems if problem), ""),
        )


def _problem(shard: RunFolder) -> str:
    ending = shard.exit
    if ending is None:
        return f"a worker is gone without a word; its log: {shard.log_file}"
    return "" if ending.state == "completed" else f"a worker {ending.state}: {ending.message}"


def collect_prediction(
    library: Library, prediction: SplitPrediction
) -> Iterator[PicturePredictions | PictureRefused]:
    """What was found on each picture that has a result, in the order asked for.

    Only reads: it may be called at any time, as often as wanted.
    """
    tags = iteration_tags(library, prediction.iteration.id)
    first = 0
    for shard in prediction.shards:
        for result in read_results(shard):
            path = prediction.pictures[first + result.picture]
            if result.refused is not None:
                yield result.refused
            else:
                yield with_tags(path, result.width_px, result.height_px, result.items, tags)
        first += len(Shard.read(shard).pictures)
