"""The random worlds of the agreement suite: which, how many runs, and how results are shared between processes."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from hostile import hostile_theatre

from sim.files import load_parameters
from sim.model.parameters import Parameters
from sim.model.scenario import Scenario
from sim.model.world import World, compile_world
from sim.study.agreement import Verdict, compare_engines

WORLDS = 300
CHUNKS = 30
RUNS = {1: 3, 7: 15, 1024: 24}
"""Runs of a world by size of batch: one at a time, two full batches and an incomplete one, all together."""
PATIENCE_S = 900


@dataclass
class Tally:
    """What happened in some worlds, and the differences between the engines (there should be none)."""

    worlds: int = 0
    runs: int = 0
    events: int = 0
    coarse_events: int = 0
    coarse_ties: int = 0
    differences: list[str] = field(default_factory=list)
    sizes: Counter[str] = field(default_factory=Counter)
    camps: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Take another tally in."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@cache
def parameters() -> Parameters:
    """The shipped rule parameters."""
    return load_parameters()


def random_world(seed: int) -> World:
    """The random world of a seed, compiled."""
    return compile_world(Scenario.model_validate(hostile_theatre(seed)), parameters())


def is_coarse(world: World) -> bool:
    """Whether everything in a world is alike, so that events coincide."""
    return len(set(world.free.tolist())) == 1 and world.P > 2


def batch_size(seed: int) -> int:
    """Sizes of batch in turn."""
    return tuple(RUNS)[seed % len(RUNS)]


def compare(seed: int) -> tuple[World, Verdict]:
    """One random world in both engines."""
    world, size = random_world(seed), batch_size(seed)
    return world, compare_engines(world, seed, RUNS[size], batch_size=size, first=seed)


def play_chunk(chunk: int) -> Tally:
    """Some of the worlds, until one differs."""
    tally, each = Tally(), WORLDS // CHUNKS
    for seed in range(chunk * each, (chunk + 1) * each):
        world, verdict = compare(seed)
        coarse = is_coarse(world)
        tally.add(
            Tally(
                worlds=1,
                runs=verdict.runs,
                events=verdict.events,
                coarse_events=verdict.events if coarse else 0,
                coarse_ties=verdict.ties if coarse else 0,
                differences=[f"world {seed}: {verdict.difference}"] if verdict.difference else [],
                sizes=Counter([str(world.P)]),
                camps=Counter([str(world.C)]),
                kinds=verdict.kinds,
                causes=verdict.causes,
                rows=verdict.rows,
            )
        )
        if tally.differences:
            break
    return tally


class Board:
    """A folder where the processes of a test session leave their tallies: each chunk is played once, whoever asks
    for it first; the others wait."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def tally(self, chunk: int) -> Tally:
        """The tally of a chunk, played now unless another process has it or is at it."""
        claim, done = self.folder / f"{chunk}.claim", self.folder / f"{chunk}.json"
        try:
            os.close(os.open(claim, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return self._wait(done)
        tally = Tally(differences=[f"chunk {chunk} was not played to its end"])
        try:
            tally = play_chunk(chunk)
        finally:
            part = done.with_suffix(".part")
            part.write_text(json.dumps(vars(tally)), "utf-8")
            part.replace(done)
        return tally

    def whole(self) -> Tally:
        """The tally of all chunks."""
        whole = Tally()
        for chunk in range(CHUNKS):
            whole.add(self.tally(chunk))
        return whole

    @staticmethod
    def _wait(done: Path) -> Tally:
        end = time.monotonic() + PATIENCE_S
        while not done.exists():
            if time.monotonic() > end:
                raise TimeoutError(f"no other process has finished {done.stem} in {PATIENCE_S} s")
            time.sleep(0.05)
        left = json.loads(done.read_text("utf-8"))
        return Tally(**{name: Counter(value) if isinstance(value, dict) else value for name, value in left.items()})
