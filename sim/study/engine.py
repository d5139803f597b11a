"""How a study reaches an engine: by name, in whatever process the runs are played.

A worker gets the job as text and builds its own world from it once; worlds are never sent.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.errors import UsageError
from sim.files.blocks import encode, faults
from sim.files.job import Job, Span
from sim.model.results import Block, Ints

AUTO = "batch"

BYTES_PER_NUMBER = 16
"""Bytes that the batch engine allocates for each number of a run's state, at its peak: 8 for the number, the rest for
draws, results and what a pass works on (12 to 18 in the shipped scenarios). `tests/study/test_portions.py` measures."""


@dataclass(frozen=True)
class Engine:
    """`compile` makes a world (with `.labels` and `.horizon`) from a job; `play(world, seed, runs, draws)`
    plays runs of it. Both are module-level functions, so that other processes can find them.

    smallest, largest: runs per block between which it works well. overhead: runs that could be played in the time that
    a block takes however small it is. bytes_per_run(world): memory that each run of a block takes while it is played.
    """

    name: str
    compile: Callable[[Job], Any]
    play: Callable[[Any, int, Ints, Ints], Block]
    smallest: int = 64
    largest: int = 1024
    overhead: int = 0
    bytes_per_run: Callable[[Any], int] | None = None


def compile_job(job: Job) -> Any:
    """The world of a job; raises ScenarioError."""
    from sim.model.parameters import Parameters
    from sim.model.scenario import Scenario
    from sim.model.world import compile_world

    scenario = Scenario.model_validate_json(job.scenario_json)
    parameters = Parameters.model_validate_json(job.parameters_json)
    return compile_world(scenario, parameters, middle=job.middle)


def _play_reference(world: Any, seed: int, runs: Ints, draws: Ints) -> Block:
    from sim.engines.reference import play

    return play(world, seed, runs, draws)


def _play_batch(world: Any, seed: int, runs: Ints, draws: Ints) -> Block:
    from sim.engines.batch import play

    return play(world, seed, runs, draws)


def bytes_of_batch(world: Any) -> int:
    """Memory that each of the runs played together takes."""
    from sim.model.state import sizes

    return BYTES_PER_NUMBER * sum(sizes(world).values())


ENGINES = {
    "reference": Engine("reference", compile_job, _play_reference, smallest=8, largest=64),
    "batch": Engine("batch", compile_job, _play_batch, 1024, 98_304, overhead=16_000, bytes_per_run=bytes_of_batch),
}


def find_engine(engine: str | Engine) -> Engine:
    """The engine of this name; `auto` is the fast one. Raises UsageError for an unknown name."""
    if isinstance(engine, Engine):
        return engine
    name = AUTO if engine == "auto" else engine
    if name not in ENGINES:
        raise UsageError(f"engine must be auto, {' or '.join(ENGINES)} (got {engine!r})")
    return ENGINES[name]


_worlds: dict[tuple[str, str], Any] = {}
_building = threading.Lock()


def world_of(engine: Engine, job: Job) -> Any:
    """The world of a job, built once per process (the last one is kept)."""
    key = (engine.name, job.key)
    with _building:
        if key not in _worlds:
            world = engine.compile(job)
            _worlds.clear()
            _worlds[key] = world
        return _worlds[key]


def play_span(engine: Engine, job: Job, span: Span, packed: bool) -> Block | bytes:
    """Play some runs of a job, here and now; `packed` as the bytes that a store keeps."""
    world = world_of(engine, job)
    runs = np.arange(span.first, span.stop, dtype=np.int64)
    block = engine.play(world, job.seed, runs, job.draws_of(runs))
    fault = faults(block, span, world.labels)
    assert not fault, f"engine '{engine.name}', runs {span.first} to {span.stop - 1}: {fault}"
    return encode(block, job.key) if packed else block
