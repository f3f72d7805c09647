"""List, find, rename and delete iterations."""

from __future__ import annotations

from dataclasses import dataclass

from tui_detect.core.errors import Conflict, NotFound
from tui_detect.core.model import Image, Iteration, Tag
from tui_detect.store import images, iterations, tagging
from tui_detect.vision.launchers import get_launcher
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.library import Library, delete_folder
from tui_detect.workflows.projects import clean_name, folder_size


@dataclass(frozen=True, slots=True)
class IterationDeletion:
    """What goes when an iteration is deleted."""

    iteration: Iteration
    images: list[Image]
    """They are no longer in the workspace and in no other iteration."""
    weights_bytes: int
    """Weights, checkpoints and log."""


def list_iterations(library: Library, project_id: int) -> list[Iteration]:
    """The project's iterations, newest first."""
    return iterations.of_project(library.db, project_id)


def get_iteration(library: Library, iteration_id: int) -> Iteration:
    """The iteration with that key.

    Raises:
        NotFound: somebody has deleted it.
    """
    try:
        return iterations.get(library.db, iteration_id)
    except LookupError as error:
        raise NotFound("the iteration is not there any more", "it was deleted") from error


def find_iteration(
    library: Library, project_id: int, number_name_or_id: str | None = None
) -> Iteration:
    """An iteration by number, name or id; the newest completed one without.

    Raises:
        NotFound: there is none; the hint says which there are.
    """
    every = iterations.of_project(library.db, project_id)
    if number_name_or_id is None:
        completed = [iteration for iteration in every if iteration.state == "completed"]
        if completed:
            return completed[0]
        if every:
            raise NotFound(
                "no iteration of this project is completed",
                f"the newest, {every[0].number}, is {every[0].state}; name one to use it anyway",
            )
        raise NotFound("this project has no iteration yet", "train first: `tui-detect train`")
    wanted = number_name_or_id.strip().casefold()
    for iteration in every:
        if wanted in (str(iteration.number), iteration.name.casefold(), iteration.uuid):
            return iteration
    numbers = ", ".join(str(iteration.number) for iteration in every)
    raise NotFound(
        f"there is no iteration {number_name_or_id!r}",
        f"there are: {numbers}" if numbers else "this project has none yet: train first",
    )


def rename_iteration(library: Library, iteration_id: int, name: str) -> Iteration:
    """Give an iteration another name.

    Raises:
        BadInput: the name cannot be used.
        Conflict: another iteration of the project has it, or has it as its number.
    """
    name = clean_name(name, "iteration")
    with library.db.atomic():
        iteration = get_iteration(library, iteration_id)
        for other in iterations.of_project(library.db, iteration.project_id):
            taken = (other.name.casefold(), str(other.number))
            if other.id != iteration_id and name.casefold() in taken:
                raise Conflict(f"{name!r} is iteration {other.number}", "choose another name")
        iterations.rename(library.db, iteration_id, name)
        tagging.record_act(
            library.db,
            iteration.project_id,
            "rename iteration",
            iteration=iteration.uuid,
            before=iteration.name,
            after=name,
        )
    return get_iteration(library, iteration_id)


def iteration_tags(library: Library, iteration_id: int) -> list[Tag]:
    """Its tags in the order of the model's classes, with the names they had."""
    return iterations.tags(library.db, iteration_id)


def iteration_deletion(library: Library, iteration_id: int) -> IterationDeletion:
    """What would go with the iteration.

    Raises:
        Conflict: it is still training.
    """
    iteration = get_iteration(library, iteration_id)
    launcher = get_launcher(iteration.settings.launcher)
    folder = RunFolder(library.run_path(iteration.uuid))
    if not iteration.ended and launcher.state(folder).alive:
        raise Conflict(
            f"{iteration.name} is still {iteration.state}", "stop it first, or wait for its end"
        )
    return IterationDeletion(
        iteration,
        iterations.only_here(library.db, iteration_id),
        folder_size(library, iteration.uuid),
    )


def delete_iteration(library: Library, iteration_id: int) -> IterationDeletion:
    """Delete an iteration, and the images that belong to nothing else; what went.

    Raises:
        Conflict: it is still training.
        StorageFailed: a file could not be deleted; the iteration is gone all the same.
    """
    with library.db.atomic():
        plan = iteration_deletion(library, iteration_id)
        iteration = plan.iteration
        iterations.delete(library.db, iteration_id)
        images.delete(library.db, [image.id for image in plan.images])
        tagging.record_act(
            library.db,
            iteration.project_id,
            f"delete iteration {iteration.number}",
            iteration=iteration.uuid,
            images=[image.name for image in plan.images],
        )
    # Truth first, files after: a kill in between leaves files that a later sweep finds.
    library.delete_unused_objects({image.sha256 for image in plan.images})
    delete_folder(library.run_path(iteration.uuid))
    return plan
