"""A COCO file brings its pictures with their boxes, and says what it could not use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tui_detect.core.errors import BadInput
from tui_detect.core.geometry import Box
from tui_detect.formats import SourceImage, read_source

Json = dict[str, Any]


def coco(annotations: list[Json], **image: object) -> Json:
    """A file of one picture, 200 × 100, and two categories."""
    entry = {"id": 1, "file_name": "a.jpg", "width": 200, "height": 100} | image
    categories = [{"id": 1, "name": "fork"}, {"id": 2, "name": "  steel\nbolt "}]
    return {"images": [entry], "annotations": annotations, "categories": categories}


def box(*pixels: object, category: object = 1, **more: object) -> Json:
    return {"id": 1, "image_id": 1, "category_id": category, "bbox": list(pixels)} | more


def write(folder: Path, data: object, name: str = "annotations.json") -> Path:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def read_one(folder: Path, data: object) -> SourceImage:
    [image] = read_source(write(folder, data))
    return image


def test_boxes_become_fractions_with_the_names_of_their_tags(tmp_path: Path) -> None:
    image = read_one(tmp_path, coco([box(20, 10, 100, 50), box(0, 0, 200, 100, category=2)]))
    assert image.regions == (
        ("fork", Box(0.1, 0.1, 0.5, 0.5)),
        ("steel bolt", Box(0.0, 0.0, 1.0, 1.0)),
    )
    assert (image.name, image.width_px, image.height_px) == ("a.jpg", 200, 100)
    assert image.reviewed
    assert image.notes == ()


def test_a_picture_without_regions_stays_untagged_unless_the_file_says_reviewed(
    tmp_path: Path,
) -> None:
    assert not read_one(tmp_path, coco([])).reviewed
    assert read_one(tmp_path, coco([], reviewed=True)).reviewed


@pytest.mark.parametrize(
    ("annotation", "regions", "note"),
    [
        (box(190, 10, 50, 50), 1, "1 region cut at the picture's border"),
        (box(-0.4, 0, 200.6, 100), 1, None),
        (box(300, 10, 50, 50), 0, "1 region outside the picture left out"),
        (box(10, 10, 0, 50), 0, "1 region without width or height left out"),
        (box(10, 10, 50, 50, category=9), 0, "1 region of unknown category 9 left out"),
        (box(10, 10, 50, 50, iscrowd=1), 0, "1 region marked as crowd left out"),
        (box(), 0, "1 region without a box left out"),
        (box(float("nan"), 0, 1, 1), 0, "1 region without a box left out"),
        (box("a", None, 1, 1), 0, "1 region without a box left out"),
        (box(segmentation={"counts": "abc"}), 0, "1 region without a box left out"),
        (box(segmentation=[[20, 10, 120, 10, 60, 60]]), 1, "1 region boxed by the outline"),
        (box(10, 10, 50, 50, category="1"), 1, None),
    ],
)
def test_what_cannot_be_used_as_it_is_is_noted(
    tmp_path: Path, annotation: Json, regions: int, note: str | None
) -> None:
    image = read_one(tmp_path, coco([annotation]))
    assert len(image.regions) == regions
    assert image.reviewed == bool(regions)
    assert image.notes == ((note,) if note else ())
    for _, found in image.regions:
        assert found.left >= 0
        assert found.right <= 1


def test_annotations_of_no_picture_are_noted(tmp_path: Path) -> None:
    image = read_one(tmp_path, coco([box(1, 1, 5, 5), box(1, 1, 5, 5, image_id=77)]))
    assert image.notes == ("1 annotations in annotations.json belong to no picture of it",)


def test_the_size_is_looked_up_where_the_file_has_none(tmp_path: Path) -> None:
    Image.new("RGB", (400, 200)).save(tmp_path / "a.jpg")
    image = read_one(tmp_path, coco([box(40, 20, 200, 100)], width=None, height=None))
    assert image.regions == (("fork", Box(0.1, 0.1, 0.5, 0.5)),)
    (tmp_path / "a.jpg").unlink()
    image = read_one(tmp_path, coco([box(40, 20, 200, 100)], width=None, height=None))
    assert image.regions == ()
    assert image.notes == ("its regions are left out: its size is not known",)


@pytest.mark.parametrize(
    ("place", "file_name"),
    [
        ("a.jpg", "a.jpg"),
        ("images/a.jpg", "a.jpg"),
        ("train/a.jpg", "train/a.jpg"),
        ("train/a.jpg", "train\\a.jpg"),
        ("../images/a.jpg", "a.jpg"),
        ("far/below/a.jpg", "/home/somebody/a.jpg"),
    ],
)
def test_pictures_are_found_where_exports_put_them(
    tmp_path: Path, place: str, file_name: str
) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    picture = folder / place
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(b"x")
    image = read_one(folder, coco([], file_name=file_name))
    assert image.path.resolve() == picture.resolve()
    assert image.name == "a.jpg"


@pytest.mark.parametrize("file_name", ["gone.jpg", "nul\0.jpg", "deep/gone.jpg"])
def test_a_missing_picture_comes_with_the_path_where_it_should_be(
    tmp_path: Path, file_name: str
) -> None:
    assert read_one(tmp_path, coco([], file_name=file_name)).path == tmp_path / file_name


def test_a_folder_with_its_annotations_is_a_data_set(tmp_path: Path) -> None:
    write(tmp_path, coco([box(20, 10, 100, 50)]))
    (tmp_path / "a.jpg").write_bytes(b"x")
    (tmp_path / "other.jpg").write_bytes(b"x")
    assert [len(image.regions) for image in read_source(tmp_path)] == [1]
    assert [image.name for image in read_source(tmp_path, "images")] == ["a.jpg", "other.jpg"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ('{"images": [}', r"line 1, column 13"),
        ('{\n "images": 1,,\n}', r"line 2, column 14"),
        ("", "line 1, column 1"),
        ("[1, 2]", "no list of images"),
        ('{"shapes": []}', "no list of images"),
        ({"images": [{"id": 1}]}, "an image has no file_name"),
        ({"images": [{"file_name": "a.jpg"}]}, "the image a.jpg has no id"),
        (
            {"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 1, "file_name": "b.jpg"}]},
            "image id 1 means both a.jpg and b.jpg",
        ),
        ({"images": [], "annotations": {}}, "annotations are no list"),
        ({"images": [], "categories": [{"name": "x"}]}, "a category has no id"),
        ({"images": [], "categories": [{"id": 3}]}, "category 3 has no name"),
        (
            {"images": [], "categories": [{"id": 3, "name": "a"}, {"id": 3, "name": "b"}]},
            "category id 3 means both a and b",
        ),
        ("[" * 100_000, "no JSON text"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_where(
    tmp_path: Path, data: object, why: str
) -> None:
    with pytest.raises(BadInput, match=why) as caught:
        read_source(write(tmp_path, data))
    assert caught.value.hint


def test_bytes_that_are_no_text_are_said(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"\xff\xfe\x00{")
    with pytest.raises(BadInput, match="no JSON text"):
        read_source(path)


side = st.integers(1, 5000)
share = st.floats(0, 1)


@given(side, side, share, share, share, share)
def test_boxes_inside_the_picture_come_back_exactly(
    width: int, height: int, x1: float, y1: float, x2: float, y2: float
) -> None:
    wanted = Box.from_edges(x1, y1, x2, y2).clamped()
    pixels = (
        wanted.left * width,
        wanted.top * height,
        wanted.width * width,
        wanted.height * height,
    )
    found = _regions(coco([box(*pixels)], width=width, height=height))
    for a, b in zip(_edges(found), _edges(wanted), strict=True):
        assert a == pytest.approx(b, abs=1e-9)


wild = st.one_of(st.none(), st.text(), st.floats(), st.integers(), st.lists(st.floats()))


@given(st.lists(wild, max_size=5), wild, wild)
def test_no_box_leaves_the_picture_whatever_the_file_says(
    pixels: list[object], category: object, outline: object
) -> None:
    data = coco([box(*pixels, category=category, segmentation=[outline]), box(*pixels)])
    for _, found in _all_regions(data):
        left, top, right, bottom = _edges(found)
        assert 0 <= left < right <= 1 + 1e-12
        assert 0 <= top < bottom <= 1 + 1e-12


def _all_regions(data: Json) -> tuple[tuple[str, Box], ...]:
    from tui_detect.formats.coco import Content

    return next(Content(Path("a.json"), data).sources()).regions


def _regions(data: Json) -> Box:
    [(_, found)] = _all_regions(data)
    return found


def _edges(found: Box) -> tuple[float, float, float, float]:
    return found.left, found.top, found.right, found.bottom


def test_boxes_on_stored_pixels_turn_with_the_picture() -> None:
    source = SourceImage(Path("a"), "a", 200, 100, (("fork", Box(0.1, 0.2, 0.3, 0.4)),), True)
    turned = source.on_picture(100, 200, 6)
    assert turned.notes == ("boxes turned with the picture",)
    [(_, found)] = turned.regions
    assert _edges(found) == pytest.approx((0.4, 0.1, 0.8, 0.4))


@pytest.mark.parametrize(
    ("size", "orientation"), [((200, 100), 6), ((400, 200), 1), ((200, 100), 3)]
)
def test_boxes_on_the_upright_picture_stay(size: tuple[int, int], orientation: int) -> None:
    source = SourceImage(Path("a"), "a", 200, 100, (("fork", Box(0.1, 0.2, 0.3, 0.4)),), True)
    assert source.on_picture(*size, orientation) is source


def test_boxes_drawn_on_another_picture_are_noted() -> None:
    source = SourceImage(Path("a"), "a", 200, 100, (("fork", Box(0.1, 0.2, 0.3, 0.4)),), True)
    assert "200 × 100" in source.on_picture(500, 400, 1).notes[0]


@pytest.mark.parametrize(
    ("name", "pictures", "regions", "tags"),
    [("cutlery", 40, 40, {"fork", "scissors"}), ("bccd", 364, 4886, {"WBC", "RBC", "Platelets"})],
)
def test_real_data_sets_arrive_whole(
    shared_data: Path, name: str, pictures: int, regions: int, tags: set[str]
) -> None:
    images = list(read_source(shared_data / name / "annotations.json"))
    assert len(images) == pictures
    assert all(image.path.is_file() for image in images)
    noted = [note for image in images for note in image.notes]
    assert sum(len(image.regions) for image in images) == regions, noted
    assert {tag for image in images for tag, _ in image.regions} == tags
