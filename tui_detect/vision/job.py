"""What a worker process is asked to do: `job.json` and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, cast, get_args

from tui_detect.core.errors import RunFailed
from tui_detect.core.geometry import Box
from tui_detect.core.model import Split, TrainingSettings
from tui_detect.core.sizes import Sizes

VERSION: Literal[1] = 1
"""Of the file's form; another one is refused rather than guessed at."""


@dataclass(frozen=True, slots=True)
class JobImage:
    """One picture of the snapshot, with its regions."""

    uuid: str
    object: Path
    """The picture's bytes."""
    split: Split
    regions: tuple[tuple[int, Box], ...]
    """Index of the tag in the job's list, and the box."""
    name: str = ""
    """The file name a person knows it by, for warnings."""

    @property
    def label(self) -> str:
        """What to call it in a message."""
        return self.name or self.uuid


@dataclass(frozen=True, slots=True)
class Job:
    """The frozen snapshot that one run trains on."""

    iteration: str
    """UUID of the iteration."""
    tags: tuple[str, ...]
    """Names; the index is the number of the class in labels, weights and events."""
    images: tuple[JobImage, ...]
    recipe: str
    """Name of the domain."""
    settings: TrainingSettings
    weights_folder: Path
    """Where pretrained weights are looked for and downloaded to."""
    created_at: str
    """UTC, ISO 8601."""
    sizes: Sizes = Sizes()  # noqa: RUF009
    """Of the pictures and of the objects on them."""
    name: str = ""
    """Of the iteration."""
    project: str = ""
    """Name of the project."""
    queue_folder: Path | None = None
    """Where the runs of each machine wait for each other; `None` for a run that does not wait."""

    @property
    def title(self) -> str:
        """What to call the run among those of other projects."""
        return f"{self.name} of {self.project}" if self.name else f"run {self.iteration}"

    def to_json(self) -> str:
        """The text of `job.json`."""
        return json.dumps(
            {
                "version": VERSION,
                "iteration": self.iteration,
                "tags": list(self.tags),
                "images": [_image_to_dict(image) for image in self.images],
                "recipe": self.recipe,
                "settings": asdict(self.settings),
                "weights_folder": str(self.weights_folder),
                "created_at": self.created_at,
                "sizes": asdict(self.sizes),
                "name": self.name,
                "project": self.project,
                "queue_folder": str(self.queue_folder) if self.queue_folder else None,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Job:
        """The job that `text` describes.

        Raises:
            RunFailed: the text is not a job; the message says where.
        """
        try:
            data = json.loads(text)
        except ValueError as error:
            raise _refused(f"it is not JSON ({error})") from error
        if not isinstance(data, dict):
            raise _refused("it does not hold an object")
        if data.get("version") != VERSION:
            raise _refused(f"its version is {data.get('version')!r}, not {VERSION}")
        tags = tuple(str(name) for name in _value(data, "tags", list))
        if not tags:
            raise _refused("it has no tags")
        images = _value(data, "images", list)
        queue_folder = data.get("queue_folder")
        return cls(
            iteration=_value(data, "iteration", str),
            tags=tags,
            images=tuple(_image(item, f"images[{n}]", len(tags)) for n, item in enumerate(images)),
            recipe=_value(data, "recipe", str),
            settings=_settings(_value(data, "settings", dict)),
            weights_folder=Path(_value(data, "weights_folder", str)),
            created_at=_value(data, "created_at", str),
            sizes=Sizes(**data.get("sizes", {})),
            name=str(data.get("name", "")),
            project=str(data.get("project", "")),
            queue_folder=Path(queue_folder) if queue_folder else None,
        )


def _image_to_dict(image: JobImage) -> dict[str, object]:
    return {
        "uuid": image.uuid,
        "object": str(image.object),
        "split": image.split,
        "regions": [[tag, b.left, b.top, b.width, b.height] for tag, b in image.regions],
        "name": image.name,
    }


def _image(item: object, where: str, tags: int) -> JobImage:
    if not isinstance(item, dict):
        raise _refused(f"{where} is not an object")
    split = item.get("split")
    if split not in get_args(Split):
        raise _refused(f"{where}.split is {split!r}")
    regions = []
    for n, region in enumerate(_value(item, "regions", list, where)):
        try:
            tag, *box = region
            left, top, width, height = (float(value) for value in box)
        except (TypeError, ValueError) as error:
            raise _refused(f"{where}.regions[{n}] is {region!r}") from error
        if not isinstance(tag, int) or not 0 <= tag < tags:
            raise _refused(f"{where}.regions[{n}] has tag {tag!r}, but there are {tags} tags")
        regions.append((tag, Box(left, top, width, height)))
    return JobImage(
        uuid=_value(item, "uuid", str, where),
        object=Path(_value(item, "object", str, where)),
        split=cast(Split, split),
        regions=tuple(regions),
        name=str(item.get("name", "")),
    )


def _settings(data: Mapping[str, Any]) -> TrainingSettings:
    known = {field.name for field in fields(TrainingSettings)}
    unknown = sorted(set(data) - known)
    if unknown:
        raise _refused(f"settings has {', '.join(unknown)}, which this version does not know")
    return TrainingSettings.from_dict(data)


def _value(data: Mapping[str, Any], key: str, kind: type, where: str = "") -> Any:  # noqa: ANN401
    path = f"{where}.{key}" if where else key
    if key not in data:
        raise _refused(f"{path} is missing")
    if not isinstance(data[key], kind):
        raise _refused(f"{path} is not a {kind.__name__}")
    return data[key]


def _refused(why: str) -> RunFailed:
    return RunFailed(f"job.json cannot be used: {why}", "start the training again")
