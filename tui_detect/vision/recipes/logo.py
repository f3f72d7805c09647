"""The domain for brand marks, which have a left and a right and a colour of their own."""

from __future__ import annotations

from tui_detect.vision.recipes.recipe import Augmentation, Models, Recipe, Schedule

RECIPE = Recipe(
    name="Logo",
    uuid="1d8ffafe-ec40-4fb2-8f90-72b3b6cecea4",
    purpose="Brand logos, signs and lettering; never mirrors pictures and keeps their colours",
    cpu=Models("yolo11n", ("yolo26n", "yolo11n"), image_size_px=416, batch_max=16),
    gpu=Models(
        "yolo11s", ("yolo26s", "yolo11s", "yolo26n", "yolo11n"), image_size_px=640, batch_max=32
    ),
    augmentation=Augmentation(
        mirror=0.0,
        mosaic=1.0,
        scale=0.6,
        translate=0.1,
        hue=0.005,
        saturation=0.4,
        brightness=0.4,
        rotation_degrees=5.0,
    ),
    from_scratch=Schedule(picture_views=12_000, epochs_min=50, epochs_max=300, patience_epochs=100),
    pretrained=Schedule(picture_views=6_000, epochs_min=25, epochs_max=150, patience_epochs=50),
)
