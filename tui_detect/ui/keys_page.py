"""The help page with every key, made from the bindings.

python -m tui_detect.ui.keys_page > tui_detect/help/keys.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tui_detect.ui.key_words import key_words
from tui_detect.ui.keys import KnownBinding, known_bindings

_AREAS = {
    "tagging": ("Tagging", "A picture and its regions."),
    "pointing": ("Tagging: while pointing", "Besides the keys of the grid over the picture."),
    "reviewing": ("Tagging: while suggestions wait", "Besides their letters and capitals."),
    "proposed": ("Tagging: while a box is proposed", "Besides the digits of tags."),
    "tag_chooser": ("Tagging: while a tag is chosen", ""),
    "app": ("Everywhere", ""),
    "projects": ("Projects", ""),
    "images": ("Images", ""),
    "grid": ("Images: the grid", ""),
    "train": ("Train", ""),
    "log": ("Train: the log", ""),
    "performance": ("Performance", ""),
    "compare": ("Performance: two iterations", ""),
    "errors": ("Errors", "The findings behind a number of Performance, one after another."),
    "test": ("Test", ""),
    "settings": ("Settings", ""),
    "table": ("Tables", ""),
}
_INTRODUCTION = """# Keys

Every action has an id. Give it other keys in `config.toml` in the home folder:

```toml
[keys]
"tagging.undo" = "u,ctrl+u"
```

Unknown ids, keys that terminals do not deliver and clashes are refused with a reason."""


def keys_page() -> str:
    """The whole page as Markdown."""
    known = known_bindings()
    parts = [_INTRODUCTION]
    for area, (title, text) in _AREAS.items():
        bindings = [b for b in known.values() if b.id.partition(".")[0] == area and b.description]
        head = f"## {title}" + (f"\n\n{text}" if text else "")
        rows = "\n".join(_rows(bindings))
        parts.append(f"{head}\n\n| keys | what they do | id |\n|---|---|---|\n{rows}")
    return "\n\n".join(parts) + "\n"


def _rows(bindings: list[KnownBinding]) -> Iterator[str]:
    for binding in bindings:
        keys = " ".join(f"`{key_words(key)}`" for key in binding.keys).replace("|", "\\|")
        # A backtick in backticks needs two of them round it.
        yield f"| {keys.replace('```', '`` ` ``')} | {binding.description} | `{binding.id}` |"


if __name__ == "__main__":
    sys.stdout.write(keys_page())
