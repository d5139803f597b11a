"""Playing a scenario without each of its mechanisms in turn, and pairing each job with the one that has them all.

Chance is keyed, so run k uses the same random numbers in every job, for all that the jobs still share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, NamedTuple, get_args

import numpy as np

from sim.errors import Interrupted, UsageError
from sim.files.manifest import MANIFEST
from sim.model.parameters import Parameters
from sim.model.results import PEOPLE_COLUMNS, Block, Floats, Labels
from sim.model.scenario import Mechanism, Scenario
from sim.study import experiment
from sim.study.ablation import OF_RUN, Ablation, Effect, Shift, choose, family_size, level_simultaneous, ranked
from sim.study.crew import never
from sim.study.engine import Engine
from sim.study.ensemble import Ensemble
from sim.study.paired import PairedMeans, PairedOdds, falls_or_end, pairs, runs_apart
from sim.study.statistics import LEVEL, proportion
from sim.units import HOUR

JOBS = "jobs"
"""Where in a folder the result folders are."""

FULL, WITHOUT = "full", "without-"
"""Names of result folders: with all mechanisms, and without one."""


class Variant(NamedTuple):
    """A scenario to be played."""

    scenario: Scenario
    parameters: Parameters


def ablate(
    scenario: Any,
    *,
    runs: int = 2_000,
    seed: int = 1,
    only: Sequence[str] | str = (),
    engine: str | Engine = "auto",
    workers: int = 1,
    out: str | Path | None = None,
    progress: experiment.Progress | None = None,
    stop: Callable[[], bool] = never,
    executor: Executor | None = None,
    overwrite: bool = False,
    level: float = LEVEL,
) -> Ablation:
    """Switch each mechanism of a scenario off in turn and compare with the whole scenario, run by run.

    scenario: what `sim.load` returned. only: these mechanisms (a text separates them by commas) instead of all that are
    on. out: a folder that keeps the runs of every job; the same call goes on where it stopped. progress: called as
    progress(done, total), in runs of all jobs together. level: of the intervals, 0 to 1. The rest as for
    `sim.study.experiment.run`.

    Raises UsageError, ScenarioError, StoreError, and Interrupted.
    """
    given: Scenario = scenario.scenario
    wanted = [name.strip() for name in only.split(",")] if isinstance(only, str) else only
    names, already = choose(get_args(Mechanism), wanted, (name for name, on in given.mechanisms.items() if not on))
    if out is not None and (Path(out) / MANIFEST).is_file():
        raise UsageError(f"{out} is a result folder: an ablation needs one of its own")
    jobs = 1 + len(names)

    def play(number: int, mechanisms: Mapping[Any, bool], folder: str) -> Ensemble:
        def tell(done: int, _: int) -> None:
            if progress is not None:
                progress(number * runs + done, jobs * runs)

        try:
            return experiment.run(
                Variant(given.model_copy(update={"mechanisms": dict(sorted(mechanisms.items()))}), scenario.parameters),
                runs=runs, seed=seed, engine=engine, workers=workers, nested=False, progress=tell, stop=stop,
                executor=executor, overwrite=overwrite, out=None if out is None else Path(out) / JOBS / folder,
            )  # fmt: skip
        except Interrupted as error:
            rest = "" if out is None else "; the same command goes on from there"
            raise Interrupted(f"{error}; {number} of {jobs} jobs were done{rest}", error.exit_code) from None

    full = play(0, given.mechanisms, FULL)
    labels, about = full.labels, full.provenance
    family = family_size(len(names), labels)
    simultaneous = level_simultaneous(level, family)
    changed = getattr(scenario, "overrides", ())
    effects = []
    for number, name in enumerate(names, 1):
        without = play(number, {**given.mechanisms, name: False}, WITHOUT + name)
        effects.append(effect_of(name, full, without, level, simultaneous))
    return Ablation(
        called=about.scenario + (f" with {', '.join(changed)}" if changed else ""),
        runs=full.runs, seed=seed, engine=about.engine, version=about.version, labels=labels, effects=ranked(effects),
        off=tuple(already), level=level, family=family,
    )  # fmt: skip


def effect_of(mechanism: str, full: Ensemble, without: Ensemble, level: float, simultaneous: float) -> Effect:
    """What differs between two jobs of the same places and factions, with intervals at both levels."""
    sums = _Sums(full.labels, full.provenance.horizon)
    for a, b in pairs(full, without):
        sums.add(a, b)
    return Effect(
        mechanism=mechanism,
        same=proportion(sums.same, sums.runs, level),
        otherwise=proportion(sums.otherwise, sums.runs, level),
        shifts=tuple(sums.shifts(level, simultaneous)),
        level=level,
    )


class _Sums:
    """Sums over pairs of runs, with a mechanism and without it."""

    def __init__(self, labels: Labels, horizon: int) -> None:
        self.labels, self.horizon = labels, horizon
        places, factions = len(labels.place_ids), len(labels.faction_ids)
        self.odds, self.fall, self.held = PairedOdds(places, factions), PairedMeans(places), PairedMeans(factions)
        self.of_run = PairedMeans(len(OF_RUN))
        self.runs = self.same = self.otherwise = 0

    def add(self, a: Block, b: Block) -> None:
        """Add the same runs with (a) and without (b)."""
        factions = range(len(self.labels.faction_ids))
        self.odds.add(a.final_holder, b.final_holder, [(faction, faction) for faction in factions])
        self.held.add(*([(block.final_holder == f).sum(axis=0) for f in factions] for block in (a, b)))
        fell, falls = (falls_or_end(block, self.labels, self.horizon) / HOUR for block in (a, b))
        self.fall.add(fell, falls)
        self.of_run.add(*(_of_run(*one) for one in ((a, fell), (b, falls))))
        self.runs += a.runs
        self.same += a.runs - int(_differs(a, b).sum())
        self.otherwise += int((a.final_holder != b.final_holder).any(axis=0).sum())

    def shifts(self, level: float, simultaneous: float) -> Iterator[Shift]:
        """What the sums say, with intervals at both levels."""
        places, factions = self.labels.place_ids, self.labels.faction_ids
        held = [("held", None, name) for name in factions]
        of_run = [(name, None, None) for name in OF_RUN]
        fall = [("fall", name, None) for name in places]
        odds = [("odds", place, faction) for place in places for faction in factions]
        for keys, sums in ((held, self.held), (of_run, self.of_run), (fall, self.fall), (odds, self.odds)):
            of, wide = sums.differences(level), sums.differences(simultaneous)
            for key, index in zip(keys, np.ndindex(sums.shape), strict=True):
                yield Shift(*key, of(*index), wide(*index).difference)


def _of_run(block: Block, fell_h: Floats) -> Floats:
    """(OF_RUN, runs): hours until the first fall anywhere, changes of hands, dead."""
    changes = np.bincount(np.searchsorted(block.run, block.change[0]), minlength=block.runs)
    dead = block.people[PEOPLE_COLUMNS.index("dead")].sum(axis=0)
    return np.array([fell_h.min(axis=0), changes, dead], dtype=float)


def _differs(a: Block, b: Block) -> Any:
    """(runs,): whether anything that is recorded differs, but for the number of events. Who flies nothing might as well
    not be there."""
    odd = np.isin(a.run, runs_apart(a, b))
    for name in ("people", "strength", "cohesion", "harm", "end_tick", "end_reason", "displaced", "fled", "lacking"):
        odd |= (getattr(a, name) != getattr(b, name)).reshape(-1, a.runs).any(axis=0)
    odd |= a.sorties.sum(axis=0) != b.sorties.sum(axis=0)
    return odd
