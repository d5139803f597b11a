"""The shipped scenarios, and a theatre of the size of the benchmark, in both engines."""

from __future__ import annotations

import pytest
from agreement_support import parameters

from sim.files import load
from sim.files.shipped import shipped
from sim.model.scenario import Scenario
from sim.model.world import compile_world
from sim.study.agreement import compare_engines
from sim.study.theatre import theatre

LARGE = 40
"""Places; of larger scenarios fewer runs are played here."""


@pytest.mark.parametrize("name", [path.stem for path in shipped()])
def test_shipped_scenarios(name: str) -> None:
    loaded = load(name)
    world = compile_world(loaded.scenario, loaded.parameters)
    runs = 48 if world.P < LARGE else 12
    verdict = compare_engines(world, 1, runs)
    assert verdict.difference is None
    assert str(verdict) == f"{runs} runs identical ({verdict.events:,} events, state compared after each)"
    middle = compile_world(loaded.scenario, loaded.parameters, middle=True)
    assert compare_engines(middle, 1, runs // 6, first=1_000, batch_size=7).difference is None


def test_a_large_theatre() -> None:
    world = compile_world(Scenario.model_validate(theatre(80, 100, 2, 1)), parameters())
    assert compare_engines(world, 1, 6).difference is None
