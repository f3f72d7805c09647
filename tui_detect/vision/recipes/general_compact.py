"""The domain for detectors that will run on small devices."""

from __future__ import annotations

from tui_detect.vision.recipes.recipe import Augmentation, Models, Recipe, Schedule

RECIPE = Recipe(
    name="General (compact)",
    uuid="a27d5ca5-bb19-49d8-a70a-fec086c47f5b",
    purpose="Like General, with the smallest model: for phones, cameras and single-board computers",
    cpu=Models("yolo11n", ("yolo26n", "yolo11n"), image_size_px=320, batch_max=16),
    gpu=Models("yolo11n", ("yolo26n", "yolo11n"), image_size_px=416, batch_max=32),
    augmentation=Augmentation(
        mirror=0.5,
        mosaic=1.0,
        scale=0.5,
        translate=0.1,
        hue=0.015,
        saturation=0.7,
        brightness=0.4,
    ),
    from_scratch=Schedule(picture_views=12_000, epochs_min=50, epochs_max=300, patience_epochs=100),
    pretrained=Schedule(picture_views=6_000, epochs_min=25, epochs_max=150, patience_epochs=50),
)
