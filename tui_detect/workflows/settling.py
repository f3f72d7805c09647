"""Settle an iteration's findings: keep a label, take over what the model found, or delete it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tui_detect.core.edits import Edit
from tui_detect.core.errors import Conflict
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Iteration, Tag
from tui_detect.core.settling import (
    Case,
    Verdict,
    delete_label,
    is_as_kept,
    settled_by,
    take_over,
)
from tui_detect.store import images, iterations, tagging, tags
from tui_detect.store import settled as rows
from tui_detect.store.settled import Settlement
from tui_detect.store.values import now
from tui_detect.workflows.iterations import get_iteration
from tui_detect.workflows.library import Library
from tui_detect.workflows.tagging import open_image, save_edit
from tui_detect.workflows.tagging import undo as undo_edit


def settled(library: Library, iteration_id: int) -> dict[tuple[int, str], Verdict]:
    """The verdicts on an iteration's findings that hold, by image key and `Finding.key`.

    One that changed labels holds while that is not undone, one that kept a label while that has
    the same tag and box.
    """
    found = _holding(library, iteration_id, rows.of_iteration(library.db, iteration_id))
    return {about: settlement.verdict for about, settlement in found.items()}


def _of_image(library: Library, iteration_id: int, image_id: int) -> dict[str, Settlement]:
    """The settlements on one image that hold, by `Finding.key`."""
    found = rows.of_image(library.db, iteration_id, image_id)
    about = {(image_id, key): settlement for key, settlement in found.items()}
    holding = _holding(library, iteration_id, about)
    return {key: settlement for (_, key), settlement in holding.items()}


def _holding(
    library: Library, iteration_id: int, found: dict[tuple[int, str], Settlement]
) -> dict[tuple[int, str], Settlement]:
    """Those of the settlements that did not keep a label, or one that is still the same."""
    kept = {about for about, settlement in found.items() if settlement.verdict == "kept"}
    if not kept:
        return found
    on_images = images.regions(library.db, sorted({image_id for image_id, _ in kept}))
    labels = {each.uuid: each for regions in on_images.values() for each in regions}
    merged = tags.merged(library.db, iterations.get(library.db, iteration_id).project_id)
    return {
        (image_id, key): settlement
        for (image_id, key), settlement in found.items()
        if (image_id, key) not in kept
        or is_as_kept(labels.get(key.partition("/")[0]), settlement.label, merged)
    }


def verdicts_on(
    library: Library, iteration_id: int, findings: Iterable[Finding]
) -> dict[tuple[int, str], Verdict]:
    """The verdicts that settle findings of an iteration, by image key and `Finding.key`."""
    given: dict[int, dict[str, Verdict]] = {}
    for (image_id, key), verdict in settled(library, iteration_id).items():
        given.setdefault(image_id, {})[key] = verdict
    return _settling(findings, given)


def verdicts_on_image(
    library: Library, iteration_id: int, image_id: int, findings: Iterable[Finding]
) -> dict[tuple[int, str], Verdict]:
    """The same for findings on one image."""
    found = _of_image(library, iteration_id, image_id)
    return _settling(findings, {image_id: {key: each.verdict for key, each in found.items()}})


def _settling(
    findings: Iterable[Finding], given: Mapping[int, Mapping[str, Verdict]]
) -> dict[tuple[int, str], Verdict]:
    found: dict[tuple[int, str], Verdict] = {}
    for finding in findings:
        verdicts = given.get(finding.image_id, {})
        key = settled_by(finding, verdicts)
        if key is not None:
            found[finding.image_id, finding.key] = verdicts[key]
    return found


def open_case(library: Library, iteration_id: int, finding: Finding) -> Case:
    """A finding beside its picture as it is now; of a tag merged since it has the one that it is.

    Raises:
        NotFound: the picture is not there any more.
    """
    opened = open_image(library, finding.image_id)
    _, settlement = _settlement_of(library, iteration_id, finding)
    verdict = None if settlement is None else settlement.verdict
    merged = tags.merged(library.db, opened.image.project_id)
    found = finding.with_merged(merged)
    return Case(found, opened.image, opened.tagging, verdict, opened.last_edit)


def _settlement_of(
    library: Library, iteration_id: int, finding: Finding
) -> tuple[str, Settlement | None]:
    """The settlement of a finding with its key; without one the key to store it by."""
    found = _of_image(library, iteration_id, finding.image_id)
    key = settled_by(finding, {key: each.verdict for key, each in found.items()})
    return (finding.key, None) if key is None else (key, found[key])


def tags_by_id(library: Library, iteration: Iteration) -> dict[int, Tag]:
    """The project's tags as they are now, and the iteration's that were deleted since."""
    found = {tag.id: tag for tag in iterations.tags(library.db, iteration.id)}
    return found | {tag.id: tag for tag in tags.of_project(library.db, iteration.project_id)}


def keep(library: Library, iteration_id: int, case: Case) -> None:
    """The label is right as it is.

    Raises:
        Conflict: somebody else settled it or changed the picture meanwhile.
        NotFound: the iteration or the picture is not there any more.
    """
    _settle(library, iteration_id, case, "kept")


def take(library: Library, iteration_id: int, case: Case) -> None:
    """Give the label what the model found, with the verdict in one transaction.

    Raises:
        Conflict: there is nothing to take; the picture left the workspace; somebody else settled
            it or changed the picture meanwhile. Nothing is changed then.
        NotFound: the iteration or the picture is not there any more.
    """

    def name_of(tag_id: int) -> str:
        return tags.get(library.db, tag_id).name

    def edit_of(current: Case) -> Edit:
        edit = take_over(current, new_uuid, name_of)
        if edit is None:
            raise Conflict(
                "there is nothing to take over from the model here", "keep it, or edit it"
            )
        return edit

    _settle(library, iteration_id, case, "taken", edit_of)


def delete(library: Library, iteration_id: int, case: Case) -> None:
    """Delete the label, with the verdict in one transaction.

    Raises:
        Conflict: there is no label; else as `take`.
        NotFound: the iteration or the picture is not there any more.
    """

    def edit_of(current: Case) -> Edit:
        edit = delete_label(current)
        if edit is None:
            raise Conflict("there is no label to delete here", "keep it, or edit it")
        return edit

    _settle(library, iteration_id, case, "deleted", edit_of)


def mark_edited(library: Library, iteration_id: int, case: Case) -> None:
    """The picture was edited by hand because of the finding; its newest edit counts.

    Raises:
        Conflict: somebody else settled it or changed the picture meanwhile.
        NotFound: the iteration or the picture is not there any more.
    """
    _settle(library, iteration_id, case, "edited")


def _settle(
    library: Library,
    iteration_id: int,
    case: Case,
    verdict: Verdict,
    edit_of: Callable[[Case], Edit] | None = None,
) -> None:
    image_id, key = case.image.id, case.finding.key
    with library.db.atomic():
        get_iteration(library, iteration_id)
        current = open_case(library, iteration_id, case.finding)
        if current.verdict != case.verdict:
            raise Conflict(f"somebody else {_settled_it(current.verdict)} meanwhile", "look again")
        if current.tagging.regions != case.tagging.regions:
            raise Conflict(
                "the labels of this picture were changed elsewhere meanwhile",
                "they are shown as they are now; look again",
            )
        if edit_of is not None:
            check_editable(current)
            save_edit(library, image_id, edit_of(current))
        if verdict == "kept":
            settlement = Settlement(verdict, now(), label=current.region)
        else:
            edit_id = tagging.last_done_id(library.db, image_id)
            settlement = Settlement(verdict, now(), edit_id)
        rows.put(library.db, iteration_id, image_id, key, settlement)


def check_editable(case: Case) -> None:
    """Refuse to change what no training would see.

    Raises:
        Conflict: the picture left the workspace.
    """
    if not case.image.in_workspace:
        raise Conflict(
            f"{case.image.name} was removed from the workspace, so it is not edited",
            "k keeps the label as it was; adding the picture again brings it back",
        )


def _settled_it(verdict: Verdict | None) -> str:
    return "made this open again" if verdict is None else f"settled this ({verdict})"


def undo(library: Library, iteration_id: int, finding: Finding) -> Settlement:
    """Take a verdict back, together with the edit that it made.

    When that is redone in the editor, the verdict holds again. Edits made by hand in the editor
    stay: its own undo takes them back.

    Raises:
        Conflict: there is no verdict, or the picture was edited after it.
        NotFound: the picture is not there any more.
    """
    image_id = finding.image_id
    with library.db.atomic():
        key, settlement = _settlement_of(library, iteration_id, finding)
        if settlement is None:
            raise Conflict("this was made open again elsewhere meanwhile", "look again")
        if settlement.verdict in ("taken", "deleted"):
            if tagging.last_done_id(library.db, image_id) != settlement.edit_id:
                raise Conflict(
                    "the picture was edited after this verdict, so the verdict stays",
                    "in the editor (e), u takes the picture's edits back one by one",
                )
            undo_edit(library, image_id)
        else:
            rows.delete(library.db, iteration_id, image_id, key)
    return settlement
