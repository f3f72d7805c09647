"""The configuration is read, or says where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_detect.workflows.configuration import ConfigurationError, read_configuration


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
