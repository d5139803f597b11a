"""The places of a summary as tables for a terminal: who holds them, when and in which order they fall.

Places stand in the order of how likely they are to fall, the likeliest first.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from sim.study.outcomes import CHANGING
from sim.study.statistics import Estimate, proportion
from sim.study.summary_cells import ragged, share
from sim.study.text import counted, paragraph, percent, safe, table, wrap
from sim.units import HOUR

if TYPE_CHECKING:
    from sim.study.summary import PlaceSummary, Summary

MOMENTS = 6
"""Columns of the table of control over time."""

FACTIONS = 4
"""So many columns of factions at most; of more the last stands for all others."""

_DATE = "%d %b %H:%M"


def final(summary: Summary) -> str:
    """Who holds each place at the end."""
    moving = _moving(summary)
    if not moving:
        return "No place changed hands in any run."
    ids = summary.labels.faction_ids
    names = dict(zip(ids, summary.labels.faction_names, strict=True))
    weight = {name: sum(place.final[name].value or 0 for place in moving) for name in ids}
    ranked = sorted((name for name in ids if weight[name]), key=lambda name: -weight[name])
    few = len(ranked) <= FACTIONS
    shown = sorted(ranked if few else ranked[: FACTIONS - 1], key=ids.index)
    others = sorted(set(ranked) - set(shown), key=ids.index)
    rows = [[place.name, *(share(place.final[name]) for name in shown)] for place in moving]
    head = ["", *(names[name] for name in shown)]
    if others:
        head.append("others")
        for row, place in zip(rows, moving, strict=True):
            row.append(share(_together([place.final[name] for name in others], summary)))
    lines = ["Who holds each place at the end (%)", *table(rows, head=head)]
    never = [names[name] for name in ids if not weight[name]]
    still = sorted(place.name for place in summary.places if place not in moving)
    for what, those in (
        ("Others:", [names[name] for name in others]),
        ("Hold none of these places at the end:", never),
        ("Never changed hands:", still),
    ):
        if those:
            lines += [what, wrap(those)]
    return "\n".join(lines)


def over_time(summary: Summary) -> str:
    """How likely it is over time that the first side holds each place."""
    moving = _moving(summary)
    if not moving:
        return ""
    control = summary.control
    picks = np.unique(np.linspace(0, control.hours.size - 1, MOMENTS + 1).round().astype(int))[1:]
    camp = np.array(summary.labels.faction_camp)
    rows = []
    for place in moving:
        index = summary.labels.place_ids.index(place.id)
        own = camp == camp[summary.labels.initial_holder[index]]
        shares = control.count[picks, index][:, own].sum(axis=1) / control.runs
        rows.append([place.name, *(percent(value) for value in shares.tolist())])
    moment = "%d %b" if summary.provenance.horizon / HOUR / 24 > MOMENTS else _DATE
    head = ["", *(f"{control.times[pick]:{moment}}" for pick in picks)]
    return "\n".join(["Still (or again) with the side that holds it at the start (%)", *table(rows, head=head)])


def falls(summary: Summary) -> str:
    """When each place is first lost; the interval of the median stands below it."""
    start = datetime.fromisoformat(summary.provenance.start)

    def moment(hours: float | None) -> str:
        return "never" if hours is None else f"{start + timedelta(hours=hours):{_DATE}}"

    def side_by_side(first: str, second: str) -> str:
        return f"{first:>14}{second:>14}"

    falling = [place for place in _likeliest_first(summary) if (place.never_falls.value or 0) < 1]
    if not falling:
        return ""
    rows = []
    for place in falling:
        ends = [moment(q.value) if summary.runs > 1 else "-" for q in (place.fall_h.p10, place.fall_h.p90)]
        middle = place.fall_h.p50
        rows.append([place.name, side_by_side(ends[0], moment(middle.value)), ends[1], share(place.never_falls)])
        if middle.low is not None:  # None: of few runs, or of those in which it never falls
            rows.append(["", f"[{moment(middle.low)}, {moment(middle.high)}]", "", ""])
    head = ["", side_by_side("10 %", "50 % of runs"), "90 %", "never (%)"]
    return "\n".join(["When the first side has lost it, over all runs", *table(rows, head=head)])


def orders(summary: Summary) -> str:
    """In which order places fall, of those that are ordered."""
    if not summary.order_places:
        return ""
    names = {place.id: safe(place.name) for place in summary.places}
    rows = [
        [share(order.share), " > ".join(names[place] for place in order.places) or "none falls"]
        for order in summary.orders
    ]
    return "\n".join(["Most common orders of falls (%)", *_ordered(summary, names), *ragged(rows)])


def _ordered(summary: Summary, names: dict[str, str]) -> list[str]:
    """Which places are ordered, when not all that fall are."""
    fall = {place.id: 1 - (place.never_falls.value or 0) for place in summary.places}
    out = [place for place, often in fall.items() if often > 0 and place not in summary.order_places]
    if not out:
        return []
    fewer = sum(fall[place] > CHANGING for place in out)
    reasons = [f"{counted(fewer, 'place', 'places')} of fewer people"] if fewer else []
    if len(out) > fewer:
        rare = counted(len(out) - fewer, "place that falls", "places that fall")
        reasons.append(f"{rare} in no more than {100 * CHANGING:g} % of runs")
    shown = [names[place.id] for place in _likeliest_first(summary) if place.id in summary.order_places]
    which = f"the {len(shown)} most populous" if fewer else f"{counted(len(shown), 'place', 'places')}"
    return paragraph(f"Of {which}: {', '.join(shown)}. Left out: {' and '.join(reasons)}.", indent="  ")


def outcomes(summary: Summary) -> str:
    """Who holds which of the places that matter at the end."""
    if not summary.outcome_places:
        return ""
    factions = list(zip(summary.labels.faction_ids, summary.labels.faction_names, strict=True))
    rows = []
    for outcome in summary.outcomes:
        holder = dict(zip(summary.outcome_places, outcome.holders, strict=True))
        mine = [(place.name, holder[place.id]) for place in _likeliest_first(summary) if place.id in holder]
        held = {name: [safe(place) for place, faction in mine if faction == id_] for id_, name in factions}
        text = "; ".join(f"{safe(name)}: {', '.join(those)}" for name, those in held.items() if those)
        rows.append([share(outcome.share), text])
    return "\n".join(["Most common ends (%)", *ragged(rows)])


def _likeliest_first(summary: Summary) -> list[PlaceSummary]:
    """All places, by how likely they are to fall; those alike, the soonest first."""
    return sorted(summary.places, key=lambda place: (place.never_falls.value, place.fall_h.p50.value or 0))


def _moving(summary: Summary) -> list[PlaceSummary]:
    return [place for place in _likeliest_first(summary) if (place.changes_hands.value or 0) > 0]


def _together(shares: list[Estimate], summary: Summary) -> Estimate:
    """The share of runs in which one of several things is so that exclude each other."""
    return proportion(round(summary.runs * sum(each.value or 0 for each in shares)), summary.runs, summary.level)
