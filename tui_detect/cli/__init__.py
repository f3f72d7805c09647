"""The command line: it asks, translates and prints; rules live in `workflows` and `core`."""

from __future__ import annotations

from tui_detect.cli.main import main

__all__ = ["main"]
