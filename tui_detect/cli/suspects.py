"""`suspects`."""

from __future__ import annotations

import click

from tui_detect.cli.common import (
    ProgressLine,
    as_json,
    iteration_argument,
    library_of,
    percent,
    print_json,
    print_table,
    project_argument,
)
from tui_detect.cli.iterations import chosen_iteration
from tui_detect.core.model import Detection, Iteration, Region
from tui_detect.workflows.images import image_cards
from tui_detect.workflows.library import Library
from tui_detect.workflows.settling import tags_by_id
from tui_detect.workflows.suspects import SuspectLabel, look_everywhere, suspects

TRAINED_ON = (
    "marked * : the model, or one it started from, was trained on that picture. Models memorise "
    "the labels they were trained on, wrong ones too, so there it may only repeat them; "
    "a cross-validation (train --folds 5) judges every picture by a model that has not seen it"
)


@click.command("suspects")
@project_argument
@iteration_argument
@as_json
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="List at most so many.",
)
@click.option(
    "--all",
    "everywhere",
    is_flag=True,
    help="Also on pictures that the model was trained on, and on newer ones; takes its time.",
)
@click.option("--settled", "with_settled", is_flag=True, help="Also those settled in the app.")
@click.pass_context
def suspects_(
    ctx: click.Context,
    project: str,
    iteration: str | None,
    json_: bool,
    limit: int,
    everywhere: bool,
    with_settled: bool,
) -> None:
    """Labels that may be wrong, the most suspicious first.

    An iteration (the newest completed one) judges the labels as they are now, on pictures that it
    was not trained on.
    """
    library = library_of(ctx)
    chosen = chosen_iteration(library, project, iteration)
    refused = _look(library, chosen) if everywhere else False
    found = suspects(library, chosen, limit=limit, everywhere=everywhere, with_settled=with_settled)
    if json_:
        print_json(_as_dicts(library, chosen, found))
    else:
        _print(library, chosen, found)
    if refused:
        ctx.exit(1)


def _look(library: Library, iteration: Iteration) -> bool:
    """Judge the other pictures, too; whether one of them was refused."""
    line = ProgressLine()
    try:
        report = look_everywhere(
            library,
            iteration,
            on_progress=lambda done, total: line.update(f"{done}/{total} images", done / total),
        )
    finally:
        line.done()
    for error in report.refused:
        click.echo(f"refused: {error.one_line()}", err=True)
    return bool(report.refused)


def _print(library: Library, iteration: Iteration, found: list[SuspectLabel]) -> None:
    if not found:
        click.echo(
            f"{iteration.name} suspects no label. Its mAP is {percent(iteration.map)} % at overlap "
            "0.3: a model that finds little has little to say of labels"
        )
        return
    rows = _as_dicts(library, iteration, found)
    head = ["", "score", "kind", "label", "model", "overlap", "picture"]
    print_table(head, [_row(number, row) for number, row in enumerate(rows, start=1)])
    if any(label.trained_on for label in found):
        click.echo(f"\n{TRAINED_ON}")


def _row(number: int, row: dict[str, object]) -> list[object]:
    label, model = row["region"], row["detection"]
    sure = f" {model['probability']:.2f}" if isinstance(model, dict) else ""
    overlap = row["overlap"]
    return [
        f"{number}{'*' if row['trained_on'] else ''}",
        f"{row['score']:.2f}",
        row["kind"],
        label["tag"] if isinstance(label, dict) else None,
        f"{model['tag']}{sure}" if isinstance(model, dict) else None,
        f"{overlap:.2f}" if isinstance(overlap, float) else None,
        row["image"],
    ]


def _as_dicts(
    library: Library, iteration: Iteration, found: list[SuspectLabel]
) -> list[dict[str, object]]:
    names = {key: tag.name for key, tag in tags_by_id(library, iteration).items()}
    cards = image_cards(library, [label.finding.image_id for label in found])
    pictures = {card.image.id: card.image for card in cards}
    return [
        {
            "kind": label.finding.kind,
            "score": label.finding.score,
            "image": pictures[label.finding.image_id].name,
            "image_id": pictures[label.finding.image_id].uuid,
            "region": _region(label.finding.region, names),
            "other": _region(label.finding.other, names),
            "detection": _detection(label.finding.detection, names),
            "overlap": label.finding.overlap,
            "trained_on": label.trained_on,
        }
        for label in found
        # A picture that was deleted for good meanwhile has no label any more.
        if label.finding.image_id in pictures
    ]


def _region(region: Region | None, names: dict[int, str]) -> dict[str, object] | None:
    if region is None:
        return None
    return {"id": region.uuid, "tag": names[region.tag_id], **_box(region)}


def _detection(detection: Detection | None, names: dict[int, str]) -> dict[str, object] | None:
    if detection is None:
        return None
    tag = names[detection.tag_id]
    return {"tag": tag, "probability": detection.probability, **_box(detection)}


def _box(of: Region | Detection) -> dict[str, float]:
    names = ("left", "top", "width", "height")
    return {name: getattr(of.box, name) for name in names}


COMMANDS = (suspects_,)
