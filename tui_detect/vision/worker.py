"""One run from a prepared data set to stored detections. Imports torch and Ultralytics.

Read it top to bottom: `train` is what a run does.
"""

from __future__ import annotations

from pathlib import Path

from tui_detect.vision.courses import Course, Evaluation, Part, make_course
from tui_detect.vision.dataset import Dataset
from tui_detect.vision.detector import Detector, forbid_analytics
from tui_detect.vision.devices import Device
from tui_detect.vision.events import EventWriter
from tui_detect.vision.files import publish, share
from tui_detect.vision.job import Job
from tui_detect.vision.meters import measuring
from tui_detect.vision.parts import PartResult
from tui_detect.vision.processes import identify
from tui_detect.vision.recipes import (
    Plan,
    fixed_names,
    get_recipe,
    image_size_max,
    make_plan,
)
from tui_detect.vision.reporter import Throttle
from tui_detect.vision.run_folder import Exit, RunFolder
from tui_detect.vision.search import Limits
from tui_detect.vision.stopping import StopSwitch
from tui_detect.vision.trainer import fit
from tui_detect.vision.weights import Weights

PROBABILITY_FLOOR = 0.001
"""Detections below it say nothing, and would fill the library."""


def train(
    folder: RunFolder,
    job: Job,
    dataset: Dataset,
    weights: Weights,
    device: Device,
    events: EventWriter,
    stop: StopSwitch,
) -> Exit:
    """Train all parts, evaluate the best weights on pictures they have not seen, tell all of it."""
    forbid_analytics()
    if weights.warning:
        events.write("warning", message=weights.warning)
    course = plan_course(folder, job, dataset, weights.file, device)
    with measuring(events, device.argument):
        results = train_parts(course, folder, device, events, stop)
        kept = course.kept(results)
        for evaluation in course.evaluations(results):
            write_detections(folder, evaluation, device, events)
    if remark := course.remark(results):
        events.write("warning", message=remark)
    result = results[kept - 1]
    part = course.next_part(results[: kept - 1])
    assert part is not None, "it was trained"
    told = {"part": kept, "recipe": part.plan.as_dict()} if course.several else {}
    if any(result.stopped for result in results):
        events.write("cancelled", weights=folder.weights, epochs=result.epochs, **told)
        where = f" of {part.name}" if part.name else ""
        return Exit(
            "cancelled", f"stopped after {result.epochs} of {part.plan.epochs} epochs{where}"
        )
    events.write(
        "finished",
        weights=folder.weights,
        weights_bytes=folder.weights.stat().st_size,
        epochs=result.epochs,
        best_epoch=result.best_epoch,
        **told,
    )
    return Exit("completed")


def plan_course(
    folder: RunFolder, job: Job, dataset: Dataset, file: Path | None, device: Device
) -> Course:
    """Which trainings the job asks for, all from the run's own copy of the weights.

    Raises:
        RunFailed: the weights cannot be used.
    """
    recipe = get_recipe(job.recipe)
    weights, model = (None, None) if file is None else open_weights(folder, job, file, device)

    def plan(pictures: int) -> Plan:
        return make_plan(
            recipe,
            job.settings,
            pictures=pictures,
            tags=len(job.tags),
            device=device.kind,
            weights=weights,
            model=model,
            sizes=job.sizes,
        )

    limits = Limits(
        budget_s=(job.settings.budget_minutes or 0) * 60,
        image_size_max_px=image_size_max(recipe.models(device.kind), job.sizes),
        train=len(dataset.train),
        validation=len(dataset.validation),
        fixed=fixed_names(job.settings),
        weights_folder=None if file is None else file.parent,
    )
    return make_course(job, dataset, plan, limits)


def open_weights(folder: RunFolder, job: Job, file: Path, device: Device) -> tuple[Path, str]:
    """The run's own copy of the weights to start from, made when it first starts, and their model.

    Whoever deletes the file or trains on into it changes nothing for the run.

    Raises:
        RunFailed: the weights cannot be used.
    """
    kept = folder.start_weights / file.name
    opened = kept if kept.exists() else file
    # Raises in plain words what the trainer would mumble; what it refuses is not kept.
    hint = "replace the file, or train with --weights none"
    model = Detector(opened, device.first, if_broken=hint).architecture
    if opened is file:
        # The library only replaces its files, others may write into theirs.
        is_ours = job.settings.weights == "auto" or bool(job.settings.warm_start)
        (share if is_ours else publish)(file.resolve(), kept)
    return kept, model


def train_parts(
    course: Course, folder: RunFolder, device: Device, events: EventWriter, stop: StopSwitch
) -> list[PartResult]:
    """Train one part after the other; what was trained before an interruption is not repeated."""
    results: list[PartResult] = []
    begun = False
    while (part := course.next_part(results)) is not None:
        place = folder.part(part.number)
        result = place.result
        is_last = result is not None and course.next_part([*results, result]) is None
        if not begun and (result is None or result.stopped or is_last):
            done = place.epochs_done if events.goes_on else None
            report_start(events, part.plan, device, part.dataset, done)
            begun = True
        if result is None or result.stopped:
            if course.several:
                report_part(events, part)
            result = fit(place, part.plan, part.dataset, device, events, stop)
        results.append(result)
        if course.kept(results) == part.number:
            folder.publish_weights(place.weights)
        if result.stopped:
            break
    return results


def report_part(events: EventWriter, part: Part) -> None:
    """Write the `part` event."""
    events.write(
        "part",
        part=part.number,
        parts=part.parts,
        name=part.name,
        recipe=part.plan.as_dict(),
    )


def report_start(
    events: EventWriter,
    plan: Plan,
    device: Device,
    dataset: Dataset,
    resumed_from_epoch: int | None,
) -> None:
    """Write the `started` event; a process that goes on says from where."""
    process = identify()
    assert process is not None, "a process knows itself"
    events.write(
        "started",
        pid=process.pid,
        process_started_at=process.started_at,
        host=process.host,
        device=device.argument,
        device_name=device.name,
        recipe=plan.as_dict(),
        images_train=len(dataset.train),
        images_validation=len(dataset.validation),
        **({} if resumed_from_epoch is None else {"resumed_from_epoch": resumed_from_epoch}),
    )


def write_detections(
    folder: RunFolder, evaluation: Evaluation, device: Device, events: EventWriter
) -> None:
    """Write the detections on every picture of an evaluation, also where there are none."""
    part = evaluation.part
    detector = Detector(folder.part(part.number).weights, device.first, part.plan.image_size_px)
    progress = Throttle()
    total = len(evaluation.pictures)
    for done, (path, image) in enumerate(evaluation.pictures.items()):
        if progress.ready():
            events.write("stage", stage="evaluating", done=done, total=total)
        found = detector.detect(path, PROBABILITY_FLOOR, part.plan.boxes_max)
        items = [
            [tag, round(p, 6), *(round(v, 6) for v in (b.left, b.top, b.width, b.height))]
            for tag, p, b in found
        ]
        events.write("detections", image=image.uuid, items=items)
    events.write("stage", stage="evaluating", done=total, total=total)
