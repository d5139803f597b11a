"""What each mechanism of a scenario makes of its outcome: the same runs with it and without it, paired.

Every difference is `without - with`, with two paired intervals: one at the level of a single interval, and a wider one
at which all intervals of the ablation hold together at that level (Bonferroni; Dunn 1961,
doi:10.1080/01621459.1961.10482090). How many there are follows from the scenario, not from what came out.

One mechanism at a time: what two do together is not told, and differences need not add up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from sim.errors import UsageError
from sim.model.results import Labels
from sim.study.paired import Difference, leaves_out_zero
from sim.study.report import Report
from sim.study.statistics import Estimate, z_of


class Measure(NamedTuple):
    """A quantity of a run that is averaged: its unit, and what it is."""

    unit: str
    about: str


MEASURES = {
    "odds": Measure("share of runs", "a faction holds a place at the end"),
    "fall": Measure("h", "until a place is first lost by the camp that holds it at the start, or until the end"),
    "held": Measure("places", "that a faction holds at the end"),
    "first_fall": Measure("h", "until the first such loss anywhere, or until the end"),
    "changes": Measure("changes of hands", "in a run"),
    "dead": Measure("people", "dead on all sides"),
}
"""By place and faction, by place, by faction, and of the whole run."""

OF_RUN = ("first_fall", "changes", "dead")


@dataclass(frozen=True)
class Shift:
    """What switching a mechanism off does to one measure, of a place or faction where it is of one.

    of: its mean with the mechanism, without it, and the paired difference. simultaneous: the interval of the
    difference that holds for all at once.
    """

    measure: str
    place: str | None
    faction: str | None
    of: Difference
    simultaneous: Estimate

    @property
    def distinguishable(self) -> bool:
        """Whether the difference can be told from nothing though so many were looked at."""
        return leaves_out_zero(self.simultaneous)

    def to_dict(self) -> dict[str, Any]:
        """As plain values, named like the columns of the CSV."""
        told, wide = self.of.difference, self.simultaneous
        return {
            "measure": self.measure, "place": self.place, "faction": self.faction, "unit": MEASURES[self.measure].unit,
            "with": self.of.first, "without": self.of.second,
            "difference": told.value, "low": told.low, "high": told.high,
            "low_simultaneous": wide.low, "high_simultaneous": wide.high,
            "clear": self.of.clear, "distinguishable": self.distinguishable, "unpaired_runs": self.of.unpaired_runs,
        }  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """What is otherwise without one mechanism. same: share of runs of which nothing that is recorded differs.
    otherwise: share of runs in which some place ends in other hands."""

    mechanism: str
    same: Estimate
    otherwise: Estimate
    shifts: tuple[Shift, ...]
    level: float

    def get(self, measure: str, place: str | None = None, faction: str | None = None) -> Shift:
        """One shift."""
        return next(s for s in self.shifts if (s.measure, s.place, s.faction) == (measure, place, faction))

    def all(self, measure: str) -> Iterator[Shift]:
        """The shifts of one measure, by place and faction."""
        return (shift for shift in self.shifts if shift.measure == measure)

    @property
    def idle(self) -> bool:
        """Whether no run differs in anything that is recorded."""
        return self.same.value == 1

    @property
    def moved(self) -> float:
        """How many places' worth of odds to hold them at the end move to somebody else: half the sum, over places and
        factions, of absolute differences (the total variation distance at each place)."""
        return sum(abs(shift.of.difference.value or 0.0) for shift in self.all("odds")) / 2

    @property
    def noise(self) -> float:
        """What `moved` would be on average by the number of runs alone, if no odds differed: a normal deviate of mean 0
        has a mean size of sqrt(2 / pi) standard errors."""
        ends = (shift.of.difference for shift in self.all("odds") if shift.of.seen)
        errors = sum(((e.high or 0.0) - (e.low or 0.0)) / 2 for e in ends) / z_of(self.level)
        return math.sqrt(2 / math.pi) * errors / 2

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "mechanism": self.mechanism, "idle": self.idle, "moved": self.moved, "noise": self.noise,
            "same": asdict(self.same), "otherwise": asdict(self.otherwise),
            "differences": [shift.to_dict() for shift in self.shifts],
        }  # fmt: skip


@dataclass(frozen=True)
class Ablation(Report):
    """A scenario without each of its mechanisms in turn.

    called: the scenario, with what was changed in it. effects: what matters most comes first (`Effect.moved` less
    `Effect.noise`). off: mechanisms that the scenario itself has switched off. family: for how many
    differences the simultaneous intervals hold.
    """

    called: str
    runs: int
    seed: int
    engine: str
    version: str
    labels: Labels
    effects: tuple[Effect, ...]
    off: tuple[str, ...]
    level: float
    family: int

    @property
    def level_simultaneous(self) -> float:
        """Level of each interval for all to hold together at `level`."""
        return level_simultaneous(self.level, self.family)

    @property
    def acting(self) -> tuple[Effect, ...]:
        """Those of which any run shows anything."""
        return tuple(effect for effect in self.effects if not effect.idle)

    @property
    def told(self) -> tuple[str, ...]:
        """Factions worth telling: those that hold other places on average without some mechanism; of two only the one
        that gains from the start to the end, since what it gains the other loses."""
        moved = [f for f in self.labels.faction_ids if any(e.get("held", faction=f).of.seen for e in self.effects)]
        return tuple([max(moved, key=self._gain)] if len(moved) == 2 else moved)

    def _gain(self, faction: str) -> float:
        holder = self.labels.faction_ids.index(faction)
        return self.effects[0].get("held", faction=faction).of.first - self.labels.initial_holder.count(holder)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every difference of every mechanism as plain values."""
        return ({"mechanism": e.mechanism, **shift.to_dict()} for e in self.effects for shift in e.shifts)

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "scenario": self.called, "runs": self.runs, "seed": self.seed, "engine": self.engine,
            "version": self.version, "switched_off_already": list(self.off),
            "level": self.level, "family": self.family, "level_simultaneous": self.level_simultaneous,
            "measures": {name: measure._asdict() for name, measure in MEASURES.items()},
            "effects": [effect.to_dict() for effect in self.effects],
        }  # fmt: skip

    def to_text(self) -> str:
        """As tables for a terminal, at most 100 columns wide."""
        from sim.study.ablation_text import to_text

        return to_text(self)


def level_simultaneous(level: float, family: int) -> float:
    """Level of each of so many intervals for all of them to hold together at `level` (Bonferroni)."""
    return 1 - (1 - level) / family


def family_size(mechanisms: int, labels: Labels) -> int:
    """How many differences an ablation looks at. With two factions the one mirrors the other and is not counted."""
    places, factions = len(labels.place_ids), len(labels.faction_ids)
    factions = 1 if factions == 2 else factions
    return mechanisms * (places * factions + places + factions + len(OF_RUN))


def ranked(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """What matters most first."""
    return tuple(sorted(effects, key=lambda e: (e.idle, e.noise - e.moved, e.mechanism)))


def choose(known: Iterable[str], only: Iterable[str], off: Iterable[str]) -> tuple[list[str], list[str]]:
    """Which mechanisms to switch off in turn, and which of them are off already: all known ones, or `only` those named.
    Raises UsageError for one that is not known, and if none is left."""
    from difflib import get_close_matches

    names, off = list(known), set(off)
    for name in (asked := list(only)):
        if name not in names:
            near = get_close_matches(name, names, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
            raise UsageError(f"no mechanism is called {name!r}; {hint}")
    wanted = [name for name in names if name in asked or not asked]
    on = [name for name in wanted if name not in off]
    if not on:
        raise UsageError(f"nothing to switch off: the scenario has {', '.join(wanted)} switched off already")
    return on, [name for name in wanted if name in off]
