"""What happened in a run, as one of many possibilities: who holds the places that matter at the end, and in
which order they fell."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from sim.model.results import Block, Labels
from sim.study.control import falls_of
from sim.study.entropy import Split, split
from sim.study.statistics import LEVEL

OUTCOME_RUNS = 200_000
"""Joint outcomes are counted over this many runs at most (the first ones), which bounds the memory."""

CHANGING = 0.01
"""Places whose last holder differs from the first in more than this share of runs make the outcome."""

ORDER_PLACES = 8
"""So many places, the most populous, make the order of falls: with all, no two runs would have the same."""


def outcome_key(block: Block, places: Sequence[int]) -> list[bytes]:
    """The joint outcome of each run: its final holders of these places, two bytes each."""
    holders = block.final_holder[list(places)].T.astype(np.uint16)
    return [row.tobytes() for row in np.ascontiguousarray(holders)]


def holders_of(key: bytes) -> list[int]:
    """Faction index of each place of an outcome."""
    holders: list[int] = np.frombuffer(key, np.uint16).tolist()
    return holders


def order_key(block: Block, labels: Labels, places: Sequence[int]) -> list[tuple[int, ...]]:
    """For each run, which of these places fell, in the order of their fall (ties by index)."""
    fell = falls_of(block, labels)[list(places)]
    never = fell < 0
    order = np.argsort(np.where(never, np.iinfo(np.int64).max, fell), axis=0, kind="stable")
    named = np.array(places, dtype=np.int64)[order].T.tolist() if places else [[]] * block.runs
    return [tuple(row[:count]) for row, count in zip(named, (~never).sum(axis=0).tolist(), strict=True)]


def entropy_of(outcomes: Counter[bytes], nested: Iterable[Block], places: Sequence[int], level: float = LEVEL) -> Split:
    """The entropy of outcomes, split by a nested design whose runs use the same places.

    Draws with fewer replicates than the others (an unfinished job) are left out.
    """
    by_draw: dict[int, Counter[bytes]] = {}
    for block in nested:
        for draw, key in zip(block.draw.tolist(), outcome_key(block, places), strict=True):
            by_draw.setdefault(draw, Counter())[key] += 1
    whole = max((counts.total() for counts in by_draw.values()), default=0)
    groups = [list(counts.values()) for counts in by_draw.values() if counts.total() == whole]
    return split(list(outcomes.values()), groups, level)


def order_places(labels: Labels, candidates: Sequence[int], scenario_json: str) -> list[int]:
    """The places whose order of falling is told: the most populous of the candidates."""
    described: dict[str, Any] = json.loads(scenario_json).get("places", {}) if scenario_json else {}
    people = {place: described.get(labels.place_ids[place], {}).get("people", 0) for place in candidates}
    return sorted(sorted(candidates, key=lambda place: (-people[place], place))[:ORDER_PLACES])
