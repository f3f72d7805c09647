"""`python -m tui_detect` is `tui-detect`."""

from tui_detect.cli import main

if __name__ == "__main__":
    main()
