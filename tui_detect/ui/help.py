"""Help on what has the focus: its page from `tui_detect/help`, and the keys that work there."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Markdown

from tui_detect.ui.widgets.dialogs import Dialog


def read_page(name: str) -> str:
    """The text of one help page."""
    return files("tui_detect").joinpath("help", f"{name}.md").read_text(encoding="utf-8")


def page_of(screen: Screen[object]) -> str:
    """The page that the focused widget, or else something around it, names as `HELP_PAGE`."""
    node = screen.focused or screen
    named = (getattr(near, "HELP_PAGE", "") for near in node.ancestors_with_self)
    return next((name for name in named if name), "start")


def key_rows(screen: Screen[object]) -> Iterator[tuple[str, str]]:
    """Keys and what they do now, the most particular first."""
    rows: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for _node, binding, _enabled, tooltip in screen.active_bindings.values():
        text = binding.tooltip or tooltip or binding.description
        if not text or binding.id is None:
            continue
        rows.setdefault(binding.action, []).append(screen.app.get_key_display(binding))
        texts.setdefault(binding.action, text)
    for action, keys in rows.items():
        yield " ".join(f"`{key}`" for key in dict.fromkeys(keys)), texts[action]


class HelpScreen(Dialog[None]):
    """A help page over the screen it explains."""

    BINDINGS = [
        Binding("escape,q,question_mark,enter", "close", "close", id="help.close"),
        Binding("j", "scroll(1)", show=False, id="help.down"),
        Binding("k", "scroll(-1)", show=False, id="help.up"),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    @classmethod
    def about(cls, screen: Screen[object]) -> HelpScreen:
        """Help on `screen` as it is now."""
        rows = "\n".join(f"- {keys} {text}" for keys, text in key_rows(screen))
        keys = f"\n\n## Keys that work now\n\n{rows}\n"
        return cls(read_page(page_of(screen)) + keys)

    def compose(self) -> ComposeResult:
        """The page, scrolled by the arrows."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Help"
            dialog.border_subtitle = "↑ ↓ scroll · q or escape close"
            with VerticalScroll():
                yield Markdown(self._text, open_links=False)

    def action_scroll(self, lines: int) -> None:
        """Scroll the page."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_close(self) -> None:
        """Back to the screen."""
        self.dismiss(None)
