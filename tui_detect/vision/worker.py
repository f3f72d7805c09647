"""One run from a prepared data set to stored detections. Imports torch and Ultralytics.

Read it top to bottom: `train` is what a run does.
"""

from __future__ import annotations

from pathlib import Path

from tui_detect.vision.dataset import Dataset
from tui_detect.vision.detector import Detector, forbid_analytics
from tui_detect.vision.devices import Device
from tui_detect.vision.events import EventWriter
from tui_detect.vision.job import Job
from tui_detect.vision.processes import identify
from tui_detect.vision.recipes import Plan, get_recipe, make_plan
from tui_detect.vision.reporter import Throttle
from tui_detect.vision.run_folder import Exit, RunFolder
from tui_detect.vision.stopping import StopSwitch
from tui_detect.vision.trainer import fit
from tui_detect.vision.weights import Weights

PROBABILITY_FLOOR = 0.001
"""Detections below it say nothing, and would fill the library."""
DETECTIONS_MAX = 300


def train(
    folder: RunFolder,
    job: Job,
    dataset: Dataset,
    weights: Weights,
    device: Device,
    events: EventWriter,
    stop: StopSwitch,
) -> Exit:
    """Train, evaluate the best weights on every validation picture, and tell all of it."""
    forbid_analytics()
    if weights.warning:
        events.write("warning", message=weights.warning)
    plan = make_plan(
        get_recipe(job.recipe),
        job.settings,
        pictures=len(dataset.train),
        tags=len(job.tags),
        device=device.kind,
        weights=weights.file,
    )
    part = folder.part(1)
    report_start(events, plan, device, dataset, part.epochs_done if events.goes_on else None)

    if plan.weights is not None:
        Detector(
            Path(plan.weights), device.first
        )  # raises in plain words what the trainer would mumble
    result = fit(part, plan, dataset, device, events, stop)
    folder.publish_weights(part.weights)
    write_detections(Detector(folder.weights, device.first, plan.image_size_px), dataset, events)
    if result.stopped:
        events.write("cancelled", weights=folder.weights, epochs=result.epochs)
        return Exit("cancelled", f"stopped after {result.epochs} of {plan.epochs} epochs")
    events.write(
        "finished",
        weights=folder.weights,
        weights_bytes=folder.weights.stat().st_size,
        epochs=result.epochs,
        best_epoch=result.best_epoch,
    )
    return Exit("completed")


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


def write_detections(detector: Detector, dataset: Dataset, events: EventWriter) -> None:
    """Write the detections on every validation picture, also where there are none."""
    progress = Throttle()
    total = len(dataset.validation)
    for done, (path, image) in enumerate(dataset.validation.items()):
        if progress.ready():
            events.write("stage", stage="evaluating", done=done, total=total)
        found = detector.detect(path, PROBABILITY_FLOOR, DETECTIONS_MAX)
        items = [
            [tag, round(p, 6), *(round(v, 6) for v in (b.left, b.top, b.width, b.height))]
            for tag, p, b in found
        ]
        events.write("detections", image=image.uuid, items=items)
    events.write("stage", stage="evaluating", done=total, total=total)
