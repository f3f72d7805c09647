"""The table of projects, tags and boxes."""

from __future__ import annotations

from collections.abc import Hashable

from textual.app import App, ComposeResult

from tests.waiting import until
from tui_detect.ui.widgets.row_table import Column, Row, RowTable

COLUMNS = (Column("name"), Column("kind", 8, from_width=40), Column("count", 6, right=True))


class TableApp(App[None]):
    """A table alone on the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Hashable] = []

    def compose(self) -> ComposeResult:
        yield RowTable(*COLUMNS)

    def on_row_table_selected(self, event: RowTable.Selected) -> None:
        self.opened.append(event.key)

    @property
    def table(self) -> RowTable:
        return self.query_one(RowTable)

    def lines(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips()]


def rows(*numbers: int) -> list[Row]:
    return [Row(number, (f"row {number}", "kind", f"{number:,}")) for number in numbers]


async def test_the_cursor_is_always_in_sight_under_the_header() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 10)) as pilot:
        app.table.show(rows(*range(100)))
        app.table.focus()
        for key, row in (("end", 99), ("pageup", 91), ("up", 90), ("home", 0), ("pagedown", 8)):
            await pilot.press(key)
            await until(pilot, lambda row=row: app.table.key == row, f"row {row}")  # type: ignore[misc]
            await pilot.pause()
            assert app.lines()[0].startswith(" name")
            assert any(f"row {row} " in line for line in app.lines()[1:]), key
            assert any(line.rstrip("▇▁▂▃▄▅▆█ ").endswith(f" {row}") for line in app.lines()), key


async def test_the_cursor_stays_on_its_row_when_rows_come_and_go() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 10)) as pilot:
        app.table.show(rows(1, 2, 3))
        app.table.focus()
        await pilot.press("down")
        app.table.show(rows(7, 8, 1, 2))
        keys = [app.table.key]
        for left in (rows(7, 8), []):
            app.table.show(left)
            keys.append(app.table.key)
        assert keys == [2, 8, None]
        await pilot.press("enter", "down")
        assert app.opened == []


async def test_a_click_chooses_and_a_second_one_opens() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 10)) as pilot:
        app.table.show(rows(*range(100)))
        await pilot.click(RowTable, offset=(3, 3))
        assert app.table.key == 2
        await pilot.click(RowTable, offset=(3, 3))
        await until(pilot, lambda: app.opened == [2], "the row to open")
        await pilot.click(RowTable, offset=(3, 0))
        assert app.table.key == 2


async def test_numbers_stand_right_and_a_narrow_table_drops_a_column() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 10)) as pilot:
        app.table.show(rows(1234))
        await pilot.pause()
        assert app.lines()[1].rstrip().endswith(" 1,234")
        assert "kind" in app.lines()[1]
        await pilot.resize_terminal(30, 10)
        await until(pilot, lambda: "kind" not in app.lines()[1], "the column to go")
        assert app.lines()[1].rstrip().endswith(" 1,234")
