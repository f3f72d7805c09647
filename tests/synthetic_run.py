"""A run that looks like a real one, written event by event, with no trainer behind it."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping

from tui_detect.core.geometry import Box
from tui_detect.core.meters import DeviceMeter, Meters
from tui_detect.core.model import Iteration
from tui_detect.vision.job import JobImage
from tui_detect.vision.processes import identify
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.library import Library

GPU = "NVIDIA H100 80GB HBM3"
BATCHES = 40
PICTURES = 6


class SyntheticRun:
    """Its events come when they are asked for; this process stands for the run's."""

    def __init__(self, library: Library, iteration: Iteration, epochs: int = 60) -> None:
        self.folder = RunFolder(library.run_path(iteration.uuid))
        self.events = self.folder.open_events()
        self.epochs = epochs
        self._chance = random.Random(4)
        self._shown = _most_telling(self.folder.read_job().images)

    def start(self) -> None:
        """The process has begun to train."""
        me = identify()
        assert me is not None
        self.folder.record_process(me)
        self.events.write(
            "started",
            device="0",
            device_name=f"{GPU} (GPU 0)",
            pid=me.pid,
            process_started_at=me.started_at,
            host=me.host,
            recipe={
                "epochs": self.epochs,
                "model": "yolo11s",
                "image_size_px": 640,
                "batch": 16,
                "weights": "yolo11s.pt",
            },
        )
        self.log("epoch 0: caching the pictures")

    def batch(self, epoch: int, batch: int) -> None:
        """A batch of an epoch, with its losses."""
        fall = self._fall(epoch - 1 + batch / BATCHES)
        self.events.write(
            "batch",
            epoch=epoch,
            epochs=self.epochs,
            batch=batch,
            batches=BATCHES,
            losses={name: round(value, 4) for name, value in _losses(fall).items()},
            pictures_per_s=412.0 + self._chance.gauss(0, 6),
            seconds_left=4.2 * (self.epochs - epoch + 1),
        )

    def meters(self, at: int) -> None:
        """What the machine reads at one moment."""
        wave = 0.04 * math.sin(at) + 0.02 * math.sin(2.7 * at)
        device = DeviceMeter(0, GPU, 0.86 + wave, 11_400_000_000, 85_520_000_000, 61, 412.5)
        readings = Meters(0.31 - wave, 21_300_000_000, 135_000_000_000, (device,))
        data = {name: getattr(readings, name) for name in ("cpu", *_MEMORY)}
        devices = [{name: getattr(device, name) for name in DeviceMeter.__slots__}]
        self.events.write("meters", **data, devices=devices)

    def epoch(self, number: int) -> None:
        """The figures of a finished epoch, and what its model finds."""
        fall = self._fall(number)
        wave = 0.02 * math.sin(1.7 * number)
        losses = _losses(fall)
        self.events.write(
            "epoch",
            epoch=number,
            losses=losses,
            validation_losses={name: value * 1.12 + wave for name, value in losses.items()},
            precision=0.94 - 0.8 * fall + wave,
            recall=0.9 - 0.85 * fall - wave,
            map50=0.93 - 0.9 * fall + wave / 2,
            map50_95=0.66 - 0.65 * fall + wave / 2,
            learning_rate=0.002 * min(1, number / 3) * (1 - 0.99 * number / self.epochs),
            seconds=4.2,
        )
        self.events.write("preview", part=1, epoch=number, pictures=list(self._pictures(fall)))
        self.events.write("checkpoint", epoch=number, path=f"epoch-{number:05d}.pt")
        self.log(f"epoch {number}/{self.epochs} done")

    def finish(self) -> None:
        """What the best weights find on every validation picture, and the ending."""
        for image in self.folder.read_job().images:
            if image.split == "validation":
                items = [self._found(tag, box, 0.03) for tag, box in image.regions]
                self.events.write("detections", image=image.uuid, items=items)
        self.folder.weights.parent.mkdir(exist_ok=True)
        self.folder.weights.write_bytes(b"PK" + bytes(998))
        self.events.write("finished", weights="weights/best.pt", epochs=self.epochs)

    def log(self, line: str) -> None:
        """A line of the log."""
        with self.folder.log_file.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def _fall(self, epochs_done: float) -> float:
        """From 1 to nearly 0, as the losses go."""
        return math.exp(-4 * epochs_done / self.epochs)

    def _pictures(self, fall: float) -> Iterator[Mapping[str, object]]:
        for image in self._shown:
            items = [self._found(tag, box, fall) for tag, box in image.regions]
            yield {"image": image.uuid, "items": items}

    def _found(self, tag: int, box: Box, fall: float) -> list[float]:
        """A region as a model finds it: surer and nearer with every epoch."""
        left, top, width, height = (
            value + self._chance.gauss(0, 0.15 * fall)
            for value in (box.left, box.top, box.width, box.height)
        )
        sure = min(max(0.95 - 0.9 * fall + self._chance.gauss(0, 0.03), 0.05), 0.99)
        return [tag, round(sure, 3), max(left, 0.0), max(top, 0.0), abs(width), abs(height)]


_MEMORY = ("memory_bytes", "memory_total_bytes")


def _most_telling(images: tuple[JobImage, ...]) -> list[JobImage]:
    """The validation pictures with most regions."""
    validation = [image for image in images if image.split == "validation"]
    return sorted(validation, key=lambda image: -len(image.regions))[:PICTURES]


def _losses(fall: float) -> dict[str, float]:
    return {"box": 0.7 + fall, "cls": 0.4 + 2.4 * fall, "dfl": 0.9 + 0.5 * fall}
