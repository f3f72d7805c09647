"""The facts of a library: projects, tags, images, regions, iterations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tui_detect.core.geometry import Box

Split = Literal["train", "validation"]
IterationState = Literal["queued", "training", "completed", "failed", "cancelled", "lost"]

ENDED_STATES: frozenset[IterationState] = frozenset({"completed", "failed", "cancelled", "lost"})
"""States in which no process works on the iteration any more."""


@dataclass(frozen=True, slots=True)
class Project:
    """A collection of images, tags and iterations for one detector."""

    id: int
    uuid: str
    name: str
    description: str
    domain: str
    """The name of its recipe, such as `General`."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Tag:
    """A named kind of object; the id never changes, the name may."""

    id: int
    uuid: str
    project_id: int
    name: str
    colour: str
    """`#rrggbb`."""


@dataclass(frozen=True, slots=True)
class Region:
    """One box with one tag on one image."""

    uuid: str
    tag_id: int
    box: Box


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A box proposed for one image; never a region until a person accepts it."""

    uuid: str
    """The region that it becomes keeps it, and so its letter."""
    tag_id: int
    box: Box
    source: str
    """Who proposes it: the name of an iteration, or of the image it was copied from."""
    probability: float | None = None
    """Of the iteration's detection, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Image:
    """One picture in a project, identified by the SHA-256 of its bytes."""

    id: int
    uuid: str
    project_id: int
    sha256: str
    name: str
    """The file name it had when it was added."""
    width_px: int
    """Of the upright picture, EXIF rotation applied."""
    height_px: int
    size_bytes: int
    reviewed: bool
    """Whether a person has looked at it: tagged, possibly as background."""
    split: Split | None
    added_at: datetime
    region_count: int = 0
    in_workspace: bool = True

    @property
    def state(self) -> Literal["untagged", "tagged", "background"]:
        """Untagged until reviewed; background when reviewed and without regions."""
        if not self.reviewed:
            return "untagged"
        return "tagged" if self.region_count else "background"


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What a person asked for; `None` and `auto` leave the choice to the recipe."""

    epochs: int | None = None
    image_size_px: int | None = None
    budget_minutes: float | None = None
    device: str = "auto"
    """`auto`, `cpu`, or CUDA indices such as `0` or `0,1`."""
    weights: str = "auto"
    """`auto` (found in `weights/`, else downloaded, else none), `none`, or a path."""
    launcher: str = "local"
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """The latest batch of a run."""

    epoch: int = 0
    """1 is the first."""
    epochs: int = 0
    batch: int = 0
    """1 is the first."""
    batches: int = 0
    stage: str = ""
    """What is going on: preparing, training, validating, evaluating."""
    pictures_per_s: float | None = None
    seconds_left: float | None = None
    losses: dict[str, float] = field(default_factory=dict)
    device: str = ""
    device_memory_bytes: int | None = None
    """In use on the device; of the process on a CPU."""
    device_memory_total_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Epoch:
    """The figures of one finished epoch, as the trainer gave them."""

    number: int
    """1 is the first."""
    losses: dict[str, float]
    """Training losses: box, cls, dfl."""
    validation_losses: dict[str, float]
    precision: float | None
    recall: float | None
    map50: float | None
    map50_95: float | None
    learning_rate: float | None
    seconds: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Iteration:
    """One training: a frozen snapshot of the workspace, its settings and results."""

    id: int
    uuid: str
    project_id: int
    number: int
    name: str
    state: IterationState
    domain: str
    settings: TrainingSettings
    recipe: dict[str, object]
    """What the run really used: model, image size, epochs, batch, augmentation, weights."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    epochs_planned: int | None
    epochs_done: int
    images_train: int
    images_validation: int
    message: str
    """Why it failed, was cancelled or lost; empty otherwise."""
    map: float | None
    """Mean AP at overlap 0.30 on the validation images; `None` when it cannot be computed."""
    progress: Progress = field(default_factory=Progress)
    warnings: tuple[str, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether no process works on it any more."""
        return self.state in ENDED_STATES


@dataclass(frozen=True, slots=True)
class Detection:
    """One box a model gave, with its probability of 0 to 1."""

    tag_id: int
    probability: float
    box: Box
