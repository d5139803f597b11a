"""The benchmark: what it measures by default, and that it refuses engines that differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engines import batch
from sim.errors import SimError, UsageError
from sim.files import load
from sim.model.world import compile_world
from sim.study import bench

LOADED = load(Path(__file__).parents[1] / "files" / "small.yaml")


def measured(**options: Any) -> bench.Bench:
    quick = {"rounds": 1, "reference_runs": 2, "compare": 2, "batch_size": 16} | options
    return bench.bench(LOADED.scenario, LOADED.parameters, **quick)


def test_small_bench() -> None:
    told: list[str] = []
    result = measured(rounds=2, progress=told.append)
    assert told == ["comparing 2 runs", "round 1 of 2", "round 2 of 2"]
    assert (result.rounds, result.batch.runs, result.reference.runs, result.compared_runs) == (2, 16, 2, 2)
    low, high = result.batch_over_reference[1:]
    assert low <= result.batch_over_reference[0] <= high
    assert result.batch.ns_per_event == pytest.approx(1e9 / result.batch.events_per_s)
    assert "2 runs identical in both engines" in result.to_text()


def test_workers_against_one_in_turns() -> None:
    told: list[str] = []
    result = measured(workers=2, rounds=2, progress=told.append)
    assert told[-2:] == ["workers, round 1 of 2", "workers, round 2 of 2"]
    scaling = result.scaling
    assert scaling is not None
    assert (scaling.workers, scaling.runs) == (2, 32)
    low, high = scaling.several_over_one[1:]
    assert 0 < low <= scaling.several_over_one[0] <= high
    assert "2 workers / 1, runs per second by the clock: " in result.to_text()
    assert result.to_dict()["scaling"]["several_over_one"] == scaling.several_over_one
    alone = measured()
    assert alone.scaling is None
    assert "workers" not in alone.to_text()
    with pytest.raises(UsageError, match=r"at least 2 workers to compare with one \(got 1\)"):
        measured(workers=1)


def test_events_of_the_reference_are_those_it_plays() -> None:
    world = compile_world(LOADED.scenario, LOADED.parameters)
    for number in range(2):
        runs = np.arange(7 * number, 7 * number + 7)
        assert bench._events_of(world, 1, 7, number, together=3) == batch.play(world, 1, runs, runs).events.sum()


def test_by_default_as_many_runs_together_as_in_a_large_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bench.ENGINES, "batch", replace(bench.ENGINES["batch"], largest=48, smallest=8))
    assert measured(batch_size=None).batch_size == 48


def test_engines_that_differ_are_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = batch.play

    def play(*arguments: Any) -> Any:
        block = sound(*arguments)
        return replace(block, harm=block.harm + 1)

    monkeypatch.setattr(batch, "play", play)
    with pytest.raises(SimError, match="the engines differ in table harm: run `sim agree` to see where"):
        measured()
