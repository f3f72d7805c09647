"""Changing and deleting a project: the same questions in the list and in its settings."""

from __future__ import annotations

from collections.abc import Callable

from tui_detect.core.model import Project
from tui_detect.core.words import count
from tui_detect.ui.errors import reporting
from tui_detect.ui.screens.base import AppScreen
from tui_detect.ui.wording import size
from tui_detect.workflows import projects
from tui_detect.workflows.projects import ProjectDeletion


def ask_for_changes(screen: AppScreen, project: Project, done: Callable[[Project], object]) -> None:
    """Open the form on a project; `done` gets it as it is afterwards."""
    from tui_detect.ui.widgets.project_form import ProjectDraft, ProjectForm

    before = ProjectDraft(project.name, project.description, project.domain)

    def save(after: ProjectDraft | None) -> None:
        if after is None or after == before:
            return
        with reporting(screen.app):
            changed = projects.update_project(
                screen.app.library,
                project.id,
                name=after.name,
                description=after.description,
                domain=after.domain,
            )
            if screen.app.project is not None and screen.app.project.id == changed.id:
                screen.app.set_project(changed)
            done(changed)

    form = ProjectForm("Change project", projects.list_domains(), before, "Save")
    screen.app.push_screen(form, save)


def ask_before_deletion(screen: AppScreen, project: Project, done: Callable[[], object]) -> None:
    """Say what goes with a project and delete it after a yes; `done` is called afterwards."""
    from tui_detect.ui.widgets.dialogs import Confirm

    def delete(answer: bool | None) -> None:
        if answer:
            screen.do_slowly(
                f"Deleting {project.name}",
                lambda: projects.delete_project(screen.app.library, project.id),
                deleted,
            )

    def deleted() -> None:
        screen.app.forget_project(project)
        done()

    with reporting(screen.app):
        going = projects.project_deletion(screen.app.library, project.id)
        question = Confirm(f"Delete {project.name}?", lines_of(going), "Delete")
        screen.app.push_screen(question, delete)


def lines_of(going: ProjectDeletion) -> list[str]:
    """What a deletion takes along, in words."""
    parts = []
    if going.images:
        parts.append(f"  {count(going.images, 'image')} with {count(going.regions, 'region')}")
    if going.tags:
        parts.append(f"  {count(going.tags, 'tag')}")
    if going.iterations:
        parts.append(f"  {count(going.iterations, 'iteration')} with weights and figures")
    if going.trashed:
        parts.append(f"  {count(going.trashed, 'iteration')} in the trash")
    if not parts:
        return ["The project is empty: only its name and description go."]
    return [
        "This goes, and cannot be taken back:",
        *parts,
        "",
        f"{size(going.size_bytes)} become free. Your own picture files stay where they are.",
    ]
