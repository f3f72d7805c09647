"""Numbers and their nouns."""

from __future__ import annotations


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 image`, `4 images`, `1,200 images`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
