"""`suggest`."""

from __future__ import annotations

import click

from tui_detect.cli.common import ProgressLine, library_of, project_argument
from tui_detect.cli.iterations import chosen_iteration
from tui_detect.cli.values import threshold_option
from tui_detect.workflows.suggesting import suggest as suggest_boxes


@click.command()
@project_argument
@click.option("--iteration", help="Number, name or id [default: the newest completed one].")
@click.option(
    "--images", "most", type=click.IntRange(1), help="Stop after so many images [default: all]."
)
@threshold_option
@click.pass_context
def suggest(
    ctx: click.Context,
    project: str,
    iteration: str | None,
    most: int | None,
    threshold: float | None,
) -> None:
    """Propose boxes for untagged images, to be answered in the app.

    A suggestion is no region, and is not trained on, until a person accepts it.
    """
    library = library_of(ctx)
    chosen = chosen_iteration(library, project, iteration)
    line = ProgressLine()
    try:
        report = suggest_boxes(
            library,
            chosen,
            most=most,
            threshold=threshold,
            on_progress=lambda done, total: line.update(
                f"{done}/{total} images", done / max(total, 1)
            ),
        )
    finally:
        line.done()
    click.echo(
        f"{report.suggestions} boxes suggested for {report.images} images by {chosen.name}; "
        f"nothing found on {report.empty}"
    )
    for error in report.refused:
        click.echo(f"refused: {error.one_line()}", err=True)
    if report.refused:
        ctx.exit(1)


COMMANDS = (suggest,)
