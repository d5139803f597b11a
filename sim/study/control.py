"""Who holds what when, and when places fall: counted over runs, a block at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import numpy as np

from sim.errors import UsageError
from sim.model.results import Block, Floats, Ints, Labels, Provenance
from sim.study.labels import find
from sim.study.statistics import Estimate, proportion, wilson
from sim.study.tally import Tally
from sim.units import HOUR

MOST_TIMES = 240
EVERY_H = 6.0
"""Hours between the moments of a control table, unless that makes more than MOST_TIMES."""


class Runs(Protocol):
    """What is asked here: labels, provenance and blocks."""

    @property
    def provenance(self) -> Provenance:
        """Which question they answer."""

    @property
    def labels(self) -> Labels:
        """Ids and names in index order."""

    def iter_blocks(self) -> Iterator[Block]:
        """The runs in order."""


@dataclass(frozen=True)
class PlaceControl:
    """The odds that each faction holds one place at each moment: `probability`, `low`, `high` have shape
    (times, factions), with the interval of the table it was taken from."""

    place: str
    name: str
    start: str
    hours: Floats
    factions: tuple[str, ...]
    probability: Floats
    low: Floats
    high: Floats

    @property
    def times(self) -> list[datetime]:
        """The moments, with the offset of the scenario's start."""
        return _moments(self.start, self.hours)

    def to_pandas(self) -> Any:
        """Long DataFrame: time, faction, probability, low, high."""
        import pandas

        count = len(self.factions)
        return pandas.DataFrame(
            {
                "time": np.repeat(pandas.to_datetime(self.times), count),
                "faction": np.tile(np.array(self.factions, dtype=object), self.hours.size),
                "probability": self.probability.ravel(),
                "low": self.low.ravel(),
                "high": self.high.ravel(),
            }
        )

    def to_xarray(self) -> Any:
        """Dataset over (time, faction); time is hours since the start (in its attributes)."""
        import xarray

        return xarray.Dataset(
            {
                name: (("time", "faction"), getattr(self, name), {"units": "1"})
                for name in ("probability", "low", "high")
            },
            {"time": ("time", self.hours, _units(self.start)), "faction": list(self.factions)},
            {"place": self.place},
        )

    def __str__(self) -> str:
        from sim.study.text import percent, table

        rows = [
            [f"{moment:%d %b %H:%M}", *(percent(share) for share in shares)]
            for moment, shares in zip(self.times, self.probability, strict=True)
        ]
        return "\n".join([f"{self.name}: held by (%)", *table(rows, head=["", *self.factions])])


@dataclass(frozen=True)
class Control:
    """Runs in which each faction holds each place at each moment: `count` has shape (times, places,
    factions). A change at a moment counts as made. The last moment is the end of the scenario."""

    labels: Labels
    start: str
    hours: Floats
    count: Ints
    runs: int
    level: float

    @property
    def times(self) -> list[datetime]:
        """The moments, with the offset of the scenario's start."""
        return _moments(self.start, self.hours)

    @property
    def probability(self) -> Floats:
        """(times, places, factions): share of runs."""
        return self.count / self.runs

    @property
    def low(self) -> Floats:
        """Lower end of the interval of `probability`."""
        return wilson(self.count, self.runs, self.level)[0]

    @property
    def high(self) -> Floats:
        """Upper end of the interval of `probability`."""
        return wilson(self.count, self.runs, self.level)[1]

    def at(self, place: str) -> PlaceControl:
        """One place, by id or name; raises UsageError if there is none such."""
        index = find(self.labels.place_ids, self.labels.place_names, place, "place")
        low, high = wilson(self.count[:, index], self.runs, self.level)
        return PlaceControl(
            self.labels.place_ids[index], self.labels.place_names[index], self.start, self.hours,
            self.labels.faction_ids, self.probability[:, index], low, high,
        )  # fmt: skip

    def to_pandas(self) -> Any:
        """Long DataFrame: time, place, faction, probability, low, high."""
        import pandas

        frames = [self.at(place).to_pandas().assign(place=place) for place in self.labels.place_ids]
        return pandas.concat(frames, ignore_index=True)[["time", "place", "faction", "probability", "low", "high"]]

    def to_xarray(self) -> Any:
        """Dataset over (time, place, faction)."""
        import xarray

        return xarray.Dataset(
            {
                name: (("time", "place", "faction"), getattr(self, name), {"units": "1"})
                for name in ("probability", "low", "high")
            },
            {
                "time": ("time", self.hours, _units(self.start)),
                "place": list(self.labels.place_ids),
                "faction": list(self.labels.faction_ids),
            },
        )


@dataclass(frozen=True)
class FallTimes:
    """When a place was first lost by the camp that held it at the start: `hours` (runs,) from the start, by
    run; infinite where it never was."""

    place: str
    name: str
    start: str
    hours: Floats
    level: float

    @property
    def never(self) -> Estimate:
        """Share of runs in which it never was."""
        return proportion(int(np.isinf(self.hours).sum()), self.hours.size, self.level)

    def quantile(self, share: float) -> Estimate:
        """Hours by which it was lost in this share of all runs; None if it was not in so many."""
        tally = Tally()
        fell = np.isfinite(self.hours)
        tally.add(np.round(self.hours[fell] * HOUR).astype(np.int64))
        return tally.quantile(share, self.level, never=int((~fell).sum()), unit=HOUR)

    def to_pandas(self) -> Any:
        """Series of moments by run, missing where it never was."""
        import pandas

        spans = pandas.to_timedelta(np.where(np.isfinite(self.hours), self.hours, np.nan), unit="h").round("s")
        return pandas.Series(pandas.Timestamp(self.start) + spans, name=self.place)


def time_grid(horizon: int, every_h: float | None = None) -> Ints:
    """Ticks from 0 to the horizon, both included, `every_h` hours apart (the last step may be shorter)."""
    if every_h is None:
        every_h = EVERY_H * max(1, math.ceil(horizon / HOUR / EVERY_H / MOST_TIMES))
    step = int(every_h * HOUR)
    if step < 1 or horizon // step > 100_000:
        raise UsageError(f"hours between moments must give at most 100,000 of them (got {every_h:g})")
    return np.append(np.arange(0, horizon, step, dtype=np.int64), horizon)


def count_control(runs: Runs, *, every_h: float | None = None, level: float) -> Control:
    """Count who holds each place at each moment of a grid."""
    grid = time_grid(runs.provenance.horizon, every_h)
    counter = ControlCount(runs.labels, grid)
    for block in runs.iter_blocks():
        counter.add(block)
    return counter.table(runs.provenance.start, level)


class ControlCount:
    """Counts holders at the ticks of a grid, block by block."""

    def __init__(self, labels: Labels, grid: Ints) -> None:
        self.labels, self.grid, self.runs = labels, grid, 0
        # What changes at each moment; summed over time at the end.
        self._steps = np.zeros((grid.size + 1, len(labels.place_ids), len(labels.faction_ids)), np.int64)

    def add(self, block: Block) -> None:
        """Count some more runs."""
        _, tick, place, old, new, _ = block.change
        at = np.searchsorted(self.grid, tick, side="left")
        np.add.at(self._steps, (at, place, new), 1)
        np.subtract.at(self._steps, (at, place, old), 1)
        self.runs += block.runs

    def table(self, start: str, level: float) -> Control:
        """The counts so far."""
        count = np.cumsum(self._steps[:-1], axis=0)
        count[:, np.arange(count.shape[1]), list(self.labels.initial_holder)] += self.runs
        return Control(self.labels, start, self.grid / HOUR, count, self.runs, level)


def falls_of(block: Block, labels: Labels) -> Ints:
    """(places, runs): tick at which each place was first lost by the camp that held it at the start; -1 if
    never."""
    run, tick, place, _, new, _ = block.change
    camp = np.array(labels.faction_camp, dtype=np.int64)
    lost = camp[new] != camp[np.array(labels.initial_holder, dtype=np.int64)][place]
    fell = np.full((len(labels.place_ids), block.runs), -1, dtype=np.int64)
    where = place[lost] * block.runs + np.searchsorted(block.run, run[lost])
    cells, first = np.unique(where, return_index=True)  # changes of a run are in order of time
    fell.flat[cells] = tick[lost][first]
    return fell


def first_falls(runs: Runs, place: int, level: float) -> FallTimes:
    """When a place (index) first fell, run by run."""
    ticks = np.concatenate([falls_of(block, runs.labels)[place] for block in runs.iter_blocks()])
    hours = np.where(ticks < 0, np.inf, ticks / HOUR)
    labels = runs.labels
    return FallTimes(labels.place_ids[place], labels.place_names[place], runs.provenance.start, hours, level)


def _moments(start: str, hours: Floats) -> list[datetime]:
    zero = datetime.fromisoformat(start)
    return [zero + timedelta(hours=hour) for hour in hours.tolist()]


def _units(start: str) -> dict[str, str]:
    return {"units": f"hours since {start}"}
