"""The domain for detectors that will run on small devices."""

from __future__ import annotations

from dataclasses import replace

from tui_detect.vision.recipes import general

_BASE = general.RECIPE

RECIPE = replace(
    _BASE,
    name="General (compact)",
    uuid="a27d5ca5-bb19-49d8-a70a-fec086c47f5b",
    purpose="Like General, with the smallest model: for phones, cameras and single-board computers",
    gpu=replace(
        _BASE.gpu,
        from_scratch="yolo11n",
        pretrained=("yolo26n", "yolo11n"),
        image_size_px=416,
        image_size_max_px=640,
    ),
)
