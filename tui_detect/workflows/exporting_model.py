"""Export an iteration: its weights, its tags, and what is needed to use them elsewhere."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from os.path import lexists
from pathlib import Path
from tempfile import mkdtemp

from tui_detect import __version__
from tui_detect.core.errors import BadInput, Conflict, StorageFailed
from tui_detect.core.model import Iteration
from tui_detect.store import iterations
from tui_detect.vision.exporter import FORMATS, ExportFormat, export_weights, get_format
from tui_detect.vision.predictor import LIMIT
from tui_detect.workflows.iterations import get_iteration
from tui_detect.workflows.library import Library
from tui_detect.workflows.prediction import image_size_px, weights_of
from tui_detect.workflows.projects import get_project
from tui_detect.workflows.thresholds import threshold_of

__all__ = [
    "FORMATS",
    "ExportFormat",
    "Exported",
    "export_iteration",
    "format_for",
    "get_format",
    "in_the_way",
]

USUAL_SIZE_PX = 640


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    model: Path
    labels: Path
    """The names of the tags, one a line, in the order of the model's numbers."""
    description: Path
    """A JSON: tags with their thresholds, the size of the input, what the output means."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of it."""
        return self.model, self.labels, self.description


def format_for(target: Path, name: str | None = None) -> ExportFormat:
    """The format asked for, else the one that the target's ending tells.

    Raises:
        NotFound: there is no such format.
        BadInput: nothing tells it, or the ending is another format's.
    """
    told = next((one for one in FORMATS if target.name.endswith(one.suffix)), None)
    if name is None:
        if told is None:
            names = ", ".join(one.name for one in FORMATS)
            raise BadInput(f"{target} does not tell the format", f"give one of: {names}")
        return told
    asked = get_format(name)
    if told is not None and told != asked:
        raise BadInput(
            f"{target} ends as {told.name} does, but {name} is asked for",
            f"name a folder, or a file that ends in {asked.suffix}",
        )
    return asked


def export_iteration(
    library: Library, iteration_id: int, target: Path, format_: ExportFormat, *, force: bool = False
) -> Exported:
    """Write an iteration's model with what is needed to use it.

    A target with the format's ending names the model, and the rest is written beside it; any
    other is a folder for `model…`, `labels.txt` and `model.json`. All of it gets its name by
    rename, the model last.

    Args:
        library: Where all of it is.
        iteration_id: Whose weights.
        target: The model's path, or a folder; it is made when it is not there.
        format_: What to write.
        force: Replace what is there.

    Raises:
        NotFound: the iteration is gone, or in the trash.
        Conflict: it has no weights, or something is there already.
        RunFailed: the format cannot be made, or what it needs is not installed.
        StorageFailed: the folder cannot be written.
    """
    iteration = get_iteration(library, iteration_id)
    weights = weights_of(library, iteration)
    out = _destinations(target, format_)
    if not force:
        _check_free(out.paths)
    size_px = image_size_px(iteration) or USUAL_SIZE_PX
    with _staging(out.model.parent) as stage:
        made = export_weights(weights, format_, stage / "model", size_px)
        try:
            labels, description = stage / "labels", stage / "description"
            names = [tag.name for tag in iterations.tags(library.db, iteration_id)]
            labels.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
            facts = _describe(library, iteration, format_, out.model.name, size_px)
            description.write_text(
                json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
            )
            written = ((labels, out.labels), (description, out.description), (made, out.model))
            for number, (source, path) in enumerate(written):
                # Again, because converting takes minutes; of all, so that none is written alone.
                if not force:
                    _check_free([path for _, path in written[number:]])
                # No rename puts a file in the place of a folder, nor a folder in that of a file.
                elif path.is_dir() or (source.is_dir() and lexists(path)):
                    path.rename(stage / f"replaced-{number}")
                source.replace(path)
        except OSError as error:
            raise _unwritable(out.model.parent, error) from error
    return out


def in_the_way(target: Path, format_: ExportFormat) -> list[Path]:
    """What is there already of that which would be written."""
    return _there(_destinations(target, format_).paths)


def _there(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if lexists(path)]


def _check_free(paths: Iterable[Path]) -> None:
    """Raise Conflict where something is there already."""
    if there := _there(paths):
        raise Conflict(f"{there[0]} is there already", "choose another place, or give --force")


def _destinations(target: Path, format_: ExportFormat) -> Exported:
    if target.name.endswith(format_.suffix) and target.name != format_.suffix:
        stem = target.name.removesuffix(format_.suffix)
        beside = (target.with_name(f"{stem}.labels.txt"), target.with_name(f"{stem}.json"))
        return Exported(target, *beside)
    return Exported(target / f"model{format_.suffix}", target / "labels.txt", target / "model.json")


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """A folder for what is not finished, on the same disk; it goes in the end.

    Raises:
        StorageFailed: it cannot be made.
    """
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(mkdtemp(prefix=".tui-detect-", dir=folder))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if made:
            # Only when nothing came of it: a folder with something in it stays.
            with suppress(OSError):
                folder.rmdir()


def _unwritable(folder: Path, error: OSError) -> StorageFailed:
    return StorageFailed(
        f"{folder} cannot be written: {error.strerror or error}",
        "free some space, or choose another folder",
    )


def _describe(
    library: Library, iteration: Iteration, format_: ExportFormat, file: str, size_px: int
) -> dict[str, object]:
    """All that somebody needs who uses the model without this program."""
    facts: dict[str, object] = {
        "made_by": f"tui-detect {__version__}",
        "project": get_project(library, iteration.project_id).name,
        "iteration": iteration.name,
        "id": iteration.uuid,
        "domain": iteration.domain,
        "model": iteration.recipe.get("model"),
        "trained": iteration.finished_at.isoformat() if iteration.finished_at else None,
        "map": iteration.map,
        "format": format_.name,
        "file": file,
        "threshold": threshold_of(iteration),
        "tags": [
            {
                "number": number,
                "name": tag.name,
                "id": tag.uuid,
                "threshold": threshold_of(iteration, tag.uuid),
            }
            for number, tag in enumerate(iterations.tags(library.db, iteration.id))
        ],
        "input": {
            "width": size_px,
            "height": size_px,
            "layout": "batch of 1, channels red green blue, rows, columns",
            "values": "0 to 1",
            "fit": "the upright picture, scaled to fit, in the middle, the rest 114/255",
        },
    }
    if format_.is_converted:
        facts["output"] = {
            "layout": f"batch of 1, up to {LIMIT} boxes, 6 columns",
            "columns": ["left", "top", "right", "bottom", "probability", "tag"],
            "unit": "pixels of the input; clip to its borders",
            "boxes": "each object once; leave out those below the tag's threshold",
        }
    return facts
