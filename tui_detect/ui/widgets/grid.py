"""The grid of images: one widget for any number of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.filter import ANSIToTruecolor
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_detect.ui.widgets.grid_layout import GridLayout
from tui_detect.ui.widgets.grid_lines import GridView, draw_line
from tui_detect.ui.widgets.grid_shelf import TileShelf
from tui_detect.ui.widgets.grid_tiles import Tile, TileInfo, TileStyles, notice_tile


class TileProvider(Protocol):
    """Where the grid's thumbnails come from; answers by `ImageGrid.put_tile` or `TileReady`."""

    def want(self, keys: Iterable[str], columns: int, rows: int) -> None:
        """Ask for these and no others, most urgent first, each as a tile of that size."""


class ImageGrid(ScrollView, can_focus=True):
    """Thumbnails with a cursor; only what is in sight is asked for, drawn and kept."""

    DEFAULT_CSS = """
    ImageGrid {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .image-grid--name { color: $foreground; }
        & > .image-grid--muted { color: $text-muted; }
        & > .image-grid--cursor { color: $primary; text-style: bold; }
        & > .image-grid--frame { color: $text-muted; }
        &:focus > .image-grid--frame { color: $primary; text-style: bold; }
        & > .image-grid--selected {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "image-grid--name",
        "image-grid--muted",
        "image-grid--cursor",
        "image-grid--frame",
        "image-grid--selected",
    }
    ALLOW_SELECT = False
    BINDINGS = [
        Binding("enter", "open", "tag", tooltip="open the picture to tag it", id="grid.open"),
        Binding("space", "select", "select", tooltip="select the picture", id="grid.select"),
        Binding("left", "move(-1)", "left", show=False, id="grid.left"),
        Binding("right", "move(1)", "right", show=False, id="grid.right"),
        Binding("up", "move_row(-1)", "up", show=False, id="grid.up"),
        Binding("down", "move_row(1)", "down", show=False, id="grid.down"),
        Binding("pageup", "move_page(-1)", "page up", show=False, id="grid.page-up"),
        Binding("pagedown", "move_page(1)", "page down", show=False, id="grid.page-down"),
        Binding("home", "move_to(0)", "first", show=False, id="grid.first"),
        Binding("end", "move_to(-1)", "last", show=False, id="grid.last"),
        Binding("A", "select_all", "select all or none", show=False, id="grid.select-all"),
        Binding("plus,equals_sign", "resize(1)", "larger", show=False, id="grid.larger"),
        Binding("minus", "resize(-1)", "smaller", show=False, id="grid.smaller"),
    ]

    ids: reactive[Sequence[int]] = reactive[Sequence[int]]((), repaint=False)
    """The images shown, in order."""
    cursor: reactive[int] = reactive(0, repaint=False)
    """Index in `ids`; 0 also when there are none."""
    selected: reactive[frozenset[int]] = reactive[frozenset[int]](frozenset(), repaint=False)
    """Ids of the selected images; a part of `ids`."""
    tile_size: reactive[int] = reactive(0, repaint=False)
    """Steps larger or smaller than usual."""

    @dataclass
    class Highlighted(Message):
        """Another image is under the cursor; `None` when there are none."""

        grid: ImageGrid
        image_id: int | None

        def can_replace(self, message: Message) -> bool:
            """Only the last of a held key matters."""
            return isinstance(message, ImageGrid.Highlighted)

        @property
        def control(self) -> ImageGrid:
            """The grid."""
            return self.grid

    @dataclass
    class Opened(Message):
        """Enter was pressed on an image, or it was clicked twice."""

        grid: ImageGrid
        image_id: int
        index: int

        @property
        def control(self) -> ImageGrid:
            """The grid."""
            return self.grid

    @dataclass
    class SelectionChanged(Message):
        """Other images are selected."""

        grid: ImageGrid
        selected: frozenset[int]

    @dataclass
    class LeaveUp(Message):
        """Up was pressed in the first row."""

    @dataclass
    class LeaveDown(Message):
        """Down was pressed in the last row."""

    @dataclass
    class TileReady(Message):
        """From the provider's thread: a thumbnail, or why there is none."""

        key: str
        tile: Tile | Exception

    def __init__(
        self,
        infos: Callable[[Sequence[int]], Mapping[int, TileInfo]],
        provider: TileProvider,
        *,
        cell_aspect: float = 0.5,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._shelf = TileShelf(infos)
        self._provider = provider
        self._cell_aspect = cell_aspect
        self._layout = GridLayout(1, 1, 1, 1)
        self._styles: TileStyles | None = None

    # --- what the owner asks --------------------------------------------------------------------

    @property
    def image_id(self) -> int | None:
        """The image under the cursor."""
        return self.ids[self.cursor] if self.ids else None

    @property
    def chosen(self) -> list[int]:
        """The selected images in order, else the one under the cursor."""
        if self.selected:
            return [image_id for image_id in self.ids if image_id in self.selected]
        return [] if self.image_id is None else [self.image_id]

    def forget(self, ids: Iterable[int] | None = None) -> None:
        """What is known of these images (or of all) has changed; ask again where in sight."""
        self._shelf.forget(ids)
        self.refresh()

    def put_cursor(self, image_id: int) -> None:
        """Put the cursor on an image, if it is there."""
        if image_id in self.ids:
            self.cursor = self.ids.index(image_id)

    # --- state ----------------------------------------------------------------------------------

    def watch_ids(self, before: Sequence[int], now: Sequence[int]) -> None:
        """The cursor stays on its image, or as near as possible."""
        index = self.cursor
        image_id = before[index] if before else None
        # Mostly the image is where it was, which spares the search.
        if index >= len(now) or now[index] != image_id:
            found = now.index(image_id) if image_id in now else index
            self.set_reactive(ImageGrid.cursor, self._clamp(found))
        if self.selected:
            self.selected = self.selected.intersection(now)
        self._arrange()
        if image_id != self.image_id:
            self.post_message(self.Highlighted(self, self.image_id))

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on an image."""
        return self._clamp(cursor)

    def watch_cursor(self, before: int, now: int) -> None:
        """Move the frame, and follow it."""
        if before != now:
            self._refresh_tile(before)
            self._refresh_tile(now)
            self._follow_cursor()
            self.post_message(self.Highlighted(self, self.image_id))

    def watch_selected(self, before: frozenset[int], now: frozenset[int]) -> None:
        """Redraw the tiles in sight whose mark changed."""
        changed = before ^ now
        for index in self._in_sight():
            if self.ids[index] in changed:
                self._refresh_tile(index)
        if changed:
            self.post_message(self.SelectionChanged(self, now))

    def watch_tile_size(self) -> None:
        """Lay out anew, the cursor staying in sight."""
        self._arrange()

    # --- keys -----------------------------------------------------------------------------------

    def action_move(self, images: int) -> None:
        """Move by images, across the ends of rows."""
        self.cursor += images

    def action_move_row(self, rows: int) -> None:
        """Move by rows; at the edge the owner is told."""
        target = self.cursor + rows * self._layout.across
        last_row = (len(self.ids) - 1) // self._layout.across
        if target < 0:
            self.post_message(self.LeaveUp())
        elif target >= len(self.ids):
            if self.cursor // self._layout.across >= last_row:
                self.post_message(self.LeaveDown())
            self.cursor = len(self.ids) - 1
        else:
            self.cursor = target

    def action_move_page(self, pages: int) -> None:
        """Move by what is in sight, within the column."""
        step = pages * self._layout.down * self._layout.across
        target = self.cursor + step
        self.cursor = target if 0 <= target < len(self.ids) else (0 if step < 0 else len(self.ids))

    def action_move_to(self, index: int) -> None:
        """Move to an image, -1 being the last."""
        self.cursor = index if index >= 0 else len(self.ids) + index

    def action_open(self) -> None:
        """Open the image under the cursor."""
        if self.image_id is not None:
            self.post_message(self.Opened(self, self.image_id, self.cursor))

    def action_select(self) -> None:
        """Select the image under the cursor, or no longer."""
        if self.image_id is not None:
            self.selected = self.selected ^ {self.image_id}

    def action_select_all(self) -> None:
        """Select all, or none when all are."""
        self.selected = frozenset() if len(self.selected) == len(self.ids) else frozenset(self.ids)

    def action_resize(self, steps: int) -> None:
        """Make the tiles larger or smaller."""
        self.tile_size = max(-2, min(5, self.tile_size + steps))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without images there is nothing to open or select."""
        return action not in ("open", "select", "select_all") or bool(self.ids)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there, a second one opens."""
        offset = self.scroll_offset
        index = self._layout.index_at(event.x + offset.x, event.y + offset.y)
        if 0 <= index < len(self.ids):
            self.cursor = index
            if event.chain == 2:
                self.action_open()

    # --- layout ---------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Lay out for the new size."""
        self._arrange()

    def notify_style_update(self) -> None:
        """Another theme, or the focus came or went."""
        super().notify_style_update()
        self._styles = None

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for what came into sight."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._want()

    def _arrange(self) -> None:
        width, height = self.size
        if not width or not height:
            return
        # The scroll bar's column is always left free: tiles must not jump when it appears.
        layout = GridLayout.fitting(width - 1, height, self._cell_aspect, self.tile_size)
        if layout != self._layout:
            self._layout = layout
            self._shelf.clear_tiles()
        self.virtual_size = Size(width - 1, layout.height(len(self.ids)))
        self.refresh()
        self._follow_cursor()
        self._want()

    def _follow_cursor(self) -> None:
        if self.ids:
            self.scroll_to_region(
                self._layout.region(self.cursor),
                animate=False,
                force=True,
                x_axis=False,
                immediate=True,
            )

    def _in_sight(self, screens: int = 0) -> range:
        """Indices of the tiles in sight, and so many screens before and after."""
        layout = self._layout
        top = round(self.scroll_offset.y) - screens * self.size.height
        bottom = round(self.scroll_offset.y) + (screens + 1) * self.size.height
        first = max(0, top // layout.pitch_y) * layout.across
        stop = (bottom // layout.pitch_y + 1) * layout.across
        return range(min(first, len(self.ids)), max(0, min(stop, len(self.ids))))

    def _want(self) -> None:
        """Ask for the thumbnails in sight, then for those one screen after and before."""
        if not self.size.area:
            return
        near, wide = self._in_sight(), self._in_sight(1)
        order = [*near, *range(near.stop, wide.stop), *reversed(range(wide.start, near.start))]
        infos = self._shelf.infos([self.ids[index] for index in order])
        layout = self._layout
        self._provider.want(self._shelf.lacking(infos.values()), layout.columns, layout.rows)

    # --- thumbnails arrive ----------------------------------------------------------------------

    def on_image_grid_tile_ready(self, message: TileReady) -> None:
        """Keep the tile and draw it if it is in sight."""
        message.stop()
        self.put_tile(message.key, message.tile)

    def put_tile(self, key: str, tile: Tile | Exception) -> None:
        """Take a thumbnail; one of another size is too late and dropped."""
        layout = self._layout
        if isinstance(tile, Exception):
            text = "unreadable" if layout.columns >= 10 else "✗"
            tile = notice_tile(text, layout.columns, layout.rows, Style(dim=True))
        if (tile.columns, tile.rows) != (layout.columns, layout.rows):
            return
        self._shelf.put(key, tile)
        for index in self._in_sight():
            info = self._shelf.info(self.ids[index])
            if info is not None and info.key == key:
                self._refresh_tile(index)

    def _refresh_tile(self, index: int) -> None:
        if 0 <= index < len(self.ids):
            offset = self.scroll_offset
            region = self._layout.region(index).translate((-offset.x, -offset.y))
            visible = region.intersection(Region(0, 0, *self.size))
            if visible:
                self.refresh(visible)

    # --- lines ----------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines asked for, without Textual's cache of styled lines: ours are styled."""
        styles, width, top = self._tile_styles(), self.size.width, round(self.scroll_offset.y)
        view = GridView(self._layout, self.ids, self.cursor, self.selected, self.has_focus, styles)
        strips = [
            draw_line(view, self._shelf, top + y, width).crop(crop.x, crop.right)
            for y in range(crop.y, crop.bottom)
        ]
        for line_filter in self.app.get_line_filters():
            if not isinstance(line_filter, ANSIToTruecolor):
                background = self.background_colors[1]
                strips = [strip.apply_filter(line_filter, background) for strip in strips]
        return strips

    def _tile_styles(self) -> TileStyles:
        if self._styles is None:
            name, muted, cursor, frame, selected = (
                self.get_component_rich_style(f"image-grid--{part}")
                for part in ("name", "muted", "cursor", "frame", "selected")
            )
            self._styles = TileStyles(self.rich_style, name, muted, cursor, frame, selected)
        return self._styles

    def _clamp(self, index: int) -> int:
        return max(0, min(index, len(self.ids) - 1))
