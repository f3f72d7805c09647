"""The page: its parts in order, with style and script inside, and nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.resources import files

from tui_detect import __version__
from tui_detect.core.evaluation import format_overlap, format_threshold
from tui_detect.workflows.full_performance import FullPerformance
from tui_detect.workflows.report import charts, sections
from tui_detect.workflows.report.markup import Child, Markup, element, join

GENERATOR = "tui-detect performance report"
"""By which a report of ours is known, in the head of the page."""


def page(
    full: FullPerformance, project_name: str, crops: Sequence[Markup], made_at: datetime
) -> Markup:
    """The whole HTML document.

    Args:
        crops: the worst errors, as figures.
    """
    title = f"{full.iteration.name} of {project_name}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="generator", content=GENERATOR),
        element("title", f"{title}: performance"),
        element("style", _own("report.css")),
    )
    body = element(
        "body",
        element("header", list(_top(full, project_name))),
        element("main", list(_sections(full, crops))),
        element(
            "footer",
            f"Made by tui-detect {__version__} on {_day(made_at)}, from the detections that were "
            "stored when the iteration had been trained.",
        ),
        element("script", _own("report.js")),
    )
    return join((Markup("<!doctype html>\n"), element("html", head, Markup("\n"), body, lang="en")))


def _own(name: str) -> Markup:
    return Markup(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _top(full: FullPerformance, project_name: str) -> Iterator[Markup]:
    iteration, performance = full.iteration, full.performance
    parts = [project_name, f"trained {_day(iteration.finished_at or iteration.created_at)}"]
    if iteration.published_as:
        parts.append(f"published as {iteration.published_as}")
    yield element("h1", iteration.name)
    yield element("p", " · ".join(parts), class_="facts")
    if performance.few:
        yield element("p", performance.few, class_="note")
    yield sections.headline(performance)
    yield element("p", sections.counted_on(performance, iteration.settings.folds))
    yield element("p", _thresholds(full))
    yield element("p", performance.definition, class_="definition")


def _thresholds(full: FullPerformance) -> str:
    shown = full.performance.threshold
    if full.iteration.threshold is None:
        chosen = "nobody has chosen one for this iteration"
    elif full.iteration.threshold == shown:
        chosen = "the one chosen for this iteration"
    else:
        chosen = f"chosen for this iteration is {format_threshold(full.iteration.threshold)}"
    text = (
        f"Probability threshold {format_threshold(shown)} ({chosen}), "
        f"overlap threshold {format_overlap(full.performance.overlap)}."
    )
    own = sum(tag.chosen_threshold is not None for tag in full.tag_thresholds)
    if own:
        text += f" {sections.as_predicted(full.as_predicted, own)}"
    return text


def _sections(full: FullPerformance, crops: Sequence[Markup]) -> Iterator[Markup]:
    performance, curves = full.performance, full.curves
    yield _section(
        "Thresholds",
        _charts(
            charts.threshold_chart(curves, performance.threshold),
            charts.recall_chart(curves, full.data.tags),
        ),
    )
    yield _section("Tags", sections.tags_table(full))
    yield _section("Errors", sections.errors_table(full))
    if crops:
        legend = "The person's box is solid white, the model's dashed yellow."
        yield _section(
            "The worst of them",
            element("p", legend, class_="quiet"),
            element("div", crops, class_="errors"),
        )
    yield _section(
        "Which tags are confused", sections.confusion_table(full.confusion, full.data.tags)
    )
    yield _section(
        "Sizes and probabilities",
        _charts(sections.sizes_table(full), charts.calibration_chart(full.calibration)),
    )
    epochs = full.epochs
    plots = (charts.loss_chart(epochs), charts.metric_chart(epochs)) if epochs else ()
    yield _section("Training", sections.settings_list(full), _charts(*plots))


def _section(title: str, *content: Child) -> Markup:
    return element("section", element("h2", title), *content)


def _charts(*plots: Markup) -> Markup:
    return element("div", *plots, class_="charts")


def _day(moment: datetime) -> str:
    local = moment.astimezone()
    return f"{local.day} {local:%B %Y, %H:%M}"
