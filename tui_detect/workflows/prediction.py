"""Predict on pictures from outside, in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from tui_detect.core.errors import Conflict, PictureRefused
from tui_detect.core.geometry import Box
from tui_detect.core.model import Iteration, Tag
from tui_detect.formats import read_source
from tui_detect.imaging.decode import inspect, write_for_training
from tui_detect.store import iterations
from tui_detect.vision.predictor import Prediction, Predictor
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.iterations import get_iteration
from tui_detect.workflows.library import Library
from tui_detect.workflows.thresholds import threshold_of


@dataclass(frozen=True, slots=True)
class TagPrediction:
    """One box that an iteration gave for a picture."""

    tag: Tag
    probability: float
    box: Box


@dataclass(frozen=True, slots=True)
class PicturePredictions:
    """All that an iteration found on a picture, the most probable first."""

    path: Path
    width_px: int
    height_px: int
    items: tuple[TagPrediction, ...]

    def above(self, threshold: float) -> tuple[TagPrediction, ...]:
        """Those with at least that probability."""
        return tuple(item for item in self.items if item.probability >= threshold)


def likely(
    picture: PicturePredictions, iteration: Iteration, threshold: float | None = None
) -> tuple[TagPrediction, ...]:
    """Those with the probability asked for, else with the one chosen for the iteration and tag."""
    if threshold is not None:
        return picture.above(threshold)
    return tuple(
        item for item in picture.items if item.probability >= threshold_of(iteration, item.tag.uuid)
    )


def weights_of(library: Library, iteration: Iteration) -> Path:
    """The iteration's best weights.

    Raises:
        NotFound: it was deleted meanwhile.
        Conflict: it has none.
    """
    weights = RunFolder(library.run_path(iteration.uuid)).weights
    if not weights.is_file():
        iteration = get_iteration(library, iteration.id)
        if iteration.state == "completed":
            raise Conflict(
                f"{iteration.name} has no weights any more: {weights} is missing",
                "put the file back from a copy, or choose another iteration",
            )
        raise Conflict(
            f"{iteration.name} has no weights: it is {iteration.state}",
            "choose a completed iteration",
        )
    return weights


def image_size_px(iteration: Iteration) -> int | None:
    """The size that the iteration's model was trained at; `None` when the weights know it."""
    size_px = iteration.recipe.get("image_size_px")
    return size_px if isinstance(size_px, int) else None


def find_boxes(predictor: Predictor, path: Path) -> tuple[int, int, list[Prediction]]:
    """Width and height of a picture, and at most 200 boxes with a probability of 0.01 or more.

    Raises:
        PictureRefused: the file is no usable picture.
        RunFailed: the model could not be loaded, or its process died.
    """
    facts = inspect(path)
    # The model's reader knows neither EXIF nor 16 bits; it gets what training got.
    with TemporaryDirectory(prefix="tui-detect-") as folder:
        picture = write_for_training(path, Path(folder) / "picture")
        return facts.width_px, facts.height_px, predictor.predict(picture)


def with_tags(
    path: Path, width_px: int, height_px: int, found: Iterable[Prediction], tags: Sequence[Tag]
) -> PicturePredictions:
    """What was found on a picture, the most probable first, with tags in place of indices."""
    items = sorted(found, key=lambda item: -item[1])
    named = tuple(TagPrediction(tags[tag], probability, box) for tag, probability, box in items)
    return PicturePredictions(path, width_px, height_px, named)


class PredictionSession:
    """An iteration's model, kept loaded until closed."""

    def __init__(self, library: Library, iteration: Iteration, device: str = "auto") -> None:
        """Start the process; the model loads while the first picture is read.

        Raises:
            Conflict: the iteration has no weights.
            RunFailed: the process could not be started.
        """
        weights = weights_of(library, iteration)
        self.iteration = iteration
        self._tags = iterations.tags(library.db, iteration.id)
        self._predictor = Predictor(weights, image_size_px=image_size_px(iteration), device=device)

    def predict(self, path: Path) -> PicturePredictions:
        """All boxes with a probability of 0.01 or more, at most 200.

        Raises:
            PictureRefused: the file is no usable picture.
            RunFailed: the model could not be loaded, or its process died.
        """
        return with_tags(path, *find_boxes(self._predictor, path), self._tags)

    def interrupt(self) -> None:
        """Give up a prediction that another thread waits for; it raises `RunFailed` there."""
        self._predictor.interrupt()

    def close(self) -> None:
        """End the process."""
        self._predictor.close()

    def __enter__(self) -> PredictionSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def list_pictures(paths: Sequence[str | Path]) -> list[Path]:
    """The pictures that files, folders and globs name.

    Raises:
        BadInput: a path is not there or holds no picture.
    """
    return [Path(source.path) for path in paths for source in read_source(path, "images")]


def predict(
    library: Library,
    iteration: Iteration,
    paths: Sequence[str | Path],
    on_progress: Callable[[int, int], None],
    on_refused: Callable[[PictureRefused], None],
) -> Iterator[PicturePredictions]:
    """Predict on files, folders and globs, one after another.

    Args:
        on_progress: told how many pictures are done, of how many.
        on_refused: told of each file that is no usable picture; the others go on.

    Raises:
        BadInput: a path is not there or holds no picture.
        Conflict: the iteration has no weights.
        RunFailed: the model's process failed.
    """
    pictures = list_pictures(paths)
    with PredictionSession(library, iteration) as session:
        for done, path in enumerate(pictures):
            on_progress(done, len(pictures))
            try:
                result = session.predict(path)
            except PictureRefused as error:
                on_refused(error)
            else:
                yield result
