"""The domain for the smallest devices: smaller pictures, and boxes that need nothing after them."""

from __future__ import annotations

from dataclasses import replace

from tui_detect.vision.recipes import general_compact

_BASE = general_compact.RECIPE

RECIPE = replace(
    _BASE,
    name="General (compact) [S1]",
    uuid="7ec2ac80-887b-48a6-8df9-8b1357765430",
    purpose="Faster still and without post-processing; wants many pictures or pretrained weights",
    # YOLO26 gives each object one box by itself; YOLO11 leaves dropping doubles to the device.
    cpu=replace(_BASE.cpu, from_scratch="yolo26n", pretrained=("yolo26n",), image_size_px=256),
    gpu=replace(_BASE.gpu, from_scratch="yolo26n", pretrained=("yolo26n",), image_size_px=320),
)
