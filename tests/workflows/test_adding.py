"""Adding: one result per file, nothing twice, nothing lost, the person's files untouched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.library import draw_pictures, tag_image, workspace
from tui_detect.core.errors import BadInput
from tui_detect.core.model import Project
from tui_detect.imaging.decode import inspect
from tui_detect.workflows import adding
from tui_detect.workflows.adding import AddProgress, add_images
from tui_detect.workflows.images import count_images
from tui_detect.workflows.library import Library
from tui_detect.workflows.tagging import open_image
from tui_detect.workflows.tags import create_tag, list_tags


def test_a_folder_is_added_once(library: Library, project: Project, tmp_path: Path) -> None:
    draw_pictures(tmp_path / "p", 3)
    assert add_images(library, project.id, [tmp_path / "p"]).added == 3
    again = add_images(library, project.id, [str(tmp_path / "p" / "*.png")])
    assert (again.added, again.present) == (0, 3)
    assert "already there" in again.results[0].reason
    assert count_images(library, project.id).untagged == 3


def test_each_bad_file_gets_its_reason_and_the_good_ones_go_in(
    library: Library, project: Project, tmp_path: Path
) -> None:
    good, truncated, *_ = draw_pictures(tmp_path / "p", 2, (300, 300))
    truncated.write_bytes(truncated.read_bytes()[:-40])
    (tmp_path / "p" / "notes.jpg").write_text("not a picture")
    (tmp_path / "p" / "empty.png").write_bytes(b"")
    report = add_images(library, project.id, [tmp_path / "p"])
    assert [Path(r.path) for r in report.results if r.outcome == "added"] == [good]
    refused = {Path(r.path).name: r.reason for r in report.results if r.outcome == "refused"}
    assert set(refused) == {"notes.jpg", "empty.png", truncated.name}
    assert all(refused.values())
    assert len(list(library.objects.list())) == 1


def test_a_missing_path_or_an_empty_folder_is_refused_whole(
    library: Library, project: Project, tmp_path: Path
) -> None:
    draw_pictures(tmp_path / "p", 1)
    (tmp_path / "empty").mkdir()
    for bad in (tmp_path / "nowhere", tmp_path / "empty"):
        with pytest.raises(BadInput) as raised:
            add_images(library, project.id, [tmp_path / "p", bad])
        assert str(bad) in raised.value.message
    assert count_images(library, project.id).total == 0


def test_a_picture_that_vanishes_is_one_refusal(
    library: Library, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = draw_pictures(tmp_path / "p", 3)

    def vanish_first(path: Path) -> object:
        paths[1].unlink(missing_ok=True)
        return inspect(path)

    monkeypatch.setattr(adding, "inspect", vanish_first)
    report = add_images(library, project.id, [tmp_path / "p"])
    assert (report.added, report.refused) == (2, 1)


@pytest.mark.parametrize("name", ["смайл 🙂.png", "two\nlines.png", "a'b\"c.png", "-x.png"])
def test_any_file_name_goes_in(
    library: Library, project: Project, tmp_path: Path, name: str
) -> None:
    draw_pictures(tmp_path / "p", 1)[0].rename(tmp_path / "p" / name)
    report = add_images(library, project.id, [tmp_path / "p"])
    assert report.added == 1, report.results
    assert workspace(library, project)[0].name == name


def test_cancelling_keeps_what_is_in(library: Library, project: Project, tmp_path: Path) -> None:
    draw_pictures(tmp_path / "p", 60)
    asked = 0

    def stop_soon() -> bool:
        nonlocal asked
        asked += 1
        return asked > 20

    report = add_images(library, project.id, [tmp_path / "p"], should_stop=stop_soon)
    assert report.cancelled
    assert 0 < report.added < 60
    assert count_images(library, project.id).total == report.added


def test_progress_ends_at_the_total(library: Library, project: Project, tmp_path: Path) -> None:
    draw_pictures(tmp_path / "p", 5)
    seen: list[AddProgress] = []
    add_images(library, project.id, [tmp_path / "p"], on_progress=seen.append)
    assert (seen[-1].done, seen[-1].total, seen[-1].added) == (5, 5, 5)


def test_a_dry_run_changes_nothing(library: Library, project: Project, tmp_path: Path) -> None:
    draw_pictures(tmp_path / "p", 2)
    report = add_images(library, project.id, [tmp_path / "p"], dry_run=True)
    assert report.added == 2
    assert count_images(library, project.id).total == 0
    assert list(library.objects.list()) == []


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    """Two pictures and a COCO file with one nut on the first."""
    draw_pictures(tmp_path / "p", 2, (100, 50))
    file = tmp_path / "p" / "annotations.json"
    images = [
        {"id": n, "file_name": f"picture_{n}.png", "width": 100, "height": 50} for n in (0, 1)
    ]
    boxes = [{"id": 1, "image_id": 0, "category_id": 7, "bbox": [10, 10, 50, 20]}]
    categories = [{"id": 7, "name": "nut"}]
    file.write_text(json.dumps({"images": images, "annotations": boxes, "categories": categories}))
    return file


def test_a_data_set_brings_its_regions_and_tags(
    library: Library, project: Project, coco: Path
) -> None:
    report = add_images(library, project.id, [coco])
    assert (report.added, report.regions) == (2, 1)
    opened = open_image(library, workspace(library, project)[0].id)
    box = opened.tagging.regions[0].box
    assert [round(value, 6) for value in (box.left, box.top, box.width, box.height)] == [
        0.1,
        0.2,
        0.5,
        0.4,
    ]
    assert [c.tag.name for c in list_tags(library, project.id)] == ["nut"]
    assert opened.undo_count == 1, "an import can be taken back like any edit"


def test_a_data_set_fills_images_that_nobody_has_tagged(
    library: Library, project: Project, coco: Path
) -> None:
    add_images(library, project.id, [coco.parent / "picture_0.png"])
    report = add_images(library, project.id, [coco])
    assert (report.added, report.present, report.regions) == (1, 1, 1)
    assert "1 region added" in report.results[0].reason


def test_a_data_set_never_overwrites_a_persons_work(
    library: Library, project: Project, coco: Path
) -> None:
    add_images(library, project.id, [coco.parent / "picture_0.png"])
    (image,) = workspace(library, project)
    mine = tag_image(library, image, create_tag(library, project.id, "mine"))
    report = add_images(library, project.id, [coco])
    assert list(open_image(library, image.id).tagging.regions) == mine
    assert report.regions == 0


def test_the_real_data_sets_come_in_whole(
    library: Library, project: Project, shared_data: Path
) -> None:
    report = add_images(library, project.id, [shared_data / "cutlery" / "annotations.json"])
    assert (report.added, report.refused, report.regions) == (40, 0, 40)
    counts = {c.tag.name: c.images for c in list_tags(library, project.id)}
    assert counts == {"fork": 20, "scissors": 20}
