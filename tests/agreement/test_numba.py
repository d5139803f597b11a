"""Ready for numba: rules and handlers compile from the source as it stands, and give the same bits and histories."""

from __future__ import annotations

from typing import Any

import exactness
import numpy as np
import pytest
from agreement_support import random_world

from sim.model.state import digest_weights
from sim.rules import chance
from sim.study.agreement import reference_history

pytest.importorskip("numba", reason="numba is in the dev and fast extras")
import compiled

RULES = exactness.rules()
WORLDS = (1, 3, 5, 6, 8, 12, 16, 47, 63, 73, 90)
RUNS = 3


def parts(result: Any) -> tuple[Any, ...]:
    return tuple(result) if isinstance(result, tuple) else (result,)


@pytest.mark.parametrize("name", RULES)
def test_rules_compile_and_give_the_same_bits(name: str) -> None:
    module, rule = name.split(".")
    fast = getattr(compiled.compiled()[f"sim.rules.{module}"], rule)
    drawn = exactness.arguments(name, RULES[name], np.random.default_rng(len(name)), 200)
    for i in range(200):
        given = exactness.one(drawn, i)
        flat = [np.array(value) if isinstance(value, list) else value for value in given.values()]
        for got, wanted in zip(parts(fast(*flat)), parts(RULES[name](**given)), strict=True):
            assert got == wanted, f"{name}{given}"


def test_chance_gives_the_same_numbers() -> None:
    fast = compiled.compiled()[chance.__name__].pair
    dice = np.random.default_rng(3)
    for seed in (0, 1, (1 << 64) - 1):
        keys = chance.round_keys(seed)
        for counter in dice.integers(0, 1 << 32, (200, 4)).tolist():
            assert fast(keys, *counter) == chance.pair(keys, *counter)


def test_handlers_compile_and_tell_the_same_histories() -> None:
    numbers = np.arange(RUNS)
    for seed in WORLDS:
        world = random_world(seed)
        weights, seat = digest_weights(world), compiled.Seat(world, seed)
        wanted = reference_history(world, seed, numbers)
        events, digests, rows = [], [], []
        for run in range(RUNS):
            for count, (*event, new) in enumerate(seat.play(run)):
                events.append((run, count, *event))
                digests.append(seat.buffer.view(np.uint64) @ weights)
                rows += [(run, count, *row) for row in new]
        assert np.array_equal(np.array(events).T, wanted.events), f"world {seed}"
        assert np.array_equal(digests, wanted.digest), f"world {seed}"
        assert np.array_equal(np.array(rows).reshape(-1, 10).T, wanted.rows), f"world {seed}"
    for module in compiled.EVENTS:
        for name, function in vars(compiled.compiled()[module.__name__]).items():
            assert getattr(function, "signatures", True), f"{module.__name__}.{name} was never compiled"
