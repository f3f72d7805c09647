"""Ultralytics reads the pictures, boxes and names that the person gave, whatever they contain."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.jobs import bare_job
from tui_detect.core.geometry import Box
from tui_detect.vision.dataset import (
    class_name,
    label_text,
    make_folders,
    picture_stem,
    quoted,
    write_description,
    write_labels,
)


def test_a_label_is_class_centre_and_size() -> None:
    text = label_text([(2, Box(0.25, 0.5, 0.5, 0.25))])
    assert [float(value) for value in text.split()] == [2, 0.5, 0.625, 0.5, 0.25]


def test_a_box_over_the_border_is_cut_there() -> None:
    values = [float(value) for value in label_text([(0, Box(-0.1, 0.5, 1.3, 0.7))]).split()]
    assert values == [0, 0.5, 0.75, 1.0, 0.5]


def test_labels_lie_where_ultralytics_looks_for_them(tmp_path: Path) -> None:
    image = bare_job(tmp_path).images[1]
    make_folders(tmp_path)
    write_labels(tmp_path, image)
    assert picture_stem(tmp_path, image) == tmp_path / "images" / "val" / "b"
    assert (tmp_path / "labels" / "val" / "b.txt").read_text().startswith("0 0.25")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_name_means_itself_in_yaml(text: str) -> None:
    assert yaml.safe_load(f"names:\n  0: {quoted(text)}\n") == {"names": {0: text}}


@pytest.mark.parametrize("name", ["no", "1", "a: b", '"', "\\", "🔩", "line\nbreak", "#x", ""])
def test_the_description_holds_awkward_names(tmp_path: Path, name: str) -> None:
    description = write_description(tmp_path, ["plain", name])
    assert yaml.safe_load(description.read_text()) == {
        "path": str(tmp_path),
        "train": "images/train",
        "val": "images/val",
        "names": {0: "plain", 1: name},
    }


def test_a_tag_is_not_taken_for_an_imagenet_code() -> None:
    assert class_name("nut") == "nut"
    assert not class_name("n01440764").startswith("n0")
