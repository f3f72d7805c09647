"""Findings: alone with a picture that is only told of, and on a library of drawn pictures."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.library import add_pictures, make_iteration, tag_image
from tui_detect.core.edits import Tagging
from tui_detect.core.evaluation.finding import Finding, FindingKind
from tui_detect.core.geometry import Box, overlap
from tui_detect.core.model import Detection, Image, Iteration, Project, Region, Tag
from tui_detect.core.settling import Case
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag

FORK, SCISSORS = 1, 2
NAMES = {FORK: "fork", SCISSORS: "scissors"}
LABEL = Region("r", SCISSORS, Box(0.2, 0.2, 0.3, 0.4))
FOUND = Detection(FORK, 0.9, Box(0.25, 0.2, 0.3, 0.4))
IMAGE = Image(
    7, "i", 1, "0" * 64, "p.png", 100, 50, 1, True, "validation", datetime(2026, 1, 1, tzinfo=UTC)
)


def case(
    kind: FindingKind,
    region: Region | None = LABEL,
    detection: Detection | None = FOUND,
    now: tuple[Region, ...] = (LABEL,),
) -> Case:
    """A finding on a picture that carries `now`; both boxes unless said otherwise."""
    return Case(Finding(kind, 7, 0.9, region, detection), IMAGE, Tagging(True, now))


LABELLED = Box(0.3, 0.3, 0.3, 0.4)
NEAR = Box(0.32, 0.31, 0.3, 0.4)
LOOSE = Box(0.4, 0.4, 0.4, 0.5)
ELSEWHERE = Box(0.7, 0.05, 0.2, 0.2)


class Findings:
    """A project with two tags, eight pictures with a fork, and an iteration on them."""

    def __init__(self, library: Library, project: Project, folder: Path) -> None:
        self.library = library
        self.project = project
        self.fork = create_tag(library, project.id, "fork")
        self.scissors = create_tag(library, project.id, "scissors")
        *self.images, last = add_pictures(library, project, folder, 9)
        self.regions = [
            tag_image(library, image, self.fork, box=LABELLED)[0] for image in self.images
        ]
        tag_image(library, last, self.scissors)
        self.iteration: Iteration = make_iteration(library, project)

    def image(self, index: int) -> Image:
        return self.images[index]

    def region(self, index: int) -> Region:
        return self.regions[index]

    def on(
        self,
        index: int,
        kind: FindingKind,
        *,
        box: Box | None = None,
        tag: Tag | None = None,
        labelled: bool = True,
        score: float = 0.9,
    ) -> Finding:
        """A finding on a picture; with a box it has the model's."""
        region = self.regions[index] if labelled else None
        found = None if box is None else Detection((tag or self.fork).id, score, box)
        shared = overlap(region.box, box) if region is not None and box is not None else None
        return Finding(
            kind,
            self.images[index].id,
            score,
            region,
            found,
            None if box is None else 0,
            shared,
        )

    def of_all_kinds(self) -> list[Finding]:
        """Six that one meets most often, worst first."""
        return [
            self.on(0, "class", box=NEAR, tag=self.scissors, score=0.95),
            self.on(1, "location", box=LOOSE, score=0.9),
            self.on(2, "background", box=ELSEWHERE, labelled=False, score=0.8),
            self.on(3, "spurious", score=0.7),
            self.on(4, "missed", score=0.6),
            self.on(5, "duplicate", box=NEAR, score=0.5),
        ]
