"""Some numbers as a row of small bars."""

from __future__ import annotations

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], low: float, high: float) -> str:
    """One bar a value, from `low` to `high`; all of them half high where there is no range."""
    if high <= low:
        return BARS[len(BARS) // 2 - 1] * len(values)
    steps = (round((value - low) / (high - low) * (len(BARS) - 1)) for value in values)
    return "".join(BARS[max(0, min(step, len(BARS) - 1))] for step in steps)


def bar(share: float, cells: int) -> str:
    """A bar of 0 to 1, exact to an eighth of a cell; anything above 0 is seen."""
    eighths = round(max(0.0, min(share, 1.0)) * cells * 8)
    eighths = max(eighths, 1) if share > 0 else 0
    full, rest = divmod(eighths, 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")
