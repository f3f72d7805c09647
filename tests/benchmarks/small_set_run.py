"""One training of `bench_small_sets`, in a process of its own; the argument says which."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

os.environ.update(
    YOLO_OFFLINE="true", YOLO_AUTOINSTALL="false", OMP_NUM_THREADS="1", YOLO_VERBOSE="true"
)

import torch
from PIL import Image as Pillow
from ultralytics.engine import trainer as engine
from ultralytics.models.yolo.detect import DetectionTrainer

from tests.benchmarks.small_sets import SmallSet, small_set
from tests.core.evaluation.detections import EvaluationImage, evaluation_of
from tui_detect.core.evaluation import evaluate
from tui_detect.core.evaluation.data import EvaluationTag
from tui_detect.core.model import Detection, Region, TrainingSettings
from tui_detect.vision import trainer as ours
from tui_detect.vision.detector import Detector, forbid_analytics
from tui_detect.vision.devices import Device
from tui_detect.vision.recipes import get_recipe, make_plan
from tui_detect.vision.run_folder import RunFolder
from tui_detect.vision.stopping import StopSwitch

CPU = Device("cpu", "cpu", "CPU")


def train_as_ultralytics(spec: dict[str, Any], data: SmallSet, folder: Path) -> tuple[Path, int]:
    """Train with Ultralytics' defaults; the best weights, and how many epochs there were."""
    trainer = DetectionTrainer(
        overrides={
            "model": spec["model"] + ".yaml",
            "data": str(data.dataset.description),
            "imgsz": spec["image_size_px"],
            "time": spec["seconds"] / 3600,
            "device": "cpu",
            "seed": spec["seed"],
            "project": str(folder),
            "name": "run",
            "plots": False,
        }
    )
    trainer.final_eval = lambda: None
    trainer.train()
    return trainer.best, trainer.epoch + 1


def train_as_we_do(spec: dict[str, Any], data: SmallSet, folder: Path) -> tuple[Path, int]:
    """Train by the recipe of General, shortened to the budget; the same."""
    settings = TrainingSettings(
        image_size_px=spec["image_size_px"],
        budget_minutes=spec["seconds"] / 60,
        seed=spec["seed"],
        warm_start="the other set" if spec.get("weights") else "",
    )
    plan = make_plan(
        get_recipe("General"),
        settings,
        pictures=len(data.dataset.train),
        tags=len(data.tags),
        device="cpu",
        weights=Path(spec["weights"]) if spec.get("weights") else None,
        model=spec["model"],
    )
    run = RunFolder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    result = ours.fit(run.part(1), plan, data.dataset, CPU, run.open_events(), StopSwitch(run))
    return run.part(1).weights, result.epochs


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
    figures = evaluate(evaluation_of(tags, images), 0.5, 0.5)
    return figures.map.value or 0.0


def main() -> None:
    """Train, judge, print the specification with its result as one line of JSON."""
    spec = json.loads(sys.argv[1])
    output, sys.stdout = sys.stdout, sys.stderr
    forbid_analytics()
    with tempfile.TemporaryDirectory() as folder:
        data = small_set(spec["set"], spec["per_tag"], spec["seed"], Path(folder) / "data")
        # A budget in the process' own computing time: what else runs here changes nothing.
        engine.time = SimpleNamespace(time=time.process_time)
        mock.patch.object(ours, "use_all_cores").start()
        torch.set_num_threads(1)
        way = train_as_ultralytics if spec["way"] == "yolo" else train_as_we_do
        weights, epochs = way(spec, data, Path(folder) / "out")
        size = spec["image_size_px"]
        result = {
            **spec,
            "train": len(data.dataset.train),
            "validation": len(data.dataset.validation),
            "test": len(data.test),
            "epochs": epochs,
            "best": round(judge(weights, data, size), 4),
        }
        if spec.get("keep"):
            Path(spec["keep"]).write_bytes(weights.read_bytes())
    output.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
