"""`train`, `runs`, `watch` and `stop`."""

from __future__ import annotations

import re
import shlex
import time

import click

from tui_detect.cli.common import (
    ProgressLine,
    as_json,
    duration,
    iteration_argument,
    launcher_option,
    library_of,
    percent,
    print_json,
    print_table,
    project_argument,
)
from tui_detect.cli.planning import preview_dict, print_preview
from tui_detect.core.errors import RunFailed
from tui_detect.core.model import Iteration, TrainingSettings
from tui_detect.vision.launchers import list_launchers
from tui_detect.vision.recipes import read_overrides
from tui_detect.workflows import iterations, training
from tui_detect.workflows.launching import choose_launcher, parse_options
from tui_detect.workflows.library import Library
from tui_detect.workflows.planning import plan_training
from tui_detect.workflows.projects import find_project
from tui_detect.workflows.warm_starting import with_warm_start

POLL_S = 0.5


class Budget(click.ParamType[float]):
    """Minutes from `30m`, `1.5h`, `90s` or a plain number of minutes."""

    name = "time"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The time in minutes."""
        if not isinstance(value, str):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", value.strip())
        if match is None:
            self.fail(f"{value!r} is no time: write 30m, 1.5h or 90s", param, ctx)
        return float(match[1]) * {"s": 1 / 60, "m": 1, "h": 60, "": 1}[match[2]]


@click.command()
@project_argument
@click.option("--budget", type=Budget(), help="Search for better settings that long, such as 30m.")
@click.option("--epochs", type=click.IntRange(min=1), help="Train that many epochs.")
@click.option("--image-size", type=click.IntRange(32, 4096), help="Longer side in pixels.")
@click.option(
    "--device", default="auto", show_default=True, help="auto, cpu, or CUDA numbers such as 0,1."
)
@click.option(
    "--weights", default="auto", show_default=True, help="auto, none (from scratch), or a .pt file."
)
@click.option(
    "--launcher",
    type=click.Choice(list_launchers()),
    help="What starts the run [default: that of config.toml, else local].",
)
@launcher_option
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--from", "start", metavar="[PROJECT/]ITERATION", help="Start from its weights.")
@click.option("--tag", "tags", multiple=True, help="Only this tag; may be repeated.")
@click.option("--folds", type=int, default=0, help="Cross-validate in so many folds, such as 5.")
@click.option(
    "--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Set a number of the plan."
)
@click.option("--on-end", default="", metavar="COMMAND", help="Run it at the end, JSON on stdin.")
@click.option("--force", is_flag=True, help="Train also when nothing has changed.")
@click.option("--dry-run", is_flag=True, help="Show the plan and train nothing.")
@as_json
@click.option("--wait", is_flag=True, help="Follow the run to its end.")
@click.pass_context
def train(
    ctx: click.Context,
    project: str,
    budget: float | None,
    epochs: int | None,
    image_size: int | None,
    device: str,
    weights: str,
    launcher: str | None,
    launcher_option: tuple[str, ...],
    seed: int,
    start: str | None,
    tags: tuple[str, ...],
    folds: int,
    assignments: tuple[str, ...],
    on_end: str,
    force: bool,
    dry_run: bool,
    json_: bool,
    wait: bool,
) -> None:
    """Train on all tagged images, as a new iteration.

    With a budget it is an advanced training, which searches for better settings in that time;
    --dry-run says which budget is sensible.

    The run is a process of its own: it goes on when this command, the app or the connection ends.
    """
    library = library_of(ctx)
    found = find_project(library, project)
    launcher, options = choose_launcher(library, found.id, launcher, parse_options(launcher_option))
    settings = TrainingSettings(
        epochs,
        image_size,
        budget,
        device,
        weights,
        launcher,
        seed,
        launcher_options=options,
        tags=tags,
        folds=folds,
        overrides=read_overrides(assignments),
        on_end=on_end,
    )
    if start is not None:
        if weights != "auto":
            raise click.UsageError("--from and --weights exclude each other")
        settings = with_warm_start(library, found.id, settings, start)
    if dry_run:
        preview = plan_training(library, found.id, settings)
        if json_:
            print_json(preview_dict(preview))
        else:
            print_preview(preview)
        return
    check = training.check_training(library, found.id, settings)
    for warning in check.warnings:
        click.echo(f"note: {warning}", err=True)
    iteration = training.start_training(library, found.id, settings, force=force)
    click.echo(
        f"{iteration.name}: {check.train} images to train on, {check.validation} to validate with",
        err=True,
    )
    if wait:
        ended = follow(library, iteration)
        if json_:
            print_json(run_dict(ended))
        else:
            print_ending(ended)
    elif json_:
        print_json(run_dict(iteration))
    else:
        click.echo(
            f"started; follow it with: tui-detect watch {shlex.quote(found.name)} "
            f"{iteration.number}"
        )


def follow(library: Library, iteration: Iteration) -> Iteration:
    """Print a run's progress on stderr until it ends, then ring; interrupting leaves the run alone.

    Raises:
        RunFailed: it failed or was lost.
    """
    line = ProgressLine()
    goes_on = not iteration.ended
    printed_warnings = 0
    try:
        while True:
            iteration = training.collect(library, iteration.id)
            for warning in iteration.warnings[printed_warnings:]:
                line.note(f"note: {warning}")
            printed_warnings = len(iteration.warnings)
            line.update(_progress_text(library, iteration), _share(iteration))
            if iteration.ended:
                break
            time.sleep(POLL_S)
    except KeyboardInterrupt:
        line.done()
        click.echo(
            f"{iteration.name} goes on without you; `tui-detect watch` shows it again", err=True
        )
        raise click.exceptions.Exit(130) from None
    line.done()
    if goes_on:
        line.ring()
    if iteration.state in ("failed", "lost"):
        raise RunFailed(
            f"{iteration.name} {'was lost' if iteration.state == 'lost' else 'failed'}: "
            f"{iteration.message}",
            f"its log: {library.run_path(iteration.uuid) / 'log.txt'}",
        )
    return iteration


def _share(iteration: Iteration) -> float | None:
    progress = iteration.progress
    if not progress.epochs or not progress.batches:
        return None
    done = max(progress.epoch - 1, 0) + progress.batch / progress.batches
    return (progress.part - 1 + done / progress.epochs) / progress.parts


def _progress_text(library: Library, iteration: Iteration) -> str:
    progress = iteration.progress
    if progress.waiting_for:
        return f"{iteration.name}: waiting for {progress.waiting_for}"
    if iteration.state == "queued" or not progress.stage:
        return f"{iteration.name}: starting"
    if not progress.epoch or progress.stage not in ("training", "validating"):
        return f"{iteration.name}: {progress.stage}"
    parts = [progress.part_name] if progress.part_name else []
    parts.append(f"epoch {progress.epoch}/{progress.epochs}")
    if progress.pictures_per_s:
        parts.append(f"{progress.pictures_per_s:.0f} pictures/s")
    finished = training.epochs(library, iteration.id)
    if finished and finished[-1].map50 is not None:
        parts.append(f"mAP50 {percent(finished[-1].map50)} %")
    parts.append(f"{duration(progress.seconds_left)} left")
    return ", ".join(parts)


def print_ending(iteration: Iteration) -> None:
    """Print how a run ended on stdout."""
    text = f"{iteration.name} {iteration.state} after {iteration.epochs_done} epochs"
    if iteration.started_at and iteration.finished_at:
        text += f" in {duration((iteration.finished_at - iteration.started_at).total_seconds())}"
    if iteration.map is not None:
        text += f", mAP {percent(iteration.map)} % at overlap 0.3"
        if iteration.settings.folds:
            text += f" ({iteration.settings.folds}-fold cross-validated)"
    click.echo(text)


@click.command()
@project_argument
@as_json
@click.pass_context
def runs(ctx: click.Context, project: str, json_: bool) -> None:
    """List the project's runs, newest first, and how far they are."""
    library = library_of(ctx)
    found = find_project(library, project)
    training.collect_running(library, found.id)
    every = iterations.list_iterations(library, found.id)
    if json_:
        print_json([run_dict(iteration) for iteration in every])
        return
    print_table(
        ["run", "state", "epoch", "left", "what"],
        [
            (
                iteration.number,
                iteration.state,
                f"{iteration.epochs_done}/{iteration.epochs_planned or '?'}",
                "–" if iteration.ended else duration(iteration.progress.seconds_left),
                iteration.message if iteration.ended else iteration.progress.stage,
            )
            for iteration in every
        ],
    )


def run_dict(iteration: Iteration) -> dict[str, object]:
    """How a run stands, for JSON."""
    progress = iteration.progress
    return {
        "id": iteration.uuid,
        "number": iteration.number,
        "name": iteration.name,
        "state": iteration.state,
        "stage": None if iteration.ended else progress.stage,
        "epochs": iteration.epochs_done,
        "epochs_planned": iteration.epochs_planned,
        "seconds_left": None if iteration.ended else progress.seconds_left,
        "device": progress.device or None,
        "message": iteration.message,
        "warnings": list(iteration.warnings),
    }


@click.command()
@project_argument
@iteration_argument
@as_json
@click.pass_context
def watch(ctx: click.Context, project: str, iteration: str | None, json_: bool) -> None:
    """Follow a run to its end: the one named, or the newest."""
    library = library_of(ctx)
    chosen = _run(library, project, iteration)
    ended = follow(library, chosen)
    if json_:
        print_json(run_dict(ended))
    else:
        print_ending(ended)


def _run(library: Library, project: str, iteration: str | None) -> Iteration:
    """The iteration named, or the newest, whatever its state."""
    found = find_project(library, project)
    every = iterations.list_iterations(library, found.id)
    if iteration is None and every:
        return every[0]
    return iterations.find_iteration(library, found.id, iteration)


@click.command()
@project_argument
@iteration_argument
@click.option("--wait", is_flag=True, help="Wait until it has ended.")
@click.pass_context
def stop(ctx: click.Context, project: str, iteration: str | None, wait: bool) -> None:
    """Stop a run: it keeps the best weights so far, evaluates them and ends as cancelled."""
    library = library_of(ctx)
    chosen = training.stop_training(library, _run(library, project, iteration).id)
    if not wait and not chosen.ended:
        click.echo(f"{chosen.name} finishes its batch, evaluates what it has and ends")
        return
    print_ending(follow(library, chosen))


COMMANDS = (train, runs, watch, stop)
