"""What a fresh interpreter loads: commands no Textual, the first frame nothing heavy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HEAVY = {"torch", "ultralytics", "cv2", "plotext", "numpy", "PIL", "sqlite_utils", "scipy"}


def modules_after(code: str, home: Path) -> set[str]:
    """The top-level packages in memory after `code` ran in an interpreter of its own."""
    ending = "\nimport json, sys\nprint(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    environ = {**os.environ, "TUI_DETECT_HOME": str(home), "TEXTUAL_COLOR_SYSTEM": "truecolor"}
    done = subprocess.run(
        [sys.executable, "-c", code + ending],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environ,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_command_line_loads_neither_textual_nor_what_trains(home: Path) -> None:
    loaded = modules_after("import tui_detect.cli.main", home)
    assert not loaded & {"textual", "torch", "ultralytics", "cv2", "plotext", "numpy"}


FIRST_FRAME = """
import asyncio
from tui_detect.workflows.library import open_library
from tui_detect.workflows.projects import create_project, list_projects

async def main():
    from tui_detect.ui.app import TuiDetectApp
    app = TuiDetectApp(open_library())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert type(app.screen).__name__ == "ProjectsScreen", app.screen
        assert app.screen.query_one("#projects").rows
"""


def test_the_first_frame_loads_nothing_heavy(home: Path) -> None:
    # Made before, by another process: setting up a new library is allowed to load more.
    modules_after(
        "from tui_detect.workflows.library import open_library\n"
        "from tui_detect.workflows.projects import create_project\n"
        "create_project(open_library(), 'cutlery')",
        home,
    )
    loaded = modules_after(FIRST_FRAME + "asyncio.run(main())", home)
    assert "textual" in loaded
    assert not loaded & HEAVY
