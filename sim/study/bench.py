"""How fast the engines are, side by side: equality first, then interleaved rounds in one process.

Rates of engines are of processor time on one core; those of workers are by the clock. Ratios come from the same round
and are summarised by their median, since timings on a shared machine wander while ratios taken together do not. The
yardstick is a bare SimPy loop: as many processes as the scenario has entities that can act, which do nothing but wait.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import simpy

from sim.engines import batch, reference
from sim.errors import SimError
from sim.files.job import NESTED_FIRST, Job, Span
from sim.model.parameters import Parameters
from sim.model.results import TABLES, Block
from sim.model.scenario import Scenario
from sim.model.world import World, compile_world
from sim.study.engine import ENGINES
from sim.study.limits import check_batch
from sim.study.portions import block_size
from sim.study.scaling import Scaling, scaling


@dataclass(frozen=True)
class Rate:
    """What one engine did, medians over the rounds. Times are processor seconds on one core."""

    runs: int
    events: int
    runs_per_s: float
    events_per_s: float
    ns_per_event: float


@dataclass(frozen=True)
class Bench:
    """A benchmark: rates, ratios of the same round (median, lowest, highest), and what was measured."""

    scenario: str
    places: int
    formations: int
    entities: int
    rounds: int
    seed: int
    compared_runs: int
    batch_size: int
    compile_s: float
    reference: Rate
    batch: Rate
    bare_ns_per_event: float
    batch_over_reference: tuple[float, float, float]
    reference_over_bare: tuple[float, float, float]
    outcome_entropy_bit: float
    events_per_run: float
    machine: str
    scaling: Scaling | None = None
    """Several workers against one, if it was asked for."""

    def to_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return asdict(self)

    def to_text(self) -> str:
        """A few aligned lines."""
        r, b = self.reference, self.batch
        lines = [
            f"{self.scenario}: {self.places} places, {self.formations} formations,"
            f" {self.events_per_run:,.0f} events a run, outcome entropy {self.outcome_entropy_bit:.2f} bit",
            f"{self.compared_runs} runs identical in both engines; compiled in {self.compile_s:.2f} s;"
            f" {self.rounds} interleaved rounds, one core, medians",
            "",
            f"{'engine':<12}{'runs/s':>12}{'events/s':>14}{'ns/event':>12}{'runs a round':>14}",
            f"{'bare SimPy':<12}{'':>12}{1e9 / self.bare_ns_per_event:>14,.0f}{self.bare_ns_per_event:>12,.0f}{'':>14}",
            f"{'reference':<12}{r.runs_per_s:>12,.1f}{r.events_per_s:>14,.0f}{r.ns_per_event:>12,.0f}{r.runs:>14,}",
            f"{'batch':<12}{b.runs_per_s:>12,.1f}{b.events_per_s:>14,.0f}{b.ns_per_event:>12,.0f}{b.runs:>14,}",
            "",
            f"batch / reference, runs per second: {_ratio(self.batch_over_reference)}",
            f"reference / bare loop, time per event: {_ratio(self.reference_over_bare)}",
            *self._workers(),
            self.machine,
        ]
        return "\n".join(lines)

    def _workers(self) -> list[str]:
        s = self.scaling
        if s is None:
            return []
        rates = f"{s.several_runs_per_s:,.0f} against {s.one_runs_per_s:,.0f} runs/s, {s.runs:,} runs a round"
        return [f"{s.workers} workers / 1, runs per second by the clock: {_ratio(s.several_over_one, 2)} ({rates})"]


def _ratio(ratio: tuple[float, float, float], digits: int = 1) -> str:
    return "{:.{d}f}x ({:.{d}f} to {:.{d}f})".format(*ratio, d=digits)


def bench(
    scenario: Scenario,
    parameters: Parameters,
    *,
    batch_size: int | None = None,
    reference_runs: int = 100,
    rounds: int = 3,
    seed: int = 1,
    compare: int = 100,
    workers: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> Bench:
    """Compare and time the engines on a scenario. Raises SimError when the engines differ.

    batch_size: runs played together, by default as many as in a large job. workers: also time so many worker processes
    against one, on a job of as many batches.
    """
    say = progress or (lambda _: None)
    start = time.perf_counter()
    world = compile_world(scenario, parameters)
    compile_s = time.perf_counter() - start
    if batch_size is None:
        batch_size = block_size(ENGINES["batch"], world, [Span(0, NESTED_FIRST)], workers=1)
    check_batch(world, max(batch_size, compare))
    say(f"comparing {compare} runs")
    _must_agree(world, seed, compare)
    slow, fast, bare = [], [], []
    last: Block | None = None
    for i in range(rounds):
        say(f"round {i + 1} of {rounds}")
        bare.append(_bare(world, 40_000, seed + i))
        slow.append(_timed(reference.play, world, seed, np.arange(reference_runs) + i * reference_runs)[0])
        seconds, last = _timed(batch.play, world, seed, np.arange(batch_size) + i * batch_size)
        fast.append((seconds, last))
        bare.append(_bare(world, 40_000, seed + i))
    assert last is not None
    slow_events = [_events_of(world, seed, reference_runs, i, batch_size) for i in range(rounds)]
    per_slow = [s / n for s, n in zip(slow, slow_events, strict=True)]
    per_bare = [min(bare[2 * i], bare[2 * i + 1]) for i in range(rounds)]
    speed_up = [(batch_size / fast[i][0]) / (reference_runs / slow[i]) for i in range(rounds)]
    return Bench(
        scenario=scenario.scenario,
        places=world.P,
        formations=world.F,
        entities=world.slots,
        rounds=rounds,
        seed=seed,
        compared_runs=compare,
        batch_size=batch_size,
        compile_s=compile_s,
        reference=_rate(reference_runs, slow, slow_events),
        batch=_rate(batch_size, [s for s, _ in fast], [int(block.events.sum()) for _, block in fast]),
        bare_ns_per_event=1e9 * statistics.median(per_bare),
        batch_over_reference=_spread(speed_up),
        reference_over_bare=_spread([a / b for a, b in zip(per_slow, per_bare, strict=True)]),
        outcome_entropy_bit=_entropy(last),
        events_per_run=float(last.events.mean()),
        machine=f"Python {platform.python_version()}, numpy {np.__version__}, simpy {simpy.__version__},"
        f" {platform.machine()}, {os.cpu_count()} cores",
        scaling=None
        if workers is None
        else scaling(_job(scenario, parameters, seed, batch_size, workers), workers, rounds, say),
    )


def _job(scenario: Scenario, parameters: Parameters, seed: int, batch_size: int, workers: int) -> Job:
    """A job of as many batches as there are workers."""
    texts = scenario.model_dump_json(by_alias=True), parameters.model_dump_json(by_alias=True)
    return Job(*texts, seed=seed, runs=workers * batch_size, engine="batch", version="bench", block=batch_size)


def _must_agree(world: World, seed: int, runs: int) -> None:
    numbers = np.arange(runs)
    a, b = reference.play(world, seed, numbers, numbers), batch.play(world, seed, numbers, numbers)
    for name in TABLES:
        if not np.array_equal(getattr(a, name), getattr(b, name)):
            raise SimError(f"the engines differ in table {name}: run `sim agree` to see where")


def _timed(play: Any, world: World, seed: int, runs: Any) -> tuple[float, Block]:
    start = time.process_time()
    block = play(world, seed, runs, runs)
    return time.process_time() - start, block


def _events_of(world: World, seed: int, runs: int, number: int, together: int) -> int:
    """Events of the reference's runs in a round, counted by the batch engine, which plays the same ones."""
    starts = range(number * runs, (number + 1) * runs, together)
    pieces = [np.arange(first, min(first + together, starts.stop)) for first in starts]
    return sum(int(batch.play(world, seed, piece, piece).events.sum()) for piece in pieces)


def _rate(runs: int, seconds: list[float], events: list[int]) -> Rate:
    per_event = statistics.median(s / n for s, n in zip(seconds, events, strict=True))
    return Rate(
        runs=runs,
        events=int(statistics.median(events)),
        runs_per_s=runs / statistics.median(seconds),
        events_per_s=1.0 / per_event,
        ns_per_event=1e9 * per_event,
    )


def _spread(values: list[float]) -> tuple[float, float, float]:
    return statistics.median(values), min(values), max(values)


def _bare(world: World, events: int, seed: int) -> float:
    """Processor seconds per event of a SimPy loop in which every entity only waits, for irregular times."""
    dice = random.Random(seed)
    waits = [[dice.randrange(1, 40_000) for _ in range(64)] for _ in range(world.slots)]
    env = simpy.Environment()
    count = 0

    def wait(times: list[int]) -> Generator[simpy.Event, None, None]:
        nonlocal count
        while True:
            for ticks in times:
                yield env.timeout(ticks)
                count += 1

    for times in waits:
        env.process(wait(times))
    horizon = events * 20_000 // world.slots
    start = time.process_time()
    env.run(until=horizon)
    return (time.process_time() - start) / count


def _entropy(block: Block) -> float:
    """Plug-in entropy (bit) of who holds what at the end."""
    _, counts = np.unique(block.final_holder, axis=1, return_counts=True)
    share = counts / counts.sum()
    return float(-(share * np.log2(share)).sum())
