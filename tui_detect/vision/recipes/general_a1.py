"""The domain for hard cases: a larger model that sees larger pictures for longer."""

from __future__ import annotations

from dataclasses import replace

from tui_detect.vision.recipes import general

_BASE = general.RECIPE

RECIPE = replace(
    _BASE,
    name="General [A1]",
    uuid="9c616dff-2e7d-ea11-af59-1866da359ce6",
    purpose="Like General, more accurate and several times slower: for tight places and hard cases",
    cpu=replace(
        _BASE.cpu,
        from_scratch="yolo11s",
        pretrained=("yolo26s", "yolo11s"),
        image_size_px=416,
    ),
    gpu=replace(
        _BASE.gpu,
        from_scratch="yolo11m",
        pretrained=("yolo26m", "yolo11m", "yolo26s", "yolo11s"),
    ),
    from_scratch=replace(_BASE.from_scratch, picture_views=18_000),
    pretrained=replace(_BASE.pretrained, picture_views=9_000),
)
