"""One training of `bench_small_sets`, in a process of its own: its specification is the argument."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.update(
    YOLO_OFFLINE="true", YOLO_AUTOINSTALL="false", OMP_NUM_THREADS="1", YOLO_VERBOSE="true"
)

import torch
from PIL import Image as Pillow
from ultralytics.engine import trainer as engine
from ultralytics.models.yolo.detect import DetectionTrainer

from tests.benchmarks.small_sets import SmallSet, small_set
from tui_detect.core.evaluation import evaluate
from tui_detect.core.evaluation_data import EvaluationData, EvaluationImage, EvaluationTag
from tui_detect.core.model import Detection, Region, TrainingSettings
from tui_detect.vision import trainer as ours
from tui_detect.vision.detector import Detector, forbid_analytics
from tui_detect.vision.devices import Device
from tui_detect.vision.parts import PartFolder
from tui_detect.vision.recipes import get_recipe, make_plan

CPU = Device("cpu", "cpu", "CPU")


def train(spec: dict[str, Any], data: SmallSet, folder: Path) -> Any:  # noqa: ANN401
    """Train the way the specification says; the trainer, when it has ended."""
    # A budget in the process' own computing time: what else runs on the machine changes nothing.
    engine.time = SimpleNamespace(time=time.process_time)
    hours = spec["seconds"] / 3600
    if spec["way"] == "yolo":
        trainer: Any = DetectionTrainer(
            overrides={
                "model": spec["model"] + ".yaml",
                "data": str(data.dataset.description),
                "imgsz": spec["image_size_px"],
                "time": hours,
                "device": "cpu",
                "seed": spec["seed"],
                "project": str(folder),
                "name": "run",
                "plots": False,
                **spec.get("arguments", {}),
            }
        )
        trainer.final_eval = lambda: None
    else:
        weights = Path(spec["weights"]) if spec.get("weights") else None
        plan = make_plan(
            get_recipe("General"),
            TrainingSettings(
                image_size_px=spec["image_size_px"], budget_minutes=hours * 60, seed=spec["seed"]
            ),
            pictures=len(data.dataset.train),
            tags=len(data.tags),
            device="cpu",
            weights=weights,
        )
        look = replace(plan.augmentation, **spec.get("look", {}))
        plan = replace(plan, **{"augmentation": look, **spec.get("plan", {})})
        arguments = ours.trainer_arguments(plan, CPU, data.dataset, PartFolder(folder, 1))
        trainer = ours.Trainer(overrides={**arguments, **spec.get("arguments", {})})
        trainer.final_eval = lambda: None
    torch.set_num_threads(1)
    trainer.train()
    return trainer


def judge(weights: Path, data: SmallSet, image_size_px: int) -> float:
    """The mAP at overlap 0.50 on the test part."""
    detector = Detector(weights, CPU, image_size_px)
    images = []
    for key, image in enumerate(data.test):
        with Pillow.open(image.object) as picture:
            size = picture.size
        found = detector.detect(image.object, 0.001, 300)
        images.append(
            EvaluationImage(
                key,
                *size,
                [Region(str(n), tag, box) for n, (tag, box) in enumerate(image.regions)],
                [Detection(tag, probability, box) for tag, probability, box in found],
            )
        )
    tags = [EvaluationTag(position, name) for position, name in enumerate(data.tags)]
    figures = evaluate(EvaluationData.build(tags, images), 0.5, 0.5)
    return figures.map.value or 0.0


def main() -> None:
    """Train, judge, print the specification with its result as one line of JSON."""
    spec = json.loads(sys.argv[1])
    output, sys.stdout = sys.stdout, sys.stderr
    forbid_analytics()
    with tempfile.TemporaryDirectory() as folder:
        data = small_set(spec["set"], spec["per_tag"], spec["seed"], Path(folder) / "data")
        trainer = train(spec, data, Path(folder) / "out")
        size = spec["image_size_px"]
        result = {
            **spec,
            "train": len(data.dataset.train),
            "validation": len(data.dataset.validation),
            "test": len(data.test),
            "epochs": trainer.epoch + 1,
            "best": round(judge(trainer.best, data, size), 4),
            "last": round(judge(trainer.last, data, size), 4),
            "best_fitness": float(trainer.best_fitness or 0),
        }
        if spec.get("keep"):
            Path(spec["keep"]).write_bytes(trainer.best.read_bytes())
    output.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
