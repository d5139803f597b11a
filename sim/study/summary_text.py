"""A summary as tables for a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sim.study import summary_civilians as civilians
from sim.study import summary_places as places
from sim.study.labels import camps
from sim.study.statistics import Estimate
from sim.study.summary_cells import share, three
from sim.study.text import counted, paragraph, table
from sim.study.words import HOW_TAKEN, WHY_ENDED, in_words
from sim.units import HOUR

if TYPE_CHECKING:
    from sim.study.summary import Quantiles, Summary

_ACROSS = 3
"""Factions side by side where each has three numbers in a column."""


def to_text(summary: Summary) -> str:
    """The whole summary, at most 100 columns wide."""
    parts = [
        _head(summary),
        places.final(summary),
        places.over_time(summary),
        places.falls(summary),
        places.orders(summary),
        places.outcomes(summary),
        _entropy(summary),
        _people(summary),
        _air(summary),
        civilians.displaced(summary),
        civilians.services(summary),
        _causes(summary),
        _ends(summary),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(summary: Summary) -> str:
    about = summary.provenance
    days = about.horizon / HOUR / 24
    lines = [
        about.scenario + (f": {about.title}" if about.title else ""),
        f"{counted(summary.runs, 'run', 'runs')}, seed {about.seed}, engine {about.engine}; "
        f"{counted(days, 'day', 'days')} from {datetime.fromisoformat(about.start):%d %b %Y %H:%M %Z}",
        f"In brackets: {100 * summary.level:g} % intervals. Odds are conditional on the inputs. "
        "Places: likeliest to fall first.",
    ]
    return "\n".join(part for line in lines for part in paragraph(line))


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
    head = (
        f"Uncertainty of the end (entropy in bits; {counted(split.outcomes, 'end', 'different ends')} of "
        f"{counted(len(summary.outcome_places), 'place', 'places')} in {counted(split.runs, 'run', 'runs')})"
    )
    lines = [head, *table(rows), *paragraph(" ".join(notes))]
    if split.undersampled:
        lines += paragraph(
            f"Only {100 * split.coverage:.0f} % of the probability belongs to outcomes that were seen: "
            "these are lower bounds.", indent="  ",
        )  # fmt: skip
    return "\n".join(lines)


def _people(summary: Summary) -> str:
    columns = ("dead", "deserted", "captured", "disbanded", "present")
    lines = ["People at the end (10 / 50 / 90 % of runs)"]
    for first in range(0, len(summary.factions), _ACROSS):
        some = summary.factions[first : first + _ACROSS]
        rows = [[name, *(three(faction.people[name], summary) for faction in some)] for name in columns]
        lines += table(rows, head=["", *(faction.name for faction in some)])
    return "\n".join(lines)


def _air(summary: Summary) -> str:
    def most_first(entry: tuple[str, Quantiles]) -> float:
        return -(entry[1].p50.value or 0)

    flown = sorted(summary.sorties.items(), key=most_first)
    if not flown:
        return ""
    names = summary.labels.faction_names
    whose = [" and ".join(names[faction] for faction in camp) for camp in camps(summary.labels)]
    harm = sorted(zip(whose, summary.harm.values(), strict=True), key=most_first)
    rows = [[f"sorties of {summary.wing_names[wing]}", three(value, summary)] for wing, value in flown]
    rows += [
        [f"civilian casualties from the air, by {name}", three(value, summary)]
        for name, value in harm
        if value.p90.value
    ]
    return "\n".join(["Air (10 / 50 / 90 % of runs)", *table(rows)])


def _causes(summary: Summary) -> str:
    return _shares(
        f"Causes of changes of hands (% of all; {three(summary.changes, summary)} changes a run)",
        summary.causes, HOW_TAKEN,
    )  # fmt: skip


def _ends(summary: Summary) -> str:
    days = three(summary.duration_days, summary, digits=1)
    return _shares(f"How it ends (% of runs; after {days} days, 10 / 50 / 90 %)", summary.end_reasons, WHY_ENDED)


def _shares(title: str, shares: dict[str, Estimate], words: dict[str, str]) -> str:
    """What there is a share of, the largest first; empty where there is nothing."""
    told = sorted((name for name, each in shares.items() if each.value), key=lambda name: -(shares[name].value or 0))
    rows = [[in_words(name, words), share(shares[name])] for name in told]
    return "\n".join([title, *table(rows)]) if rows else ""


def _bits(estimate: Estimate) -> str:
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"
