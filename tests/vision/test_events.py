"""Whoever watches a run sees each event once, whole, in order, whatever happened to the writer."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tui_detect.vision.events import EventWriter, read_events


def test_a_watcher_reads_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventWriter(path)
    writer.write("stage", stage="preparing", done=1, total=2)
    writer.write("warning", message="zwölf 🔩\nskipped")
    events, _ = read_events(path)
    assert [(e.seq, e.kind) for e in events] == [(1, "stage"), (2, "warning")]
    assert events[0].data == {"stage": "preparing", "done": 1, "total": 2}
    assert events[1].data["message"] == "zwölf 🔩\nskipped"
    assert events[0].at.tzinfo is not None
    writer.close()


def test_before_the_first_event_there_is_nothing(tmp_path: Path) -> None:
    assert read_events(tmp_path / "events.jsonl", 0) == ([], 0)


def test_each_event_is_read_exactly_once(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventWriter(path)
    seen: list[int] = []
    offset = 0
    for n in range(5):
        writer.write("warning", message=str(n))
        events, offset = read_events(path, offset)
        seen += [e.seq for e in events]
    assert seen == [1, 2, 3, 4, 5]
    assert read_events(path, offset) == ([], offset)


def test_a_line_in_the_making_waits_for_its_end(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    EventWriter(path).write("warning", message="whole")
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(b'{"seq":2,"at":"2026-01-01T00')
    events, offset = read_events(path)
    assert [e.seq for e in events] == [1]
    assert offset == whole


def test_a_new_writer_drops_a_torn_line_and_counts_on(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    EventWriter(path).write("warning", message="first")
    with path.open("ab") as file:
        file.write(b'{"seq":2,"at":"20')
    EventWriter(path).write("warning", message="second")
    events, _ = read_events(path)
    assert [(e.seq, e.data["message"]) for e in events] == [(1, "first"), (2, "second")]


def test_a_spoiled_line_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventWriter(path)
    writer.write("warning", message="before")
    with path.open("ab") as file:
        file.write(b"\x00\x00\x00\n[]\n")
    writer.write("warning", message="after")
    events, _ = read_events(path)
    assert [e.data["message"] for e in (events[0], events[-1])] == ["before", "after"]
    assert len({e.seq for e in events}) == 4, "no two events share a number"
    assert "could not be read" in str(events[1].data["message"])


def test_a_loss_that_is_no_number_is_stored_as_none(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    EventWriter(path).write("batch", losses={"box": math.nan, "cls": math.inf, "dfl": 1.5})
    events, _ = read_events(path)
    assert events[0].data["losses"] == {"box": None, "cls": None, "dfl": 1.5}


def test_a_long_run_is_read_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventWriter(path)
    for n in range(50):
        writer.write("warning", message=str(n) * 40)
    seen: list[int] = []
    offset = 0
    while True:
        events, new_offset = read_events(path, offset, limit_bytes=300)
        if new_offset == offset:
            break
        assert len(events) < 50
        seen, offset = seen + [e.seq for e in events], new_offset
    assert seen == list(range(1, 51))


def test_one_event_longer_than_a_part_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    EventWriter(path).write("detections", image="a", items=[[0, 0.5, 0, 0, 1, 1]] * 300)
    events, offset = read_events(path, 0, limit_bytes=100)
    assert len(events) == 1
    assert offset == path.stat().st_size


@given(st.lists(st.text(), max_size=6), st.data())
def test_any_cut_of_the_file_gives_whole_events_only(texts: list[str], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "events.jsonl"
        writer = EventWriter(path)
        for text in texts:
            writer.write("warning", message=text)
        writer.close()
        content = path.read_bytes()
        cut = data.draw(st.integers(0, len(content)))
        path.write_bytes(content[:cut])
        first, offset = read_events(path)
        path.write_bytes(content)
        rest, _ = read_events(path, offset)
    messages = [str(e.data["message"]) for e in first + rest]
    assert messages == [text.encode("utf-8", "replace").decode() for text in texts]
