"""What differs between two jobs, run by run.

Run k of both uses the same random numbers for the same people, purposes and occasions, so that what differs
is what was changed. Every difference is `second - first` over the runs both have, with a paired interval, and
says how many unpaired runs of each would have given an interval as narrow.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from sim.errors import UsageError
from sim.model.results import PEOPLE_COLUMNS, Block, Ints, Labels, Provenance, Results
from sim.study.changes import Change, changes
from sim.study.ensemble import Ensemble, as_ensemble
from sim.study.paired import Difference, PairedMeans, PairedOdds, falls_or_end, pairs, runs_apart
from sim.study.report import Report
from sim.study.statistics import LEVEL, Estimate, proportion
from sim.units import DAY, HOUR


@dataclass(frozen=True)
class FallDifference:
    """When a place first falls. `mean_h`: hours until it does, or until the end where it does not (restricted
    mean); earlier, later: shares of runs in which it falls earlier or later in the second job."""

    mean_h: Difference
    earlier: Estimate
    later: Estimate


@dataclass(frozen=True)
class Comparison(Report):
    """Two jobs side by side.

    first, second: what they are called. provenance: where each comes from. changes: what was changed from the first
    to the second; None where it is not known what was played. names, colors: of places and factions, by id.
    control[hours][place][faction]: odds to hold the place then; the last moment is the end. falls[place].
    people[faction][column]: dead, deserted, captured, disbanded, present at the end.
    """

    first: str
    second: str
    provenance: tuple[Provenance, Provenance]
    changes: tuple[Change, ...] | None
    start: str
    runs: int
    level: float
    names: dict[str, str]
    colors: dict[str, str]
    control: dict[float, dict[str, dict[str, Difference]]]
    falls: dict[str, FallDifference]
    people: dict[str, dict[str, Difference]]
    same: Estimate
    """Share of runs with the same changes of hands in both."""
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    @property
    def moments(self) -> list[datetime]:
        """The moments of `control`."""
        zero = datetime.fromisoformat(self.start)
        return [zero + timedelta(hours=hours) for hours in self.control]

    @property
    def told(self) -> tuple[str, ...]:
        """Factions whose odds are worth telling: those that differ anywhere at any time, or else the first. Of two
        only the one that gains: what it gains, the other loses."""
        gains: dict[str, list[float]] = {}
        for by_place in self.control.values():
            for by_faction in by_place.values():
                for faction, odds in by_faction.items():
                    gains.setdefault(faction, []).append(odds.difference.value or 0.0)
        moved = [faction for faction, values in gains.items() if any(values)]
        if len(moved) == 2:
            moved = [max(moved, key=lambda faction: (sum(gains[faction]), faction))]
        return tuple(moved or list(gains)[:1])

    def odds_at_end(self, places: Sequence[str] | None = None) -> list[tuple[str, str, Difference]]:
        """Place, faction and the difference of its odds to hold it at the end, of the factions worth telling: where any
        run differs, and for a single faction at all `places` that are named."""
        end = list(self.control.values())[-1]
        all_named = places is not None and len(self.told) == 1
        return [
            (place, faction, end[place][faction])
            for place in (end if places is None else places)
            for faction in self.told
            if all_named or end[place][faction].seen
        ]

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        changes = None if self.changes is None else [change._asdict() for change in self.changes]
        return {**asdict(self), "changes": changes}

    def to_text(self) -> str:
        """As tables for a terminal, at most 100 columns wide."""
        from sim.study.comparison_text import to_text

        return to_text(self)


def compare(
    first: Results | Ensemble,
    second: Results | Ensemble,
    *,
    at_h: Sequence[float] | None = None,
    level: float = LEVEL,
    names: tuple[str, str] | None = None,
) -> Comparison:
    """Compare two jobs of one seed, paired by run.

    at_h: hours from the start at which control is compared (daily, at most 30 moments, and always the end).
    names: what to call the two (the ids of their scenarios).
    Raises UsageError if they are not paired (seeds differ), start or end differ, or nothing is in both.
    """
    one, two = as_ensemble(first), as_ensemble(second)
    check_comparable(Question.of(one), Question.of(two))
    ticks = _moments(one.provenance.horizon, at_h)
    sums = _Sums(one.labels, two.labels, one.provenance.horizon, ticks)
    for a, b in pairs(one, two):
        sums.add(a, b)
    if not sums.runs:
        raise UsageError("the two jobs have no run in common")
    return sums.comparison(one, two, names or (one.provenance.scenario, two.provenance.scenario), level)


class Question(NamedTuple):
    """What must be alike in two jobs. Can be asked before they are played."""

    seed: int
    start: datetime
    horizon: int
    places: tuple[str, ...]
    factions: tuple[str, ...]

    @classmethod
    def of(cls, job: Ensemble) -> Question:
        """The question that a job answers."""
        about, labels = job.provenance, job.labels
        start = datetime.fromisoformat(about.start)
        return cls(about.seed, start, about.horizon, labels.place_ids, labels.faction_ids)


def check_comparable(one: Question, two: Question) -> None:
    """Raise UsageError if runs cannot be compared one by one."""
    for what, a, b in (
        ("seeds", one.seed, two.seed),
        ("starts", one.start, two.start),
        ("lengths", f"{one.horizon / DAY:g} days", f"{two.horizon / DAY:g} days"),
    ):
        if a != b:
            raise UsageError(f"{what} must be equal for runs to be compared one by one (got {a} and {b})")
    for what, ids, others in (("place", one.places, two.places), ("faction", one.factions, two.factions)):
        if not set(ids) & set(others):
            raise UsageError(f"the two jobs have no {what} in common")


def _changes(one: Ensemble, two: Ensemble) -> tuple[Change, ...] | None:
    """What was changed in scenario, parameters or program; None where a job does not say what it played."""
    if not all(job.scenario_json and job.parameters_json for job in (one, two)):
        return None
    rules = [
        change._replace(path=f"parameters.yaml {change.path}")
        for change in changes(one.parameters_json, two.parameters_json)
    ]
    versions = one.provenance.version, two.provenance.version
    program = [Change("version of the program", *versions)] if versions[0] != versions[1] else []
    return (*changes(one.scenario_json, two.scenario_json), *rules, *program)


def _moments(horizon: int, at_h: Sequence[float] | None) -> Ints:
    if at_h is None:
        step = max(24, math.ceil(horizon / HOUR / 24 / 30) * 24) * HOUR
        return np.append(np.arange(step, horizon, step, dtype=np.int64), horizon)
    for hours in at_h:
        if not 0 <= hours * HOUR <= horizon:
            raise UsageError(f"at_h must lie between 0 and {horizon / HOUR:g} (got {hours:g})")
    return np.unique([*(round(hours * HOUR) for hours in at_h), horizon]).astype(np.int64)


def holders_at(block: Block, labels: Labels, ticks: Ints) -> Iterator[Ints]:
    """(places, runs) holder at each of these ticks in ascending order, changes at a tick made."""
    run, tick, place, _, new, _ = block.change
    column = np.searchsorted(block.run, run)
    holder = np.repeat(np.array(labels.initial_holder, dtype=np.int64)[:, None], block.runs, axis=1)
    before = -1
    for moment in ticks.tolist():
        now = np.flatnonzero((tick > before) & (tick <= moment))[::-1]
        # Within a run changes are in order of time: the last of each cell is the first met backwards.
        cells, last = np.unique(place[now] * block.runs + column[now], return_index=True)
        holder.flat[cells] = new[now][last]
        before = moment
        yield holder


class _Sums:
    """Sums over pairs of runs, of shapes that do not depend on how many there are."""

    def __init__(self, one: Labels, two: Labels, horizon: int, ticks: Ints) -> None:
        self.one, self.two, self.horizon, self.ticks = one, two, horizon, ticks
        self.places = [place for place in one.place_ids if place in two.place_ids]
        self.factions = [faction for faction in one.faction_ids if faction in two.faction_ids]
        self.place_pairs = [(one.place_ids.index(p), two.place_ids.index(p)) for p in self.places]
        self.faction_pairs = [(one.faction_ids.index(f), two.faction_ids.index(f)) for f in self.factions]
        places, factions = len(self.places), len(self.factions)
        self.odds = [PairedOdds(places, factions) for _ in ticks]
        self.earlier, self.later = (np.zeros(places, np.int64) for _ in range(2))
        self.fall = PairedMeans(places)
        self.people = PairedMeans(len(PEOPLE_COLUMNS), factions)
        self.runs = self.same = 0

    def add(self, a: Block, b: Block) -> None:
        """Add the same runs of both jobs."""
        self.runs += a.runs
        ones, twos = [p for p, _ in self.place_pairs], [p for _, p in self.place_pairs]
        moments = zip(self.odds, holders_at(a, self.one, self.ticks), holders_at(b, self.two, self.ticks), strict=True)
        for odds, first, second in moments:
            odds.add(first[ones], second[twos], self.faction_pairs)
        fell, falls = falls_or_end(a, self.one, self.horizon)[ones], falls_or_end(b, self.two, self.horizon)[twos]
        self.earlier += (falls < fell).sum(axis=1)
        self.later += (falls > fell).sum(axis=1)
        self.fall.add(fell / HOUR, falls / HOUR)
        fs, gs = [f for f, _ in self.faction_pairs], [g for _, g in self.faction_pairs]
        self.people.add(a.people[:, fs], b.people[:, gs])
        self.same += self._same(a, b)

    def _same(self, a: Block, b: Block) -> int:
        """Runs with the same changes of hands at the same ticks, compared by id."""
        if self.one.place_ids != self.two.place_ids or self.one.faction_ids != self.two.faction_ids:
            return 0
        return a.runs - runs_apart(a, b).size

    def comparison(self, one: Ensemble, two: Ensemble, names: tuple[str, str], level: float) -> Comparison:
        """What the sums say."""
        n = self.runs
        odds = [shares.differences(level) for shares in self.odds]
        falls, people = self.fall.differences(level), self.people.differences(level)
        return Comparison(
            first=names[0],
            second=names[1],
            provenance=(one.provenance, two.provenance),
            changes=_changes(one, two),
            start=one.provenance.start,
            runs=n,
            level=level,
            names={
                **dict(zip(self.one.place_ids, self.one.place_names, strict=True)),
                **dict(zip(self.one.faction_ids, self.one.faction_names, strict=True)),
            },
            colors=dict(zip(self.one.faction_ids, self.one.faction_colors, strict=True)),
            control={
                tick / HOUR: {
                    place: {faction: odds[t](i, k) for k, faction in enumerate(self.factions)}
                    for i, place in enumerate(self.places)
                }
                for t, tick in enumerate(self.ticks.tolist())
            },
            falls={
                place: FallDifference(
                    falls(i),
                    proportion(int(self.earlier[i]), n, level),
                    proportion(int(self.later[i]), n, level),
                )
                for i, place in enumerate(self.places)
            },
            people={
                faction: {
                    name: people(PEOPLE_COLUMNS.index(name), k)
                    for name in ("dead", "deserted", "captured", "disbanded", "present")
                }
                for k, faction in enumerate(self.factions)
            },
            same=proportion(self.same, n, level),
            only_first=tuple(place for place in self.one.place_ids if place not in self.places),
            only_second=tuple(place for place in self.two.place_ids if place not in self.places),
        )
