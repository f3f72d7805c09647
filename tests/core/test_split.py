"""The split: fixed once, near one fifth for every tag, never without both sides."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tui_detect.core.model import Split
from tui_detect.core.split import assign_folds, assign_split

images = st.dictionaries(
    st.text("abcdef0123456789", min_size=8, max_size=8),
    st.frozensets(st.integers(1, 4), max_size=3),
    max_size=60,
)


def test_forty_images_of_two_tags_give_eight_for_validation() -> None:
    tags = {f"{n:02d}": frozenset({1 if n < 20 else 2}) for n in range(40)}
    split = assign_split(tags, {})
    per_tag = Counter(next(iter(tags[image])) for image, side in split.items() if side != "train")
    assert per_tag == {1: 4, 2: 4}


def test_background_is_split_too() -> None:
    tags = {f"{n:02d}": frozenset[int]() if n % 2 else frozenset({1}) for n in range(40)}
    split = assign_split(tags, {})
    assert sum(split[image] == "validation" for image in tags if not tags[image]) == 4


@given(images)
def test_the_same_images_always_split_the_same_way(tags: dict[str, frozenset[int]]) -> None:
    again = dict(reversed(list(tags.items())))
    assert assign_split(tags, {}) == assign_split(again, {})


@given(images, images)
def test_what_is_fixed_never_moves(
    first: dict[str, frozenset[int]], more: dict[str, frozenset[int]]
) -> None:
    fixed = assign_split(first, {})
    new = assign_split({**more, **first}, fixed)
    assert not set(new) & set(fixed)
    assert set(new) | set(fixed) == set(more) | set(first)


@given(images)
def test_two_images_with_objects_are_enough_for_both_sides(
    tags: dict[str, frozenset[int]],
) -> None:
    split = assign_split(tags, {})
    sides: set[Split] = {split[image] for image in tags if tags[image]}
    assert len(sides) == min(2, sum(bool(found) for found in tags.values()))


@given(images, st.integers(2, 6))
def test_folds_are_even_over_images_and_over_every_tag(
    tags: dict[str, frozenset[int]], folds: int
) -> None:
    fold_of = assign_folds(tags, folds)
    assert set(fold_of) == set(tags)
    assert fold_of == assign_folds(dict(reversed(list(tags.items()))), folds)
    assert set(fold_of.values()) <= set(range(folds))


def test_each_fold_gets_its_share_of_a_rare_tag() -> None:
    tags = {f"{n:03d}": frozenset({1, 2} if n % 10 == 0 else {1}) for n in range(50)}
    fold_of = assign_folds(tags, 5)
    assert Counter(fold_of.values()) == dict.fromkeys(range(5), 10)
    assert Counter(fold_of[i] for i, found in tags.items() if 2 in found) == dict.fromkeys(
        range(5), 1
    )
