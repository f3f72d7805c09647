"""Five labels made wrong on purpose: found by a cross-validation, put right by keys, trained on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.library import tag_image, workspace
from tests.planted_errors import PlantedError, plant_errors
from tests.ui.shell_library import make_app, sees
from tests.waiting import until, wait_for
from tui_detect.core.evaluation.finding import SUSPECT_KINDS, Finding
from tui_detect.core.geometry import overlap
from tui_detect.core.model import Iteration, Project, Region, TrainingSettings
from tui_detect.core.query import ImageQuery
from tui_detect.store import iterations as iteration_rows
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows import settling, suspects
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.images import image_ids, image_names
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import create_project
from tui_detect.workflows.tagging import open_image
from tui_detect.workflows.tags import find_tag
from tui_detect.workflows.training import collect, start_training

SEED = 4
LOOKED_AT = 10
CROSS_VALIDATION = TrainingSettings(
    epochs=150,
    image_size_px=160,
    folds=4,
    weights="none",
    device="cpu",
    # Forty large things on plain ground: whole pictures and larger steps teach them sooner.
    overrides={"mosaic": 0, "learning_rate": 0.003},
)
TIMEOUT_S = 3000.0


@pytest.fixture
def planted(shared_data: Path, tmp_path: Path) -> list[PlantedError]:
    """One wrong label of each kind in a copy of the cutlery pictures."""
    folder = tmp_path / "cutlery"
    return plant_errors(shared_data / "cutlery", folder, SUSPECT_KINDS, SEED, longer_side_px=200)


@pytest.fixture
def cutlery(library: Library, planted: list[PlantedError], tmp_path: Path) -> Project:
    """The copy as a project, every picture of it tagged.

    COCO cannot say of a picture without a label that somebody looked at it: the one that lost its
    only label is marked here.
    """
    made = create_project(library, "cutlery")
    report = add_images(library, made.id, [tmp_path / "cutlery" / "annotations.json"])
    assert report.added == 40
    for image in workspace(library, made):
        if image.state == "untagged":
            tag_image(library, image)
    return made


def train(library: Library, project: Project, settings: TrainingSettings) -> Iteration:
    iteration = start_training(library, project.id, settings)
    folder = RunFolder(library.run_path(iteration.uuid))
    # Collecting all the while would take from the training the time that it needs.
    wait_for(lambda: folder.exit is not None, "the end of the training", timeout_s=TIMEOUT_S)
    done = collect(library, iteration.id)
    assert done.state == "completed", done.message
    return done


@pytest.mark.long
async def test_wrong_labels_are_found_put_right_by_keys_and_trained_on(
    library: Library, cutlery: Project, planted: list[PlantedError]
) -> None:
    iteration = train(library, cutlery, CROSS_VALIDATION)
    findings = [each.finding for each in suspects.suspects(library, iteration, limit=LOOKED_AT)]
    named = dict(names_planted(library, findings, planted))
    assert len(named) >= 4, told(findings, planted, named)

    app = make_app(library, cutlery, "performance")
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, app, "suspect labels")
        await pilot.press("l")
        await sees(pilot, app, "Labels that may be wrong")
        for number, finding in enumerate(findings):
            key = key_for(named[number]) if number in named else "k"
            await pilot.press(key)
            await until_settled(pilot, library, iteration, finding)

    for error in named.values():
        assert is_right(library, cutlery, error), error
    again = [each.finding for each in suspects.suspects(library, iteration)]
    assert not {(f.image_id, f.key) for f in again} & {(f.image_id, f.key) for f in findings}

    retrained = train(
        library, cutlery, TrainingSettings(epochs=2, image_size_px=64, weights="none")
    )
    snapshot = iteration_rows.regions(library.db, retrained.id)
    for image_id in image_ids(library, cutlery.id, ImageQuery()):
        now = open_image(library, image_id).tagging.regions
        assert set(snapshot.get(image_id, ())) == set(now), "the corrected labels were trained on"


def names_planted(
    library: Library, findings: list[Finding], planted: list[PlantedError]
) -> Iterator[tuple[int, PlantedError]]:
    """The places of the findings that are about a planted error, and which."""
    names = image_names(library, [finding.image_id for finding in findings])
    waiting = list(planted)
    for number, finding in enumerate(findings):
        for error in waiting:
            if names[finding.image_id] == error.picture and error.is_named_by(finding):
                yield number, error
                waiting.remove(error)
                break


def told(
    findings: list[Finding], planted: list[PlantedError], named: dict[int, PlantedError]
) -> str:
    """What was found and what was not."""
    missed = [error for error in planted if error not in named.values()]
    listed = "\n".join(f"{f.score:.2f} {f.kind} in image {f.image_id}" for f in findings)
    return f"not found: {missed}\n{listed}"


def key_for(error: PlantedError) -> str:
    """What a person would press: take what the model found, or delete what is too many."""
    return "t" if error.kind in ("missing", "wrong tag", "loose") else "d"


async def until_settled(
    pilot: Pilot[None], library: Library, iteration: Iteration, finding: Finding
) -> None:
    about = (finding.image_id, finding.key)
    await until(
        pilot, lambda: about in settling.settled(library, iteration.id), "the verdict to be kept"
    )


def is_right(library: Library, project: Project, error: PlantedError) -> bool:
    """Whether the label is as it was before it was made wrong, within what a model can draw."""
    regions = regions_of(library, project, error)
    tag_id = find_tag(library, project.id, error.tag).id
    if error.kind == "doubled":
        # Which of the two is the better one may be told either way.
        return sum(overlap(region.box, error.box) > 0.6 for region in regions) == 1
    if error.right is None:
        return all(overlap(region.box, error.box) < 0.99 for region in regions)
    nearest = max((overlap(r.box, error.right), r.tag_id) for r in regions)
    return nearest[1] == tag_id and nearest[0] > 0.6


def regions_of(library: Library, project: Project, error: PlantedError) -> tuple[Region, ...]:
    ids = image_ids(library, project.id, ImageQuery())
    names = image_names(library, ids)
    (image_id,) = (key for key in ids if names[key] == error.picture)
    return open_image(library, image_id).tagging.regions
