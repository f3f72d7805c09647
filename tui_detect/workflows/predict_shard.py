"""The worker process of one shard: `python -m tui_detect.workflows.predict_shard FOLDER`.

Started again after a kill it goes on behind the last picture that has a result.
"""

from __future__ import annotations

import sys
import traceback
from contextlib import closing
from pathlib import Path

from tui_detect.core.errors import PictureRefused
from tui_detect.vision.failures import explain
from tui_detect.vision.predictor import Predictor
from tui_detect.vision.run_folder import Exit, RunFolder
from tui_detect.vision.shard import ResultWriter, Shard
from tui_detect.vision.stopping import StopSwitch
from tui_detect.workflows.prediction import find_boxes


def main(shard_dir: str) -> int:
    """Predict on all pictures of the shard; returns the exit code, 0 unless it failed."""
    folder = RunFolder(Path(shard_dir))
    stop = StopSwitch(folder)
    stop.listen()
    with folder.beating():
        try:
            ending = _predict(folder, stop)
        except BaseException as error:
            # Whatever it was: the person learns it from the folder, not from its absence.
            traceback.print_exc()
            ending = Exit("failed", *explain(error))
        folder.write_exit(ending)
    return 1 if ending.state == "failed" else 0


def _predict(folder: RunFolder, stop: StopSwitch) -> Exit:
    shard = Shard.read(folder)
    with (
        closing(ResultWriter(folder)) as results,
        Predictor(
            Path(shard.weights), image_size_px=shard.image_size_px, device=shard.device
        ) as predictor,
    ):
        for path in shard.pictures[results.done :]:
            if stop.requested():
                return Exit("cancelled", "stopped before its last picture")
            try:
                results.write(*find_boxes(predictor, Path(path)))
            except PictureRefused as refusal:
                results.write_refusal(refusal)
    return Exit("completed")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
