"""Create, find, change and delete projects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from tui_detect.core.errors import BadInput, Conflict, NotFound
from tui_detect.core.model import Iteration, Project
from tui_detect.store import images, iterations, projects, tagging
from tui_detect.workflows.library import Library, delete_folder, freed_bytes

MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class ProjectSummary:
    """A project as the list of projects shows it."""

    project: Project
    images: int
    """In the workspace."""
    tagged: int
    tags: int
    last_iteration: Iteration | None


@dataclass(frozen=True, slots=True)
class ProjectDeletion:
    """What goes when a project is deleted."""

    project: Project
    images: int
    regions: int
    tags: int
    iterations: int
    trashed: int
    """Iterations in the trash."""
    size_bytes: int
    """Of its images and runs; pictures that other projects use stay."""


def clean_name(name: str, what: str) -> str:
    """A name without spaces around it.

    Raises:
        BadInput: it is empty, too long, or holds a line break or control character.
    """
    name = name.strip()
    if not name:
        raise BadInput(f"the name of the {what} is empty", "give it at least one letter")
    if len(name) > MAX_NAME:
        raise BadInput(
            f"the name of the {what} has {len(name)} letters", f"keep it to {MAX_NAME} at most"
        )
    if not name.isprintable():
        raise BadInput(
            f"the name {name!r} holds a line break or a control character", "leave it out"
        )
    return name


def list_domains() -> list[tuple[str, str]]:
    """The domains there are: name and one line on what it is for."""
    from tui_detect.vision.recipes import list_recipes

    return [(recipe.name, recipe.purpose) for recipe in list_recipes()]


def _domain(name: str) -> str:
    """The domain's name as it is written; its recipe is loaded here, as listing needs none."""
    from tui_detect.vision.recipes import get_recipe

    return get_recipe(name).name


def create_project(
    library: Library, name: str, description: str = "", domain: str = "General"
) -> Project:
    """Make an empty project.

    Raises:
        BadInput: the name cannot be used.
        NotFound: there is no such domain.
        Conflict: a project has that name.
    """
    name = clean_name(name, "project")
    domain = _domain(domain)
    with library.db.atomic():
        _check_free(library, name)
        project = projects.create(library.db, name, description.strip(), domain)
        tagging.record_act(library.db, project.id, "create project", name=name)
    return project


def _check_free(library: Library, name: str, but: int | None = None) -> None:
    other = projects.find(library.db, name)
    if other is not None and other.id != but:
        raise Conflict(f"there is a project named {other.name!r} already", "choose another name")


def list_projects(library: Library, search: str = "") -> list[ProjectSummary]:
    """All projects whose name or description holds `search`, by name."""
    summaries = []
    for project in projects.search(library.db, search):
        counts = projects.counts(library.db, project.id)
        newest = iterations.of_project(library.db, project.id)
        summaries.append(
            ProjectSummary(
                project, counts.images, counts.tagged, counts.tags, newest[0] if newest else None
            )
        )
    return summaries


def get_project(library: Library, project_id: int) -> Project:
    """The project with that key.

    Raises:
        NotFound: somebody has deleted it.
    """
    try:
        return projects.get(library.db, project_id)
    except LookupError as error:
        raise NotFound("the project is not there any more", "it was deleted") from error


def find_project(library: Library, name_or_id: str) -> Project:
    """A project by name (letter case aside) or id.

    Raises:
        NotFound: there is none; the hint names the nearest.
    """
    project = projects.find(library.db, name_or_id)
    if project is not None:
        return project
    names = [project.name for project in projects.search(library.db)]
    near = get_close_matches(name_or_id, names, n=1)
    if near:
        hint = f"did you mean {near[0]!r}?"
    elif names:
        hint = f"there are: {', '.join(names[:8])}{' …' if len(names) > 8 else ''}"
    else:
        hint = "there are none yet: make one with `tui-detect project create NAME`"
    raise NotFound(f"there is no project {name_or_id!r}", hint)


def update_project(
    library: Library,
    project_id: int,
    *,
    name: str | None = None,
    description: str | None = None,
    domain: str | None = None,
) -> Project:
    """Change a project's name, description or domain; iterations keep the domain they had.

    Raises:
        BadInput: the name cannot be used.
        NotFound: there is no such project or domain.
        Conflict: another project has that name.
    """
    with library.db.atomic():
        project = get_project(library, project_id)
        if name is not None:
            name = clean_name(name, "project")
            _check_free(library, name, but=project_id)
            project = replace(project, name=name)
        if description is not None:
            project = replace(project, description=description.strip())
        if domain is not None:
            project = replace(project, domain=_domain(domain))
        projects.update(library.db, project)
        tagging.record_act(
            library.db,
            project_id,
            "change project",
            name=project.name,
            description=project.description,
            domain=project.domain,
        )
    return project


def project_deletion(library: Library, project_id: int) -> ProjectDeletion:
    """What would go with the project."""
    counts = projects.counts(library.db, project_id)
    trashed = iterations.in_trash(library.db, project_id)
    runs_bytes = freed_bytes(_run_folders(library, project_id))
    return ProjectDeletion(
        get_project(library, project_id),
        counts.images_stored,
        counts.regions,
        counts.tags,
        counts.iterations,
        len(trashed),
        counts.size_bytes + runs_bytes,
    )


def _run_folders(library: Library, project_id: int) -> list[Path]:
    """All run folders of a project, those in the trash too."""
    every = (
        *iterations.of_project(library.db, project_id),
        *iterations.in_trash(library.db, project_id),
    )
    places = (library.run_path, library.trash_path)
    return [place(iteration.uuid) for iteration in every for place in places]


def delete_project(library: Library, project_id: int) -> None:
    """Delete a project with its images, tags, iterations and runs; the person's own files stay.

    Raises:
        Conflict: one of its iterations is still training.
    """
    with library.db.atomic():
        live = iterations.live(library.db, project_id)
        if live:
            raise Conflict(
                f"{live[0].name} of this project is still {live[0].state}",
                "stop it first, or wait for its end",
            )
        folders = _run_folders(library, project_id)
        hashes = images.hashes_of_project(library.db, project_id)
        projects.delete(library.db, project_id)
    # Truth first, files after: a kill in between leaves files that a later sweep finds.
    library.delete_unused_objects(hashes)
    for folder in folders:
        delete_folder(folder)
