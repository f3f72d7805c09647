"""Data-set readers behind one registry: a format is one file here and one line in `registry`."""

from tui_detect.formats.registry import format_names, read_source
from tui_detect.formats.source import SourceImage

__all__ = ["SourceImage", "format_names", "read_source"]
