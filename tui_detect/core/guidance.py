"""What training still needs, by Custom Vision's numbers; advice, never a barrier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

FLOOR = 15
ADVISED = 30
RECOMMENDED = 50
BALANCE = 2
"""The commonest tag should have at most twice the images of the rarest."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One sentence about the workspace."""

    level: Literal["floor", "advice", "ok"]
    text: str


def training_advice(images_by_tag: Sequence[tuple[str, int]], untagged: int) -> list[Advice]:
    """What would make training better, most urgent first.

    Args:
        images_by_tag: each tag's name and on how many images it is.
        untagged: images that nobody has looked at yet.
    """
    if not images_by_tag:
        if untagged:
            return [Advice("floor", "open a picture and draw the first box: tags come from boxes")]
        return [Advice("floor", "add pictures to start")]
    ordered = sorted(images_by_tag, key=lambda item: item[1])
    advice: list[Advice] = []
    for name, count in ordered:
        if count < FLOOR:
            advice.append(
                Advice(
                    "floor",
                    f"{name} needs {_pictures(FLOOR - count)} to reach {FLOOR} "
                    f"({ADVISED} advised, {RECOMMENDED} recommended)",
                )
            )
    rarest, commonest = ordered[0], ordered[-1]
    if rarest[1] * BALANCE < commonest[1]:
        advice.append(
            Advice(
                "advice",
                f"{rarest[0]} is on {rarest[1]} pictures and {commonest[0]} on {commonest[1]}: "
                f"keep the rarest at half the commonest or more",
            )
        )
    for name, count in ordered:
        if FLOOR <= count < RECOMMENDED:
            step, word = (ADVISED, "advised") if count < ADVISED else (RECOMMENDED, "recommended")
            advice.append(
                Advice("advice", f"{name}: {_pictures(step - count)} to the {step} {word}")
            )
    if not advice:
        advice.append(Advice("ok", "enough pictures of every tag; train, then look at the errors"))
    return advice


def _pictures(count: int) -> str:
    return f"{count} more picture" if count == 1 else f"{count} more pictures"
