"""Styled text as escape sequences that say only what changes from one character to the next.

Textual writes every segment with its whole style and a reset: 39 bytes for one cell of a picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import SGR_STYLES


@dataclass(frozen=True, slots=True)
class Look:
    """A style as the parts of an SGR sequence."""

    attributes: str = ""
    colour: str = ""
    ground: str = ""
    link: str = ""
    """The opening OSC 8 sequence."""

    @property
    def codes(self) -> tuple[str, str, str]:
        """All but the link."""
        return self.attributes, self.colour, self.ground


PLAIN = Look()


class Pen:
    """Writes text and remembers the look that the terminal has now."""

    def __init__(self, color_system: ColorSystem) -> None:
        self._color_system = color_system
        self._look = PLAIN

    def text(self, segments: Iterable[Segment]) -> str:
        """The sequences and characters of segments, going on from the look before."""
        written: list[str] = []
        for text, style, control in segments:
            if text and not control:
                look = PLAIN if style is None else look_of(style, self._color_system)
                if look is not self._look:
                    written.append(self._change_to(look))
            written.append(text)
        return "".join(written)

    def end(self) -> str:
        """Back to the plain look."""
        return self._change_to(PLAIN)

    def _change_to(self, look: Look) -> str:
        before, self._look = self._look, look
        if look == before:
            return ""
        link = "" if look.link == before.link else look.link or "\x1b]8;;\x1b\\"
        if not any(look.codes):
            return f"{link}\x1b[0m"
        if link == "" and look.colour and look.ground and look.attributes == before.attributes:
            # From one cell of a picture to the next: nearly all there is to write.
            if look.ground == before.ground:
                return f"\x1b[{look.colour}m"
            if look.colour == before.colour:
                return f"\x1b[{look.ground}m"
            return f"\x1b[{look.colour};{look.ground}m"
        # What is to be taken away can only be taken away together.
        if (
            (before.attributes and look.attributes != before.attributes)
            or (before.colour and not look.colour)
            or (before.ground and not look.ground)
        ):
            parts = ["0", *look.codes]
        else:
            pairs = zip(look.codes, before.codes, strict=True)
            parts = [code for code, code_before in pairs if code != code_before]
        sequence = ";".join(filter(None, parts))
        return f"{link}\x1b[{sequence}m" if sequence else link


@lru_cache(maxsize=16_384)
def look_of(style: Style, color_system: ColorSystem) -> Look:
    """The parts of a style in the colours of that depth."""
    set_bits = style._attributes & style._set_attributes
    attributes = ";".join(code for bit, code in enumerate(SGR_STYLES) if set_bits & (1 << bit))
    colour = _code(style.color, color_system, 38) if style.color else ""
    ground = _code(style.bgcolor, color_system, 48) if style.bgcolor else ""
    link = f"\x1b]8;id={style._link_id};{style.link}\x1b\\" if style.link else ""
    return Look(attributes, colour, ground, link)


def _code(color: Color, color_system: ColorSystem, introducer: int) -> str:
    """A colour as SGR parameters; `introducer` is 38 for text and 48 for the ground."""
    triplet = color.triplet
    # As Rich would say it; asking Rich took most of the time that a new picture took to draw.
    if triplet is not None and color_system is ColorSystem.TRUECOLOR:
        return f"{introducer};2;{triplet.red};{triplet.green};{triplet.blue}"
    return ";".join(color.downgrade(color_system).get_ansi_codes(introducer == 38))
