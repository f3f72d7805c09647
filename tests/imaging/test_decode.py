"""Every picture people have is read upright and in 8-bit RGB, or refused with one clear reason."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.imaging.pictures import CORNERS, corners, near, quarters, save
from tui_detect.core.errors import PictureRefused, StorageFailed
from tui_detect.imaging.decode import inspect, load_upright, write_for_training

EXPECTED = [tuple(colour) for colour in CORNERS]


@pytest.mark.parametrize(
    ("name", "mode", "tolerance"),
    [
        ("a.jpg", "RGB", 12),
        ("cmyk.jpg", "CMYK", 12),
        ("a.png", "RGB", 0),
        ("palette.png", "P", 0),
        ("alpha.png", "RGBA", 0),
        ("a.bmp", "RGB", 0),
        ("a.gif", "P", 0),
        ("a.webp", "RGB", 25),
        ("a.tif", "RGB", 0),
        ("cmyk.tif", "CMYK", 0),
    ],
)
def test_every_format_and_mode_shows_its_colours(
    tmp_path: Path, name: str, mode: str, tolerance: int
) -> None:
    picture = quarters()
    picture = picture.quantize(4) if mode == "P" else picture.convert(mode)
    path = save(picture, tmp_path / name)
    facts = inspect(path)
    assert (facts.width_px, facts.height_px) == (60, 40)
    assert facts.size_bytes == path.stat().st_size
    upright = load_upright(path)
    assert upright.mode == "RGB"
    assert near(corners(upright), EXPECTED, tolerance)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
def test_exif_rotation_is_applied_to_size_and_pixels(
    tmp_path: Path, orientation: int, ending: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(quarters(), tmp_path / f"turned.{ending}", exif=exif)
    from PIL import ImageOps

    with Image.open(path) as opened:
        expected = ImageOps.exif_transpose(opened).convert("RGB")
    facts = inspect(path)
    assert (facts.width_px, facts.height_px) == expected.size
    assert facts.is_plain == (orientation == 1 and ending != "tif")
    assert near(corners(load_upright(path)), corners(expected), 1)
    small = load_upright(path, max_side_px=24)
    assert max(small.size) == 24
    assert near(corners(small), corners(expected), 25)


def test_sixteen_bits_become_eight_by_rounding(tmp_path: Path) -> None:
    values = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    for name in ("deep.png", "deep.tif"):
        path = save(Image.fromarray(values), tmp_path / name)
        shown = np.asarray(load_upright(path))[..., 0].ravel()
        assert np.abs(shown - np.arange(65536) / 257).max() <= 0.5


def test_twelve_bits_in_a_sixteen_bit_file_are_not_black(tmp_path: Path) -> None:
    values = np.linspace(0, 4095, 10_000).astype(np.uint16).reshape(100, 100)
    shown = np.asarray(load_upright(save(Image.fromarray(values), tmp_path / "deep.png")))
    assert shown.min() == 0
    assert shown.max() == 255


def test_float_and_32_bit_pictures_are_shown(tmp_path: Path) -> None:
    unit = np.linspace(0, 1, 10_000, dtype=np.float32).reshape(100, 100)
    wide = np.linspace(-1e6, 1e6, 10_000).astype(np.int32).reshape(100, 100)
    for index, values in enumerate((unit, wide)):
        path = save(Image.fromarray(values), tmp_path / f"{index}.tif")
        shown = np.asarray(load_upright(path))
        assert (shown.min(), shown.max()) == (0, 255)


def test_float_picture_of_infinities_is_refused(tmp_path: Path) -> None:
    path = save(Image.fromarray(np.full((9, 9), np.inf, np.float32)), tmp_path / "inf.tif")
    with pytest.raises(PictureRefused, match="finite"):
        inspect(path)


def test_transparency_shows_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (8, 8), (10, 20, 30, 0))
    assert load_upright(save(clear, tmp_path / "a.png")).getpixel((4, 4)) == (255, 255, 255)
    grey = Image.new("LA", (8, 8), (10, 0))
    assert load_upright(save(grey, tmp_path / "b.png")).getpixel((4, 4)) == (255, 255, 255)
    palette = quarters().quantize(4)
    path = save(palette, tmp_path / "c.png", transparency=palette.getpixel((0, 0)))
    assert load_upright(path).getpixel((1, 1)) == (255, 255, 255)


def test_the_first_frame_of_an_animation_counts(tmp_path: Path) -> None:
    frames = [quarters().quantize(4), Image.new("P", (60, 40), 3)]
    path = save(frames[0], tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert near(corners(load_upright(path)), EXPECTED, 0)


def test_scaling_keeps_the_shape_and_never_enlarges(tmp_path: Path) -> None:
    path = save(quarters(3000, 20), tmp_path / "wide.png")
    assert load_upright(path, max_side_px=100).size == (100, 1)
    assert load_upright(path, max_side_px=9000).size == (3000, 20)


def write_blank_png(path: Path, side_px: int) -> None:
    """A valid black and white PNG, made without the memory its pixels would take."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    row = bytes(1 + -(-side_px // 8))
    squeeze = zlib.compressobj(1)
    pixels = b"".join(squeeze.compress(row) for _ in range(side_px)) + squeeze.flush()
    header = struct.pack(">IIBBBBB", side_px, side_px, 1, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def damaged(tmp_path: Path, name: str) -> Path:
    """A file of that name that is no usable picture."""
    path = tmp_path / name
    whole = save(quarters(400, 300), tmp_path / "whole.jpg").read_bytes()
    contents = {
        "empty.jpg": b"",
        "text.jpg": b"hello, I am no picture",
        "cut.jpg": whole[: len(whole) // 2],
        "head.jpg": whole[:20],
        "photo.heic": b"\0\0\0\x18ftypheic" + b"\0" * 40,
    }
    if name == "folder.jpg":
        path.mkdir()
    elif name == "pipe.jpg":
        os.mkfifo(path)
    elif name == "bomb.png":
        write_blank_png(path, 30_000)
    elif name in contents:
        path.write_bytes(contents[name])
    return path


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gone.jpg", "there is no such file"),
        ("empty.jpg", "0 bytes"),
        ("text.jpg", "not a picture"),
        ("cut.jpg", "cut short"),
        ("head.jpg", "damaged"),
        ("photo.heic", "HEIC"),
        ("folder.jpg", "a folder"),
        ("pipe.jpg", "pipe"),
        ("bomb.png", "30,000 × 30,000 pixels are more than 250 megapixels"),
        ("gone\n🦊.jpg", "there is no such file"),
        ("nul\0.jpg", "no file has such a name"),
    ],
)
def test_what_is_no_picture_is_refused_with_one_reason(
    tmp_path: Path, name: str, reason: str
) -> None:
    path = damaged(tmp_path, name)
    for read in (inspect, load_upright):
        with pytest.raises(PictureRefused) as caught:
            read(path)
        assert reason in caught.value.reason
        assert caught.value.hint
        assert "\n" not in caught.value.one_line()


@pytest.mark.parametrize("ending", ["png", "gif", "bmp", "tif", "webp"])
def test_every_format_cut_short_is_found_out(tmp_path: Path, ending: str) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 90, 3), np.uint8))
    whole = save(noise, tmp_path / f"whole.{ending}").read_bytes()
    path = tmp_path / f"cut.{ending}"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(PictureRefused, match="cut short"):
        inspect(path)


def test_a_file_that_may_not_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(quarters(), tmp_path / "secret.png")

    def forbid(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("PIL.Image.open", forbid)
    with pytest.raises(PictureRefused, match="permission denied"):
        inspect(path)


@pytest.mark.filterwarnings("ignore")  # pytest undoes the filters that `decode` sets
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_files_never_raise_anything_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    ending = data.draw(st.sampled_from(["jpg", "png", "gif", "bmp", "tif", "webp"]))
    path = save(quarters(), tmp_path_factory.mktemp("fuzz") / f"a.{ending}")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with suppress(PictureRefused):
        facts = inspect(path)
        assert load_upright(path).size == (facts.width_px, facts.height_px)


def test_nothing_is_written_to_the_terminal_about_bad_files(tmp_path: Path) -> None:
    whole = save(quarters(300, 300), tmp_path / "a.tif", compression="tiff_lzw").read_bytes()
    damaged_strip = bytearray(whole)
    damaged_strip[9:60] = os.urandom(51)
    (tmp_path / "b.tif").write_bytes(damaged_strip)
    program = (
        "import sys\nfrom tui_detect.imaging.decode import inspect\n"
        "from tui_detect.core.errors import PictureRefused\n"
        "try: inspect(sys.argv[1])\nexcept PictureRefused: pass\n"
        "assert 'numpy' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", program, tmp_path / "b.tif"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of its memory from /proc")
def test_200_megapixels_make_a_thumbnail_in_bounded_memory(tmp_path: Path) -> None:
    path = save(Image.new("L", (20_000, 10_000), 90), tmp_path / "big.png", compress_level=1)
    program = (
        "import sys\nfrom tui_detect.imaging.thumbnails import make_thumbnail\n"
        "make_thumbnail(sys.argv[1])\n"
        "status = open('/proc/self/status').read()\n"
        "print(int(status.split('VmHWM:')[1].split()[0]) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    )
    decoded_mb = 200
    assert int(done.stdout) < decoded_mb + 100


def test_a_plain_picture_is_trained_on_as_it_is(tmp_path: Path) -> None:
    source = save(quarters(), tmp_path / "a.jpg")
    written = write_for_training(source, tmp_path / "0001.old")
    assert written == tmp_path / "0001.old.jpg"
    assert written.read_bytes() == source.read_bytes()


def test_other_pictures_are_written_upright_for_training(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = save(quarters(), tmp_path / "turned.jpg", exif=exif)
    before = turned.read_bytes()
    written = write_for_training(turned, tmp_path / "1")
    assert written.suffix == ".jpg"
    with Image.open(written) as picture:
        assert picture.size == (40, 60)
        assert picture.getexif().get(0x0112) is None
    assert turned.read_bytes() == before
    deep = save(Image.fromarray(np.full((9, 9), 40_000, np.uint16)), tmp_path / "deep.tif")
    with Image.open(write_for_training(deep, tmp_path / "2")) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        assert picture.getpixel((4, 4)) == (156, 156, 156)


def test_writing_again_never_writes_into_the_original(tmp_path: Path) -> None:
    source = save(quarters(), tmp_path / "a.png")
    before = source.read_bytes()
    written = write_for_training(source, tmp_path / "1")
    deep = save(Image.new("RGBA", (9, 9)), tmp_path / "b.png")
    assert write_for_training(deep, tmp_path / "1") == written
    assert source.read_bytes() == before


def test_a_jpeg_with_bytes_after_its_end_is_not_left_to_ultralytics(tmp_path: Path) -> None:
    path = save(quarters(), tmp_path / "a.jpg")
    path.write_bytes(path.read_bytes() + b"maker's notes")
    assert not inspect(path).is_plain
    assert write_for_training(path, tmp_path / "1").read_bytes().endswith(b"\xff\xd9")


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    source = save(quarters(), tmp_path / "a.png")
    with pytest.raises(StorageFailed, match="cannot write"):
        write_for_training(source, tmp_path / "missing" / "1")


def test_opencv_reads_plain_pictures_as_we_do(tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed")
    for name in ("a.jpg", "a.png", "a.bmp", "a.webp", "turned.jpg", "alpha.png"):
        exif = Image.Exif()
        exif[0x0112] = 6 if name.startswith("turned") else 1
        mode = "RGBA" if name.startswith("alpha") else "RGB"
        options = {} if name.endswith(".bmp") else {"exif": exif}
        source = save(quarters().convert(mode), tmp_path / name, **options)
        written = write_for_training(source, tmp_path / f"train-{name}")
        theirs = cv2.imread(str(written))[..., ::-1].astype(int)
        ours = np.asarray(load_upright(source)).astype(int)
        assert np.abs(theirs - ours).max() <= 12, name
