"""The domain for shelves: hundreds of small things in one picture, side by side, with lettering."""

from __future__ import annotations

from dataclasses import replace

from tui_detect.vision.recipes import general

_BASE = general.RECIPE

RECIPE = replace(
    _BASE,
    name="Products on Shelves",
    uuid="3780a898-81c3-4516-81ae-3a139614e1f3",
    purpose="Many small objects in one picture, such as goods on a shelf; larger pictures, slower",
    cpu=replace(_BASE.cpu, image_size_px=640, image_size_max_px=960, batch_max=8),
    gpu=replace(_BASE.gpu, image_size_px=1024, image_size_max_px=1536, batch_max=16),
    # Goods are photographed from one distance, and their labels have a left and a right.
    augmentation=replace(_BASE.augmentation, mirror=0.0, scale=0.25),
    boxes_max=1000,
)
