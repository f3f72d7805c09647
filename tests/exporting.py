"""A stand-in for the child that converts weights, so that no torch is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_detect.vision.exporter import ExportFormat


def convert_with_stand_in(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Weights are copied in place of being converted; the sizes that were asked for."""
    sizes: list[int] = []

    def write(weights: Path, format_: ExportFormat, stem: Path, size_px: int) -> Path:
        sizes.append(size_px)
        made = stem.with_name(stem.name + format_.suffix)
        if format_.is_folder:
            made.mkdir()
            (made / "model.xml").write_text(f"from {weights.name}")
        else:
            made.write_bytes(weights.read_bytes())
        return made

    monkeypatch.setattr("tui_detect.workflows.exporting_model.export_weights", write)
    return sizes
