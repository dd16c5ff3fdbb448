"""Where the boxes of a drawn graph stand: in ranks from top to bottom, with few crossings and straight main lines.

An edge that spans several ranks passes each of them through a point of its own, so that it is routed around the boxes
there. The steps are those of K. Sugiyama, S. Tagawa and M. Toda, *Methods for Visual Understanding of Hierarchical
System Structures* (1981): ranks, order within them, positions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import dok_array

from hondo.core.arrays import FloatArray

_SWEEPS = 12
_STRAIGHT = {2: 6.0, 1: 1.0, 0: 4.0}  # how much a link wants to be upright, by how many of its ends are boxes
_LEAVES = 0.25  # a long edge rather bends where it arrives than where it leaves
_CENTRED = 0.5

Edge = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """Where everything stands.

    Attributes:
        rank: the rank of each box, from 0 at the top.
        x: the middle of each box.
        routes: for each edge (from, to) the points that it passes in the ranks between, as (x, rank).
        left: the leftmost edge of anything.
        right: the rightmost.
    """

    rank: tuple[int, ...]
    x: tuple[float, ...]
    routes: Mapping[Edge, tuple[tuple[float, int], ...]]
    left: float
    right: float


def lay_out(sources: Sequence[Sequence[int]], box: float, gap: float, lane: float) -> Layout:
    """Place boxes so that each stands below all that lead to it.

    Args:
        sources: for each box the places of those that lead to it, all before its own.
        box: how wide a box is.
        gap: the least room between two boxes side by side.
        lane: how wide the way of a passing edge is.
    """
    ranks = _ranks(sources)
    points, links, passing = _with_passing(sources, ranks)
    rows = _ordered(points, links)
    widths = [box if point < len(sources) else lane for point in range(len(points))]
    x = _positions(rows, links, widths, gap, len(sources))
    routes = {edge: tuple((float(x[point]), points[point]) for point in through) for edge, through in passing.items()}
    half = np.array(widths) / 2
    return Layout(
        tuple(ranks), tuple(float(value) for value in x[: len(sources)]), routes,
        float((x - half).min()), float((x + half).max()),
    )  # fmt: skip


def _ranks(sources: Sequence[Sequence[int]]) -> list[int]:
    """Each box one below the lowest that leads to it; boxes that nothing leads to just above their first reader."""
    ranks: list[int] = []
    for before in sources:
        ranks.append(1 + max((ranks[source] for source in before), default=-1))
    for place, before in enumerate(sources):
        readers = [ranks[other] for other, each in enumerate(sources) if place in each]
        if not before and readers:
            ranks[place] = min(readers) - 1
    return ranks


def _with_passing(
    sources: Sequence[Sequence[int]], ranks: Sequence[int]
) -> tuple[list[int], list[Edge], dict[Edge, list[int]]]:
    """The rank of each point (boxes first, then where edges pass), links between ranks, and each edge's points."""
    points, links, passing = list(ranks), list[Edge](), dict[Edge, list[int]]()
    for place, before in enumerate(sources):
        for source in before:
            through = []
            for rank in range(ranks[source] + 1, ranks[place]):
                through.append(len(points))
                points.append(rank)
            chain = [source, *through, place]
            links += list(pairwise(chain))
            passing[source, place] = through
    return points, links, passing


def _ordered(points: Sequence[int], links: Sequence[Edge]) -> list[list[int]]:
    """The points of each rank from left to right: each near the middle of what it is linked to, from both sides."""
    rows: list[list[int]] = [[] for _ in range(max(points) + 1)]
    for point, rank in enumerate(points):
        rows[rank].append(point)
    above, below = _neighbours(links, len(points))
    best, fewest = rows, _crossings(rows, links)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        place = {point: position for row in rows for position, point in enumerate(row)}
        rows = [list(row) for row in rows]
        for row in rows if down else reversed(rows):
            linked = above if down else below
            middle = {p: np.mean([place[q] for q in linked[p]]) if linked[p] else place[p] for p in row}
            row.sort(key=lambda p: (float(middle[p]), place[p]))
            place |= {point: position for position, point in enumerate(row)}
        crossings = _crossings(rows, links)
        if crossings < fewest:
            best, fewest = rows, crossings
    return best


def _neighbours(links: Sequence[Edge], points: int) -> tuple[list[list[int]], list[list[int]]]:
    """For each point those that lead to it, and those that it leads to."""
    above: list[list[int]] = [[] for _ in range(points)]
    below: list[list[int]] = [[] for _ in range(points)]
    for start, end in links:
        above[end].append(start)
        below[start].append(end)
    return above, below


def _crossings(rows: Sequence[Sequence[int]], links: Sequence[Edge]) -> int:
    """How many links cross."""
    rank = {point: number for number, row in enumerate(rows) for point in row}
    place = {point: position for row in rows for position, point in enumerate(row)}
    between: dict[int, list[Edge]] = {}
    for start, end in links:
        between.setdefault(rank[start], []).append((place[start], place[end]))
    count = 0
    for pairs in between.values():
        ends = [end for _, end in sorted(pairs)]
        count += sum(int((np.array(ends[:i]) > end).sum()) for i, end in enumerate(ends) if i)
    return count


def _positions(
    rows: Sequence[Sequence[int]], links: Sequence[Edge], widths: Sequence[float], gap: float, boxes: int
) -> FloatArray:
    """The middle of each point: in its order, with room, and links as upright as that allows.

    A linear program, since the sum of absolute differences leaves lines either straight or clearly bent. Where it does
    not care, a box stands in the middle of those above it and of those below it.
    """
    terms: list[tuple[dict[int, float], float]] = []  # weight · |Σ factor · x|
    for start, end in links:
        leaves = start < boxes <= end
        weight = _STRAIGHT[(start < boxes) + (end < boxes)] + (_LEAVES if leaves else 0.0)
        terms.append(({start: 1.0, end: -1.0}, weight))
    for linked in _neighbours(links, len(widths)):
        for point, others in enumerate(linked):
            if len(others) > 1:
                terms.append(({point: 1.0, **dict.fromkeys(others, -1 / len(others))}, _CENTRED))
    size = len(widths) + len(terms)
    limits, bounds = [], []
    for number, (factors, _) in enumerate(terms):
        for sign in (1, -1):
            limits.append({**{point: sign * factor for point, factor in factors.items()}, len(widths) + number: -1.0})
            bounds.append(0.0)
    for row in rows:
        for left, right in pairwise(row):
            limits.append({left: 1.0, right: -1.0})
            bounds.append(-(widths[left] + widths[right]) / 2 - gap)
    if not limits:
        return np.zeros(len(widths))
    matrix = dok_array((len(limits), size))
    for number, limit in enumerate(limits):
        for column, factor in limit.items():
            matrix[number, column] = factor
    costs = np.concatenate([np.zeros(len(widths)), [weight for _, weight in terms]])
    found = linprog(costs, A_ub=matrix.tocsr(), b_ub=bounds, bounds=(0, None), method="highs")
    return np.asarray(found.x[: len(widths)])
