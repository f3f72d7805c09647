"""What is on the image and what there is to choose from: regions by letter, tags by digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from tui_detect.core.editor_state import EditorState
from tui_detect.core.model import Region, Tag
from tui_detect.core.region_edits import letters
from tui_detect.ui.widgets.lines import Lines

DIGITS = "1234567890"


class TagPane(Lines):
    """Regions of the image above, tags of the project below."""

    DEFAULT_CSS = """
    TagPane {
        width: 28;
        height: 1fr;
        padding: 0 1;
        background: $background;
    }
    """

    def show_state(
        self, state: EditorState, tags: Sequence[Tag], region_counts: Mapping[int, int]
    ) -> None:
        """The state in lines; the selected region stays in sight."""
        width, height = self.size.width, self.size.height
        tag_lines = _tag_lines(state, tags, region_counts, width)[: max(4, height // 2)]
        room = max(3, height - len(tag_lines) - 2)
        self.show([*_region_lines(state, tags, width, room), Text(), *tag_lines])


def _region_lines(state: EditorState, tags: Sequence[Tag], width: int, room: int) -> list[Text]:
    regions = state.tagging.regions
    if not regions:
        said = "background: nothing to find" if state.tagging.reviewed else "untagged: no regions"
        return [Text("Regions", style="bold"), Text(said, style="dim")]
    by_id = {tag.id: tag for tag in tags}
    chosen = next((i for i, r in enumerate(regions) if r.uuid == state.selected), 0)
    first = min(max(0, chosen - room // 2), max(0, len(regions) - room))
    shown = list(zip(letters(len(regions)), regions, strict=True))[first : first + room]
    lines = [Text(f"Regions  {len(regions)}", style="bold")]
    return lines + [
        _region_line(letter, region, by_id.get(region.tag_id), region.uuid == state.selected, width)
        for letter, region in shown
    ]


def _region_line(letter: str, region: Region, tag: Tag | None, chosen: bool, width: int) -> Text:
    name, colour = (tag.name, tag.colour) if tag is not None else ("?", "white")
    size = f"{region.box.width * 100:.0f} × {region.box.height * 100:.0f} %"
    text = Text.assemble(
        ("▸" if chosen else " ", "bold"), (letter, "bold"), " ", ("■ ", colour), name
    )
    return _with_figure(text, size, width, "bold" if chosen else "")


def _tag_lines(
    state: EditorState, tags: Sequence[Tag], region_counts: Mapping[int, int], width: int
) -> list[Text]:
    lines = [Text("Tags", style="bold")]
    for index, tag in enumerate(tags):
        digit = DIGITS[index] if index < len(DIGITS) else " "
        sticky = tag.id == state.sticky_tag_id
        text = Text.assemble(
            ("▸" if sticky else " ", "bold"), (digit, "bold"), " ", ("■ ", tag.colour), tag.name
        )
        figure = f"{region_counts.get(tag.id, 0):,}"
        lines.append(_with_figure(text, figure, width, "bold" if sticky else ""))
    lines.append(Text(" t + new tag or by name", style="dim"))
    return lines


def _with_figure(text: Text, figure: str, width: int, style: str) -> Text:
    """Name on the left, figure on the right."""
    text.truncate(max(1, width - len(figure) - 1), overflow="ellipsis", pad=True)
    text.append(f" {figure}", style="dim")
    if style:
        text.stylize(style)
    return text
