"""A worker reaches neither the network nor the person's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_detect.vision import environment
from tui_detect.vision.environment import usable_cores, wants_offline, worker_environment


def test_ultralytics_installs_nothing_and_writes_only_where_it_may(tmp_path: Path) -> None:
    variables = worker_environment(tmp_path)
    assert variables["YOLO_AUTOINSTALL"] == "false"
    assert variables["YOLO_CONFIG_DIR"] == str(tmp_path)
    assert int(variables["OMP_NUM_THREADS"]) >= 1
    assert variables["OMP_WAIT_POLICY"] == "PASSIVE", "threads that spin would starve each other"


def test_the_wish_to_stay_offline_is_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YOLO_OFFLINE", "1")
    assert worker_environment(tmp_path)["YOLO_OFFLINE"] == "1"
    assert wants_offline()
    monkeypatch.delenv("YOLO_OFFLINE")
    assert "YOLO_OFFLINE" not in worker_environment(tmp_path)
    assert not wants_offline()


def test_keys_of_tracking_services_stay_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ULTRALYTICS_API_KEY", "secret")
    monkeypatch.setenv("RANK", "3")
    variables = worker_environment(tmp_path)
    assert "ULTRALYTICS_API_KEY" not in variables
    assert "RANK" not in variables


@pytest.mark.parametrize(
    ("quota", "cores"), [("50000 100000", 1), ("max 100000", None), ("", None), ("100 x", None)]
)
def test_a_container_s_quota_limits_the_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quota: str, cores: int | None
) -> None:
    monkeypatch.setattr(environment, "CGROUP_QUOTA", tmp_path / "absent")
    unlimited = usable_cores()
    (tmp_path / "cpu.max").write_text(quota)
    monkeypatch.setattr(environment, "CGROUP_QUOTA", tmp_path / "cpu.max")
    assert usable_cores() == (cores or unlimited)
