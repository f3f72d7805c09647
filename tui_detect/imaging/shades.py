"""Pixel modes of picture files (16-bit, palette, CMYK, alpha) to 8-bit RGB."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

_DEEP = ("I", "I;16", "I;16L", "I;16B", "I;16N")
_DEPTHS_BITS = (8, 12, 16)


def plain_rgb(image: Image.Image) -> bool:
    """Whether the mode is 8-bit RGB or grey and nothing is transparent."""
    return image.mode in ("RGB", "L") and "transparency" not in image.info


def rgb_converter(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """The function that turns any part of this decoded picture into RGB.

    Scales come from the whole picture, so that all its parts are treated alike. CMYK of JPEG
    files arrives here upright: Pillow has undone Adobe's inversion.
    """
    if image.mode in _DEEP:
        return _deep_converter(image)
    if image.mode == "F":
        return _float_converter(image)
    if _may_be_transparent(image):
        return _on_white
    return lambda part: part if part.mode == "RGB" else part.convert("RGB")


def _may_be_transparent(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info


def _on_white(part: Image.Image) -> Image.Image:
    """Transparent pixels show white, as every browser's empty page does."""
    part = part.convert("RGBA")
    rgb = Image.new("RGB", part.size, "white")
    rgb.paste(part, mask=part.getchannel("A"))
    return rgb


def _deep_converter(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """16 bits to 8 by the file's depth: 8 or 12 bits of data in a 16-bit file count as such.

    Microscopes and industrial cameras store 12 bits so; divided by 257 they would be black.
    """
    low, high = _whole_extrema(image)
    top = next((2**bits - 1 for bits in _DEPTHS_BITS if high < 2**bits), None)
    bottom = 0.0
    if top is None or low < 0:
        bottom, top = low, max(high, low + 1)
    return _scaling(bottom, top)


def _float_converter(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """Floats of 0 to 1 or 0 to 255 as they are, others stretched from smallest to largest."""
    low, high = image.getextrema()
    bottom, top = float(low), float(high)  # type: ignore[arg-type]
    if not (abs(bottom) < float("inf") and abs(top) < float("inf")):
        raise ValueError("its values are not finite numbers")
    if bottom >= 0 and top <= 255:
        bottom, top = 0.0, 1.0 if top <= 1 else 255.0
    return _scaling(bottom, top if top > bottom else bottom + 1)


def _scaling(bottom: float, top: float) -> Callable[[Image.Image], Image.Image]:
    scale = 255 / (top - bottom)

    def convert(part: Image.Image) -> Image.Image:
        deep = part if part.mode == "F" else part.convert("I").convert("F")
        # Half a step more, because the conversion to 8 bits cuts off.
        grey = deep.point(lambda v: v * scale + (0.5 - bottom * scale)).convert("L")
        return grey.convert("RGB")

    return convert


def _whole_extrema(image: Image.Image) -> tuple[int, int]:
    lows, highs = [], []
    rows = max(1, (1 << 22) // image.width)
    for top in range(0, image.height, rows):
        band = image.crop((0, top, image.width, min(top + rows, image.height)))
        low, high = band.convert("I").getextrema()
        lows.append(int(low))  # type: ignore[arg-type]
        highs.append(int(high))  # type: ignore[arg-type]
    return min(lows), max(highs)
