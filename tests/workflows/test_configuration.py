"""The configuration is read, or says where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_detect.workflows.configuration import ConfigurationError, on_end_of, read_configuration


def test_without_a_file_there_is_nothing_configured(tmp_path: Path) -> None:
    assert read_configuration(tmp_path) == {}


def test_tables_are_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[launchers.slurm]\npartition = "gpu"\n')
    assert read_configuration(tmp_path) == {"launchers": {"slurm": {"partition": "gpu"}}}


@pytest.mark.parametrize("text", [b"[keys", b"\xff"])
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "config.toml").write_bytes(text)
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(tmp_path)
    assert "config.toml" in caught.value.one_line()


def test_it_names_the_command_for_the_end_of_a_run() -> None:
    assert on_end_of({"runs": {"on_end": "beep"}}) == "beep"
    assert on_end_of({}) == ""


@pytest.mark.parametrize("runs", [5, {"on_end": 3}, ["beep"]])
def test_a_command_that_is_no_text_is_refused_with_what_to_write(runs: object) -> None:
    with pytest.raises(ConfigurationError, match="runs in config") as caught:
        on_end_of({"runs": runs})
    assert 'on_end = "command"' in caught.value.hint
