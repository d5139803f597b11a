"""Into how many blocks a job is cut."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import fake_engine as fake
import pytest
from study_support import LOADED

from sim.files import load
from sim.files.job import NESTED_FIRST, Span
from sim.model.world import compile_world
from sim.study.engine import ENGINES
from sim.study.experiment import run
from sim.study.portions import BLOCK_BYTES, block_size

ENGINE = replace(fake.FAKE, smallest=1_000, largest=16_000, overhead=4_000)


def size(runs: int, nested: int, workers: int, engine: Any = ENGINE) -> int:
    spans = [Span(0, runs)] + ([Span(NESTED_FIRST, NESTED_FIRST + nested)] if nested else [])
    return block_size(engine, None, spans, workers)


@pytest.mark.parametrize(
    ("runs", "nested", "workers", "expected"),
    [
        (4_000, 0, 1, 4_000),
        (40_000, 0, 1, 13_334),  # three equal blocks, not two full ones and a rest
        (40_000, 0, 2, 10_000),  # not three blocks for two workers
        (4_000, 2_000, 1, 4_000),
        (4_000, 2_000, 2, 4_000),  # the nested runs are work enough for the other
        (4_000, 2_000, 4, 2_000),
        (2_000, 0, 2, 1_000),
        (300, 0, 2, 1_000),  # not worth cutting
        (10**9, 2_000, 2, 16_000),
    ],
)
def test_blocks_by_hand(runs: int, nested: int, workers: int, expected: int) -> None:
    assert size(runs, nested, workers) == expected


@pytest.mark.parametrize("workers", [1, 2, 3, 8, 64])
@pytest.mark.parametrize("runs", [1, 999, 16_001, 123_456, 1_000_000])
def test_no_worker_waits_long_for_another(runs: int, workers: int) -> None:
    block = size(runs, 0, workers)
    assert 1_000 <= block <= 16_000
    blocks = -(-runs // block)
    rounds = -(-blocks // workers)
    assert rounds * block <= runs / workers + 16_000 / 2 + workers * rounds, "half a block at most is waited for"


def test_a_large_world_is_played_in_smaller_blocks() -> None:
    heavy = replace(ENGINE, bytes_per_run=lambda world: BLOCK_BYTES // 300)
    assert size(100_000, 0, 1, heavy) <= 300
    monstrous = replace(ENGINE, bytes_per_run=lambda world: 2 * BLOCK_BYTES)
    assert size(100, 0, 1, monstrous) == 1


@pytest.mark.parametrize("name", ["four_cities", "three_sides"])
def test_the_batch_engine_needs_no_more_memory_than_it_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import tracemalloc

    import numpy as np

    from sim.engines.batch import boards

    monkeypatch.setattr(boards, "_AT_ONCE", 50)  # as small a part of the runs as in a large block
    loaded = load(name)
    world, engine, runs = compile_world(loaded.scenario, loaded.parameters), ENGINES["batch"], np.arange(400)
    assert engine.bytes_per_run is not None
    engine.play(world, 1, runs[:2], runs[:2])  # what is made once is not counted
    tracemalloc.start()
    engine.play(world, 1, runs, runs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    said = len(runs) * engine.bytes_per_run(world)
    assert 0.7 * said < peak < 1.5 * said


def test_jobs_are_cut_so() -> None:
    cut: list[int] = []
    engine = replace(
        ENGINE, play=lambda world, seed, runs, draws: (cut.append(len(runs)), fake.play(world, seed, runs, draws))[1]
    )
    run(LOADED, runs=40_000, engine=engine, nested=False)
    assert cut == [13_334, 13_334, 13_332]
