"""The trainings of a run: most have one part, a cross-validation or a search has several."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from tui_detect.vision.files import publish, write_atomically

CHECKPOINTS_KEPT = 2


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

    def publish_checkpoint(self, source: Path, epoch: int) -> Path:
        """For the worker: copy a checkpoint in and drop those older than the last two."""
        destination = self.checkpoints_folder / f"epoch-{epoch:05d}.pt"
        publish(source, destination)
        for old in self.checkpoints[:-CHECKPOINTS_KEPT]:
            old.unlink(missing_ok=True)
        return destination

    def publish_weights(self, source: Path) -> None:
        """For the worker: replace the part's best weights."""
        publish(source, self.weights)
