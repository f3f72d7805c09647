"""The length of a training and a sensible budget, before anything was trained."""

from __future__ import annotations

import pytest

from tui_detect.vision.recipes import list_recipes, recommended_budget_minutes, work_gflop
from tui_detect.vision.recipes.estimate import GFLOPS_AT_640


def test_work_grows_with_the_area_of_the_pictures_and_with_their_number() -> None:
    one = work_gflop("yolo11n", 320, 100, 20)
    assert work_gflop("yolo11n", 640, 100, 20) == pytest.approx(4 * one)
    assert work_gflop("yolo11n", 320, 200, 40) == pytest.approx(2 * one)
    assert work_gflop("yolo11s", 320, 100, 20) > 3 * one


def test_a_model_of_somebodys_own_counts_as_a_small_one() -> None:
    assert work_gflop("mine", 640, 1, 0) == work_gflop("yolo11s", 640, 1, 0)


def test_every_model_of_every_domain_is_in_the_table() -> None:
    used = {
        model
        for recipe in list_recipes()
        for models in (recipe.cpu, recipe.gpu)
        for model in (models.from_scratch, *models.pretrained)
    }
    assert used <= GFLOPS_AT_640.keys()


@pytest.mark.parametrize(
    ("quick_s", "minutes"), [(5, 1), (70, 5), (180, 15), (600, 45), (1000, 90)]
)
def test_a_sensible_budget_is_a_round_number_of_three_to_six_quick_trainings(
    quick_s: float, minutes: int
) -> None:
    assert recommended_budget_minutes(quick_s) == minutes
