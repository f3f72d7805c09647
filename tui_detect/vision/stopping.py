"""How a run is asked to end early."""

from __future__ import annotations

import signal
from types import FrameType

from tui_detect.vision.run_folder import RunFolder


class StopSwitch:
    """Knows whether somebody asked the run to end: by SIGTERM, by ctrl+c or by the file `stop`."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._signalled = False

    def requested(self) -> bool:
        """Whether the run shall end as soon as it can do so in order."""
        return self._signalled or self._folder.stop_requested

    def listen(self) -> None:
        """Turn SIGTERM and SIGINT into requests, and let a lost terminal be none."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signalled = True
