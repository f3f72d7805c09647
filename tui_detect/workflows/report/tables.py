"""Tables of the report: a caption, heads for rows and columns, figures to the right."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tui_detect.core.evaluation import format_threshold
from tui_detect.workflows.report.markup import Child, Markup, element


def table(
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[Child]],
    *,
    words: Sequence[int] = (),
    bars: Sequence[int] = (),
    sortable: bool = False,
) -> Markup:
    """A table whose first column names the rows, and the others hold figures, words or bars."""
    kinds = ["bars" if i in bars else "words" if i in words else "n" for i in range(len(head))]
    top = [
        element("th", title, scope="col", class_=kinds[i] if i else None)
        for i, title in enumerate(head)
    ]
    body = [
        element(
            "tr",
            element("th", row[0], scope="row"),
            [element("td", cell, class_=kinds[i]) for i, cell in enumerate(row[1:], start=1)],
        )
        for row in rows
    ]
    return scrolling(
        element(
            "table",
            element("caption", caption),
            element("thead", element("tr", top)),
            element("tbody", body),
            class_="sortable" if sortable else None,
        ),
        caption,
    )


def scrolling(content: Markup, label: str) -> Markup:
    """What may be wider than a telephone scrolls on its own, by keys as well."""
    return element("div", content, class_="scroll", tabindex=0, role="region", aria_label=label)


def folded(content: Markup, summary: str = "As a table") -> Markup:
    """The figures behind a plot, folded away."""
    return element("details", element("summary", summary), content)


def percent(share: float | None) -> str:
    """`83 %`, or a dash where nothing can be computed."""
    return "–" if share is None or not math.isfinite(share) else f"{share * 100:.0f} %"


def number(value: float | None, decimals: int = 2) -> str:
    """A number with decimals, or a dash."""
    return "–" if value is None or not math.isfinite(value) else f"{value:,.{decimals}f}"


def points(share: float | None) -> str:
    """Percentage points with one decimal, or a dash."""
    return "–" if share is None else f"{share * 100:.1f}"


def threshold(value: float | None) -> str:
    """A threshold with two or three decimals, rounded down: it still counts what it counted."""
    if value is None:
        return "–"
    # A thousandth written in binary may lie a hair below itself.
    return format_threshold(math.floor(value * 1000 + 1e-6) / 1000)


def whole(value: float) -> str:
    """A count; with one decimal where it is a mean over several overlap thresholds."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
