"""Picture files to upright 8-bit RGB pictures, or one clear reason why not."""

from __future__ import annotations

import ctypes
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, UnidentifiedImageError, _imaging

from tui_detect.core.errors import PictureRefused
from tui_detect.imaging.files import clone
from tui_detect.imaging.refusals import (
    refused,
    refused_by_system,
    regular_file_size,
    storage_failed,
)
from tui_detect.imaging.shades import plain_rgb, rgb_converter

MAX_PIXELS = 250_000_000
"""Pictures above are refused before decoding: one of this size takes 1 GB while it is decoded."""

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF")
READABLE = "JPEG, PNG, BMP, GIF, WebP and TIFF"

_ENDINGS = {"JPEG": ".jpg", "PNG": ".png", "BMP": ".bmp", "WEBP": ".webp"}
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG", b"BM", b"GIF8", b"RIFF", b"II*\x00", b"MM\x00*")
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})
_BAND_PIXELS = 1 << 22
# What OpenCV reads exactly as Pillow does, by format: the decoder's raw modes.
_PLAIN_RAW_MODES = {"JPEG": {"RGB", "L"}, "PNG": {"RGB", "L"}, "BMP": {"BGR"}, "WEBP": {"RGB"}}

# Pillow's own limit is lower and partly a warning; ours is checked before any pixel is decoded.
Image.MAX_IMAGE_PIXELS = None
# A picture is used or refused; a remark on stderr about its metadata would tear the screen.
warnings.filterwarnings("ignore", module=r"PIL\.")


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a picture file holds, after it has been decoded once."""

    width_px: int
    """Of the upright picture, EXIF rotation applied."""
    height_px: int
    format: str
    """One of `FORMATS`."""
    size_bytes: int
    is_plain: bool
    """8-bit RGB or grey without rotation or alpha: training can read the file as it is."""
    orientation: int = 1
    """How EXIF turns the stored pixels, 1 (not at all) to 8."""


def inspect(path: str | os.PathLike[str]) -> PictureFacts:
    """Decode the picture once and say what it is.

    Raises:
        PictureRefused: no picture, cut short, damaged, too large, empty, gone or unreadable.
    """
    path = Path(path)
    with _opened(path) as (image, size_bytes):
        file_format = _format(image)
        raw_mode = _raw_mode(image)
        plain = _is_plain(image, file_format, raw_mode) and not _has_tail(path, file_format)
        width_px, height_px = image.size
        # An eighth of the size reads the whole file just the same, in a quarter of the time.
        image.draft(None, (1, 1))
        image.load()
        rgb_converter(image)(image.crop((0, 0, 1, 1)))
        turn = _orientation(image)
    if turn in _SIDEWAYS:
        width_px, height_px = height_px, width_px
    plain = plain and turn == 1
    return PictureFacts(width_px, height_px, file_format, size_bytes, plain, turn)


def load_upright(path: str | os.PathLike[str], *, max_side_px: int | None = None) -> Image.Image:
    """The picture as 8-bit RGB, turned as its EXIF says, transparency on white.

    With `max_side_px` it is scaled down (never up) to fit that square; large pictures are then
    reduced while they are read, so that the memory needed stays near that of the decoded file.

    Raises:
        PictureRefused: as `inspect`.
    """
    with _opened(Path(path)) as (image, _):
        target = _fitted(image.size, max_side_px)
        if target != image.size:
            # Twice the size wanted leaves the final filter enough to work with.
            image.draft(None, (target[0] * 2, target[1] * 2))
        image.load()
        turn = _orientation(image)
        factor = max(1, min(image.width // (2 * target[0]), image.height // (2 * target[1])))
        rgb = _converted(image, factor)
        if rgb.size != target:
            rgb = rgb.resize(target, Image.Resampling.LANCZOS)
    if turn in _TURNS:
        rgb = rgb.transpose(_TURNS[turn])
    return rgb


def write_for_training(source: str | os.PathLike[str], destination_stem: Path) -> Path:
    """Put the picture at `destination_stem` plus an ending that fits; returns the file.

    A plain picture is linked as it is. Any other is written upright in 8-bit RGB: a rotated or
    CMYK JPEG as a JPEG of quality 95 without colour subsampling (a PNG of a 12-megapixel photo
    takes 20 MB, and phones rotate nearly all of them), the rest as PNG.

    Raises:
        PictureRefused: as `inspect`.
        StorageFailed: the destination cannot be written.
    """
    source = Path(source)
    facts = inspect(source)
    ending = _ENDINGS[facts.format] if facts.is_plain or facts.format == "JPEG" else ".png"
    destination = destination_stem.with_name(destination_stem.name + ending)
    picture = None if facts.is_plain else load_upright(source)
    try:
        # What lies there may be a link to somebody's original: never write into it.
        destination.unlink(missing_ok=True)
        if picture is None:
            clone(source, destination)
        elif ending == ".jpg":
            picture.save(destination, "JPEG", quality=95, subsampling=0)
        else:
            picture.save(destination, "PNG", compress_level=1)
    except OSError as error:
        raise storage_failed(destination, error) from error
    return destination


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Image.Image, int]]:
    """The picture, not decoded yet, and its size in bytes; whatever goes wrong is a refusal."""
    size_bytes = regular_file_size(path)
    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise refused(
                    path,
                    f"{image.width:,} × {image.height:,} pixels are more than "
                    f"{MAX_PIXELS // 1_000_000} megapixels",
                    "scale it down or cut it up first",
                )
            if image.format == "TIFF":
                _silence_libtiff()
            yield image, size_bytes
    except PictureRefused:
        raise
    except UnidentifiedImageError as error:
        raise _not_a_picture(path) from error
    except MemoryError as error:
        raise refused(path, "too little memory to decode it", "scale it down first") from error
    # Fed with a broken file, Pillow's decoders raise anything from SyntaxError to IndexError.
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise refused_by_system(path, error) from error
        text = " ".join(str(error).split())
        # A WebP file that ends early has no decoder, says libwebp.
        if "truncated" in text.lower() or "decoder object" in text:
            raise refused(
                path, "cut short: the file ends before the picture does", "copy it again"
            ) from error
        detail = text or type(error).__name__
        raise refused(path, f"damaged ({detail})", "copy it again or save it anew") from error


@cache
def _silence_libtiff() -> None:
    """Keep libtiff from writing its remarks to the terminal; Pillow raises what matters."""
    library = ctypes.CDLL(_imaging.__file__)
    for name in ("TIFFSetErrorHandler", "TIFFSetWarningHandler"):
        if hasattr(library, name):
            getattr(library, name)(None)


def _not_a_picture(path: Path) -> PictureRefused:
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        return refused_by_system(path, error)
    if head.startswith(_MAGIC):
        return refused(path, "damaged: its beginning cannot be read", "copy it again")
    if head[4:8] == b"ftyp":
        return refused(path, "HEIC, AVIF or a film", f"save it as one of {READABLE}")
    return refused(path, "not a picture", f"pictures are {READABLE} files")


def _format(image: Image.Image) -> str:
    # Phones write several JPEGs into one file and Pillow calls that MPO; the first is the picture.
    return "JPEG" if image.format == "MPO" else str(image.format)


def _raw_mode(image: Image.Image) -> str:
    """How the file stores its pixels; known only before they are decoded."""
    tiles = getattr(image, "tile", None)
    arguments = tiles[0][3] if tiles else image.mode
    return str(arguments[0] if isinstance(arguments, tuple) else arguments)


def _is_plain(image: Image.Image, file_format: str, raw_mode: str) -> bool:
    if raw_mode not in _PLAIN_RAW_MODES.get(file_format, ()) or not plain_rgb(image):
        return False
    return file_format == "JPEG" or getattr(image, "n_frames", 1) == 1


def _has_tail(path: Path, file_format: str) -> bool:
    """Whether bytes follow a JPEG's end: Ultralytics takes it for corrupt and re-encodes it."""
    if file_format != "JPEG":
        return False
    with path.open("rb") as file:
        file.seek(-2, os.SEEK_END)
        return file.read() != b"\xff\xd9"


def _orientation(image: Image.Image) -> int:
    """EXIF orientation, 1 to 8; broken metadata does not spoil good pixels."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    # The EXIF parser, too, raises anything when fed with a broken block.
    except Exception:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _fitted(size: tuple[int, int], max_side_px: int | None) -> tuple[int, int]:
    width, height = size
    longest = max(width, height)
    if max_side_px is None or longest <= max_side_px:
        return size
    scale = max_side_px / longest
    return max(1, round(width * scale)), max(1, round(height * scale))


def _converted(image: Image.Image, factor: int) -> Image.Image:
    """Decoded pixels to RGB, `factor` times smaller, band by band.

    Converting whole would hold a second and a third copy of the largest pictures.
    """
    convert: Callable[[Image.Image], Image.Image] = rgb_converter(image)
    width, height = image.size
    if factor == 1 and width * height <= _BAND_PIXELS:
        return convert(image)
    small = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    band = max(1, _BAND_PIXELS // (width * factor)) * factor
    for top in range(0, height, band):
        part = convert(image.crop((0, top, width, min(top + band, height))))
        small.paste(part.reduce(factor) if factor > 1 else part, (0, top // factor))
    return small
