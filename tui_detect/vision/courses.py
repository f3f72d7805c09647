"""Which trainings a run is made of: one, a search within a time budget, or a cross-validation.

Each course decides by the results so far alone, so that a resumed run goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tui_detect.core.split import assign_folds
from tui_detect.vision import dataset as datasets
from tui_detect.vision.dataset import Dataset
from tui_detect.vision.job import Job, JobImage
from tui_detect.vision.parts import PartResult
from tui_detect.vision.recipes import Plan
from tui_detect.vision.search import Limits, Trial, next_trial, winner

Planner = Callable[[int], Plan]
"""The plan for that many training pictures."""


@dataclass(frozen=True, slots=True)
class Part:
    """One training of a run."""

    number: int
    """1 is the first."""
    parts: int
    """How many there will be at most."""
    name: str
    plan: Plan
    dataset: Dataset


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Pictures, and the part whose weights find objects on them."""

    part: Part
    pictures: dict[Path, JobImage]


class Course(Protocol):
    """The trainings of a run, one after the other."""

    @property
    def several(self) -> bool:
        """Whether there may be more than one."""

    def next_part(self, results: Sequence[PartResult]) -> Part | None:
        """What comes after those results; `None` when all is done."""

    def kept(self, results: Sequence[PartResult]) -> int:
        """Number of the part whose weights are the run's."""

    def evaluations(self, results: Sequence[PartResult]) -> list[Evaluation]:
        """What the run's figures come from."""

    def remark(self, results: Sequence[PartResult]) -> str:
        """What a person must know to read the figures; empty for nothing."""


@dataclass(frozen=True, slots=True)
class Single:
    """One training on the usual split."""

    plan: Plan
    dataset: Dataset
    several: bool = False

    def next_part(self, results: Sequence[PartResult]) -> Part | None:
        """The only one, once."""
        return None if results else Part(1, 1, "", self.plan, self.dataset)

    def kept(self, results: Sequence[PartResult]) -> int:
        """The only one."""
        return 1

    def evaluations(self, results: Sequence[PartResult]) -> list[Evaluation]:
        """All validation pictures."""
        part = Part(1, 1, "", self.plan, self.dataset)
        return [Evaluation(part, self.dataset.validation)]

    def remark(self, results: Sequence[PartResult]) -> str:
        """Nothing."""
        return ""


@dataclass(frozen=True, slots=True)
class Search:
    """Trials within a time budget, of which the best on the validation pictures is kept."""

    quick: Plan
    dataset: Dataset
    limits: Limits
    several: bool = True

    def next_part(self, results: Sequence[PartResult]) -> Part | None:
        """The next trial that is worth its time."""
        trial = next_trial(self.quick, self.limits, results)
        return None if trial is None else self._part(trial)

    def kept(self, results: Sequence[PartResult]) -> int:
        """The trial that won."""
        return winner(results) + 1

    def evaluations(self, results: Sequence[PartResult]) -> list[Evaluation]:
        """All validation pictures, by the trial that won."""
        number = winner(results)
        trial = next_trial(self.quick, self.limits, results[:number])
        assert trial is not None, "it was trained"
        return [Evaluation(self._part(trial), self.dataset.validation)]

    def remark(self, results: Sequence[PartResult]) -> str:
        """That the choice was made on the pictures that judge it."""
        if len(results) < 2:
            return ""
        name = self.evaluations(results)[0].part.name
        return (
            f"the best of {len(results)} trainings was kept ({name}); the validation pictures "
            "chose it, so its figures on them are a little too good"
        )

    def _part(self, trial: Trial) -> Part:
        return Part(trial.number, trial.trials, trial.name, trial.plan, self.dataset)


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """One training for each fold, and a last one on the usual split, whose weights are kept."""

    plan: Planner
    folds: tuple[Dataset, ...]
    usual: Dataset
    several: bool = True

    def next_part(self, results: Sequence[PartResult]) -> Part | None:
        """The folds in order, then the last one."""
        number = len(results) + 1
        return None if number > len(self.folds) + 1 else self._part(number)

    def kept(self, results: Sequence[PartResult]) -> int:
        """The newest; the last one when nobody stopped the run."""
        return len(results)

    def evaluations(self, results: Sequence[PartResult]) -> list[Evaluation]:
        """Each fold's pictures, by the model that has not seen them."""
        return [
            Evaluation(self._part(number), fold.validation)
            for number, fold in enumerate(self.folds[: len(results)], start=1)
        ]

    def remark(self, results: Sequence[PartResult]) -> str:
        """Where the figures come from."""
        done = min(len(results), len(self.folds))
        return (
            f"cross-validated in {done} folds: the figures come from {done} models, each judged on "
            "pictures that it has not seen; the weights that are kept are those of one more"
        )

    def _part(self, number: int) -> Part:
        count = len(self.folds)
        last = number > count
        dataset = self.usual if last else self.folds[number - 1]
        name = "usual split" if last else f"fold {number} of {count}"
        return Part(number, count + 1, name, self.plan(len(dataset.train)), dataset)


def make_course(job: Job, dataset: Dataset, plan: Planner, limits: Limits) -> Course:
    """The course that the job's settings ask for; writes the description of each fold."""
    if job.settings.folds:
        return CrossValidation(plan, _fold_datasets(job, dataset), dataset)
    quick = plan(len(dataset.train))
    if job.settings.budget_minutes is not None:
        return Search(quick, dataset, limits)
    return Single(quick, dataset)


def _fold_datasets(job: Job, dataset: Dataset) -> tuple[Dataset, ...]:
    pictures = dataset.train | dataset.validation
    tags = {i.uuid: frozenset(tag for tag, _ in i.regions) for i in pictures.values()}
    fold_of = assign_folds(tags, job.settings.folds)
    folder = dataset.description.parent
    found = []
    for fold in range(job.settings.folds):
        inside = {path: i for path, i in pictures.items() if fold_of[i.uuid] == fold}
        outside = {path: i for path, i in pictures.items() if fold_of[i.uuid] != fold}
        description = datasets.write_fold(folder, fold + 1, job.tags, outside, inside)
        found.append(Dataset(description, outside, inside))
    return tuple(found)
