"""What the title line of the Tagging screen says."""

from __future__ import annotations

from textual.content import Content

from tui_detect.core.editor_state import (
    Counting,
    EditorState,
    Growing,
    PickingRegion,
    Proposed,
    Reviewing,
)
from tui_detect.core.pointing import Pointing
from tui_detect.core.words import count
from tui_detect.ui.tagging_session import TaggingSession
from tui_detect.ui.wording import printable


def where(session: TaggingSession) -> Content:
    """The image and its place among the others; loudly, what is not saved."""
    name = Content(f"{printable(session.image.name)}  {session.position}")
    if not session.unsaved:
        return name
    edits = count(len(session.unsaved), "edit")
    return Content.assemble(name, " ", (f" {edits} NOT SAVED · ctrl+s ", "bold reverse $error"))


def state_line(session: TaggingSession, notice: str) -> Content:
    """What the person is in the middle of, else the notice, else how the image stands."""
    prompt = _prompt(session.state)
    if prompt or notice:
        return Content.styled(" · ".join(filter(None, (prompt, notice))), "$accent")
    image = session.image
    regions = session.state.tagging.regions
    if regions:
        stands = count(len(regions), "region")
    else:
        stands = "background" if image.reviewed else "untagged"
    hidden = "boxes hidden" if session.state.hidden else ""
    waiting = session.state.tagging.suggestions
    suggested = f"{count(len(waiting), 'suggestion')}: R reviews" if waiting else ""
    saved = "" if session.unsaved else "saved"
    return Content(
        " · ".join(filter(None, (stands, suggested, image.split or "no split yet", saved, hidden)))
    )


def figures(session: TaggingSession, graphics: str) -> Content:
    """Undo and redo, zoom, and, where there is room, how the picture is drawn."""
    undo = f"↶ {session.undo_count}" + (f" ↷ {session.redo_count}" if session.redo_count else "")
    zoom = f"{session.state.shown_view.zoom * 100:.0f} %"
    return Content(" · ".join(filter(None, (undo, zoom, graphics))))


def _prompt(state: EditorState) -> str:
    match state.mode:
        case PickingRegion(typed):
            return f"go to box: its letter {typed}".rstrip()
        case Counting(typed):
            return f"{typed or 'how many'} times: then a key that moves"
        case Reviewing():
            number = count(len(state.tagging.suggestions), "suggestion")
            return f"{number}: letter accepts, capital rejects"
        case Growing():
            return "looking for the box …"
        case Proposed():
            return "found a box: enter accepts, a digit gives another tag"
        case Pointing(inside=True):
            return "inside the object: pick a cell"
        case Pointing(path=path, corner=corner):
            which = "first corner" if corner == 1 else "second corner"
            return f"{which}: {'pick within the cell' if path else 'pick a cell'}"
    return ""
