"""The data set as Ultralytics reads it: `images/`, `labels/` and `data.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_detect.core.geometry import Box
from tui_detect.core.model import Split
from tui_detect.vision.job import JobImage

_FOLDERS: dict[Split, str] = {"train": "train", "validation": "val"}


@dataclass(frozen=True, slots=True)
class Dataset:
    """Pictures and labels on disk, ready to train on."""

    description: Path
    """`data.yaml`."""
    train: dict[Path, JobImage]
    validation: dict[Path, JobImage]


def picture_stem(folder: Path, image: JobImage) -> Path:
    """Where the picture goes, without its ending; uuids, because names repeat."""
    return folder / "images" / _FOLDERS[image.split] / image.uuid


def write_labels(folder: Path, image: JobImage) -> None:
    """Write the label file beside the picture; a background picture gets an empty one."""
    file = folder / "labels" / _FOLDERS[image.split] / f"{image.uuid}.txt"
    file.write_text(label_text(image.regions), encoding="ascii")


def label_text(regions: Iterable[tuple[int, Box]]) -> str:
    """A line for each region: class, centre x, centre y, width, height, as fractions."""
    lines = []
    for tag, region in regions:
        # A box that reaches over the border makes Ultralytics drop the whole picture.
        box = region.clamped()
        x, y = box.left + box.width / 2, box.top + box.height / 2
        lines.append(f"{tag} {x:.8f} {y:.8f} {box.width:.8f} {box.height:.8f}\n")
    return "".join(lines)


def make_folders(folder: Path) -> None:
    """The empty folders of a data set."""
    for kind in ("images", "labels"):
        for split in _FOLDERS.values():
            (folder / kind / split).mkdir(parents=True, exist_ok=True)


def write_description(folder: Path, tags: Sequence[str]) -> Path:
    """Write `data.yaml` and return its path."""
    return _write_description(folder / "data.yaml", tags, "images/train", "images/val")


def write_fold(
    folder: Path,
    number: int,
    tags: Sequence[str],
    train: Iterable[Path],
    validation: Iterable[Path],
) -> Path:
    """Describe another split of the pictures that lie in the folder; `fold-1.yaml` is the first."""
    lists = {"train": train, "val": validation}
    names = {kind: f"fold-{number}-{kind}.txt" for kind in lists}
    for kind, pictures in lists.items():
        text = "".join(f"{path}\n" for path in pictures)
        (folder / names[kind]).write_text(text, encoding="utf-8")
    return _write_description(folder / f"fold-{number}.yaml", tags, names["train"], names["val"])


def _write_description(path: Path, tags: Sequence[str], train: str, validation: str) -> Path:
    names = "".join(f"  {n}: {quoted(class_name(tag))}\n" for n, tag in enumerate(tags))
    path.write_text(
        f"path: {quoted(str(path.parent))}\ntrain: {train}\nval: {validation}\nnames:\n{names}",
        encoding="ascii",
    )
    return path


def class_name(tag: str) -> str:
    """The tag's name inside weights; Ultralytics would take `n0…` for an ImageNet code."""
    return f" {tag}" if tag.startswith("n0") else tag


def quoted(text: str) -> str:
    """A YAML string that means exactly `text`, whatever is in it."""
    plain = set(map(chr, range(ord(" "), ord("~") + 1))) - {'"', "\\"}
    return '"' + "".join(c if c in plain else f"\\U{ord(c):08X}" for c in text) + '"'
