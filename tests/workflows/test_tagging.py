"""Every edit is stored when it happens and can be undone and redone, also after a restart."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library import BOX, add_pictures, tag_image
from tests.waiting import wait_for
from tui_detect.core.edits import Edit, RegionChange, apply_edit
from tui_detect.core.errors import Conflict
from tui_detect.core.geometry import Box
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Image, Project, Region
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.tagging import (
    NEWEST,
    open_image,
    redo,
    save_edit,
    set_split,
    typical_size,
    undo,
)
from tui_detect.workflows.tags import create_tag, delete_tag


@pytest.fixture
def image(library: Library, project: Project, tmp_path: Path) -> Image:
    return add_pictures(library, project, tmp_path / "p", 1)[0]


def test_an_edit_is_there_after_a_restart(
    library: Library, project: Project, image: Image, home: Path
) -> None:
    regions = tag_image(library, image, create_tag(library, project.id, "nut"))
    library.close()
    again = open_library(home)
    opened = open_image(again, image.id)
    assert list(opened.tagging.regions) == regions
    assert (opened.undo_count, opened.redo_count) == (1, 0)
    assert opened.image.state == "tagged"
    assert undo(again, image.id) is not None
    assert open_image(again, image.id).image.state == "untagged"
    again.close()


def test_an_image_reviewed_without_regions_is_background(library: Library, image: Image) -> None:
    tag_image(library, image)
    assert open_image(library, image.id).image.state == "background"


def test_undo_and_redo_say_what_they_applied(
    library: Library, project: Project, image: Image
) -> None:
    (region,) = tag_image(library, image, create_tag(library, project.id, "nut"))
    undone = undo(library, image.id)
    assert undone is not None
    assert undone.changes == (RegionChange(region, None),)
    assert undo(library, image.id) is None
    redone = redo(library, image.id)
    assert redone is not None
    assert redone.changes == (RegionChange(None, region),)
    assert redo(library, image.id) is None


def test_a_new_edit_ends_what_could_be_redone(
    library: Library, project: Project, image: Image
) -> None:
    tag = create_tag(library, project.id, "nut")
    tag_image(library, image, tag)
    undo(library, image.id)
    tag_image(library, image, tag)
    assert open_image(library, image.id).redo_count == 0


def test_an_edit_made_from_another_state_is_not_saved(
    library: Library, project: Project, image: Image
) -> None:
    (region,) = tag_image(library, image, create_tag(library, project.id, "nut"))
    moved = Region(region.uuid, region.tag_id, Box(0.1, 0.1, 0.2, 0.2))
    save_edit(library, image.id, Edit("move", (RegionChange(region, moved),), True, True))
    with pytest.raises(Conflict, match="changed elsewhere"):
        save_edit(library, image.id, Edit("delete", (RegionChange(region, None),), True, True))
    assert open_image(library, image.id).tagging.regions == (moved,)


def test_a_region_with_a_tag_deleted_meanwhile_is_not_saved(
    library: Library, project: Project, image: Image
) -> None:
    tag = create_tag(library, project.id, "nut")
    delete_tag(library, tag.id)
    with pytest.raises(Conflict, match="'nut' was deleted"):
        tag_image(library, image, tag)
    assert open_image(library, image.id).tagging.regions == ()


def test_the_usual_size_of_a_tag_is_that_of_its_newest_regions(
    library: Library, project: Project, tmp_path: Path
) -> None:
    nut = create_tag(library, project.id, "nut")
    assert typical_size(library, nut.id) is None
    old, new = add_pictures(library, project, tmp_path / "p", 2)
    tag_image(library, old, *[nut] * NEWEST, box=Box(0.1, 0.1, 0.8, 0.8))
    tag_image(library, new, *[nut] * NEWEST, box=Box(0.1, 0.1, 0.2, 0.3))
    assert typical_size(library, nut.id) == (0.2, 0.3)


def test_a_split_set_by_hand_stays(library: Library, image: Image) -> None:
    set_split(library, [image.id], "validation")
    assert open_image(library, image.id).image.split == "validation"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(acts=st.lists(st.sampled_from(["add", "move", "delete", "undo", "redo"]), max_size=25))
def test_the_database_follows_any_sequence_and_undo_leads_back(
    library: Library, project: Project, tmp_path: Path, acts: list[str]
) -> None:
    random.seed(len(acts))
    name = f"run {new_uuid()}"
    tag = create_tag(library, project.id, name)
    (tmp_path / name).mkdir()
    from PIL import Image as Pillow

    from tui_detect.workflows.adding import add_images

    colour = tuple(os.urandom(3))
    Pillow.new("RGB", (9, 9), colour).save(tmp_path / name / "x.png")
    add_images(library, project.id, [tmp_path / name])
    image_id = library.db.value("SELECT max(id) FROM images")
    start = open_image(library, image_id).tagging
    state = start
    for act in acts:
        edit: Edit | None
        if act == "undo":
            edit = undo(library, image_id)
        elif act == "redo":
            edit = redo(library, image_id)
        else:
            change = RegionChange(None, Region(new_uuid(), tag.id, BOX))
            if act != "add" and state.regions:
                chosen = random.choice(state.regions)
                box = Box(random.random() / 2, 0.1, 0.3, 0.3)
                after = Region(chosen.uuid, tag.id, box) if act == "move" else None
                change = RegionChange(chosen, after)
            edit = Edit(act, (change,), state.reviewed, True)
            save_edit(library, image_id, edit)
        state = state if edit is None else apply_edit(state, edit)
        stored = open_image(library, image_id).tagging
        assert stored.reviewed == state.reviewed
        assert {r.uuid: r for r in stored.regions} == {r.uuid: r for r in state.regions}
    while undo(library, image_id):
        pass
    assert open_image(library, image_id).tagging == start


EDITOR = """
import sys
from functools import partial
from pathlib import Path
from tui_detect.core.edits import Edit, RegionChange
from tui_detect.core.geometry import Box
from tui_detect.core.model import Region
from tui_detect.core.ids import new_uuid
from tui_detect.workflows.library import open_library
from tui_detect.workflows.tagging import open_image, save_edit
library = open_library(Path(sys.argv[1]))
image, tag = int(sys.argv[2]), int(sys.argv[3])
reviewed = open_image(library, image).tagging.reviewed
while True:
    region = Region(new_uuid(), tag, Box(0.1, 0.1, 0.1, 0.1))
    save_edit(library, image, Edit("add", (RegionChange(None, region),), reviewed, True))
    reviewed = True
    print(region.uuid, flush=True)
"""


def _has_lines(path: Path, count: int) -> bool:
    return path.read_text().count("\n") >= count


def test_every_acknowledged_edit_survives_a_kill(
    library: Library, project: Project, image: Image, home: Path, tmp_path: Path
) -> None:
    tag = create_tag(library, project.id, "nut")
    acknowledged: set[str] = set()
    for wanted in (1, 5, 20):
        output = tmp_path / f"acknowledged {wanted}"
        with output.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, "-c", EDITOR, str(home), str(image.id), str(tag.id)], stdout=file
            )
        wait_for(partial(_has_lines, output, wanted), f"{wanted} edits")
        process.send_signal(signal.SIGKILL)
        process.wait()
        acknowledged |= set(output.read_text().split("\n")[:-1])
    stored = {region.uuid for region in open_image(library, image.id).tagging.regions}
    assert acknowledged <= stored
    assert library.db.value("PRAGMA integrity_check") == "ok"
