"""An evaluation as large as COCO's: made-up boxes, as arrays or as rows of a library."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tui_detect.core.evaluation import EvaluationData, EvaluationTag
from tui_detect.core.evaluation.data import Floats, Indices
from tui_detect.core.ids import new_uuid
from tui_detect.store.runs import ITEM
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.projects import create_project
from tui_detect.workflows.tags import create_tag

IMAGES, TAGS, REGIONS, DETECTIONS = 5_000, 80, 36_000, 500_000
EPOCHS = 100
_AT = "2026-11-24T10:00:00.000000+00:00"


def large_data(
    seed: int = 0,
    *,
    images: int = IMAGES,
    tags: int = TAGS,
    regions: int = REGIONS,
    detections: int = DETECTIONS,
) -> EvaluationData:
    """Few common and many rare tags; half of the detections near a region, most improbable.

    As a detector's without a threshold: the probable ones are mostly right, the many others lie
    about regions, have the wrong tag or mean nothing.
    """
    random = np.random.default_rng(seed)
    share = 1 / np.arange(1, tags + 1) ** 0.8
    sizes = np.stack(
        (random.integers(480, 641, images), random.integers(360, 481, images)), axis=1
    ).astype(np.float64)
    region_image = np.sort(random.integers(0, images, regions))
    region_tag = random.choice(tags, regions, p=share / share.sum())
    region_box = _boxes(random, regions)
    near = detections // 2
    source = random.integers(0, regions, near)
    looseness = random.exponential(0.12, near)
    wrong = random.random(near) < 0.2
    near_tag = np.where(wrong, random.integers(0, tags, near), region_tag[source])
    skill = np.exp(-6 * looseness) * np.where(wrong, 0.3, 1.0)
    image = np.concatenate((region_image[source], random.integers(0, images, detections - near)))
    order = np.argsort(image, kind="stable")
    return EvaluationData(
        tags=tuple(EvaluationTag(k + 1, f"tag {k + 1}") for k in range(tags)),
        image_ids=np.arange(1, images + 1),
        image_sizes_px=sizes,
        region_image=region_image,
        region_tag=region_tag,
        region_box=region_box,
        region_uuid=tuple(new_uuid() for _ in range(regions)),
        detection_image=image[order],
        detection_tag=np.concatenate(
            (near_tag, random.choice(tags, detections - near, p=share / share.sum()))
        )[order],
        detection_probability=np.concatenate(
            (skill * random.beta(1, 3, near), 0.4 * random.beta(0.3, 8, detections - near))
        )[order].clip(0.001),
        detection_box=np.concatenate(
            (
                region_box[source] + random.normal(0, 1, (near, 4)) * (looseness * 0.05)[:, None],
                _boxes(random, detections - near),
            )
        )[order].clip(0.001),
    )


def _boxes(random: np.random.Generator, count: int) -> Floats:
    side = np.exp(random.uniform(np.log(0.02), np.log(0.6), (count, 2)))
    return np.concatenate((random.uniform(0, 1, (count, 2)) * (1 - side), side), axis=1)


def write_library(home: Path, data: EvaluationData, name: str = "large") -> int:
    """A library with one completed iteration of these figures; its key.

    As many images again are those it was trained on. The pictures themselves are not there.
    """
    library = open_library(home)
    project = create_project(library, name)
    tag_ids = np.array(
        [create_tag(library, project.id, tag.name).id for tag in data.tags], dtype=np.int64
    )
    images = data.images
    with library.db.atomic():
        _write_images(library, project.id, data)
        iteration_id = library.db.insert(
            "iterations",
            {
                "uuid": new_uuid(),
                "project_id": project.id,
                "number": 1,
                "name": "Iteration 1",
                "state": "completed",
                "domain": "general",
                "settings": "{}",
                "created_at": _AT,
                "started_at": _AT,
                "finished_at": _AT,
                "epochs_planned": EPOCHS,
                "images_train": images,
                "images_validation": images,
                "map": 0.5,
            },
        )
        _write_iteration(library, iteration_id, data, tag_ids)
    library.close()
    return iteration_id


def _write_images(library: Library, project_id: int, data: EvaluationData) -> None:
    sizes = np.tile(data.image_sizes_px, (2, 1)).astype(int).tolist()
    library.db.insert_many(
        """INSERT INTO images (id, uuid, project_id, sha256, name, source, width_px, height_px,
        size_bytes, reviewed, split, added_at) VALUES (?, ?, ?, ?, ?, '', ?, ?, 1, 1, ?, ?)""",
        (
            (
                number + 1,
                new_uuid(),
                project_id,
                f"{number:064x}",
                f"{number + 1:06d}.jpg",
                *size,
                "validation" if number < data.images else "train",
                _AT,
            )
            for number, size in enumerate(sizes)
        ),
    )


def _write_iteration(
    library: Library, iteration_id: int, data: EvaluationData, tag_ids: Indices
) -> None:
    db, images = library.db, data.images
    db.insert_many(
        "INSERT INTO iteration_tags VALUES (?, ?, ?, ?)",
        [(iteration_id, k, int(tag_ids[k]), tag.name) for k, tag in enumerate(data.tags)],
    )
    db.insert_many(
        "INSERT INTO iteration_images VALUES (?, ?, ?)",
        [
            (iteration_id, number + 1, "validation" if number < images else "train")
            for number in range(2 * images)
        ],
    )
    rows = [
        (int(image) + 1, uuid, int(tag_ids[tag]), *box)
        for image, tag, uuid, box in zip(
            data.region_image,
            data.region_tag,
            data.region_uuid,
            data.region_box.tolist(),
            strict=True,
        )
    ]
    rows += [(image + images, new_uuid(), *rest) for image, _, *rest in rows]
    db.insert_many(
        "INSERT INTO regions (image_id, uuid, tag_id, left, top, width, height) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    db.insert_many(
        f"INSERT INTO iteration_regions VALUES ({iteration_id}, ?, ?, ?, ?, ?, ?, ?)", rows
    )
    db.insert_many("INSERT INTO detections VALUES (?, ?, ?)", _packed(iteration_id, data, tag_ids))
    db.insert_many(
        "INSERT INTO epochs VALUES (?, 1, ?, ?, ?)",
        [(iteration_id, epoch + 1, _AT, _epoch(epoch / EPOCHS)) for epoch in range(EPOCHS)],
    )


def _packed(
    iteration_id: int, data: EvaluationData, tag_ids: Indices
) -> list[tuple[int, int, bytes]]:
    items = np.zeros(len(data.detection_image), dtype=ITEM)
    items["tag_id"] = tag_ids[data.detection_tag]
    items["probability"] = data.detection_probability
    items["box"] = data.detection_box
    bounds = np.searchsorted(data.detection_image, np.arange(data.images + 1))
    return [
        (iteration_id, image + 1, items[bounds[image] : bounds[image + 1]].tobytes())
        for image in range(data.images)
    ]


def _epoch(done: float) -> str:
    loss = f'{{"box": {2 - done}, "cls": {3 - 2 * done}, "dfl": {1.5 - done / 2}}}'
    return (
        f'{{"losses": {loss}, "validation_losses": {loss}, "precision": {0.7 * done}, '
        f'"recall": {0.6 * done}, "map50": {0.6 * done}, "map50_95": {0.4 * done}, '
        '"learning_rate": 0.01, "seconds": 60.0}'
    )
