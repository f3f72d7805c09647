"""The footer line: the keys that work now, most particular first, help always in sight."""

from __future__ import annotations

from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

HELP_KEY = "question_mark"


class KeysLine(Widget):
    """One line with the keys of the focused widget, its screen and the app; a click presses one.

    Textual's own footer is a widget per key and is rebuilt at every change of focus.
    """

    DEFAULT_CSS = """
    KeysLine {
        dock: bottom;
        height: 1;
        padding: 0 1;
        background: $footer-background;
        color: $text-muted;
    }
    """

    def on_mount(self) -> None:
        """Follow what the focus makes possible."""
        self.auto_links = False
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)

    def _bindings_updated(self, _screen: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Content:
        """As many keys as fit, then help."""
        entries = self._entries()
        help_entry = entries.pop(HELP_KEY, None)
        width = self.content_size.width
        room = width - (help_entry.cell_length if help_entry else 0)
        line: list[Content] = []
        for entry in entries.values():
            if entry.cell_length + 2 > room:
                break
            room -= entry.cell_length + 2
            line.extend((entry, Content("  ")))
        if help_entry:
            line.extend((Content(" " * max(0, room)), help_entry))
        return Content.assemble(*line).truncate(width)

    def _entries(self) -> dict[str, Content]:
        """Key to what is shown, one entry per action."""
        shown: dict[str, tuple[list[str], str, bool]] = {}
        first_key: dict[str, str] = {}
        for key, (_node, binding, enabled, _tip) in self.screen.active_bindings.items():
            if not binding.show:
                continue
            label = binding.key_display or self.app.get_key_display(binding)
            if binding.action in shown:
                continue
            group = binding.group.description if binding.group else ""
            previous = next((a for a, (_, text, _) in shown.items() if group and text == group), "")
            if previous:
                shown[previous][0].append(label)
                continue
            shown[binding.action] = ([label], group or binding.description, enabled)
            first_key[binding.action] = key
        return {
            first_key[action]: self._entry(first_key[action], labels, text, enabled)
            for action, (labels, text, enabled) in shown.items()
        }

    def _entry(self, key: str, labels: list[str], text: str, enabled: bool) -> Content:
        style = "bold $footer-key-foreground" if enabled else "$muted"
        entry = Content.assemble((" ".join(labels), style), " ", text)
        press = Style.from_meta({"@click": f"app.simulate_key('{key}')"})
        return entry.stylize(press) if enabled else entry
