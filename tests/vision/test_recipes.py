"""Each domain gives a plan that suits the pictures, the device and what the person asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_detect.core.errors import NotFound
from tui_detect.core.model import TrainingSettings
from tui_detect.core.sizes import Sizes
from tui_detect.vision.recipes import (
    DeviceKind,
    Plan,
    averaging_decay,
    get_recipe,
    list_recipes,
    make_plan,
)


def plan(
    recipe: str = "General",
    *,
    pictures: int = 80,
    device: DeviceKind = "cpu",
    weights: Path | None = None,
    settings: TrainingSettings | None = None,
    sizes: Sizes = Sizes(),  # noqa: B008
) -> Plan:
    return make_plan(
        get_recipe(recipe),
        settings or TrainingSettings(),
        pictures=pictures,
        tags=3,
        device=device,
        weights=weights,
        sizes=sizes,
    )


def test_the_domains_are_those_of_custom_vision() -> None:
    assert {recipe.name: recipe.uuid for recipe in list_recipes()} == {
        "General": "da2e3a8a-40a5-4171-82f4-58522f70fbc1",
        "General [A1]": "9c616dff-2e7d-ea11-af59-1866da359ce6",
        "Logo": "1d8ffafe-ec40-4fb2-8f90-72b3b6cecea4",
        "Products on Shelves": "3780a898-81c3-4516-81ae-3a139614e1f3",
        "General (compact)": "a27d5ca5-bb19-49d8-a70a-fec086c47f5b",
        "General (compact) [S1]": "7ec2ac80-887b-48a6-8df9-8b1357765430",
    }
    assert list_recipes()[0].name == "General"


@pytest.mark.parametrize("recipe", list_recipes(), ids=lambda recipe: recipe.name)
def test_a_domain_is_found_by_name_in_any_case_and_by_id(recipe: object) -> None:
    name, uuid = recipe.name, recipe.uuid  # type: ignore[attr-defined]
    assert get_recipe(f" {name.upper()} ") is recipe
    assert get_recipe(uuid) is recipe


def test_an_unknown_domain_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFound) as caught:
        get_recipe("Retail")
    assert "Retail" in caught.value.message
    assert "General, General [A1], Logo" in caught.value.hint


def test_logo_never_mirrors_and_the_others_do() -> None:
    assert plan("Logo").augmentation.mirror == 0
    assert plan("General").augmentation.mirror > 0


def test_compact_uses_the_smallest_model_on_any_device() -> None:
    assert plan("General (compact)", device="gpu").model == "yolo11n"
    assert plan("General", device="gpu").model != plan("General", device="cpu").model


def test_a1_costs_more_and_shelves_see_more_and_smaller_things() -> None:
    assert plan("General [A1]").model > plan("General").model
    shelves = plan("Products on Shelves")
    assert shelves.image_size_px > plan("General").image_size_px
    assert shelves.boxes_max > plan("General").boxes_max
    assert shelves.augmentation.scale < plan("General").augmentation.scale


def test_a_domain_repeats_nothing_that_general_says_already() -> None:
    assert get_recipe("Logo").pretrained is get_recipe("General").pretrained


@pytest.mark.parametrize(
    ("sizes", "image_size_px"),
    [
        (Sizes(), 320),
        (Sizes(longer_side_px=4000, small_object=0.5), 320),
        (Sizes(longer_side_px=4000, small_object=0.02), 416),
        (Sizes(longer_side_px=4000, small_object=0.001), 640),
        (Sizes(longer_side_px=350, small_object=0.001), 352),
        (Sizes(longer_side_px=200, small_object=0.5), 224),
        (Sizes(longer_side_px=10), 64),
    ],
)
def test_small_objects_make_pictures_larger_but_never_larger_than_they_are(
    sizes: Sizes, image_size_px: int
) -> None:
    assert plan(sizes=sizes).image_size_px == image_size_px


def test_the_size_that_a_person_asks_for_wins_over_small_objects() -> None:
    asked = TrainingSettings(image_size_px=128)
    sizes = Sizes(longer_side_px=4000, small_object=0.001)
    assert plan(settings=asked, sizes=sizes).image_size_px == 128


def test_an_iterations_weights_learn_more_slowly_than_a_foreign_models() -> None:
    weights = Path("/runs/best.pt")
    warm = plan(weights=weights, settings=TrainingSettings(warm_start="Iteration 3"))
    assert warm.learning_rate < plan(weights=weights).learning_rate
    assert warm.warmup_epochs < plan(weights=weights).warmup_epochs


def test_few_pictures_get_more_epochs_and_smaller_batches() -> None:
    few, many = plan(pictures=32), plan(pictures=2000)
    assert few.epochs > many.epochs
    assert few.batch < many.batch
    assert 32 / few.batch >= 8, "an epoch has eight steps"


def test_little_time_for_many_pictures_makes_smaller_batches_and_a_short_warm_up() -> None:
    asked = TrainingSettings(image_size_px=320, budget_minutes=4.5)
    short, usual = plan(pictures=242, settings=asked), plan(pictures=242)
    assert short.batch < usual.batch
    assert short.warmup_epochs < usual.warmup_epochs
    assert short.mosaic_free_epochs < usual.mosaic_free_epochs
    ample = TrainingSettings(budget_minutes=600)
    assert plan(pictures=242, settings=ample).batch == usual.batch


def test_pretrained_weights_need_fewer_epochs_and_name_the_model() -> None:
    pretrained = plan(weights=Path("/w/yolo26n.pt"))
    assert pretrained.epochs < plan().epochs
    assert (pretrained.model, pretrained.weights) == ("yolo26n", "/w/yolo26n.pt")
    assert plan().weights is None


def test_what_a_person_asks_for_wins() -> None:
    asked = plan(settings=TrainingSettings(epochs=150, image_size_px=320, seed=4))
    assert (asked.epochs, asked.image_size_px, asked.seed) == (150, 320, 4)
    assert asked.epochs_are_limit
    assert not plan(settings=TrainingSettings(budget_minutes=5)).epochs_are_limit


@pytest.mark.parametrize(("asked", "used"), [(1, 64), (64, 64), (150, 160), (640, 640)])
def test_the_image_size_suits_the_model(asked: int, used: int) -> None:
    assert plan(settings=TrainingSettings(image_size_px=asked)).image_size_px == used


def test_a_plan_is_recorded_as_plain_values() -> None:
    recorded = plan().as_dict()
    assert recorded["domain"] == "General"
    assert recorded["augmentation"]["mirror"] == 0.5  # type: ignore[index]


@given(
    recipe=st.sampled_from([recipe.name for recipe in list_recipes()]),
    pictures=st.integers(0, 100_000),
    epochs=st.none() | st.integers(1, 1000),
    device=st.sampled_from(["cpu", "gpu"]),
)
def test_every_plan_can_be_trained(
    recipe: str, pictures: int, epochs: int | None, device: DeviceKind
) -> None:
    result = plan(
        recipe, pictures=pictures, device=device, settings=TrainingSettings(epochs=epochs)
    )
    assert 1 <= result.batch <= max(pictures, 1)
    assert result.epochs >= 1
    assert 0 <= result.mosaic_free_epochs < result.epochs
    assert result.warmup_epochs < result.epochs
    assert result.image_size_px % 32 == 0


def test_weights_are_averaged_over_a_twentieth_of_the_run_and_never_over_all_time() -> None:
    assert averaging_decay(1200) == pytest.approx(1 - 1 / 60)
    assert averaging_decay(1) == pytest.approx(0.9)
    assert averaging_decay(10_000_000) == pytest.approx(0.9999)
