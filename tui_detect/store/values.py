"""Between SQLite's values and Python's: times and JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any


def now() -> str:
    """The current time as it is stored: UTC, ISO 8601, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def to_time(text: str) -> datetime:
    """A stored time."""
    return datetime.fromisoformat(text)


def to_time_or_none(text: str | None) -> datetime | None:
    """A stored time that may be missing."""
    return None if text is None else datetime.fromisoformat(text)


def to_json(value: Any) -> str:  # noqa: ANN401
    """Compact JSON; names keep their letters."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def like(text: str) -> str:
    """A LIKE pattern (`ESCAPE '\\'`) that finds `text` anywhere, `*` standing for anything."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped.replace('*', '%')}%"
