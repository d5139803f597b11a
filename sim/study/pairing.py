"""The two sides of a comparison, from what the command line names: result folders and scenarios.

Whatever cannot be compared is refused here, before anything is played.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from sim.errors import UsageError, printable
from sim.files.loader import Loaded
from sim.files.manifest import MANIFEST
from sim.files.store import Store
from sim.model.world import compile_world
from sim.study.comparison import Question, check_comparable
from sim.study.ensemble import Ensemble

RUNS, SEED = 2_000, 1
"""Where neither the call nor a result folder says otherwise."""

Read = Callable[[str, Sequence[str]], Loaded]
"""Reads a scenario, with changes made to it."""


class Pair(NamedTuple):
    """Two sides, each a job to open or a scenario to play, what to call them, and how to play."""

    sides: tuple[Ensemble | Loaded, Ensemble | Loaded]
    names: tuple[str, str]
    runs: int
    seed: int
    middle: bool


def pair(
    first: str, second: str | None, changes: Sequence[str], read: Read, *, runs: int | None, seed: int | None
) -> Pair:
    """What `first` and `second` name, with `changes` made.

    With one scenario the changes make the second side of it. With two they are made to both alike; with a result folder
    and a scenario, to the scenario. A scenario is played as a folder beside it was: with its seed, as many runs, and
    at the middle of ranges if it was. Raises UsageError, ScenarioError and StoreError.
    """
    if second is None and not changes:
        raise UsageError("give a second scenario, or a change with --set PATH=VALUE")
    names = (first, first if second is None else second)
    folders = [(Path(name) / MANIFEST).is_file() for name in names]
    if second is None and folders[0]:
        raise UsageError(f"{printable(first)} is a result folder: name the scenario that --set changes after it")
    if changes and all(folders):
        raise UsageError("--set changes scenarios, and both sides are result folders")
    stores = [Store(name) if folder else None for name, folder in zip(names, folders, strict=True)]
    jobs = [store.manifest.job for store in stores if store is not None]
    if len({job.middle for job in jobs}) > 1:
        raise UsageError("one of the folders was played at the middle of its ranges, and the other was not")
    if seed is None:
        seed = jobs[0].seed if jobs else SEED
    one = Ensemble(stores[0]) if stores[0] else read(first, () if second is None else changes)
    two = Ensemble(stores[1]) if stores[1] else read(names[1], changes)
    check_comparable(_question(one, seed), _question(two, seed))
    return Pair(
        sides=(one, two),
        names=(_called(first, one), _called(names[1], two)),
        runs=runs or (jobs[0].runs if jobs else RUNS),
        seed=seed,
        middle=any(job.middle for job in jobs),
    )


def _question(side: Ensemble | Loaded, seed: int) -> Question:
    if isinstance(side, Ensemble):
        return Question.of(side)
    world = compile_world(side.scenario, side.parameters)
    return Question(seed, side.scenario.start, world.horizon, world.labels.place_ids, world.labels.faction_ids)


def _called(name: str, side: Ensemble | Loaded) -> str:
    """A side as it was named, with what makes it another scenario than its file."""
    if isinstance(side, Ensemble):
        return f"{name} ({side.provenance.scenario})"
    extended = f" (extends {', '.join(file.stem for file in reversed(side.files[:-1]))})" if side.files[1:] else ""
    return f"{name}{extended}" + (f" with {', '.join(side.overrides)}" if side.overrides else "")
