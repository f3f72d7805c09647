"""`queue`."""

from __future__ import annotations

import click

from tui_detect.cli.common import as_json, library_of, print_json, print_table
from tui_detect.workflows.queue import QueueView, let_queue_go_on, look_at_queue, pause_queue


@click.command()
@click.option("--pause/--go-on", default=None, help="Let nothing new begin, or let it again.")
@as_json
@click.pass_context
def queue(ctx: click.Context, pause: bool | None, json_: bool) -> None:
    """List what trains and what waits on this machine, over all projects."""
    library = library_of(ctx)
    if pause is not None:
        (pause_queue if pause else let_queue_go_on)(library)
    view = look_at_queue(library)
    if json_:
        print_json(_queue_dict(view))
        return
    if view.paused:
        click.echo("the queue is paused: nothing new begins until `tui-detect queue --go-on`")
    if view.runs:
        print_table(
            ["run", "state", "device"],
            [
                (
                    run.entry.what,
                    "waits" if run.entry.waits else "trains",
                    f"wants {run.entry.wanted}" if run.entry.waits else run.devices,
                )
                for run in view.runs
            ],
        )
    else:
        click.echo("nothing trains here, and nothing waits")


def _queue_dict(view: QueueView) -> dict[str, object]:
    return {
        "paused": view.paused,
        "runs": [
            {
                "id": run.entry.iteration,
                "what": run.entry.what,
                "state": "waiting" if run.entry.waits else "running",
                "wanted": run.entry.wanted,
                "devices": list(run.entry.devices),
            }
            for run in view.runs
        ],
    }


COMMANDS = (queue,)
