"""Jobs over pictures that the demo draws, for tests that need a run folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tui_detect.core.geometry import Box
from tui_detect.core.model import Split, TrainingSettings
from tui_detect.imaging.samples import TAGS, draw_sample
from tui_detect.vision.job import Job, JobImage
from tui_detect.vision.run_folder import RunFolder

TINY = TrainingSettings(epochs=2, image_size_px=64, device="cpu", weights="none")
"""The shortest training that has a second epoch."""


def bare_job(folder: Path, settings: TrainingSettings = TINY) -> Job:
    """A job whose two pictures are not there."""
    splits: dict[str, Split] = {"a": "train", "b": "validation"}
    images = tuple(
        JobImage(uuid, folder / f"{uuid}.png", split, ((0, Box(0.1, 0.2, 0.3, 0.4)),))
        for uuid, split in splits.items()
    )
    return Job(
        iteration="it",
        tags=("bolt", "nut", "washer"),
        images=images,
        recipe="General",
        settings=settings,
        weights_folder=folder / "weights",
        created_at="2026-01-01T00:00:00+00:00",
    )


def drawn_job(folder: Path, pictures: int = 8, settings: TrainingSettings = TINY) -> Job:
    """A job over drawn pictures, one in four of them for validation."""
    folder.mkdir(parents=True, exist_ok=True)
    images = []
    for index in range(pictures):
        picture, regions = draw_sample(index)
        path = folder / f"{index}.png"
        picture.save(path)
        boxes = tuple((TAGS.index(tag), box) for tag, box in regions)
        split: Split = "validation" if index % 4 == 0 else "train"
        images.append(JobImage(f"uuid-{index}", path, split, boxes, path.name))
    return replace(bare_job(folder, settings), images=tuple(images))


def bare_folder(tmp_path: Path) -> RunFolder:
    """A run folder whose job names pictures that are not there."""
    return RunFolder.create(tmp_path / "run", bare_job(tmp_path))
