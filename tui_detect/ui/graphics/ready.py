"""Pictures that were prepared before anybody asked for them."""

from __future__ import annotations

from collections.abc import Iterator

from tui_detect.ui.graphics.backend import PictureJob, Prepared

KEPT = 3
"""The neighbours of the one shown."""


class ReadyPictures:
    """The last few, and which of them were sent to the terminal, too."""

    def __init__(self) -> None:
        self._prepared: dict[PictureJob, Prepared] = {}
        self._sent: set[PictureJob] = set()

    def __contains__(self, job: object) -> bool:
        return job in self._prepared

    def __len__(self) -> int:
        return len(self._prepared)

    def keep(self, prepared: Prepared) -> None:
        """Have it ready; the oldest one goes."""
        self._prepared[prepared.job] = prepared
        while len(self._prepared) > KEPT:
            self.take(next(iter(self._prepared)))

    def take(self, job: PictureJob) -> Prepared | None:
        """Give it away, if it is there."""
        self._sent.discard(job)
        return self._prepared.pop(job, None)

    def to_send(self) -> Iterator[Prepared]:
        """Those that the terminal does not have."""
        return (each for job, each in self._prepared.items() if job not in self._sent)

    def mark(self, prepared: Prepared, *, sent: bool) -> None:
        """Say whether the terminal has it, or is getting it."""
        if sent:
            self._sent.add(prepared.job)
        else:
            self._sent.discard(prepared.job)

    def forget_sent(self) -> None:
        """The terminal has none of them any more."""
        self._sent.clear()

    def clear(self) -> None:
        """None of them is of use any more."""
        self._prepared.clear()
        self._sent.clear()
