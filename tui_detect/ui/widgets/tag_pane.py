"""What is on the image and what there is to choose from: regions by letter, tags by digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from tui_detect.core.editor_state import EditorState
from tui_detect.core.model import Tag
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
    """Regions round the selected one, then what is suggested, in as many lines as there is room."""
    regions, suggestions = state.tagging.regions, state.tagging.suggestions
    by_id = {tag.id: tag for tag in tags}
    labels = state.labels
    lines = [Text(f"Regions  {len(regions)}", style="bold")]
    if not regions:
        said = "background: nothing to find" if state.tagging.reviewed else "untagged: no regions"
        lines = [Text("Regions", style="bold"), Text(said, style="dim")]
    for_suggestions = min(len(suggestions) + 2, max(3, room // 2)) if suggestions else 0
    for_regions = room - for_suggestions
    chosen = next((i for i, r in enumerate(regions) if r.uuid == state.selected), 0)
    first = min(max(0, chosen - for_regions // 2), max(0, len(regions) - for_regions))
    for region in regions[first : first + for_regions]:
        tag, box = by_id.get(region.tag_id), region.box
        size = f"{box.width * 100:.0f} × {box.height * 100:.0f} %"
        line = _line(labels[region.uuid], "■", tag, size, width)
        lines.append(_chosen(line) if region.uuid == state.selected else line)
    if suggestions:
        lines += [Text(), Text(f"Suggested  {len(suggestions)}", style="bold")]
    for suggestion in suggestions[: max(0, for_suggestions - 2)]:
        tag, probability = by_id.get(suggestion.tag_id), suggestion.probability
        figure = f"{probability:.2f}" if probability is not None else ""
        lines.append(_line(labels[suggestion.uuid], "┄", tag, figure, width))
    return lines


def _line(letter: str, mark: str, tag: Tag | None, figure: str, width: int) -> Text:
    name, colour = (tag.name, tag.colour) if tag is not None else ("?", "white")
    text = Text.assemble(" ", (letter, "bold"), " ", (f"{mark} ", colour), name)
    return _with_figure(text, figure, width, "")


def _chosen(line: Text) -> Text:
    marked = Text.assemble(("▸", "bold"), line[1:])
    marked.stylize("bold")
    return marked


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
