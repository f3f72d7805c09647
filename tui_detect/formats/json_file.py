"""JSON files, with the place of a mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

from tui_detect.core.errors import BadInput

Json: TypeAlias = Any


def read_json(path: Path) -> Json:
    """The file's content.

    Raises:
        BadInput: it cannot be opened, is no text, or no JSON (with line and column).
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise BadInput(
            f"{path} is no JSON: line {error.lineno}, column {error.colno}: {error.msg}",
            "correct it there or export it again",
        ) from error
    except FileNotFoundError as error:
        raise BadInput(f"there is no file {path}", "check the path") from error
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}", "check the path") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} is no JSON text", "save it as UTF-8 JSON") from error
