"""What `train --dry-run` prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tui_detect.cli.common import duration, print_table

if TYPE_CHECKING:
    from tui_detect.workflows.planning import TrainingPreview


def preview_dict(preview: TrainingPreview) -> dict[str, object]:
    """The preview as JSON; every field by its own name."""
    return asdict(preview)


def print_preview(preview: TrainingPreview) -> None:
    """Print the plan as a table, with what stands out before it."""
    from tui_detect.vision.recipes import settable

    check, plan = preview.check, preview.plan
    for warning in check.warnings:
        click.echo(f"note: {warning}", err=True)
    if preview.repeats:
        click.echo(f"note: {preview.repeats}", err=True)
    print_table(
        ["what", "value"],
        [
            ("images", f"{check.images}, of which {check.background} background"),
            ("split", f"{check.train} to train on, {check.validation} to validate with"),
            ("tags", f"{check.tags} with {check.regions} regions"),
            ("domain", plan.domain),
            ("device", plan.device + (" of the cluster" if preview.on_cluster else "")),
            ("weights", preview.start),
            ("course", preview.course),
            ("time", f"at most {duration(preview.total_s)}, {preview.basis}"),
            (
                "quick training",
                f"at most {duration(preview.quick_s)}; for an advanced one give --budget "
                f"{preview.budget_minutes}m",
            ),
        ],
    )
    click.echo()
    print_table(["set with --set", "value"], list(settable(plan).items()))
