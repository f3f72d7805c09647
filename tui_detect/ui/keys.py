"""A person's keys: `[keys]` and `[keyboard]` in `config.toml`, checked before they are used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import _character_to_key

from tui_detect.core.errors import BadInput
from tui_detect.core.layouts import LayoutError, layout_named, layout_of_rows
from tui_detect.core.pointing import QWERTY, KeyGrid

ALIASES = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+h": "backspace on many terminals",
    "ctrl+j": "enter on many terminals",
    "ctrl+left_square_bracket": "escape",
}
"""Combinations that arrive as another key."""

NAMED = (
    {"up", "down", "left", "right", "enter", "tab", "shift+tab", "space", "backspace", "escape"}
    | {"delete", "insert", "home", "end", "pageup", "pagedown"}
) | {f"f{number}" for number in range(1, 13)}
"""Keys with a name that every terminal sends."""


class KeymapError(BadInput):
    """The keymap in the person's settings cannot be used."""

    title = "Your keys cannot be used"


@dataclass(frozen=True, slots=True)
class KnownBinding:
    """An action that has an id and, unless changed, these keys."""

    id: str
    keys: tuple[str, ...]
    description: str


def normal_key(key: str) -> str:
    """Textual's name of a key: `question_mark` for `?`."""
    head, plus, tail = key.strip().rpartition("+")
    if key.strip() == "+" or (plus and not tail):
        return key.strip().replace("+", "plus") if key.strip() == "+" else key.strip()
    return head + plus + (_character_to_key(tail) if len(tail) == 1 else tail)


def why_undelivered(key: str) -> str:
    """Why terminals would not deliver this key; empty when they do."""
    if not key.strip():
        return "there is no such key"
    name = normal_key(key)
    if name in NAMED:
        return ""
    if name in ALIASES:
        return f"terminals send it as {ALIASES[name]}"
    modifiers, _, last = name.rpartition("+")
    if not modifiers:
        is_character = len(key.strip()) == 1 or name == _character_to_key(key.strip()[:1])
        return "" if is_character or "_" in name or name in PUNCTUATION else "there is no such key"
    if modifiers == "ctrl" and len(last) == 1 and last.isalpha() and last.islower():
        return ""
    if modifiers == "shift" and len(last) == 1 and last.isalpha():
        return f"write {last.upper()} instead"
    return "terminals, tmux or SSH lose it; use a letter, a digit, or ctrl with a letter"


PUNCTUATION = frozenset(_character_to_key(chr(code)) for code in range(33, 127))


def known_bindings() -> dict[str, KnownBinding]:
    """Every binding with an id in the app; loads all of its screens and widgets."""
    package = import_module("tui_detect.ui")
    for module in walk_packages(package.__path__, "tui_detect.ui."):
        import_module(module.name)
    found: dict[str, KnownBinding] = {}
    for owner in _subclasses(DOMNode):
        if owner.__module__.startswith("tui_detect."):
            for binding in Binding.make_bindings(owner.__dict__.get("BINDINGS", ())):
                if binding.id is not None:
                    before = found.get(binding.id)
                    keys = (*(before.keys if before else ()), binding.key)
                    text = binding.tooltip or binding.description
                    unique = tuple(dict.fromkeys(keys))
                    found[binding.id] = KnownBinding(binding.id, unique, text)
    return found


def _subclasses(cls: type[object]) -> Iterable[type[object]]:
    sub: type[object]
    for sub in cls.__subclasses__():
        yield sub
        yield from _subclasses(sub)


def check_keymap(keymap: Mapping[str, str], known: Mapping[str, KnownBinding]) -> None:
    """Refuse unknown ids, keys that never arrive, and one key for two actions of a screen.

    Raises:
        KeymapError: says which, and what to write instead.
    """
    for binding_id, keys in keymap.items():
        if binding_id not in known:
            near = get_close_matches(binding_id, known, n=1)
            raise KeymapError(
                f"there is no action {binding_id}",
                f"did you mean {near[0]}?" if near else "the help page lists the actions",
            )
        for key in keys.split(","):
            if reason := why_undelivered(key):
                raise KeymapError(f"{binding_id} = {key.strip()}: {reason}", "choose another key")
    _check_clashes(keymap, known)


def _check_clashes(keymap: Mapping[str, str], known: Mapping[str, KnownBinding]) -> None:
    effective = {
        binding_id: (
            {normal_key(key) for key in keymap[binding_id].split(",")}
            if binding_id in keymap
            else set(binding.keys)
        )
        for binding_id, binding in known.items()
    }
    for changed in keymap:
        for other, keys in effective.items():
            if other == changed or not _may_meet(changed, other):
                continue
            shared = keys & effective[changed]
            if shared:
                raise KeymapError(
                    f"{changed} and {other} would both be {sorted(shared)[0]}",
                    f"give {other} another key too, or choose another one for {changed}",
                )


def _may_meet(first: str, second: str) -> bool:
    """Whether both can work at the same time: on one screen, or one of them everywhere."""
    screens = {first.partition(".")[0], second.partition(".")[0]}
    return len(screens) == 1 or "app" in screens


def keymap_of(settings: Mapping[str, Any]) -> dict[str, str]:
    """The checked keymap of a person's settings.

    Raises:
        KeymapError: it cannot be used.
    """
    table = settings.get("keys", {})
    if not isinstance(table, dict):
        raise KeymapError(
            "keys in config.toml is no table", 'write [keys] and lines such as "images.tag" = "t"'
        )
    for binding_id, keys in table.items():
        if not isinstance(keys, str):
            raise KeymapError(
                f"{binding_id} in config.toml is no text", f'write "{binding_id}" = "a key"'
            )
    check_keymap(table, known_bindings())
    return dict(table)


def key_grid_of(settings: Mapping[str, Any]) -> KeyGrid:
    """The keyboard that points, of a person's settings; QWERTY when they name none.

    Raises:
        LayoutError: it cannot be used.
    """
    match settings.get("keyboard", {}):
        case {"layout": str(name), **others} if not others:
            return layout_named(name)
        case {"rows": [*rows], **others} if not others and all(isinstance(r, str) for r in rows):
            return layout_of_rows(rows)
        case {**others} if not others:
            return QWERTY
    raise LayoutError(
        "keyboard in config.toml is not understood",
        'write [keyboard] and either layout = "qwertz", or rows = ["1234567890", …] with four rows',
    )
