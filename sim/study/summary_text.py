"""A summary as tables for a terminal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from sim.study.statistics import Estimate
from sim.study.text import counted, safe, table, wrap
from sim.units import HOUR

if TYPE_CHECKING:
    from sim.study.summary import PlaceSummary, Quantiles, Summary

MOMENTS = 6
"""Columns of the table of control over time."""

_FACTIONS = 4
"""So many factions have columns of their own."""

_ACROSS = 3
"""Factions side by side where each has three numbers in a column."""


def to_text(summary: Summary) -> str:
    """The whole summary, at most 100 columns wide."""
    parts = [
        _head(summary),
        _final(summary),
        _over_time(summary),
        _falls(summary),
        _orders(summary),
        _outcomes(summary),
        _entropy(summary),
        _people(summary),
        _air(summary),
        _causes(summary),
        _ends(summary),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(summary: Summary) -> str:
    about = summary.provenance
    days = about.horizon / HOUR / 24
    lines = [safe(about.scenario) + (f": {safe(about.title)}" if about.title else "")]
    lines.append(
        f"{counted(summary.runs, 'run', 'runs')}, seed {about.seed}, engine {about.engine}; "
        f"{counted(days, 'day', 'days')} from {datetime.fromisoformat(about.start):%d %b %Y %H:%M %Z}"
    )
    lines.append(f"In brackets: {100 * summary.level:g} % intervals. Odds are conditional on the inputs.")
    return "\n".join(wrap(line.split(), indent="", separator=" ") for line in lines)


def _moving(summary: Summary) -> list[PlaceSummary]:
    return [place for place in summary.places if (place.changes_hands.value or 0) > 0]


def _final(summary: Summary) -> str:
    moving = _moving(summary)
    if not moving:
        return "No place changed hands in any run."
    weight = {name: sum(place.final[name].value or 0 for place in moving) for name in summary.labels.faction_ids}
    shown = sorted(sorted(weight, key=lambda name: -weight[name])[:_FACTIONS], key=list(weight).index)
    names = dict(zip(summary.labels.faction_ids, summary.labels.faction_names, strict=True))
    rows = [[place.name, *(_share(place.final[name]) for name in shown)] for place in moving]
    text = "Who holds each place at the end (%)\n" + table(["", *(names[name] for name in shown)], rows)
    still = [place.name for place in summary.places if place not in moving]
    if still:
        text += "\nNever changed hands:\n" + wrap(still)
    return text


def _over_time(summary: Summary) -> str:
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
        shares = control.probability[picks, index][:, own].sum(axis=1)
        rows.append([place.name, *(f"{100 * share:.1f}" for share in shares)])
    moment = "%d %b" if summary.provenance.horizon / HOUR / 24 > MOMENTS else "%d %b %H:%M"
    head = ["", *(f"{control.times[pick]:{moment}}" for pick in picks)]
    return "Still (or again) with the side that holds it at the start (%)\n" + table(head, rows)


def _falls(summary: Summary) -> str:
    start = datetime.fromisoformat(summary.provenance.start)

    def moment(hours: float | None) -> str:
        return "never" if hours is None else f"{start + timedelta(hours=hours):%d %b %H:%M}"

    def bracket(estimate: Estimate) -> str:
        if estimate.low is None:  # of few runs, or of those in which it never falls
            return moment(estimate.value)
        return f"{moment(estimate.value)} [{moment(estimate.low)}, {moment(estimate.high)}]"

    falling = [place for place in summary.places if (place.never_falls.value or 0) < 1]
    if not falling:
        return ""
    falling.sort(key=lambda place: (place.never_falls.value, place.fall_h.p50.value or 0))
    rows = [
        [
            place.name,
            moment(place.fall_h.p10.value) if summary.runs > 1 else "-",
            bracket(place.fall_h.p50),
            moment(place.fall_h.p90.value) if summary.runs > 1 else "-",
            _share(place.never_falls),
        ]
        for place in falling
    ]
    head = ["", "10 %", "50 % of runs", "90 %", "never (%)"]
    return "When the first side has lost it, over all runs\n" + table(head, rows)


def _orders(summary: Summary) -> str:
    if not summary.order_places:
        return ""
    names = dict(zip(summary.labels.place_ids, summary.labels.place_names, strict=True))
    rows = [
        [_share(order.share), " > ".join(safe(names[place]) for place in order.places) or "none falls"]
        for order in summary.orders
    ]
    among = ""
    if len(summary.order_places) < len([place for place in summary.places if (place.never_falls.value or 0) < 1]):
        among = f" (among {', '.join(safe(names[place]) for place in summary.order_places)})"
    return wrap([f"Most common orders of falls{among} (%)"], indent="") + "\n" + _ragged(rows)


def _outcomes(summary: Summary) -> str:
    if not summary.outcome_places:
        return ""
    places = dict(zip(summary.labels.place_ids, summary.labels.place_names, strict=True))
    names = dict(zip(summary.labels.faction_ids, summary.labels.faction_names, strict=True))
    rows = []
    for outcome in summary.outcomes:
        held: dict[str, list[str]] = {}
        for place, faction in zip(summary.outcome_places, outcome.holders, strict=True):
            held.setdefault(faction, []).append(safe(places[place]))
        text = "; ".join(f"{safe(names[faction])}: {', '.join(those)}" for faction, those in held.items())
        rows.append([_share(outcome.share), text])
    return "Most common ends (%)\n" + _ragged(rows)


def _entropy(summary: Summary) -> str:
    split = summary.entropy
    if not summary.outcome_places:
        return ""
    rows = [["all together", _bits(split.total)]]
    notes = ["Two equally likely ends are 1 bit, four are 2, and so on."]
    if split.inputs is not None and split.chance is not None:
        share = "" if split.share_inputs is None else f" ({100 * split.share_inputs:.0f} %)"
        rows.append(["because the inputs are uncertain" + share, _bits(split.inputs)])
        rows.append(["because of chance, whatever the inputs", _bits(split.chance)])
        more, draws = split.draws * split.replicates, f"{split.draws} draws of the inputs"
        notes.append(f"Told apart by {more:,} more runs: {draws}, each played {split.replicates} times.")
    text = (
        f"Uncertainty of the end (entropy in bits; {counted(split.outcomes, 'end', 'different ends')} of "
        f"{counted(len(summary.outcome_places), 'place', 'places')} in {counted(split.runs, 'run', 'runs')})\n"
        + table(["", ""], rows).lstrip("\n")
    )
    text += "\n" + wrap(" ".join(notes).split(), indent="", separator=" ")
    if split.undersampled:
        text += "\n" + wrap(
            f"Only {100 * split.coverage:.0f} % of the probability belongs to outcomes that were seen: "
            "these are lower bounds.".split(), separator=" "
        )  # fmt: skip
    return text


def _people(summary: Summary) -> str:
    lines = ("dead", "deserted", "captured", "disbanded", "present")
    text = "People at the end (10 / 50 / 90 % of runs)"
    for first in range(0, len(summary.factions), _ACROSS):
        some = summary.factions[first : first + _ACROSS]
        rows = [[name, *(_three(faction.people[name], summary) for faction in some)] for name in lines]
        text += "\n" + table(["", *(faction.name for faction in some)], rows)
    return text


def _air(summary: Summary) -> str:
    rows = [[f"sorties of {name}", _three(value, summary)] for name, value in summary.sorties.items()]
    if rows:
        rows += [
            [f"civilian casualties from air of {name}", _three(value, summary)]
            for name, value in summary.harm.items()
            if value.p90.value
        ]
    return "Air (10 / 50 / 90 % of runs)\n" + table(["", ""], rows).lstrip("\n") if rows else ""


def _causes(summary: Summary) -> str:
    rows = [[name, _share(share)] for name, share in summary.causes.items() if share.value]
    rows.sort(key=lambda row: -(summary.causes[row[0]].value or 0))
    head = f"Causes of changes of hands (% of all; {_three(summary.changes, summary)} changes a run)\n"
    return head + table(["", ""], rows).lstrip("\n") if rows else ""


def _ends(summary: Summary) -> str:
    rows = [[name, _share(share)] for name, share in summary.end_reasons.items() if share.value]
    days = _three(summary.duration_days, summary, digits=1)
    return f"How it ends (% of runs; after {days} days, 10 / 50 / 90 %)\n" + table(["", ""], rows).lstrip("\n")


def _share(estimate: Estimate) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "-"
    return f"{100 * estimate.value:.1f} [{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]"


def _bits(estimate: Estimate) -> str:
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def _three(quantiles: Quantiles, summary: Summary, digits: int = 0) -> str:
    """The quantiles beside one another; of a single run there is a middle only."""
    values = [quantiles.p10.value, quantiles.p50.value, quantiles.p90.value]
    if summary.runs == 1:
        values[0] = values[2] = None
    return " / ".join("-" if value is None else f"{value:,.{digits}f}" for value in values)


def _ragged(rows: list[list[str]]) -> str:
    """A share and a long text each; the text goes on under itself."""
    left = max(len(row[0]) for row in rows)
    lines = []
    for share, text in rows:
        indent = " " * (left + 2)
        body = wrap(text.split(" "), indent=indent, separator=" ")
        lines.append(share.rjust(left) + body[left:])
    return "\n".join(lines)
