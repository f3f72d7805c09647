"""A project's name, description and domain in one dialog."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static

from tui_detect.ui.widgets.form import Form


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """What a person wrote into the form."""

    name: str
    description: str = ""
    domain: str = "General"


class ProjectForm(Form[ProjectDraft | None]):
    """Ask for a project's facts; `domains` are names with their purposes."""

    BINDINGS = [
        Binding("escape,ctrl+g", "cancel", "cancel", id="project-form.cancel"),
        Binding("ctrl+s", "accept", "accept", id="project-form.accept"),
    ]
    DEFAULT_CSS = """
    ProjectForm {
        Static.label { margin-top: 1; }
        #domains { height: auto; max-height: 6; }
        #purpose { height: 2; padding: 0 1; color: $text-muted; }
    }
    """

    def __init__(
        self, title: str, domains: list[tuple[str, str]], draft: ProjectDraft, verb: str
    ) -> None:
        super().__init__()
        self._title = title
        self._domains = domains
        self._draft = draft
        self._verb = verb

    def compose(self) -> ComposeResult:
        """Three fields and two buttons, small enough for 80×24."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = "enter next · ctrl+s accept · escape or ctrl+g cancel"
            yield Static("Name", classes="label")
            yield Input(self._draft.name, "cutlery", id="name", compact=True)
            yield Static("Description", classes="label")
            yield Input(self._draft.description, "may stay empty", id="description", compact=True)
            yield Static("Domain: how it trains, to be changed whenever you like", classes="label")
            yield OptionList(*(Content(name) for name, _ in self._domains), id="domains")
            yield Static(id="purpose")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(Content(self._verb), id="accept", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Start in the name, with the project's domain chosen."""
        names = [name for name, _ in self._domains]
        chosen = names.index(self._draft.domain) if self._draft.domain in names else 0
        self.query_one("#domains", OptionList).highlighted = chosen
        self.query_one("#name").focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what the domain under the cursor is for."""
        purpose = self._domains[event.option_index][1]
        self.query_one("#purpose", Static).update(Content(purpose))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a domain is the end of the form."""
        self.action_accept()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Accept or cancel."""
        if event.button.id == "accept":
            self.action_accept()
        else:
            self.action_cancel()

    def action_accept(self) -> None:
        """Hand back what is written, once there is a name."""
        name = self.query_one("#name", Input)
        if not name.value.strip():
            name.placeholder = "a project needs a name"
            name.focus()
            return
        chosen = self.query_one("#domains", OptionList).highlighted or 0
        description = self.query_one("#description", Input).value.strip()
        self.dismiss(ProjectDraft(name.value.strip(), description, self._domains[chosen][0]))

    def action_cancel(self) -> None:
        """Leave without a change."""
        self.dismiss(None)
