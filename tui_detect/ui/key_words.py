"""Keys by the words that the help pages and the footer use."""

from __future__ import annotations

from textual.keys import format_key

_IN_WORDS = frozenset({"enter", "escape", "space", "backspace", "tab", "shift+tab", "delete"})


def key_words(key: str) -> str:
    """`enter`, `ctrl+s`, `page up`, `?` for Textual's `question_mark`, `←` for `left`."""
    if key in _IN_WORDS or key.startswith("ctrl+"):
        return key
    return format_key(key).replace("pgup", "page up").replace("pgdn", "page down")
