"""`add` and `images` from a script, with every kind of bad input."""

from __future__ import annotations

import os
import struct
import subprocess
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.library import draw_pictures


@pytest.fixture(autouse=True)
def project_p(run: Run) -> None:
    run("project", "create", "p")


def huge_png(path: Path) -> None:
    """A PNG of 30,000 × 30,000 pixels in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    )


def test_pictures_are_added_and_listed(run: Run, tmp_path: Path) -> None:
    draw_pictures(tmp_path / "d", 3, (40, 30))
    ran = run("add", "p", tmp_path / "d")
    assert (ran.code, ran.out) == (0, "3 added, 0 already there, 0 refused, 0 regions\n")
    (first, *_) = run("images", "p", "--json").json
    assert first == {
        "id": first["id"],
        "name": "picture_0.png",
        "width": 40,
        "height": 30,
        "state": "untagged",
        "split": None,
        "regions": [],
    }
    assert run("images", "p", "tagged", "--json").json == []
    assert run("images", "p", "picture_1", "--set-split", "validation").out.startswith("1 images")
    assert "validation" in run("images", "p", "split:validation").out


def test_bad_files_are_refused_with_reasons_and_the_good_go_in(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    good, cut = draw_pictures(folder, 2, (200, 200))
    cut.write_bytes(cut.read_bytes()[:-30])
    (folder / "text.jpg").write_text("hello")
    (folder / "empty.gif").write_bytes(b"")
    (folder / "two\nlines.png").write_bytes(b"no")
    huge_png(folder / "huge.png")
    ran = run("add", "p", folder, "-v")
    assert ran.code == 0
    assert f"added {good}" in ran.out
    lines = ran.err.splitlines()
    assert len(lines) == 5, "one line each, also for the name with a line break"
    assert all(line.startswith("refused ") and ": " in line for line in lines)
    assert any("30,000" in line for line in lines)


def test_nothing_usable_is_exit_code_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("hello")
    assert run("add", "p", tmp_path / "text.jpg").code == 1


def test_paths_that_hold_nothing(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "nowhere" in refused("add", "p", tmp_path / "nowhere")
    assert "empty" in refused("add", "p", tmp_path / "empty")
    assert "no project 'q'" in refused("add", "q", tmp_path)


def test_a_query_that_cannot_be_read(refused: Callable[..., str]) -> None:
    assert "split:test" in refused("images", "p", "split:test")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    mount = tmp_path / "disk"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(mount)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system can only be mounted by root")
    yield mount
    subprocess.run(["umount", "-l", str(mount)], check=True)


def test_a_full_disk_is_one_line_and_loses_nothing(
    run: Run, refused: Callable[..., str], small_disk: Path, tmp_path: Path
) -> None:
    home = small_disk / "home"
    run("--home", home, "project", "create", "p")
    (good,) = draw_pictures(tmp_path / "one", 1)
    assert run("--home", home, "add", "p", good).code == 0
    for number in range(8):
        path = tmp_path / "many" / f"{number}.bmp"
        path.parent.mkdir(exist_ok=True)
        # Pixels that do not compress: half a megabyte each.
        path.write_bytes(_bmp(400, 400))
    assert "full" in refused("--home", home, "add", "p", tmp_path / "many")
    names = {image["name"] for image in run("--home", home, "images", "p", "--json").json}
    assert "picture_0.png" in names


def test_a_disk_without_a_byte_left_is_said_to_be_full_by_reading_commands_too(
    run: Run, refused: Callable[..., str], small_disk: Path
) -> None:
    home = small_disk / "home"
    run("--home", home, "project", "create", "p")
    with (small_disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(b"x" * 4096)
    line = refused("--home", home, "project", "list")
    assert "library.db is full; free some space" in line


def _bmp(width: int, height: int) -> bytes:
    pixels = os.urandom(width * height * 3)
    header = struct.pack("<2sIHHI", b"BM", 54 + len(pixels), 0, 0, 54)
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(pixels), 0, 0, 0, 0)
    return header + info + pixels


def test_a_read_only_home_can_be_read_and_a_change_is_refused_in_one_line(
    run: Run, refused: Callable[..., str], small_disk: Path, tmp_path: Path
) -> None:
    home = small_disk / "home"
    run("--home", home, "project", "create", "p")
    (picture,) = draw_pictures(tmp_path / "one", 1)
    run("--home", home, "add", "p", picture)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert [image["name"] for image in run("--home", home, "images", "p", "--json").json] == [
        "picture_0.png"
    ]
    assert run("--home", home, "runs", "p").code == 0
    for change in (("project", "create", "q"), ("tag", "create", "p", "nut"), ()):
        line = refused("--home", home, *change)
        assert "read-only, and this would change it; copy the home" in line
        assert "--home" in line


def test_suggesting_without_an_iteration_says_what_to_do(refused: Callable[..., str]) -> None:
    assert "no iteration yet" in refused("suggest", "p")
