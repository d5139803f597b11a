"""A comparison as tables for a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sim.study.text import counted, digits_to_tell, paragraph, percent, safe, table, wrap

if TYPE_CHECKING:
    from sim.study.comparison import Comparison
    from sim.study.paired import Difference

MOST_CHANGES = 12
"""So much of what was changed is told."""

_HEAD = ["", "first", "second", "difference", "unpaired"]


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
    seed = c.provenance[0].seed
    title = f"{c.first} (first) and {c.second} (second), {counted(c.runs, 'run', 'runs')} paired by run, seed {seed}"
    same = 100 * (c.same.value or 0)
    notes = [
        f"From {datetime.fromisoformat(c.start):%d %b %Y %H:%M}. Differences are second - first, with "
        f"{100 * c.level:g} % intervals; * marks those that leave out 0. Places with the largest differences come "
        f"first. {same:.1f} % of runs have the same history in both.",
        'Column "unpaired", where the interval leaves out 0: how many runs of each it would have taken to see as much '
        "in jobs of different seeds.",
    ]
    return "\n".join(line for note in (title, *notes) for line in paragraph(note))


def _changes(c: Comparison) -> str:
    if c.changes is None:
        return ""
    if not c.changes:
        return "Nothing was changed."
    lines = [line for change in c.changes[:MOST_CHANGES] for line in paragraph(str(change), indent="  ")]
    if len(c.changes) > MOST_CHANGES:
        lines.append(f"  and {len(c.changes) - MOST_CHANGES:,} more, which --json tells")
    return "\n".join(["What was changed (first → second)", *lines])


def _control(c: Comparison) -> str:
    rows = c.odds_at_end()
    if not rows:
        return "Who holds each place at the end is the same in every run of both."
    largest: dict[str, float] = {}
    for place, _, odds in rows:
        largest[place] = max(largest.get(place, 0.0), _size(odds))
    rows.sort(key=lambda row: -largest[row[0]])
    alone = len(c.told) == 1
    whose = f"Odds that {safe(c.names[c.told[0]])} holds a place" if alone else "Odds to hold a place"
    names = [c.names[place] if alone else f"{c.names[place]}: {c.names[faction]}" for place, faction, _ in rows]
    cells = [[name, *_cells(odds, 100, 1)] for name, (_, _, odds) in zip(names, rows, strict=True)]
    return "\n".join([f"{whose} at the end (%), where they differ", *table(cells, head=_HEAD)])


def _falls(c: Comparison) -> str:
    told = [
        (place, fall) for place, fall in c.falls.items() if fall.mean_h.seen or fall.earlier.value or fall.later.value
    ]
    rows = [
        [
            c.names[place],
            *_cells(fall.mean_h, 1, 1),
            f"{percent(fall.earlier.value or 0)} / {percent(fall.later.value or 0)}",
        ]
        for place, fall in sorted(told, key=lambda entry: -_size(entry[1].mean_h))
    ]
    if not rows:
        return ""
    lines = table(rows, head=[*_HEAD, "earlier / later (%)"])
    return "\n".join(["Mean hours until a place first falls (or the end)", *lines])


def _size(difference: Difference) -> float:
    return abs(difference.difference.value or 0.0)


def _people(c: Comparison) -> str:
    rows = [
        [f"{c.names[faction]}: {name}", *_cells(difference, 1, 0)]
        for faction, columns in c.people.items()
        for name, difference in columns.items()
        if difference.seen
    ]
    return "\n".join(["People at the end, means", *table(rows, head=_HEAD)]) if rows else ""


def _only(c: Comparison) -> str:
    parts = [
        f"Only in the {which}, left out:\n" + wrap(places)
        for which, places in (("first", c.only_first), ("second", c.only_second))
        if places
    ]
    return "\n".join(parts)


def _cells(d: Difference, scale: float, digits: int) -> list[str]:
    told = [
        scale * value for value in (d.difference.value or 0.0, d.difference.low, d.difference.high) if value is not None
    ]
    finer = digits_to_tell(told, digits)
    value, *ends = [f"{number:+z,.{finer}f}" for number in told]
    difference = f"{value} [{', '.join(ends)}]" if len(ends) == 2 else value
    return [
        f"{scale * d.first:,.{digits}f}",
        f"{scale * d.second:,.{digits}f}",
        difference + ("*" if d.clear else " "),
        f"{d.unpaired_runs:,}" if d.clear and d.unpaired_runs is not None else "-",
    ]
