"""The civilians of a summary as tables for a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.model.results import SERVICE_NAMES
from sim.study.summary_cells import three
from sim.study.text import counted, table

if TYPE_CHECKING:
    from sim.study.civilians import PlaceCivilians
    from sim.study.summary import Quantiles, Summary

SHOWN = 8
"""Places in a table at most."""


def displaced(summary: Summary) -> str:
    """How many have fled, and the places with most of them."""
    civilians = summary.civilians
    if not civilians.fled.p90.value:
        return ""
    rows = [
        ["away from home at the end", three(civilians.displaced, summary)],
        ["away at the end of the day with most of them", three(civilians.displaced_most, summary)],
        ["left home, each time they did", three(civilians.fled, summary)],
    ]
    lines = ["Civilians who fled (10 / 50 / 90 % of runs; not a count of those in need of help)", *table(rows)]
    return "\n".join(lines + _places(summary, ("from there", "to there"), lambda place: (place.away, place.sheltered)))


def services(summary: Summary) -> str:
    """Where bread and fuel, power and telecoms were missing for longest."""
    lines = _places(
        summary, SERVICE_NAMES, lambda place: tuple(place.days_lost[name] for name in SERVICE_NAMES), digits=1
    )
    title = "Days of services lost (10 / 50 / 90 % of runs; half of a day's services is half a day)"
    return "\n".join([title, *lines]) if lines else ""


def _places(
    summary: Summary, head: tuple[str, ...], of: Callable[[PlaceCivilians], tuple[Quantiles, ...]], digits: int = 0
) -> list[str]:
    """The places where these numbers are greatest; none where all are nothing."""
    told = [(place.name, of(place)) for place in summary.civilians.places]
    ranked = sorted((entry for entry in told if any(_size(entry[1]))), key=lambda entry: _size(entry[1]), reverse=True)
    if not ranked:
        return []
    rows = [[name, *(three(each, summary, digits=digits) for each in numbers)] for name, numbers in ranked[:SHOWN]]
    more = len(ranked) - SHOWN
    note = [f"and {counted(more, 'more place', 'more places')} (--json)"] if more > 0 else []
    return [*table(rows, head=["", *head]), *note]


def _size(numbers: tuple[Quantiles, ...]) -> tuple[float, float]:
    """The larger of the numbers, by their 90 % and then by their 50 % quantiles."""
    return max(each.p90.value or 0 for each in numbers), max(each.p50.value or 0 for each in numbers)
