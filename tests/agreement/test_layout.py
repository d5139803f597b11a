"""How runs are dealt out does not matter: batches of any size, any order, any company, watched or not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from agreement_support import random_world
from tiny import world_of

from sim.engines import batch, reference
from sim.model.results import TABLES, Block, concatenate
from sim.model.world import World
from sim.study.agreement import History, batch_history

WORLDS = (0, 7, 12, 25, 31, 44, 58, 63, 77, 90)
RUNS = np.arange(16)


def told(history: History, runs: Any) -> dict[int, list[tuple[int, ...]]]:
    """Everything that a history says about each run, whatever the order in which the runs were played."""
    out: dict[int, list[tuple[int, ...]]] = {int(run): [] for run in runs}
    for (i, *event), digest in zip(history.events.T.tolist(), history.digest.tolist(), strict=True):
        out[int(runs[i])].append((0, *event, digest))
    for i, *row in history.rows.T.tolist():
        out[int(runs[i])].append((1, *row))
    return {run: sorted(lines) for run, lines in out.items()}


def dealt(world: World, runs: Any, size: int) -> dict[int, list[tuple[int, ...]]]:
    """The same, with the runs dealt out in batches of a size."""
    out: dict[int, list[tuple[int, ...]]] = {}
    for i in range(0, len(runs), size):
        out |= told(batch_history(world, 5, runs[i : i + size]), runs[i : i + size])
    return out


def same(a: Block, b: Block) -> bool:
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in TABLES)


@pytest.mark.parametrize("seed", WORLDS)
def test_batches_of_any_size(seed: int) -> None:
    world = random_world(seed)
    together = dealt(world, RUNS, 1024)
    assert sum(map(len, together.values())) > len(RUNS)
    assert dealt(world, RUNS, 7) == together
    assert dealt(world, RUNS, 1) == together


@pytest.mark.parametrize("seed", WORLDS[:5])
def test_any_order_and_any_company(seed: int) -> None:
    world = random_world(seed)
    together = dealt(world, RUNS, 1024)
    mixed = np.random.default_rng(seed).permutation(RUNS)
    assert dealt(world, mixed, 1024) == together
    strangers = np.array([900, *mixed[:5], 4_000_000_000, *mixed[5:9]])
    company = dealt(world, strangers, 1024)
    assert {run: company[run] for run in mixed[:9].tolist()} == {run: together[run] for run in mixed[:9].tolist()}
    assert company[900] != company[4_000_000_000]


@pytest.mark.parametrize("seed", WORLDS[5:8])
@pytest.mark.parametrize("engine", [reference, batch])
def test_watching_changes_nothing(engine: Any, seed: int) -> None:
    world = random_world(seed)
    runs = RUNS[:4]
    alone = engine.play(world, 5, runs, runs)
    watch = (lambda _, board: lambda *event: None) if engine is reference else (lambda *event: None)
    assert same(engine.play(world, 5, runs, runs, watch), alone)
    halves = [engine.play(world, 5, part, part) for part in (runs[:1], runs[1:])]
    assert same(concatenate(halves), alone)


def test_inputs_hang_on_the_draw_and_chance_on_the_run() -> None:
    world = random_world(12)
    runs, draws = RUNS[:6], RUNS[:6] // 3
    a, b = reference.play(world, 5, runs, draws), batch.play(world, 5, runs, draws)
    assert same(a, b)
    assert len(world.doubts.ids) > 5
    for draw in (0, 1):
        assert (a.inputs[:, draws == draw] == a.inputs[:, draws == draw][:, :1]).all()
    assert len(np.unique(a.inputs, axis=1).T) == 2
    assert len({tuple(row) for row in a.strength.reshape(-1, 6).T.tolist()}) > 2


def test_another_seed_is_another_history() -> None:
    world = random_world(12)
    assert not same(batch.play(world, 5, RUNS, RUNS), batch.play(world, 6, RUNS, RUNS))


def test_ranges_of_times_are_drawn_for_each_run_alone() -> None:
    """Who starts in an enemy's place fights the first round after his own run's time between rounds."""
    world = world_of(
        {
            "places": {"mill": ["town", 1, 1, 5_000, "red"]},
            "factions": {"red": {"hostile": ["blue"]}, "blue": {}},
            "forces": {"watch": ["red", "mill", 300, "militia"], "band": ["blue", "mill", 500, "militia"]},
            "parameters": {"combat.round": "1..5"},
        }
    )
    together = dealt(world, RUNS, 1024)
    first = {min(tick for kind, _, tick, *_ in lines if kind == 0) for lines in together.values()}
    assert len(first) > 1
    assert dealt(world, RUNS, 7) == together
    assert dealt(world, RUNS, 1) == together
