"""What came out of a job, every share with its interval: counted a block at a time, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from sim.model.results import PEOPLE_COLUMNS, Block, Labels, Provenance, Results
from sim.study.chunks import first_runs
from sim.study.civilians import CivilianCount, Civilians
from sim.study.control import Control, ControlCount, falls_of, time_grid
from sim.study.ensemble import Ensemble, as_ensemble
from sim.study.entropy import Split
from sim.study.labels import camps, find, wing_names
from sim.study.outcomes import (
    CHANGING,
    OUTCOME_RUNS,
    entropy_of,
    holders_of,
    order_key,
    order_places,
    outcome_key,
)
from sim.study.report import Report
from sim.study.statistics import LEVEL, ROUNDING, Estimate, proportion, wilson, z_of
from sim.study.tally import Tally
from sim.units import DAY, HOUR

TOP = 10
"""How many outcomes and orders of falls are listed."""


@dataclass(frozen=True)
class Quantiles:
    """The 10, 50 and 90 % quantiles over runs. None means never (or, of an end of an interval, unbounded)."""

    p10: Estimate
    p50: Estimate
    p90: Estimate


@dataclass(frozen=True)
class PlaceSummary:
    """One place. `final`: odds of each faction to hold it at the end. `fall_h`: hours until the camp that
    holds it at the start first loses it, over all runs; `never_falls`: share of runs in which it does not."""

    id: str
    name: str
    initial: str
    final: dict[str, Estimate]
    changes_hands: Estimate
    fall_h: Quantiles
    never_falls: Estimate


@dataclass(frozen=True)
class FactionSummary:
    """One faction: people initial, arrived, present, dead, deserted, captured, disbanded; places held at the end."""

    id: str
    name: str
    people: dict[str, Quantiles]
    places: Quantiles


@dataclass(frozen=True)
class Outcome:
    """Who holds the outcome places at the end, in their order."""

    holders: tuple[str, ...]
    share: Estimate


@dataclass(frozen=True)
class Order:
    """Which of the order places fall, first to last."""

    places: tuple[str, ...]
    share: Estimate


@dataclass(frozen=True)
class Summary(Report):
    """A job in numbers. Times are hours from the start; `level` is that of every interval.

    causes: share of all changes of hands. wing_names: what each wing of `sorties` is called. harm: civilian casualties
    from the air, by camp causing them. civilians: who fled, and what they lack. outcomes, orders, entropy: over the
    first `outcome_runs` runs, of `outcome_places` and `order_places`.
    """

    provenance: Provenance
    runs: int
    level: float
    control: Control
    places: tuple[PlaceSummary, ...]
    factions: tuple[FactionSummary, ...]
    sorties: dict[str, Quantiles]
    wing_names: dict[str, str]
    harm: dict[str, Quantiles]
    civilians: Civilians
    causes: dict[str, Estimate]
    changes: Quantiles
    end_reasons: dict[str, Estimate]
    duration_days: Quantiles
    events: Quantiles
    outcome_runs: int
    outcome_places: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    order_places: tuple[str, ...]
    orders: tuple[Order, ...]
    entropy: Split

    @property
    def labels(self) -> Labels:
        """Ids and names in index order."""
        return self.control.labels

    def to_dict(self) -> dict[str, Any]:
        """As plain values: numbers, texts, lists, dicts, None. Control is [time][place][faction]."""
        plain = asdict(replace(self, control=None))  # type: ignore[arg-type]
        plain["entropy"]["undersampled"] = self.entropy.undersampled
        plain["control"] = {
            "hours": self.control.hours.tolist(),
            "times": [moment.isoformat() for moment in self.control.times],
            "places": self.labels.place_ids,
            "factions": self.labels.faction_ids,
            **{name: np.round(getattr(self.control, name), 6).tolist() for name in ("probability", "low", "high")},
        }
        return plain

    def to_text(self) -> str:
        """As tables for a terminal, at most 100 columns wide."""
        from sim.study.summary_text import to_text

        return to_text(self)


def summarise(
    runs: Results | Ensemble,
    *,
    every_h: float | None = None,
    places: Sequence[str] | None = None,
    level: float = LEVEL,
) -> Summary:
    """Summarise a job, reading it twice and keeping none of it.

    every_h: hours between the moments at which control is counted (see `Ensemble.control`).
    places: ids or names of the places that make the joint outcome; by default those whose holder at the end
    differs from the first in more than 1 % of runs.
    """
    ensemble = as_ensemble(runs)
    labels = ensemble.labels
    chosen = None
    if places is not None:
        chosen = sorted({find(labels.place_ids, labels.place_names, place, "place") for place in places})
    first = _FirstPass(labels, time_grid(ensemble.provenance.horizon, every_h))
    for block in ensemble.iter_blocks():
        first.add(block)
    if chosen is None:
        chosen = np.flatnonzero(first.different > CHANGING * first.runs).tolist()
    ordered = order_places(
        labels, np.flatnonzero(first.fallen > CHANGING * first.runs).tolist(), ensemble.scenario_json
    )
    outcomes: Counter[bytes] = Counter()
    orders: Counter[tuple[int, ...]] = Counter()
    for block in first_runs(ensemble.iter_blocks(), OUTCOME_RUNS):
        outcomes.update(outcome_key(block, chosen))
        orders.update(order_key(block, labels, ordered))
    ids, factions = labels.place_ids, labels.faction_ids
    counted = outcomes.total()
    return first.summary(
        ensemble.provenance,
        level,
        wing_names=wing_names(labels, ensemble.scenario_json),
        outcome_runs=counted,
        outcome_places=tuple(ids[place] for place in chosen),
        outcomes=tuple(
            Outcome(tuple(factions[holder] for holder in holders_of(key)), proportion(count, counted, level))
            for key, count in _top(outcomes)
        ),
        order_places=tuple(ids[place] for place in ordered),
        orders=tuple(
            Order(tuple(ids[place] for place in key), proportion(count, counted, level)) for key, count in _top(orders)
        ),
        entropy=entropy_of(outcomes, ensemble.iter_nested(), chosen, level),
    )


def _top(counter: Counter[Any]) -> list[tuple[Any, int]]:
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:TOP]


class _FirstPass:
    """All that can be counted without knowing which places matter."""

    def __init__(self, labels: Labels, grid: Any) -> None:
        places, factions = len(labels.place_ids), len(labels.faction_ids)
        self.labels = labels
        self.runs = 0
        self.control = ControlCount(labels, grid)
        self.different = np.zeros(places, np.int64)
        self.fallen = np.zeros(places, np.int64)
        self.changing = np.zeros(places, np.int64)
        self.final = np.zeros((places, factions), np.int64)
        self.falls = [Tally() for _ in range(places)]
        self.people = [[Tally() for _ in PEOPLE_COLUMNS] for _ in range(factions)]
        self.held = [Tally() for _ in range(factions)]
        self.sorties = [Tally() for _ in labels.wing_ids]
        self.harm = [Tally() for _ in _camps(labels)]
        self.civilians = CivilianCount(labels)
        self.changes, self.duration, self.events = Tally(), Tally(), Tally()
        self.ends = np.zeros(len(labels.end_names), np.int64)
        # Sums over runs of x (changes by a cause), x times y (all changes), x squared, and of y squared.
        self.causes = np.zeros((3, len(labels.cause_names)))
        self.all_squared = 0.0
        self.changed = 0
        """Runs in which anything changes hands."""

    def add(self, block: Block) -> None:
        """Count some more runs."""
        self.runs += block.runs
        self.control.add(block)
        self._add_places(block)
        self._add_causes(block)
        for faction, tallies in enumerate(self.people):
            for row, tally in enumerate(tallies):
                tally.add(block.people[row, faction])
            self.held[faction].add((block.final_holder == faction).sum(axis=0))
        _add_each(self.sorties, block.sorties)
        _add_each(self.harm, block.harm)
        self.civilians.add(block)
        self.duration.add(block.end_tick)
        self.events.add(block.events)
        self.ends += np.bincount(block.end_reason, minlength=self.ends.size)

    def _add_places(self, block: Block) -> None:
        initial = np.array(self.labels.initial_holder, dtype=np.int64)[:, None]
        self.different += (block.final_holder != initial).sum(axis=1)
        for faction in range(self.final.shape[1]):
            self.final[:, faction] += (block.final_holder == faction).sum(axis=1)
        touched = np.unique(block.change[0] * len(self.changing) + block.change[2]) % len(self.changing)
        self.changing += np.bincount(touched, minlength=self.changing.size)
        fell = falls_of(block, self.labels)
        self.fallen += (fell >= 0).sum(axis=1)
        for place, ticks in enumerate(fell):
            self.falls[place].add(ticks[ticks >= 0])

    def _add_causes(self, block: Block) -> None:
        kinds = self.causes.shape[1]
        run = np.searchsorted(block.run, block.change[0])
        by_run = np.bincount(run * kinds + block.change[5], minlength=block.runs * kinds).reshape(-1, kinds)
        every = by_run.sum(axis=1)
        self.causes += [by_run.sum(axis=0), (by_run * every[:, None]).sum(axis=0), (by_run**2).sum(axis=0)]
        self.all_squared += float((every**2).sum())
        self.changed += int((every > 0).sum())
        self.changes.add(every)

    def summary(self, provenance: Provenance, level: float, **rest: Any) -> Summary:
        """The counts as a Summary; `rest` are the fields of the second pass."""
        labels, runs = self.labels, self.runs

        def three(tally: Tally, unit: float = 1.0, never: int = 0) -> Quantiles:
            return Quantiles(*(tally.quantile(share, level, never=never, unit=unit) for share in (0.1, 0.5, 0.9)))

        def share(count: Any) -> Estimate:
            return proportion(int(count), runs, level)

        return Summary(
            provenance=provenance,
            runs=runs,
            level=level,
            control=self.control.table(provenance.start, level),
            places=tuple(
                PlaceSummary(
                    id=labels.place_ids[place],
                    name=labels.place_names[place],
                    initial=labels.faction_ids[labels.initial_holder[place]],
                    final={name: share(n) for name, n in zip(labels.faction_ids, self.final[place], strict=True)},
                    changes_hands=share(self.changing[place]),
                    fall_h=three(tally, HOUR, runs - tally.total),
                    never_falls=share(runs - tally.total),
                )
                for place, tally in enumerate(self.falls)
            ),
            factions=tuple(
                FactionSummary(
                    id=labels.faction_ids[faction],
                    name=labels.faction_names[faction],
                    people={name: three(t) for name, t in zip(PEOPLE_COLUMNS, tallies, strict=True)},
                    places=three(self.held[faction]),
                )
                for faction, tallies in enumerate(self.people)
            ),
            sorties={name: three(t) for name, t in zip(labels.wing_ids, self.sorties, strict=True)},
            harm={name: three(t) for name, t in zip(_camps(labels), self.harm, strict=True)},
            civilians=self.civilians.table(three),
            causes=self._cause_shares(level),
            changes=three(self.changes),
            end_reasons={name: share(n) for name, n in zip(labels.end_names, self.ends, strict=True)},
            duration_days=three(self.duration, DAY),
            events=three(self.events),
            **rest,
        )

    def _cause_shares(self, level: float) -> dict[str, Estimate]:
        """Share of all changes of hands that each cause has: a ratio of sums over runs, with its delta-method
        interval, since the changes of one run hang together; Wilson's where the runs have all the same share."""
        total = float(self.causes[0].sum())
        shares = {}
        for name, (x, xy, xx) in zip(self.labels.cause_names, self.causes.T, strict=True):
            if not total:
                shares[name] = Estimate(None, None, None)
                continue
            ratio = float(x) / total
            scatter = max(0.0, float(xx) - 2 * ratio * float(xy) + ratio * ratio * self.all_squared)
            half = z_of(level) * scatter**0.5 / total
            low, high = max(0.0, ratio - half), min(1.0, ratio + half)
            if scatter <= ROUNDING * self.all_squared:
                low, high = map(float, wilson(ratio * self.changed, self.changed, level))
            shares[name] = Estimate(ratio, low, high)
        return shares


def _add_each(tallies: list[Tally], rows: Iterable[Any]) -> None:
    for tally, row in zip(tallies, rows, strict=True):
        tally.add(row)


def _camps(labels: Labels) -> list[str]:
    """A key for each camp: the ids of its factions, joined by +."""
    return ["+".join(labels.faction_ids[faction] for faction in camp) for camp in camps(labels)]
