"""Two iterations side by side, as a person sees them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.content import Content
from textual.pilot import Pilot

from tests.comparing import everything, iteration_finding, nothing
from tests.library import add_pictures, tag_image
from tests.ui.shell_library import SIZES, make_app, sees, shown_text
from tests.waiting import until
from tui_detect.core.evaluation import Overlap
from tui_detect.core.evaluation.comparison import Comparison, PictureOutcome
from tui_detect.core.model import Iteration, Project
from tui_detect.store import images as image_rows
from tui_detect.store import iterations as iteration_rows
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens import compare as compare_module
from tui_detect.ui.screens.compare import CompareScreen
from tui_detect.ui.screens.errors import ErrorsScreen
from tui_detect.ui.widgets import outcome_rows
from tui_detect.ui.widgets.row_table import Row
from tui_detect.workflows.comparing import Pairing, comparisons
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag

Pair = tuple[Iteration, Iteration]


@pytest.fixture
def pair(library: Library, project: Project, tmp_path: Path) -> Pair:
    """Iteration 1 finds nothing, iteration 2 everything, in twice the epochs."""
    nut = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "pictures", 40):
        tag_image(library, image, nut)
    return (
        iteration_finding(library, project, nothing, epochs=10),
        iteration_finding(library, project, everything, epochs=20),
    )


async def opened(pilot: Pilot[None], app: TuiDetectApp, pair: Pair) -> CompareScreen:
    screen = CompareScreen(*pair)
    await app.push_screen(screen)
    await sees(pilot, app, "by chance")
    return screen


@pytest.mark.parametrize("size", SIZES)
async def test_it_says_which_is_better_and_by_what_labels(
    library: Library, project: Project, pair: Pair, size: tuple[int, int]
) -> None:
    app = make_app(library, project)
    async with app.run_test(size=size) as pilot:
        await opened(pilot, app, pair)
        shown = shown_text(app)
        recall = next(line for line in shown.splitlines() if "Recall" in line)
        assert "▲ better, by chance" in recall
        assert "in 100" in recall, "the verdict is not cut"
        assert recall.split()[:5] == ["Recall", "%", "0.0", "100.0", "+100.0"]
        assert "by the labels that Iteration 2" in " ".join(shown.split())
        assert "pictures won, 0 lost by Iteration 2" in shown
        assert "enter open" in shown
        assert "overlap 0.30 · threshold 0.50" in shown


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_goes_round_pictures_tags_and_changes(
    library: Library, project: Project, pair: Pair, size: tuple[int, int]
) -> None:
    app = make_app(library, project)
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot, app, pair)
        assert screen.focused is screen.pictures
        await pilot.press("v")
        await sees(pilot, app, "■ nut")
        assert screen.focused is screen.tags
        await pilot.press("v")
        await sees(pilot, app, "epochs at most: 10 → 20")
        await pilot.press("v")
        await sees(pilot, app, "won   picture_")
        assert screen.focused is screen.pictures


async def test_the_other_way_round_it_is_worse(
    library: Library, project: Project, pair: Pair
) -> None:
    app = make_app(library, project)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app, pair)
        await pilot.press("x")
        await sees(pilot, app, "▼ worse")
        assert "Iteration 2 → Iteration 1" in shown_text(app)
        assert "0 pictures won" in shown_text(app)


async def test_figures_follow_the_overlap_threshold(
    library: Library, project: Project, pair: Pair
) -> None:
    app = make_app(library, project)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app, pair)
        for overlap in (0.5, "0.50:0.95", 0.3):
            await pilot.press("o")
            await until(
                pilot,
                lambda: _overlap(screen) == overlap,  # noqa: B023
                f"figures at {overlap}",
            )


async def test_a_comparison_called_off_stops_and_its_news_stays_away(
    library: Library, project: Project, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, ended = Event(), Event()
    told: list[str] = []

    def held(
        pairing: Pairing, overlap: Overlap, *, on_progress: Callable[[str], object]
    ) -> Iterator[Comparison]:
        quick, whole = comparisons(pairing, overlap)
        yield quick
        if overlap == 0.5:
            go_on.wait(20)
            try:
                on_progress("how sure the differences are: 40 %")
                told.append("and goes on")
            finally:
                ended.set()
        yield whole

    app = make_app(library, project)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app, pair)
        monkeypatch.setattr(compare_module, "comparisons", held)
        for overlap in (0.5, "0.50:0.95"):
            await pilot.press("o")
            await until(pilot, lambda: _overlap(screen) == overlap, f"figures at {overlap}")  # noqa: B023
        await sees(pilot, app, "by chance")
        go_on.set()
        await until(pilot, ended.is_set, "the end of what was called off")
        screen.post_message(screen.Progressed((pair[0].id, pair[1].id, 0.5), "what was before"))
        await pilot.pause()
        assert told == []
        assert screen.title_line.news == ""


async def test_until_others_are_there_figures_keep_the_words_they_belong_to(
    library: Library, project: Project, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = Event()

    def held(*args: Any, **options: Any) -> Iterator[Comparison]:  # noqa: ANN401
        go_on.wait(20)
        yield from comparisons(*args, **options)

    app = make_app(library, project)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app, pair)
        monkeypatch.setattr(compare_module, "comparisons", held)
        try:
            await pilot.press("o", "x")
            await pilot.resize_terminal(110, 40)
            await until(pilot, lambda: app.size.width == 110, "the new size")
            await pilot.pause()
            shown = shown_text(app)
            assert "Iteration 1 → Iteration 2" in shown
            assert "overlap 0.30 · threshold 0.50" in shown
            head = next(line for line in shown.splitlines() if "95 % interval" in line)
            assert head.split()[:4] == ["Iteration", "1", "Iteration", "2"]
            assert "0 lost by Iteration 2" in shown
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, ErrorsScreen), "the errors")
            await sees(pilot, app, "overlap 0.30")
            assert f".png · {pair[0].name}" in shown_text(app)
            await pilot.press("q")
        finally:
            go_on.set()
        await until(pilot, lambda: app.screen is screen, "the comparison")
        await sees(pilot, app, "Iteration 2 → Iteration 1")
        await sees(pilot, app, "overlap 0.50 · threshold 0.50")
        await sees(pilot, app, "▼ worse")


async def test_of_many_pictures_only_the_rows_in_sight_are_made(
    library: Library, project: Project, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is anything else reckoned for each of them while keys wait."""
    made: set[Hashable] = set()
    reckoned: set[int] = set()

    def counting(key: Hashable, cells: tuple[str | Content, ...]) -> Row:
        made.add(key)
        return Row(key, cells)

    def errors(outcome: PictureOutcome) -> float:
        reckoned.add(outcome.image_id)
        return outcome.regions - outcome.first_correct

    monkeypatch.setattr(outcome_rows, "Row", counting)
    monkeypatch.setattr(PictureOutcome, "first_errors", property(errors))
    outcome = PictureOutcome(1, 1, 0, 0, 1, 0)
    many = tuple(replace(outcome, image_id=i) for i in range(1000, 2000))

    def found(*args: Any, **options: Any) -> Iterator[Comparison]:  # noqa: ANN401
        for comparison in comparisons(*args, **options):
            yield replace(comparison, pictures=many, won=1000)

    app = make_app(library, project)
    async with app.run_test(size=(120, 40)) as pilot:
        monkeypatch.setattr(compare_module, "comparisons", found)
        screen = await opened(pilot, app, pair)
        await pilot.press("end")
        assert screen.pictures.key == 1999
        await pilot.press("o")
        await until(pilot, lambda: _overlap(screen) == 0.5, "figures at 0.5")
        assert screen.pictures.key == 1999, "the cursor stays on its picture"
        assert len(screen.pictures.rows) == 1000
    assert 0 < len(made) < 100
    assert reckoned & {item.image_id for item in many} <= made


def _overlap(screen: CompareScreen) -> Overlap | None:
    return screen._comparison.overlap if screen._comparison is not None else None


async def test_a_picture_opens_its_errors_and_comes_back(
    library: Library, project: Project, pair: Pair
) -> None:
    app = make_app(library, project)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app, pair)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ErrorsScreen), "the errors")
        await sees(pilot, app, f".png · {pair[0].name}")
        await sees(pilot, app, "finds nothing there")
        await pilot.press("q")
        await until(pilot, lambda: app.screen is screen, "the comparison")
        await pilot.press("q")
        await until(pilot, lambda: app.screen is not screen, "the view before")


async def test_the_errors_of_a_range_say_at_which_overlap_they_are(
    library: Library, project: Project, pair: Pair
) -> None:
    app = make_app(library, project)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = CompareScreen(*pair, overlap="0.50:0.95")
        await app.push_screen(screen)
        await sees(pilot, app, "by chance")
        await pilot.press("enter")
        await sees(pilot, app, f".png · {pair[0].name} at overlap 0.50")


async def test_of_a_picture_deleted_for_good_meanwhile_it_is_said_that_it_is_gone(
    library: Library, project: Project, pair: Pair
) -> None:
    app = make_app(library, project)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app, pair)
        image_rows.delete(library.db, [int(str(screen.pictures.key))])
        await pilot.press("o")
        await sees(pilot, app, "won   deleted")
        await pilot.press("enter")
        await sees(pilot, app, "This image is not there any more")
        await pilot.press("escape")
        await sees(pilot, app, f"deleted · {pair[0].name}")


async def test_what_cannot_be_compared_says_why(
    library: Library, project: Project, pair: Pair
) -> None:
    splits = {
        image.id: "train" if split == "validation" else "validation"
        for image, split in iteration_rows.images(library.db, pair[0].id)
    }
    image_rows.set_split(library.db, splits)  # type: ignore[arg-type]
    other = iteration_finding(library, project, everything)
    app = make_app(library, project)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(CompareScreen(pair[0], other))
        await sees(pilot, app, "none is shared")
        assert "compare iterations of the same validation images" in shown_text(app)
        await pilot.press("q")
        await until(pilot, lambda: not isinstance(app.screen, CompareScreen), "the view before")
