"""The app's own themes: the only place with colour values."""

from __future__ import annotations

from textual.theme import Theme

CALM = Theme(
    name="tui-detect",
    primary="#6cb0f0",
    secondary="#8fb8c8",
    accent="#f0c36c",
    warning="#e8a75a",
    error="#ec6f72",
    success="#83c98f",
    foreground="#d6dde6",
    background="#11161c",
    surface="#161d25",
    panel="#222c37",
    boost="#1b232c",
    variables={
        "muted": "#8a97a5",
        "block-cursor-background": "#2f5d8a",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#2a3644",
        "block-cursor-blurred-foreground": "#d6dde6",
        "footer-background": "#1b232c",
        "footer-key-foreground": "#f0c36c",
        "border": "#6cb0f0",
        "border-blurred": "#34414f",
        "input-selection-background": "#2f5d8a 60%",
    },
)
"""For terminals with 256 colours and more."""

SIXTEEN = Theme(
    name="tui-detect-16",
    primary="#00aaaa",
    secondary="#00aaaa",
    accent="#ffff55",
    warning="#ffff55",
    error="#ff5555",
    success="#55ff55",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    boost="#000000",
    variables={
        "muted": "#aaaaaa",
        "block-cursor-background": "#0000aa",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#555555",
        "block-cursor-blurred-foreground": "#ffffff",
        "foreground-muted": "#aaaaaa",
        "text-muted": "#aaaaaa",
        "footer-background": "#000000",
        "footer-key-foreground": "#ffff55",
        "border": "#00aaaa",
        "border-blurred": "#aaaaaa",
        "input-selection-background": "#0000aa",
    },
)
"""Only shades that the sixteen colours hold: nothing depends on a mixture."""

OWN_VARIABLES = {"muted": "#888888"}
"""For Textual's themes, whose `text-muted` is a mixture that plain content does not show."""

OWN_THEMES = (CALM, SIXTEEN)


def suited_to(color_system: str | None) -> Theme:
    """The theme for a terminal, by the name rich gives its colour depth."""
    return SIXTEEN if color_system in (None, "standard", "windows") else CALM
