"""The domain for brand marks, which have a left and a right and a colour of their own."""

from __future__ import annotations

from dataclasses import replace

from tui_detect.vision.recipes import general

_BASE = general.RECIPE

RECIPE = replace(
    _BASE,
    name="Logo",
    uuid="1d8ffafe-ec40-4fb2-8f90-72b3b6cecea4",
    purpose="Brand logos, signs and lettering; never mirrors pictures and keeps their colours",
    cpu=replace(_BASE.cpu, image_size_px=416),
    augmentation=replace(
        _BASE.augmentation,
        mirror=0.0,
        scale=0.6,
        hue=0.005,
        saturation=0.4,
        rotation_degrees=5.0,
    ),
)
