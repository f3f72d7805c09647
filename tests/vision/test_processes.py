"""A process is told from any other, also from one that got its pid later."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

from tests.waiting import wait_for
from tui_detect.vision.processes import identify


def test_this_process_runs() -> None:
    me = identify()
    assert me is not None
    assert me.is_here
    assert me.is_running()


def test_another_process_with_the_same_pid_is_another_one() -> None:
    me = identify()
    assert me is not None
    assert not replace(me, mark="another boot:7").is_running()
    assert not replace(me, started_at=me.started_at - 60, mark="").is_running()
    assert not replace(me, host="elsewhere").is_running()


def test_setting_the_clock_makes_no_other_process_of_it() -> None:
    me = identify()
    assert me is not None
    assert replace(me, started_at=me.started_at - 60).is_running()


def test_a_dead_process_does_not_run_even_before_it_is_buried() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        identity = identify(child.pid)
        assert identity is not None
        assert identity.is_running()
        child.kill()
        wait_for(lambda: not identity.is_running(), "the zombie to count as dead")
    assert identify(child.pid) != identity
