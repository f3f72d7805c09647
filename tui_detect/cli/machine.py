"""The app itself, `demo` and `doctor`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tui_detect.cli.common import ProgressLine, as_json, home_of, library_of, print_json
from tui_detect.cli.opening import open_app
from tui_detect.cli.performance import print_performance
from tui_detect.cli.terminal import terminal_findings
from tui_detect.cli.training import follow, print_ending
from tui_detect.workflows.library import default_home

if TYPE_CHECKING:
    from tui_detect.workflows.doctor import Finding


@click.command()
@click.option("--headless", is_flag=True, help="Print progress and figures instead of the app.")
@click.pass_context
def demo(ctx: click.Context, headless: bool) -> None:
    """Make a sample project of drawn pictures, train it, and open it."""
    from tui_detect.workflows.demo import DEMO_IMAGES, DEMO_SETTINGS, create_demo
    from tui_detect.workflows.performance import performance
    from tui_detect.workflows.training import start_training

    library = library_of(ctx)
    line = ProgressLine()
    project = create_demo(
        library, lambda done, total: line.update(f"drawing pictures: {done}/{total}", done / total)
    )
    line.done()
    click.echo(f"drew {DEMO_IMAGES} pictures; training a small detector from scratch", err=True)
    iteration = follow(library, start_training(library, project.id, DEMO_SETTINGS))
    if headless or not sys.stdout.isatty():
        print_ending(iteration)
        click.echo()
        print_performance(iteration, performance(library, iteration.id, 0.5, 0.5))
    else:
        open_app(library, ctx.find_root().params["graphics"], project, "performance")


@click.command()
@as_json
@click.pass_context
def doctor(ctx: click.Context, json_: bool) -> None:
    """Look at terminal, disk, GPU and weights: what works, and what to do about the rest."""
    from tui_detect.workflows.doctor import examine

    findings = examine(
        home_of(ctx) or default_home(),
        lambda: terminal_findings(ctx.find_root().params["graphics"]),
    )
    if json_:
        print_json(
            [
                {"name": f.name, "state": f.state, "detail": f.detail, "advice": f.advice}
                for f in findings
            ]
        )
    else:
        for finding in findings:
            _print_finding(finding)
    if any(finding.state == "problem" for finding in findings):
        ctx.exit(1)


_MARKS = {"ok": "✓", "note": "·", "problem": "✗"}


def _print_finding(finding: Finding) -> None:
    click.echo(f"{_MARKS[finding.state]} {finding.name}: {finding.detail}")
    if finding.advice:
        click.echo(f"    {finding.advice}")


COMMANDS = (demo, doctor)
