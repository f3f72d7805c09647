"""Publish an iteration: give it a name that predictions are asked for by."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui_detect.core.errors import BadInput, Conflict
from tui_detect.core.model import Iteration
from tui_detect.store import iterations, tagging
from tui_detect.workflows.iterations import get_iteration
from tui_detect.workflows.library import Library
from tui_detect.workflows.prediction import weights_of

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,63}")
"""What a URL holds without escaping; `.` and `..` would be swallowed as parts of its path."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing an iteration changed."""

    iteration: Iteration
    """As it is now."""
    name_before: str
    """The name that it no longer answers to; empty when it had none."""
    taken_from: Iteration | None
    """The iteration that had the name before."""


def publish(
    library: Library, iteration_id: int, name: str, *, overwrite: bool = False
) -> Publication:
    """Let an iteration answer to a name; one that it had before is free again.

    Args:
        library: Where all of it is.
        iteration_id: Whose weights answer.
        name: 1 to 64 letters, digits, dots, dashes, underscores; unique but for letter case.
        overwrite: Take the name from an iteration of the project that has it.

    Raises:
        BadInput: the name cannot stand in a URL.
        NotFound: the iteration is gone, or in the trash.
        Conflict: it has not ended, it has no weights, or another iteration has the name.
    """
    name = name.strip()
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"{name!r} cannot be published: the name becomes part of a URL",
            "use 1 to 64 letters a to z, digits, dots, dashes and underscores",
        )
    with library.db.atomic():
        iteration = get_iteration(library, iteration_id)
        if not iteration.ended:
            raise Conflict(f"{iteration.name} is still {iteration.state}", "wait for its end")
        weights_of(library, iteration)
        other = iterations.by_published_name(library.db, iteration.project_id, name)
        if other is not None and other.id == iteration_id:
            other = None
        if other is not None:
            if not overwrite:
                raise Conflict(
                    f"{other.name} is published as {other.published_as}",
                    "choose another name, or move this one with --overwrite",
                )
            iterations.update(library.db, other.id, published_as="")
        iterations.update(library.db, iteration_id, published_as=name)
        tagging.record_act(
            library.db,
            iteration.project_id,
            f"publish iteration {iteration.number}",
            iteration=iteration.uuid,
            before=iteration.published_as,
            after=name,
            taken_from=other.uuid if other else None,
        )
    before = "" if iteration.published_as == name else iteration.published_as
    return Publication(get_iteration(library, iteration_id), before, other)


def unpublish(library: Library, iteration_id: int) -> Iteration:
    """Let an iteration answer to no name any more.

    Raises:
        NotFound: the iteration is gone, or in the trash.
        Conflict: it is not published.
    """
    with library.db.atomic():
        iteration = get_iteration(library, iteration_id)
        if not iteration.published_as:
            raise Conflict(f"{iteration.name} is not published")
        iterations.update(library.db, iteration_id, published_as="")
        tagging.record_act(
            library.db,
            iteration.project_id,
            f"unpublish iteration {iteration.number}",
            iteration=iteration.uuid,
            before=iteration.published_as,
        )
    return get_iteration(library, iteration_id)


def find_published(library: Library, project_id: int, name: str) -> Iteration | None:
    """The project's iteration that answers to that name, letter case aside."""
    return iterations.by_published_name(library.db, project_id, name.strip())


def name_to_publish(library: Library, iteration: Iteration) -> str:
    """A name to offer: the one that the project already publishes, else one made of its own."""
    for other in iterations.of_project(library.db, iteration.project_id):
        if other.published_as and other.id != iteration.id:
            return other.published_as
    plain = re.sub(r"[^A-Za-z0-9._~-]+", "", iteration.name).lstrip("._~-")
    return plain[:64] or f"iteration{iteration.number}"
