"""Every number of a plan can be set, and what cannot be is told with what can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.vision.test_recipes import plan
from tui_detect.core.errors import BadInput
from tui_detect.core.model import TrainingSettings
from tui_detect.vision.recipes import fixed_names, read_overrides, settable


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("learning_rate", "0.0005", 0.0005),
        ("batch", "3", 3),
        ("mirror", "0", 0.0),
        ("rotation_degrees", "10", 10.0),
        ("optimizer", "SGD", "SGD"),
        ("model", "yolo11s", "yolo11s"),
        ("epochs", "12", 12),
        ("image_size_px", "128", 128),
        ("boxes_max", "20", 20),
    ],
)
def test_what_is_set_is_what_is_trained_with(name: str, text: str, value: Any) -> None:  # noqa: ANN401
    given = read_overrides([f" {name} = {text} "])
    made = plan(settings=TrainingSettings(overrides=given))
    assert settable(made)[name] == value


def test_the_rest_follows_the_epochs_that_are_set() -> None:
    made = plan(settings=TrainingSettings(overrides={"epochs": 6}))
    assert made.epochs_are_limit
    assert made.warmup_epochs < 2
    assert made.mosaic_free_epochs == 1


def test_weights_keep_the_model_that_they_are_of() -> None:
    settings = TrainingSettings(overrides={"model": "yolo11x"})
    assert plan(weights=Path("/w/yolo11n.pt"), settings=settings).model == "yolo11n"


@pytest.mark.parametrize(
    ("text", "complaint", "hint"),
    [
        ("speed=3", "no 'speed'", "learning_rate, mirror, model"),
        ("mirror=2", "mirror cannot be '2'", "0 to 1"),
        ("mirror=nan", "mirror cannot be 'nan'", "0 to 1"),
        ("batch=2.5", "batch cannot be '2.5'", "whole number from 1"),
        ("batch=many", "batch cannot be 'many'", "whole number"),
        ("model=yolov3", "model cannot be 'yolov3'", "yolo11n"),
        ("mirror", "'mirror' sets nothing", "NAME=VALUE"),
        ("mirror=", "'mirror=' sets nothing", "NAME=VALUE"),
    ],
)
def test_what_cannot_be_set_is_told_in_one_sentence(text: str, complaint: str, hint: str) -> None:
    with pytest.raises(BadInput) as raised:
        read_overrides([text])
    assert complaint in raised.value.message
    assert hint in raised.value.hint


def test_what_a_person_set_in_any_way_is_known() -> None:
    settings = TrainingSettings(epochs=4, overrides={"mirror": 0.0})
    assert fixed_names(settings) == {"epochs", "mirror"}
