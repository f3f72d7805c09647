"""The facts of a library: projects, tags, images, regions, iterations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

from tui_detect.core.geometry import Box
from tui_detect.core.meters import Meters

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
    """With it the training is an advanced one, which spends the time on a search."""
    device: str = "auto"
    """`auto`, `cpu`, or CUDA indices such as `0` or `0,1`."""
    weights: str = "auto"
    """`auto` (found in `weights/`, else downloaded, else none), `none`, or a path."""
    launcher: str = "local"
    seed: int = 0
    warm_start: str = ""
    """Whose weights these are, for a person: `Iteration 3 of cutlery`; empty for none's."""
    tags: tuple[str, ...] = ()
    """Names of the tags to train on; empty for all of them."""
    folds: int = 0
    """Of a cross-validation; 0 without one."""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """What the person set of the recipe's own choices: field of the plan and value."""
    launcher_options: Mapping[str, str] = field(default_factory=dict)
    """What the launcher needs to know, such as the partition for Slurm."""
    on_end: str = ""
    """Command that gets a JSON on its standard input when the run has ended; empty for none."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The settings that `dataclasses.asdict` and JSON made of them."""
        return cls(**{**data, "tags": tuple(data.get("tags", ()))})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: its latest batch, and what goes on around it."""

    epoch: int = 0
    """1 is the first."""
    epochs: int = 0
    batch: int = 0
    """1 is the first."""
    batches: int = 0
    stage: str = ""
    """What is going on: waiting, preparing, training, validating, evaluating."""
    waiting_for: str = ""
    """While it waits: for what, in words."""
    part: int = 1
    """Which of the run's trainings goes on; 1 is the first. Most runs have only one."""
    parts: int = 1
    part_name: str = ""
    """Such as `fold 2 of 5`; empty when there is only one."""
    pictures_per_s: float | None = None
    seconds_left: float | None = None
    losses: dict[str, float] = field(default_factory=dict)
    device: str = ""
    device_memory_bytes: int | None = None
    """In use on the device; of the process on a CPU."""
    device_memory_total_bytes: int | None = None
    meters: Meters | None = None
    """What the run's machine read last."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The progress that `dataclasses.asdict` and JSON made of it."""
        meters = data.get("meters")
        return cls(**{**data, "meters": Meters.from_dict(meters) if meters else None})


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
    part: int = 1
    """Which of the run's trainings it belongs to."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One box a model gave, with its probability of 0 to 1."""

    tag_id: int
    probability: float
    box: Box


@dataclass(frozen=True, slots=True)
class Preview:
    """What a model found on a few validation pictures after one epoch."""

    part: int
    epoch: int
    pictures: tuple[tuple[str, tuple[Detection, ...]], ...]
    """UUID of the image, and the boxes found on it."""


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
    published_as: str = ""
    """The name that the prediction server answers to; empty when it is not published."""
    deleted_at: datetime | None = None
    """When it went to the trash; `None` when it is not there."""
    published_before: str = ""
    """In the trash: the name that it was published as; empty when it was not."""
    threshold: float | None = None
    """The probability threshold that a person chose for predictions; `None` for the usual one."""
    tag_thresholds: Mapping[str, float] = field(default_factory=dict)
    """Those chosen for single tags, by the tag's UUID."""

    @property
    def ended(self) -> bool:
        """Whether no process works on it any more."""
        return self.state in ENDED_STATES
