"""Label pictures and train object detectors in a terminal."""

__version__ = "0.1.0"
