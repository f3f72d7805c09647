"""How figures and states read, the same on every screen."""

from __future__ import annotations

from datetime import UTC, datetime

from textual.content import Content

from tui_detect.core.model import Iteration, IterationState

STATE_STYLES: dict[IterationState, str] = {
    "queued": "$muted",
    "training": "$accent",
    "completed": "$success",
    "failed": "$error",
    "cancelled": "$warning",
    "lost": "$error",
}

STATE_MARKS: dict[IterationState, str] = {
    "queued": "…",
    "training": "●",
    "completed": "✓",
    "failed": "✗",
    "cancelled": "■",
    "lost": "?",
}


def percent(share: float | None) -> str:
    """`83 %`, or a dash where nothing can be computed."""
    return "–" if share is None else f"{share * 100:.0f} %"


def number(value: float) -> str:
    """Whole at one overlap threshold; with a decimal where it is a mean over ten."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def duration(seconds: float | None) -> str:
    """`40 s`, `4 min`, `2 h 5 min`, or a dash."""
    if seconds is None:
        return "–"
    whole = max(0, round(seconds))
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def size(count_bytes: int | None) -> str:
    """`22 kB`, `3.1 GB`, or a dash; powers of 1000, as disks are sold."""
    if count_bytes is None:
        return "–"
    value = float(count_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def printable(text: str) -> str:
    """Text from outside on one line: what would move the cursor is shown as its escape."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def shortened(text: str, cells: int) -> str:
    """Text from outside that must not take the room of what stands beside it."""
    return Content(printable(text)).truncate(cells, ellipsis=True).plain


BAR_CELLS = 40


def bar(share: float) -> Content:
    """How much of something is done, 0 to 1."""
    full = round(share * BAR_CELLS)
    return Content.assemble(("█" * full, "$primary"), ("░" * (BAR_CELLS - full), "$text-muted"))


def when(moment: datetime | None, now: datetime | None = None) -> str:
    """`today 10:42`, `Monday 09:15`, `3 May 2026`, in local time."""
    if moment is None:
        return "–"
    local = moment.astimezone()
    today = (now or datetime.now(UTC)).astimezone().date()
    days = (today - local.date()).days
    if days == 0:
        return f"today {local:%H:%M}"
    if days == 1:
        return f"yesterday {local:%H:%M}"
    if 1 < days < 7:
        return f"{local:%A %H:%M}"
    return f"{local.day} {local:%b %Y}"


def run_in_brief(iteration: Iteration) -> str:
    """A live run in a few words, for the title line."""
    progress = iteration.progress
    epochs = progress.epochs or iteration.epochs_planned or 0
    if progress.epoch and epochs:
        left = progress.seconds_left
        tail = f" · {duration(left)} left" if left is not None else ""
        return f"{iteration.name} · epoch {progress.epoch}/{epochs}{tail}"
    return f"{iteration.name} · {progress.stage or iteration.state}"
