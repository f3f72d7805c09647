"""Which keys of the Tagging screen work in which mode of the editor, and which mean themselves."""

from __future__ import annotations

from tui_detect.core.editor_state import (
    Act,
    Browsing,
    Counting,
    EditorState,
    PickingRegion,
    PickingTag,
    Proposed,
    Reviewing,
)
from tui_detect.core.pointing import KeyGrid, Pointing

_ON_A_REGION = frozenset({Act.DELETE, Act.DUPLICATE, Act.ZOOM_REGION})
_COMMANDS = frozenset(
    {"act", "nudge", "tag", "undo", "redo", "paste", "pixels", "go", "go_to_untagged"}
    | {"leave", "fold"}
)
NAMED_KEYS = frozenset({"enter", "backspace"})


def works(action: str, parameters: tuple[object, ...], state: EditorState) -> bool:
    """Whether a key with that action does something now."""
    if action == "point":
        return _key_works(str(parameters[0]), state)
    if action == "act":
        return _act_works(Act(str(parameters[0])), state)
    if action == "answer":
        return isinstance(state.mode, Proposed)
    free = isinstance(state.ready.mode, Browsing)
    if action == "advance":
        return free and not state.suggested
    if action == "tag":
        return free or isinstance(state.mode, Proposed)
    if action == "nudge" and free and state.region is None:
        return parameters[0] == "whole" and state.view.zoom > 1
    return free or action not in _COMMANDS


def is_raw(key: str, character: str, state: EditorState, keys: KeyGrid) -> bool:
    """Whether a key means itself and no command."""
    mode = state.mode
    if isinstance(mode, Pointing):
        return keys.cell(character) is not None
    if isinstance(mode, PickingRegion):
        return character.isalpha() or key == "backspace"
    if isinstance(mode, Reviewing):
        return character.isalpha() and any(
            label.startswith(mode.typed + character.lower()) for label in state.labels.values()
        )
    if isinstance(mode, Counting):
        return keys.character(character).isdecimal() or key == "backspace"
    return isinstance(mode, Proposed) and key in NAMED_KEYS


def _key_works(key: str, state: EditorState) -> bool:
    """Whether a named key has a meaning of its own."""
    mode = state.mode
    if isinstance(mode, PickingRegion):
        return key == "q"
    if not isinstance(mode, Pointing):
        return False
    return {"tab": bool(mode.path), "enter": not mode.untouched}.get(key, True)


def _act_works(act: Act, state: EditorState) -> bool:
    mode = state.mode
    if act is Act.BACK:
        return not isinstance(mode, PickingTag)
    if act is Act.REJECT_ALL:
        return isinstance(mode, Reviewing)
    if act is Act.PICK_TAG and isinstance(mode, Proposed):
        return True
    if act is Act.ACCEPT_ALL and not state.suggested:
        return False
    if act is Act.DELETE and isinstance(mode, Reviewing):
        return False
    return isinstance(state.ready.mode, Browsing) and (
        act not in _ON_A_REGION or state.region is not None
    )
