"""HTML and SVG that cannot come out unescaped: text is text, and only elements are markup."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final, TypeAlias

Attribute: TypeAlias = str | float | bool | None
_VOID: Final = frozenset({"br", "circle", "image", "line", "meta", "path", "polyline", "rect"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child: TypeAlias = "str | Markup | Iterable[Child] | None"


def element(name: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """An element; `class_` stands for `class`, `stroke_width` for `stroke-width`.

    An attribute that is `None` or `False` is left out, one that is `True` has no value.
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    if name in _VOID and not children:
        return Markup(start if name in ("br", "meta") else start[:-1] + "/>")
    return Markup(f"{start}{join(children)}</{name}>")


def join(children: Child) -> Markup:
    """Children one after the other, text among them escaped, `None` left out."""
    if children is None:
        return Markup("")
    if isinstance(children, Markup):
        return children
    if isinstance(children, str):
        return Markup(escape(children))
    return Markup("".join(join(child) for child in children))


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    # SVG's one attribute with a capital letter that is used here.
    name = {"viewbox": "viewBox"}.get(name, name)
    if value is True:
        return f" {name}"
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f' {name}="{escape(text)}"'
