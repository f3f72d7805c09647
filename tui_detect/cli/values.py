"""Thresholds as a person types them; what is none is wrong usage, before anything is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui_detect.core.errors import BadInput

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Overlap

Wish = tuple[str, float]
"""`none` or `best`; or `precision` or `recall` with the one wanted; or `number` with that."""


def _threshold(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    # NaN passes every comparison of a range.
    if value is not None and value != value:
        raise click.BadParameter("nan is not in the range 0<=x<=1.")
    return value


def _overlap(ctx: click.Context, param: click.Parameter, value: str) -> Overlap:
    from tui_detect.core.evaluation import parse_overlap

    try:
        return parse_overlap(value)
    except BadInput as error:
        raise click.BadParameter(f"{error.one_line()}.") from error


def _wish(ctx: click.Context, param: click.Parameter, value: str) -> Wish:
    if value in ("none", "best"):
        return value, 0.0
    word, _, share = value.partition("=")
    of_share = word in ("precision", "recall")
    try:
        number = float(share if of_share else value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1 or (of_share and number == 0):
        hint = "give 0 to 1, best, none, precision=0.9 or recall=0.9"
        raise click.BadParameter(f"{value!r} is no threshold; {hint}.")
    return word if of_share else "number", number


threshold_option, each_threshold_option = (
    click.option(
        "--threshold",
        type=click.FloatRange(0, 1),
        callback=_threshold,
        help=f"Probability that a detection needs [default: {default}].",
    )
    for default in ("the one chosen for the iteration, or 0.5", "each iteration's own, else 0.5")
)
overlap_option = click.option(
    "--overlap",
    callback=_overlap,
    default="0.3",
    show_default=True,
    help="IoU that a detection needs to be correct, or 0.50:0.95.",
)
wish_argument = click.argument("value", callback=_wish)
