"""Questions to tmux: inside it, only tmux knows what the terminal around it can show."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

_FORMATS = {
    "features": "#{client_termfeatures}",
    "outer_name": "#{client_termtype}",
    "outer_term": "#{client_termname}",
    "passthrough": "#{allow-passthrough}",
    "cell_width_px": "#{client_cell_width}",
    "cell_height_px": "#{client_cell_height}",
    "sixel": "#{sixel_support}",
}
_SEPARATOR = "|"
QUESTION = _SEPARATOR.join(_FORMATS.values())
PATIENCE_S = 2


@dataclass(frozen=True, slots=True)
class TmuxAnswers:
    """What tmux says of itself and of the terminal around it."""

    features: tuple[str, ...] = ()
    outer_name: str = ""
    """Name and version of the terminal, as in `Answers.name`."""
    outer_term: str = ""
    passthrough: bool = False
    """Whether programs may speak to the terminal through tmux."""
    cell_px: tuple[int, int] | None = None
    sixel: bool = False
    """Both tmux and the terminal around it show Sixel pictures."""


def read_tmux_answers(text: str) -> TmuxAnswers:
    """The answers to `QUESTION`; what tmux does not know is left empty."""
    parts = text.strip().split(_SEPARATOR)
    if len(parts) != len(_FORMATS):
        return TmuxAnswers()
    found = dict(zip(_FORMATS, parts, strict=True))
    width_px, height_px = found["cell_width_px"], found["cell_height_px"]
    features = tuple(found["features"].split(","))
    known = width_px.isdecimal() and height_px.isdecimal() and int(width_px) and int(height_px)
    return TmuxAnswers(
        features,
        found["outer_name"],
        found["outer_term"],
        found["passthrough"] in ("1", "on", "all"),
        (int(width_px), int(height_px)) if known else None,
        "sixel" in features and found["sixel"] == "1",
    )


def ask_tmux(question: str = QUESTION) -> str:
    """What tmux says; empty when it cannot be asked, which costs looks and nothing else."""
    try:
        answer = subprocess.run(
            ["tmux", "display-message", "-p", question],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
