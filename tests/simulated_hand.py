"""A hand that knows the true box and presses the fewest keys that bring a box close enough to it.

What it plans from is the app's own geometry: the corners that two keys of the grid reach, and the
steps of the keys that move edges. Two edges of one direction are planned apart from the other two.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.geometry import Box
from tui_detect.core.pointing import KeyGrid, Pointing, pointed, start_pointing
from tui_detect.core.view import COARSE_STEP, FINE_STEP, WHOLE, Frame, View, step, zoomed_to

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REACH = 60
"""How many fine steps either way an edge is planned to go."""
COARSE = round(COARSE_STEP / FINE_STEP)
NEAREST = 3
"""How many places of the grid on either side of an edge are worth trying."""

ZOOM_KEY, WHOLE_KEY = "I", "O"
"""Zoom to the selected region, which makes the steps finer, and back to the whole picture."""

# Which edges a key moves (left or top, right or bottom), by direction of the picture.
_KEYS: tuple[dict[tuple[int, int], str], dict[tuple[int, int], str]] = (
    {(-1, 0): "a", (1, 0): "s", (0, -1): "d", (0, 1): "f", (-1, -1): "h", (1, 1): "l"},
    {(-1, 0): "w", (1, 0): "e", (0, -1): "x", (0, 1): "c", (-1, -1): "k", (1, 1): "j"},
)
# Keys of one edge before those of both, so that of equally short ways one stops at no border.
_MOVES: tuple[tuple[int, int], ...] = tuple(
    (size * first, size * second)
    for edges in (tuple(_KEYS[0])[:4], tuple(_KEYS[0])[4:])
    for size in (1, COARSE)
    for first, second in edges
)


@dataclass(frozen=True, slots=True)
class Starts:
    """Where the grid can put both edges of each direction, in fractions of the picture."""

    across: Floats
    """n × 2: left and right."""
    down: Floats
    """m × 2: top and bottom."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The best start, and the keys that move its edges from there."""

    across: int
    """Index into the starts' `across`."""
    down: int
    nudges: tuple[str, ...]


class OutOfReach(AssertionError):
    """No keys bring a box close enough to the true one."""


def plan(truth: Box, starts: Starts, fine: tuple[float, float], wanted: float) -> Plan:
    """The fewest nudges from any of the starts to an overlap of `wanted`; of these the closest.

    `fine` is what a fine nudge moves, right and down, in fractions of the picture.

    Raises:
        OutOfReach: the steps are too coarse, or it is too far away.
    """
    across = _Direction(truth.left, truth.right, starts.across, fine[0])
    down = _Direction(truth.top, truth.bottom, starts.down, fine[1])
    for count in range(int(_costs().max()) + 1):
        found = [_closest(across.after(n), down.after(count - n), truth) for n in range(count + 1)]
        overlap, best, other = max(found, key=lambda each: each[0])
        if overlap >= wanted:
            return Plan(best.start, other.start, (*best.keys(0), *other.keys(1)))
    raise OutOfReach(f"nothing comes as close as {wanted} to {truth}")


@dataclass(frozen=True, slots=True)
class _Reached:
    """Both edges of a direction: from which start, moved by how many fine steps."""

    start: int
    moved: tuple[int, int]

    def keys(self, direction: int) -> Iterator[str]:
        """One of the shortest ways there."""
        first, second = self.moved
        while (first, second) != (0, 0):
            move = min(_MOVES, key=lambda move: _cost(first - move[0], second - move[1]))
            first, second = first - move[0], second - move[1]
            size = max(abs(move[0]), abs(move[1]))
            key = _KEYS[direction][move[0] // size, move[1] // size]
            yield key if size == 1 else key.upper()


@dataclass(frozen=True, slots=True)
class _Edges:
    """All places that the edges of a direction reach with a number of nudges."""

    length: Floats
    shared: Floats
    """How much of it the true box covers."""
    start: Ints
    moved: Ints


class _Direction:
    """The edges of one direction: left and right, or top and bottom."""

    def __init__(self, low: float, high: float, starts: Floats, fine: float) -> None:
        self._low, self._high, self._starts, self._fine = low, high, starts, fine
        self.after = cache(self._after)

    def _after(self, count: int) -> _Edges:
        """What `count` nudges reach, without what covers less and is no shorter."""
        moved = _moves_of(count)
        edges = (self._starts[:, None, :] + moved[None] * self._fine).reshape(-1, 2)
        # An edge stops at the border alone; a whole box stops there with both of its edges.
        inside = (edges.min(1) >= 0) & (edges.max(1) <= 1)
        alone = np.tile(_edge_by_edge(moved) == count, len(self._starts))
        edges = edges.clip(0, 1)
        length = edges[:, 1] - edges[:, 0]
        shared = np.minimum(edges[:, 1], self._high) - np.maximum(edges[:, 0], self._low)
        order = np.lexsort((length, -shared))
        order = order[((inside | alone) & (shared > 0) & (length > 0))[order]]
        shortest = np.minimum.accumulate(np.r_[np.inf, length[order]])[:-1]
        order = order[length[order] < shortest]
        return _Edges(
            length[order], shared[order], order // len(moved), moved[order % max(len(moved), 1)]
        )


def _closest(across: _Edges, down: _Edges, truth: Box) -> tuple[float, _Reached, _Reached]:
    if not len(across.length) or not len(down.length):
        return 0.0, _Reached(0, (0, 0)), _Reached(0, (0, 0))
    shared = across.shared[:, None] * down.shared
    overlap = shared / (across.length[:, None] * down.length + truth.area - shared)
    x, y = np.unravel_index(int(overlap.argmax()), overlap.shape)
    return float(overlap[x, y]), _reached(across, int(x)), _reached(down, int(y))


def _reached(edges: _Edges, index: int) -> _Reached:
    first, second = edges.moved[index]
    return _Reached(int(edges.start[index]), (int(first), int(second)))


@cache
def _costs() -> Ints:
    """Keys that move two edges by as many fine steps; the table's middle is no move."""
    costs = np.full((2 * REACH + 1, 2 * REACH + 1), -1)
    costs[REACH, REACH] = 0
    reached = [(0, 0)]
    for first, second in reached:
        for move in _MOVES:
            place = (first + move[0], second + move[1])
            inside = max(abs(place[0]), abs(place[1])) <= REACH
            if inside and costs[place[0] + REACH, place[1] + REACH] < 0:
                costs[place[0] + REACH, place[1] + REACH] = costs[first + REACH, second + REACH] + 1
                reached.append(place)
    return costs


def _cost(first: int, second: int) -> int:
    if max(abs(first), abs(second)) > REACH:
        return 4 * REACH
    return int(_costs()[first + REACH, second + REACH])


@cache
def _moves_of(count: int) -> Ints:
    """All moves of two edges that cost `count` keys, n × 2."""
    return np.argwhere(_costs() == count) - REACH


def _edge_by_edge(moved: Ints) -> Ints:
    """Keys that the same moves cost when no key moves both edges."""
    costs: Ints = _costs()[moved + REACH, REACH].sum(1)
    return costs


# --- with the app's grid --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Corners:
    """The places that the keys of the grid reach for a corner."""

    x: Floats
    y: Floats
    keys: dict[tuple[float, float], str]
    """By place: the keys that go there."""


@lru_cache(maxsize=64)
def corners(frame: Frame, grid: KeyGrid) -> Corners:
    """Every corner that two keys of the app's own pointing place on the whole picture."""
    start = start_pointing(WHOLE, frame)
    characters = "".join(grid.rows)
    keys: dict[tuple[float, float], str] = {}
    for first in characters:
        within = pointed(start, first, frame, grid)
        assert isinstance(within, Pointing)
        for second in characters:
            placed = pointed(within, second, frame, grid)
            assert isinstance(placed, Pointing)
            assert placed.first is not None
            x, y = (
                placed.first.left + placed.first.width / 2,
                (placed.first.top + placed.first.height / 2),
            )
            keys[round(x, 9), round(y, 9)] = first + second
    columns, rows = (np.array(sorted(set(values))) for values in zip(*keys, strict=True))
    return Corners(columns, rows, keys)


def near(places: Floats, value: float) -> Floats:
    """The places of the grid that are worth trying for an edge, in their order."""
    nearest = np.argsort(abs(places - value), kind="stable")[:NEAREST]
    return places[np.sort(nearest)]


def pairs(low: Floats, high: Floats) -> Floats:
    """Both edges from their places, n × 2; only where the second lies behind the first."""
    found = np.array([(a, b) for a in low for b in high if b - a > 1e-9])
    return found.reshape(-1, 2)


def corner_keys(truth: Box, frame: Frame, grid: KeyGrid, wanted: float) -> str:
    """The keys for both corners from which the fewest nudges are left."""
    places = corners(frame, grid)
    starts = Starts(
        pairs(near(places.x, truth.left), near(places.x, truth.right)),
        pairs(near(places.y, truth.top), near(places.y, truth.bottom)),
    )
    best = fewest(truth, starts, WHOLE, frame, wanted)
    (left, right), (top, bottom) = starts.across[best.across], starts.down[best.down]
    return places.keys[left, top] + places.keys[right, bottom]


def fewest(truth: Box, starts: Starts, view: View, frame: Frame, wanted: float) -> Plan:
    """The fewest nudges in this view, or zoomed to the region and back where that is shorter."""
    closer = zoomed_to(truth, frame)
    plans = list(_plans(truth, starts, view, frame, wanted))
    if closer.zoom > view.zoom:
        for found in _plans(truth, starts, closer, frame, wanted):
            keys = (ZOOM_KEY, *found.nudges, WHOLE_KEY)
            plans.append(replace(found, nudges=keys))
    if not plans:
        raise OutOfReach(f"nothing comes as close as {wanted} to {truth}")
    return min(plans, key=lambda each: len(each.nudges))


def _plans(truth: Box, starts: Starts, view: View, frame: Frame, wanted: float) -> Iterator[Plan]:
    with suppress(OutOfReach):
        yield plan(truth, starts, step(view, frame, coarse=False), wanted)


def nudges(truth: Box, box: Box, view: View, frame: Frame, wanted: float) -> tuple[str, ...]:
    """The fewest keys from a selected region to the true box; none when it is close enough."""
    start = Starts(np.array([[box.left, box.right]]), np.array([[box.top, box.bottom]]))
    return fewest(truth, start, view, frame, wanted).nudges
