"""Where a data set's pictures are, and how large."""

from __future__ import annotations

from pathlib import Path

from tui_detect.formats.images import pictures_below


class PictureFinder:
    """Finds pictures by the names that a data-set file gives them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        """Where the data-set file is."""
        self._by_name: dict[str, Path] | None = None

    def find(self, file_name: str) -> Path:
        """The picture's path; where it should be when it is not there.

        Looked for beside the file, in `images/` beside it or one folder up, and at last anywhere
        below by its bare name, because exports often carry the paths of another machine.
        """
        name = Path(file_name.replace("\\", "/"))
        places = (self._folder, self._folder / "images", self._folder.parent / "images")
        for place in places:
            for candidate in (place / name, place / name.name):
                if _is_file(candidate):
                    return candidate
        return self._below().get(name.name, self._folder / name)

    def _below(self) -> dict[str, Path]:
        if self._by_name is None:
            self._by_name = {}
            for path in pictures_below(self._folder):
                self._by_name.setdefault(path.name, path)
        return self._by_name


def header_size(path: Path) -> tuple[int, int] | None:
    """Width and height of the pixels as stored, without decoding them; `None` if unreadable."""
    from PIL import Image

    try:
        with Image.open(path) as picture:
            return picture.size
    # Adding the picture will refuse it and say why; here its size is merely unknown.
    except Exception:
        return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    # A name with a NUL byte is no file's.
    except ValueError:
        return False
