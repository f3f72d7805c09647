"""The trainings of a run: most have one part, a cross-validation or a search has several."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from tui_detect.vision.files import move_in, publish, share, write_atomically

CHECKPOINTS_KEPT = 2


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a training was when it wrote a checkpoint: the JSON beside the file."""

    epoch: int
    """That it finished last; 1 is the first."""
    epochs: int
    """That were planned then; a time budget moves it."""
    best_epoch: int
    best_fitness: float | None
    batch: int
    """Pictures in a batch; fewer than planned once the memory was too small."""
    elapsed_s: float
    """Spent on this training in all processes that worked on it."""
    over: bool
    """Whether the training came to its own end with this epoch."""


@dataclass(frozen=True, slots=True)
class PartResult:
    """How one training ended."""

    epochs: int
    """Done in all, resumed ones included."""
    best_epoch: int
    """Of the weights that were kept; 0 when no epoch was finished."""
    fitness: float | None
    """What the trainer chose the best epoch by: its mAP at overlap 0.50:0.95 mostly."""
    stopped: bool
    """Whether it ended because somebody asked for it."""
    seconds: float = 0.0
    """That it took in all, resumed ones included."""


class PartFolder:
    """The folder of one part, below the run folder; there may be a result, or it goes on."""

    def __init__(self, run: Path, number: int) -> None:
        self.number = number
        """1 is the first."""
        self.path = run / "parts" / f"{number:02d}"
        self.weights = self.path / "best.pt"
        """The best weights so far; there once the first epoch is over."""
        self.run_weights = run / "weights" / "best.pt"
        """Those of the whole run."""
        self.checkpoints_folder = self.path / "checkpoints"
        self.trainer_folder = self.path / "trainer"
        """What Ultralytics writes for itself."""
        self.result_file = self.path / "result.json"

    @property
    def checkpoints(self) -> list[Path]:
        """The good checkpoints, oldest first."""
        return sorted(self.checkpoints_folder.glob("epoch-*.pt"))

    @property
    def result(self) -> PartResult | None:
        """How it ended; `None` while it has not."""
        try:
            return PartResult(**json.loads(self.result_file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def write_result(self, result: PartResult) -> None:
        """For the worker: the part's training is over."""
        write_atomically(self.result_file, json.dumps(asdict(result)))

    @property
    def epochs_done(self) -> int:
        """How many epochs its newest checkpoint has behind it."""
        for path in reversed(self.checkpoints):
            with suppress(OSError, ValueError):
                return self.record(path).epoch
        return 0

    def forget_result(self) -> None:
        """For the worker: the part goes on after it had ended."""
        self.result_file.unlink(missing_ok=True)

    def record(self, checkpoint: Path) -> Checkpoint:
        """What a checkpoint says of itself.

        Raises:
            OSError: its record is not there.
            ValueError: its record makes no sense.
        """
        try:
            return Checkpoint(**json.loads(_record_file(checkpoint).read_text(encoding="utf-8")))
        except TypeError as error:
            raise ValueError(f"{_record_file(checkpoint)} is no record") from error

    def publish_checkpoint(self, source: Path, record: Checkpoint) -> Path:
        """For the worker: move a checkpoint in and drop those older than the last two."""
        destination = self.checkpoints_folder / f"epoch-{record.epoch:05d}.pt"
        self.checkpoints_folder.mkdir(parents=True, exist_ok=True)
        # The record first: a checkpoint that is there can always be understood.
        write_atomically(_record_file(destination), json.dumps(asdict(record)))
        move_in(source, destination)
        for old in self.checkpoints[:-CHECKPOINTS_KEPT]:
            self.drop_checkpoint(old)
        return destination

    def drop_checkpoint(self, checkpoint: Path) -> None:
        """For the worker: delete a checkpoint with its record."""
        checkpoint.unlink(missing_ok=True)
        _record_file(checkpoint).unlink(missing_ok=True)

    def share_weights(self, checkpoint: Path) -> None:
        """For the worker: make a checkpoint the best weights so far.

        The first part's are the run's as well; a later part's only once they prove to be better.
        """
        share(checkpoint, self.weights)
        if self.number == 1:
            share(checkpoint, self.run_weights)

    def publish_weights(self, source: Path) -> None:
        """For the worker: replace the part's best weights by a copy of a file."""
        publish(source, self.weights)


def _record_file(checkpoint: Path) -> Path:
    return checkpoint.with_suffix(".json")
