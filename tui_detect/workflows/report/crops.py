"""The worst errors as crops: the person's box solid, the model's dashed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence

from tui_detect.core.errors import PictureRefused
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.geometry import Box
from tui_detect.core.model import Image
from tui_detect.imaging.crops import crop_jpeg
from tui_detect.workflows.library import Library
from tui_detect.workflows.report.markup import Markup, element

SIDE_PX = 420
_SHAPE = 4 / 3
_ROOM = 1.7
"""How much wider than the boxes the crop is."""
_LEAST_PX = 96
"""Of a tiny box so much around it is shown that one sees where it is."""


def worst_errors(
    library: Library,
    findings: Sequence[Finding],
    images: Mapping[int, Image],
    tag_names: Mapping[int, str],
) -> list[Markup]:
    """A figure for each finding, in their order; without a picture where it is not there."""
    return [
        element(
            "figure",
            _picture(library, finding, images.get(finding.image_id), tag_names),
            element("figcaption", list(_caption(finding, images.get(finding.image_id), tag_names))),
        )
        for finding in findings
    ]


def crop_window(boxes: Sequence[Box], picture_px: tuple[int, int]) -> Box:
    """The part of the picture to show: all the boxes with room around, 4:3 where it fits."""
    width_px, height_px = picture_px
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    wide_px = max((right - left) * width_px * _ROOM, _LEAST_PX)
    high_px = max((bottom - top) * height_px * _ROOM, _LEAST_PX)
    width = min(max(wide_px, high_px * _SHAPE) / width_px, 1.0)
    height = min(max(high_px, wide_px / _SHAPE) / height_px, 1.0)
    return Box(
        min(max((left + right - width) / 2, 0.0), 1.0 - width),
        min(max((top + bottom - height) / 2, 0.0), 1.0 - height),
        width,
        height,
    )


def _picture(
    library: Library, finding: Finding, image: Image | None, tag_names: Mapping[int, str]
) -> Markup:
    if image is None:
        return element("p", "No picture: it was deleted.", class_="gone")
    boxes = list(_boxes(finding))
    picture_px = (image.width_px, image.height_px)
    window = crop_window([box for box, _ in boxes], picture_px)
    try:
        jpeg = crop_jpeg(library.objects.path(image.sha256), window, picture_px, SIDE_PX)
    except PictureRefused as error:
        return element("p", f"No picture: {error.reason}.", class_="gone")
    width, height = window.width * image.width_px, window.height * image.height_px
    scale = 400 / max(width, 1.0)
    return element(
        "svg",
        element("title", " ".join(_sentence(finding, image, tag_names))),
        element(
            "image",
            href=f"data:image/jpeg;base64,{b64encode(jpeg).decode()}",
            width=width * scale,
            height=height * scale,
            preserveAspectRatio="none",
        ),
        [
            element(
                "rect",
                x=(box.left - window.left) * image.width_px * scale,
                y=(box.top - window.top) * image.height_px * scale,
                width=box.width * image.width_px * scale,
                height=box.height * image.height_px * scale,
                class_=f"{part} {whose}",
            )
            for box, whose in boxes
            for part in ("halo", "box")
        ],
        class_="crop",
        viewbox=f"0 0 {width * scale:.1f} {height * scale:.1f}",
        role="img",
    )


def _boxes(finding: Finding) -> Iterator[tuple[Box, str]]:
    for region in (finding.region, finding.other):
        if region is not None:
            yield region.box, "person"
    if finding.detection is not None:
        yield finding.detection.box, "model"


def _caption(
    finding: Finding, image: Image | None, tag_names: Mapping[int, str]
) -> Iterator[Markup]:
    kind, what, where = _sentence(finding, image, tag_names)
    yield element("strong", kind.capitalize())
    yield element("span", what)
    yield element("span", where, class_="quiet")


def _sentence(
    finding: Finding, image: Image | None, tag_names: Mapping[int, str]
) -> tuple[str, str, str]:
    """What the matter is, between which tags, and on which picture."""
    parts = []
    if finding.region is not None:
        parts.append(f"tagged {tag_names[finding.region.tag_id]}")
    if finding.detection is not None:
        found = finding.detection
        parts.append(f"found {tag_names[found.tag_id]} {found.probability:.2f}")
    beside = "" if finding.overlap is None else f"overlap {finding.overlap:.2f} · "
    name = "deleted picture" if image is None else image.name
    return finding.kind, " · ".join(parts), f"{beside}{name}"
