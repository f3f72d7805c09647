"""What a training leaves for the process that goes on with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui_detect.vision.parts import Checkpoint, PartFolder, PartResult


@pytest.fixture
def part(tmp_path: Path) -> PartFolder:
    return PartFolder(tmp_path, 1)


def publish(part: PartFolder, epoch: int, weights: str) -> Path:
    """Have an epoch end with these weights."""
    source = part.path / "last.pt"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(weights)
    return part.publish_checkpoint(source, Checkpoint(epoch, 9, epoch, 0.5, 8, 1.5, over=False))


def test_a_checkpoint_says_how_far_it_is(part: PartFolder) -> None:
    path = publish(part, 3, "weights")
    assert part.record(path) == Checkpoint(3, 9, 3, 0.5, 8, 1.5, over=False)
    assert part.epochs_done == 3


@pytest.mark.parametrize("text", ["", "{}", '{"epoch": 3}'])
def test_a_record_that_makes_no_sense_is_refused(part: PartFolder, text: str) -> None:
    publish(part, 2, "weights")
    path = publish(part, 3, "weights")
    path.with_suffix(".json").write_text(text)
    with pytest.raises(ValueError):  # noqa: PT011
        part.record(path)
    assert part.epochs_done == 2


def test_the_best_weights_stay_when_their_checkpoint_is_dropped(part: PartFolder) -> None:
    best = publish(part, 1, "best")
    part.share_weights(best)
    for epoch in (2, 3, 4):
        publish(part, epoch, f"epoch {epoch}")
    assert not best.exists()
    assert part.weights.read_text() == part.run_weights.read_text() == "best"
    part.share_weights(part.checkpoints[-1])
    part.share_weights(part.checkpoints[-1])
    assert part.weights.read_text() == part.run_weights.read_text() == "epoch 4"
    assert sorted(path.name for path in part.path.iterdir()) == ["best.pt", "checkpoints"]


def test_a_part_that_goes_on_forgets_that_it_had_ended(part: PartFolder) -> None:
    part.path.mkdir(parents=True)
    result = PartResult(epochs=4, best_epoch=3, fitness=0.5, stopped=True)
    part.write_result(result)
    assert part.result == result
    assert json.loads(part.result_file.read_text())["stopped"] is True
    part.forget_result()
    assert part.result is None


def test_a_later_part_is_not_the_run_s_before_it_proves_better(tmp_path: Path) -> None:
    first, second = PartFolder(tmp_path, 1), PartFolder(tmp_path, 2)
    first.share_weights(publish(first, 1, "first"))
    second.share_weights(publish(second, 1, "second"))
    assert second.weights.read_text() == "second"
    assert first.run_weights == second.run_weights
    assert second.run_weights.read_text() == "first"
