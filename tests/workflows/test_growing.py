"""A point on an image gives a box: by its edges, or by Segment Anything where its weights are."""

from __future__ import annotations

import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.waiting import wait_for
from tui_detect.core.errors import Conflict, PictureRefused, RunFailed
from tui_detect.core.geometry import Box, overlap
from tui_detect.vision import segmenter
from tui_detect.workflows.growing import Grower
from tui_detect.workflows.library import Library

CHILD = """
import json, sys
order = json.loads(sys.stdin.readline())
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    if asked["x"] == 1.0:
        open(order["weights"] + ".asked", "w").close()
        continue
    from PIL import Image
    width, height = Image.open(asked["picture"]).size
    print(json.dumps({"items": [[0.9, asked["x"], asked["y"], width / 1000, height / 1000]]}),
          flush=True)
"""

DISC = Box(0.25, 0.3, 0.3, 0.4)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A disc on a table, 400 by 300 pixels once EXIF has turned it."""
    image = Image.new("RGB", (400, 300), (180, 180, 175))
    ImageDraw.Draw(image).ellipse((100, 90, 220, 210), fill=(40, 60, 150))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "disc.jpg", exif=exif)
    return tmp_path / "disc.jpg"


@pytest.fixture
def sam(library: Library, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Weights that a stand-in for the child takes."""
    monkeypatch.setattr(segmenter, "COMMAND", (sys.executable, "-c", CHILD))
    library.weights_path.mkdir()
    weights = library.weights_path / "mobile_sam.pt"
    weights.touch()
    return weights


def test_without_weights_the_edges_of_the_upright_picture_give_the_box(
    library: Library, picture: Path
) -> None:
    with closing(Grower(library)) as grower:
        assert grower.method == "edges"
        for typical in (None, (0.28, 0.38)):
            found = grower.grow(picture, (0.4, 0.5), typical)
            assert found is not None
            assert overlap(found, DISC) > 0.8
        assert grower.grow(picture, (0.8, 0.8)) is None


def test_with_weights_the_child_sees_the_upright_picture(
    library: Library, picture: Path, sam: Path
) -> None:
    with closing(Grower(library)) as grower:
        assert grower.method == f"SAM ({sam.name})"
        assert grower.grow(picture, (0.1, 0.2)) == Box(0.1, 0.2, 0.4, 0.3)


def test_a_file_that_is_no_picture_is_refused_and_the_next_one_works(
    library: Library, picture: Path, sam: Path
) -> None:
    broken = picture.with_name("text.jpg")
    broken.write_text("no picture")
    with closing(Grower(library)) as grower:
        with pytest.raises(PictureRefused):
            grower.grow(broken, (0.1, 0.2))
        assert grower.grow(picture, (0.1, 0.2)) is not None
    sam.unlink()
    with closing(Grower(library)) as grower, pytest.raises(PictureRefused):
        grower.grow(broken, (0.1, 0.2))


def test_closing_does_not_wait_for_an_answer(library: Library, picture: Path, sam: Path) -> None:
    grower = Grower(library)
    raised: list[BaseException] = []

    def wait_in_vain() -> None:
        try:
            grower.grow(picture, (1.0, 0.5))
        except RunFailed as error:
            raised.append(error)

    thread = threading.Thread(target=wait_in_vain)
    thread.start()
    wait_for(sam.with_name("mobile_sam.pt.asked").exists, "the child to be asked")
    grower.close()
    thread.join()
    assert len(raised) == 1
    with pytest.raises(Conflict):
        grower.grow(picture, (0.5, 0.5))
