"""Training starts from the best weights at hand and never waits for a network that is not there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tui_detect.core.errors import BadInput
from tui_detect.vision import weights
from tui_detect.vision.weights import (
    Weights,
    download,
    fetch_weights,
    find_weights,
    remember_weights,
    remembered_weights,
)

NAMES = ("yolo26n", "yolo11n")
ARCHIVE = b"PK\x03\x04" + bytes(100_000)


class _Assets(BaseHTTPRequestHandler):
    """Publishes `good.pt`, an error page under `page.pt`, and never answers `mute.pt`."""

    over = threading.Event()

    def do_GET(self) -> None:
        if "mute" in self.path:
            self.over.wait(10)
            return
        content = ARCHIVE if "good" in self.path else b"<html>please log in</html>"
        self.send_response(404 if "absent" in self.path else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def assets() -> Iterator[str]:
    _Assets.over.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Assets)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    _Assets.over.set()
    server.shutdown()
    server.server_close()


def test_a_second_model_s_weights_are_fetched_once_or_it_is_said_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def fetch(file_name: str, folder: Path, should_stop: object) -> Path:
        asked.append(file_name)
        if "26" in file_name:
            raise ConnectionError("no route")
        (folder / file_name).write_bytes(ARCHIVE)
        return folder / file_name

    monkeypatch.setattr(weights, "download", fetch)
    monkeypatch.setattr(weights, "wants_offline", lambda: False)
    for _ in range(2):
        assert fetch_weights("yolo11s", tmp_path, lambda: False) == ""
    assert asked == ["yolo11s.pt"]
    assert "yolo26s.pt could not be downloaded (no route)" in fetch_weights(
        "yolo26s", tmp_path, lambda: False
    )


def test_none_means_from_scratch_without_a_word(tmp_path: Path) -> None:
    found = find_weights("none", NAMES, tmp_path)
    assert (found.file, found.warning) == (None, "")


def test_a_given_file_is_used(tmp_path: Path) -> None:
    path = tmp_path / "mine.pt"
    path.write_bytes(ARCHIVE)
    assert find_weights(str(path), NAMES, tmp_path).file == path


@pytest.mark.parametrize("name", ["absent.pt", "model.onnx", "."])
def test_a_given_file_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput) as caught:
        find_weights(str(tmp_path / name), NAMES, tmp_path)
    assert str(tmp_path) in caught.value.message


def test_a_page_that_is_no_archive_is_no_weights_file(tmp_path: Path) -> None:
    page = tmp_path / "page.pt"
    page.write_text("<html>please log in</html>")
    with pytest.raises(BadInput, match=r"page\.pt is no weights file"):
        find_weights(str(page), NAMES, tmp_path)


def test_a_home_that_nobody_has_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        find_weights("~nobody-at-all/mine.pt", NAMES, tmp_path)


def test_the_best_model_at_hand_is_found(tmp_path: Path) -> None:
    (tmp_path / "yolo11n.pt").write_bytes(ARCHIVE)
    assert find_weights("auto", NAMES, tmp_path).file == tmp_path / "yolo11n.pt"
    (tmp_path / "yolo26n.pt").write_bytes(ARCHIVE)
    assert find_weights("auto", NAMES, tmp_path).file == tmp_path / "yolo26n.pt"


def test_offline_without_weights_says_so(tmp_path: Path) -> None:
    found = find_weights("auto", NAMES, tmp_path / "weights")
    assert found.file is None
    assert "training from scratch" in found.warning
    assert "YOLO_OFFLINE" in found.warning


def test_published_weights_are_downloaded_and_kept(
    tmp_path: Path, assets: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YOLO_OFFLINE")
    monkeypatch.setattr(weights.download, "__defaults__", ((lambda: False), assets))
    found = find_weights("auto", ["good"], tmp_path / "weights")
    assert found.file == tmp_path / "weights" / "good.pt"
    assert found.file.read_bytes() == ARCHIVE
    assert [path.name for path in found.file.parent.iterdir()] == ["good.pt"]


@pytest.mark.parametrize("name", ["page", "absent", "mute"])
def test_a_network_that_does_not_deliver_leaves_nothing(
    tmp_path: Path, assets: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("YOLO_OFFLINE")
    monkeypatch.setattr(weights, "ANSWER_LIMIT_S", 0.3)
    monkeypatch.setattr(weights.download, "__defaults__", ((lambda: False), assets))
    found = find_weights("auto", [name], tmp_path)
    assert found.file is None
    assert f"{name}.pt could not be downloaded" in found.warning
    assert list(tmp_path.glob("*.pt")) + list(tmp_path.glob(".*")) == []


def test_a_download_can_be_stopped(tmp_path: Path, assets: str) -> None:
    with pytest.raises(TimeoutError):
        download("good.pt", tmp_path, lambda: True, assets)
    assert list(tmp_path.glob("*.pt")) == []


@pytest.mark.parametrize("file", [None, Path("/somewhere/yolo11n.pt")])
def test_a_resumed_run_starts_from_nothing_else_than_before(
    tmp_path: Path, file: Path | None
) -> None:
    record = tmp_path / "start-weights.json"
    assert remembered_weights(record) is None
    remember_weights(record, Weights(file, "a warning that has been told"))
    assert remembered_weights(record) == Weights(file)
