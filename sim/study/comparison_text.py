"""A comparison as tables for a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sim.study.text import WIDTH, counted, fit, safe, table, wrap

if TYPE_CHECKING:
    from sim.study.comparison import Comparison, Difference

MOST_CHANGES = 12
"""Lines of what was changed."""


def to_text(comparison: Comparison) -> str:
    """The whole comparison, at most 100 columns wide."""
    parts = [
        _head(comparison),
        _changes(comparison),
        _control(comparison),
        _falls(comparison),
        _people(comparison),
        _only(comparison),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(c: Comparison) -> str:
    title = f"{safe(c.first)} (first) and {safe(c.second)} (second), {counted(c.runs, 'run', 'runs')} paired by run"
    same = 100 * (c.same.value or 0)
    notes = [
        f"From {datetime.fromisoformat(c.start):%d %b %Y %H:%M}. Differences are second - first, with "
        f"{100 * c.level:g} % intervals; * marks those that leave out 0. "
        f"{same:.1f} % of runs have the same history in both.",
        "Last column, where the interval leaves out 0: how many runs of each it would have taken to see as much in "
        "jobs of different seeds.",
    ]
    return "\n".join(wrap(note.split(), indent="", separator=" ") for note in (title, *notes))


def _changes(c: Comparison) -> str:
    if c.changes is None:
        return ""
    if not c.changes:
        return "Nothing was changed."
    lines = ["  " + fit(safe(str(change)), WIDTH - 2) for change in c.changes[:MOST_CHANGES]]
    if len(c.changes) > MOST_CHANGES:
        lines.append(f"  and {len(c.changes) - MOST_CHANGES:,} more, which --json tells")
    return "\n".join(["What was changed (first → second)", *lines])


def _control(c: Comparison) -> str:
    rows = c.odds_at_end()
    if not rows:
        return "Who holds each place at the end is the same in every run of both."
    alone = len(c.told) == 1
    whose = f"Odds that {safe(c.names[c.told[0]])} holds a place" if alone else "Odds to hold a place"
    names = [c.names[place] if alone else f"{c.names[place]}: {c.names[faction]}" for place, faction, _ in rows]
    head = ["", "first", "second", "difference", "unpaired"]
    cells = [[name, *_cells(odds, 100, 1)] for name, (_, _, odds) in zip(names, rows, strict=True)]
    return f"{whose} at the end (%), where they differ\n" + table(head, cells)


def _falls(c: Comparison) -> str:
    rows = [
        [
            c.names[place],
            *_cells(fall.mean_h, 1, 1),
            f"{100 * (fall.earlier.value or 0):.1f} / {100 * (fall.later.value or 0):.1f}",
        ]
        for place, fall in c.falls.items()
        if fall.mean_h.seen or fall.earlier.value or fall.later.value
    ]
    if not rows:
        return ""
    head = ["", "first", "second", "difference", "unpaired", "earlier / later (%)"]
    return "Mean hours until a place first falls (or the end)\n" + table(head, rows)


def _people(c: Comparison) -> str:
    rows = [
        [f"{c.names[faction]}: {name}", *_cells(difference, 1, 0)]
        for faction, columns in c.people.items()
        for name, difference in columns.items()
        if difference.seen
    ]
    head = ["", "first", "second", "difference", "unpaired"]
    return "People at the end, means\n" + table(head, rows) if rows else ""


def _only(c: Comparison) -> str:
    parts = [
        f"Only in the {which}, left out:\n" + wrap(places)
        for which, places in (("first", c.only_first), ("second", c.only_second))
        if places
    ]
    return "\n".join(parts)


def _cells(d: Difference, scale: float, digits: int) -> list[str]:
    def signed(value: float) -> str:
        return f"{scale * value:+z,.{digits}f}"

    told = d.difference
    difference = signed(told.value or 0.0)
    if told.low is not None and told.high is not None:
        difference += f" [{signed(told.low)}, {signed(told.high)}]"
    return [
        f"{scale * d.first:,.{digits}f}",
        f"{scale * d.second:,.{digits}f}",
        difference + ("*" if d.clear else " "),
        f"{d.unpaired_runs:,}" if d.clear and d.unpaired_runs is not None else "-",
    ]
