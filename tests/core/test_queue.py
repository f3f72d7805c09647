"""First come, first served, for those who want the same device."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tui_detect.core.queue import QueueEntry, ahead_of, devices_for, in_order


def run(name: str, *candidates: str, holds: tuple[str, ...] = (), every: bool = True) -> QueueEntry:
    """A run; those named later in the alphabet came later."""
    return QueueEntry(name, f"Iteration {name}", "", candidates, every, holds)


def auto(name: str, *candidates: str, holds: tuple[str, ...] = ()) -> QueueEntry:
    return run(name, *candidates, holds=holds, every=False)


def unasked() -> Mapping[str, int]:
    raise AssertionError("there is nothing to choose")


def turn(
    *entries: QueueEntry, of: str, free_bytes: Mapping[str, int] | None = None
) -> tuple[str, ...]:
    return devices_for(entries, of, unasked if free_bytes is None else lambda: free_bytes)


def test_a_free_device_is_taken_at_once() -> None:
    assert turn(run("a", "cpu"), of="a") == ("cpu",)


def test_a_device_in_use_is_waited_for() -> None:
    assert turn(run("a", "cpu", holds=("cpu",)), run("b", "cpu"), of="b") == ()


def test_who_came_first_is_first() -> None:
    waiting = (run("c", "cpu"), run("b", "cpu"))
    assert turn(*waiting, of="b") == ("cpu",)
    assert turn(*waiting, of="c") == ()


def test_another_device_is_not_waited_for() -> None:
    queue = (run("a", "g0", holds=("g0",)), run("b", "g0"), run("c", "g1"))
    assert turn(*queue, of="c") == ("g1",)


def test_auto_takes_the_gpu_with_the_most_free_memory() -> None:
    assert turn(auto("a", "g0", "g1"), of="a", free_bytes={"g0": 4, "g1": 20}) == ("g1",)


def test_auto_takes_the_one_gpu_that_no_run_has() -> None:
    queue = (run("a", "g1", holds=("g1",)), auto("b", "g0", "g1"))
    assert turn(*queue, of="b") == ("g0",)


def test_two_that_leave_the_choice_get_one_gpu_each() -> None:
    queue = (auto("a", "g0", "g1"), auto("b", "g0", "g1"))
    free = {"g0": 4, "g1": 20}
    assert turn(*queue, of="b", free_bytes=free) == ("g0",)


def test_several_gpus_are_taken_together_or_not_at_all() -> None:
    both = run("b", "g0", "g1")
    assert turn(both, of="b") == ("g0", "g1")
    assert turn(run("a", "g1", holds=("g1",)), both, of="b") == ()


def test_who_waits_for_several_is_not_overtaken_on_one_of_them() -> None:
    queue = (run("a", "g1", holds=("g1",)), run("b", "g0", "g1"), auto("c", "g0", "g1"))
    assert turn(*queue, of="c") == ()


def test_gpus_that_another_person_s_process_hides_from_itself_are_not_counted_for_it() -> None:
    queue = (run("a", "g3", holds=("g3",)), auto("b", "g3"), auto("c", "g0"))
    assert turn(*queue, of="c") == ("g0",)


def test_what_a_run_waits_for() -> None:
    queue = [
        run("a", "g0", holds=("g0",)),
        run("b", "g0", "g1"),
        run("c", "g1"),
        run("d", "g2", holds=("g2",)),
        run("e", "g0"),
    ]
    assert [entry.iteration for entry in ahead_of(queue, "c")] == ["b"]
    assert [entry.iteration for entry in ahead_of(queue, "e")] == ["a", "b"]
    assert [entry.iteration for entry in ahead_of(queue, "b")] == ["a"]


def test_runs_are_listed_before_those_that_wait() -> None:
    queue = [run("a", "cpu"), run("c", "g1", holds=("g1",)), run("b", "g0", holds=("g0",))]
    assert [entry.iteration for entry in in_order(queue)] == ["b", "c", "a"]


def test_a_run_that_does_not_wait_has_no_turn() -> None:
    with pytest.raises(LookupError):
        turn(run("a", "cpu", holds=("cpu",)), of="a")
