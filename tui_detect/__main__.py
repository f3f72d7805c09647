"""The door: `tui-detect`, and `python -m tui_detect`."""

from __future__ import annotations

import sys


def main() -> None:
    """Open the app at once when nothing else is asked; otherwise hand over to the command line."""
    if len(sys.argv) > 1:
        from tui_detect.cli.main import main as command_line

        command_line()
        return
    # Without click, which would be a tenth of the time to the first frame.
    from tui_detect.cli.opening import open_app
    from tui_detect.core.errors import TuiDetectError
    from tui_detect.workflows.library import open_library

    try:
        library = open_library()
        open_app(library)
        library.close()
    except (TuiDetectError, OSError) as error:
        from tui_detect.cli.common import fail

        fail(error)


if __name__ == "__main__":
    main()
