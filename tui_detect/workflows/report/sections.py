"""The parts of the report that are figures and tables rather than plots."""

from __future__ import annotations

from collections.abc import Iterator

from tui_detect.core.evaluation import Figure, Performance, format_overlap
from tui_detect.core.evaluation.confusion import ALL_TAGS, Confusion, tags_to_show
from tui_detect.core.evaluation.data import EvaluationTag
from tui_detect.core.evaluation.finding import ERROR_KINDS, MEANINGS
from tui_detect.core.words import count
from tui_detect.workflows.full_performance import FullPerformance
from tui_detect.workflows.report.markup import Markup, element, join
from tui_detect.workflows.report.plots import bar, interval_bar, tag_colour
from tui_detect.workflows.report.tables import (
    number,
    percent,
    points,
    scrolling,
    table,
    threshold,
    whole,
)

BACKGROUND = "background"


def headline(performance: Performance) -> Markup:
    """The five figures with their intervals."""
    alarms = performance.false_alarms_per_background
    shares = (
        ("Precision", performance.precision, "nothing found"),
        ("Recall", performance.recall, "no regions"),
        ("F1", performance.f1, "no regions"),
        ("mAP", performance.map, "no regions"),
    )
    cards = [
        _card(name, percent(figure.value), interval_bar(figure), _interval(figure, why))
        for name, figure, why in shares
    ]
    between = _interval(alarms, "no background image", 1, 2)
    if alarms.value is not None:
        between = f"per background image {between}"
    cards.append(
        _card("False alarms", number(alarms.value), None, between),
    )
    return element("dl", cards, class_="headline")


def _card(name: str, value: str, drawing: Markup | None, interval: str) -> Markup:
    return element(
        "div",
        element("dt", name),
        element("dd", element("strong", value), drawing, element("span", interval)),
    )


def _interval(figure: Figure, why_none: str, factor: float = 100, decimals: int = 0) -> str:
    if figure.value is None:
        return why_none
    if figure.low is None or figure.high is None:
        return "too few images"
    return f"[{figure.low * factor:.{decimals}f}–{figure.high * factor:.{decimals}f}]"


def counted_on(performance: Performance, folds: int) -> str:
    """What stands behind the figures."""
    how = f"{folds}-fold cross-validated" if folds else "for validation"
    background = f"{performance.background_images:,}" if performance.background_images else "none"
    return (
        f"{count(performance.images, 'image')} {how}, "
        f"{background} of them background. "
        f"{whole(performance.true_positives)} of {count(performance.regions, 'region')} found, "
        f"{whole(performance.false_positives)} false."
    )


def as_predicted(performance: Performance, own: int) -> str:
    """What the figures are with the thresholds that some tags have of their own."""
    return (
        f"Predictions use other thresholds for {count(own, 'tag')}: with them precision "
        f"{percent(performance.precision.value)}, recall {percent(performance.recall.value)}, "
        f"F1 {percent(performance.f1.value)}."
    )


def tags_table(full: FullPerformance) -> Markup:
    """The figures of each tag, sortable where scripts run."""
    rows = [
        (
            _tag(tag.tag),
            percent(tag.precision),
            percent(tag.recall),
            percent(tag.f1),
            percent(tag.ap),
            bar(tag.ap) if tag.ap is not None else None,
            f"{tag.regions:,}",
            f"{tag.images:,}",
            threshold(thresholds.best_threshold),
            threshold(thresholds.chosen_threshold),
        )
        for tag, thresholds in zip(full.performance.tags, full.tag_thresholds, strict=True)
    ]
    head = (
        "tag",
        "precision",
        "recall",
        "F1",
        "AP",
        "",
        "regions",
        "images",
        "best threshold",
        "chosen",
    )
    return table("The figures of each tag", head, rows, bars=(5,), sortable=True)


def _tag(tag: EvaluationTag) -> Markup:
    swatch = element("i", style=f"--c:{tag_colour(tag)}", class_="swatch")
    return element("span", swatch, tag.name)


def errors_table(full: FullPerformance) -> Markup:
    """How many errors of each kind there are, what they cost, and what to do."""
    counts, costs = full.kinds.counts(full.performance.threshold), full.kinds.costs()
    most = max((cost for cost in costs.values() if cost), default=1.0)
    rows = [
        (
            element("span", kind, element("small", MEANINGS[kind])),
            f"{counts[kind]:,}",
            points(costs[kind]),
            bar((costs[kind] or 0.0) / most, "cost"),
            full.advice.get(kind, ""),
        )
        for kind in sorted(ERROR_KINDS, key=lambda kind: (-(costs[kind] or 0.0), -counts[kind]))
    ]
    words = (
        f"Boxes at probability threshold {threshold(full.performance.threshold)} and overlap "
        f"threshold {format_overlap(full.kinds.overlap)}; mAP lost in percentage points, from all "
        "detections."
    )
    head = ("error", "boxes", "mAP lost", "", "what to do")
    errors = table("Errors by kind", head, rows, words=(4,), bars=(3,))
    return join((element("p", words, class_="quiet"), errors))


def sizes_table(full: FullPerformance) -> Markup:
    """The figures of small, medium and large boxes."""
    rows = [
        (
            element("span", size.name, element("small", _range(size.area_px))),
            percent(size.precision),
            percent(size.recall),
            bar(size.recall) if size.recall is not None else None,
            percent(size.ap),
            f"{size.regions:,}",
        )
        for size in full.sizes
    ]
    head = ("box size", "precision", "recall", "", "AP", "regions")
    return element(
        "figure",
        element("figcaption", element("h3", "By the size of the box")),
        table("The figures by the size of the box", head, rows, bars=(3,)),
        class_="chart",
    )


def _range(area_px: tuple[float, float]) -> str:
    low, high = (side**0.5 for side in area_px)
    if low == 0:
        return f"to {high:.0f} × {high:.0f} px"
    return f"over {low:.0f} × {low:.0f} px" if high > 1e4 else f"to {high:.0f} × {high:.0f} px"


def confusion_table(confusion: Confusion, tags: tuple[EvaluationTag, ...]) -> Markup:
    """What a person tagged against what the model found; the shade is the share of the row."""
    counts = confusion.counts
    # Sorted, background still comes last.
    shown = sorted(tags_to_show(confusion, ALL_TAGS))
    if len(shown) == 1 < len(tags):
        return element("p", "No tag has a mistake.", class_="quiet")
    names = [*(tag.name for tag in tags), BACKGROUND]
    totals = counts.sum(axis=1)
    rows = [
        element(
            "tr",
            element("th", names[row], scope="row"),
            [
                _cell(int(counts[row, column]), int(totals[row]), row == column, len(tags), column)
                for column in shown
            ],
            element("td", f"{totals[row]:,}", class_="n total"),
        )
        for row in shown
    ]
    left_out = len(tags) - (len(shown) - 1)
    words = "Rows are what a person tagged, columns what the iteration found; "
    words += "a stronger shade is a larger share of its row."
    if left_out:
        words += f" Left out: {count(left_out, 'tag')} with fewer mistakes, or none."
    head = element(
        "tr",
        element("th", "tagged \\ found", scope="col"),
        [element("th", names[column], scope="col", class_="n") for column in shown],
        element("th", "all", scope="col", class_="n"),
    )
    matrix = element(
        "table",
        element("caption", "Confusion matrix"),
        element("thead", head),
        element("tbody", rows),
        class_="confusion",
    )
    return join((element("p", words, class_="quiet"), scrolling(matrix, "Confusion matrix")))


def _cell(value: int, total: int, is_right: bool, tags: int, column: int) -> Markup:
    share = value / total if total else 0.0
    kind = "right" if is_right else "missed" if column == tags else "wrong"
    return element(
        "td",
        f"{value:,}" if value else "·",
        class_=f"n {kind}" if value else "n none",
        style=f"--s:{0.12 + 0.5 * share:.2f}" if value else None,
    )


def settings_list(full: FullPerformance) -> Markup:
    """What it was trained with."""
    return element("dl", [_pair(name, value) for name, value in _settings(full)], class_="settings")


def _pair(name: str, value: str) -> Markup:
    return element("div", element("dt", name), element("dd", value))


def _settings(full: FullPerformance) -> Iterator[tuple[str, str]]:
    iteration, recipe = full.iteration, full.iteration.recipe
    yield "Domain", iteration.domain
    yield "Training images", f"{iteration.images_train:,}"
    yield "Validation images", f"{iteration.images_validation:,}"
    yield "Epochs", f"{iteration.epochs_done:,}"
    if recipe.get("model"):
        yield "Model", str(recipe["model"])
        yield "Weights", "pretrained" if recipe.get("weights") else "from scratch"
    if recipe.get("image_size_px"):
        yield "Image size", f"{recipe['image_size_px']} px"
    if recipe.get("batch"):
        yield "Batch", str(recipe["batch"])
