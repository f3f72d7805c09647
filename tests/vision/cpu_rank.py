"""A rank on the processor: the product's own, with gloo and no GPU in the place of NCCL and CUDA.

`python -m tests.vision.cpu_rank` stands in for `python -m tui_detect.vision.distributed`.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import torch
from ultralytics.engine.trainer import BaseTrainer

from tui_detect.vision import distributed, reporter, trainer

REAL_INIT = BaseTrainer.__init__
REAL_ARGUMENTS = trainer.trainer_arguments
REAL_PARALLEL = torch.nn.parallel.DistributedDataParallel


def init(self: Any, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
    REAL_INIT(self, *arguments, **named)
    self.world_size = int(os.environ["WORLD_SIZE"])


def parallel(model: Any, device_ids: object = None, **named: Any) -> Any:  # noqa: ANN401
    return REAL_PARALLEL(model, **named)


def main() -> int:
    BaseTrainer.__init__ = init
    BaseTrainer._setup_ddp = lambda self: torch.distributed.init_process_group(
        "gloo", rank=int(os.environ["RANK"]), world_size=self.world_size
    )
    torch.nn.parallel.DistributedDataParallel = parallel
    trainer.trainer_arguments = lambda *facts: (
        REAL_ARGUMENTS(*facts) | {"device": "cpu", "workers": 0}
    )
    vars(reporter)["memory"] = lambda device: (None, None)
    if os.environ.get("OUT_OF_MEMORY_ABOVE"):
        trainer.follow = follow_with_little_memory
    return distributed.main()


REAL_FOLLOW = trainer.follow


def follow_with_little_memory(attempt: Any) -> None:  # noqa: ANN401
    if attempt.batch > int(os.environ["OUT_OF_MEMORY_ABOVE"]):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
    REAL_FOLLOW(attempt)


if __name__ == "__main__":
    sys.exit(main())
