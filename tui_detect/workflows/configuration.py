"""A person's `config.toml` in the home: keys for the app, launchers for runs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tui_detect.core.errors import BadInput


class ConfigurationError(BadInput):
    """The configuration cannot be used."""

    title = "Your configuration cannot be used"


def read_configuration(home: Path) -> dict[str, Any]:
    """The tables of `config.toml`; none when there is no such file.

    Raises:
        ConfigurationError: it cannot be read.
    """
    path = home / "config.toml"
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error}", "correct it and start again"
        ) from error


def on_end_of(configuration: Mapping[str, Any]) -> str:
    """The command that `config.toml` gives for the end of every run; empty for none.

    Raises:
        ConfigurationError: it is no text.
    """
    table = configuration.get("runs", {})
    command = table.get("on_end", "") if isinstance(table, dict) else None
    if not isinstance(command, str):
        raise ConfigurationError(
            "runs in config.toml is not understood", 'write [runs] and a line on_end = "command"'
        )
    return command
