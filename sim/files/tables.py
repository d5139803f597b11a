"""Runs and changes of hands as plain CSV, for spreadsheets and other programs. Nothing here reads them back.

`runs.csv` has one row per run, `changes.csv` one per change of hands; columns are named by id, times are
hours from the start (changes also as ISO-8601). UTF-8, comma, one line end. A text that a spreadsheet would
take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.model.results import PEOPLE_COLUMNS, SERVICE_NAMES, Block, Labels
from sim.units import GRID, HOUR


def runs_columns(block: Block, labels: Labels) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """Name and values of each column of the table of runs, one value per run."""
    yield "run", block.run
    yield "draw", block.draw
    yield "end_h", block.end_tick / HOUR
    yield "end_reason", np.array(labels.end_names, dtype=object)[block.end_reason]
    yield "events", block.events
    holders = np.array(labels.faction_ids, dtype=object)
    for place, name in enumerate(labels.place_ids):
        yield f"holder.{name}", holders[block.final_holder[place]]
    for faction, name in enumerate(labels.faction_ids):
        for row, column in enumerate(PEOPLE_COLUMNS):
            yield f"{column}.{name}", block.people[row, faction]
        yield f"cohesion_of_65536.{name}", block.cohesion[faction]
    for wing, name in enumerate(labels.wing_ids):
        yield f"sorties.{name}", block.sorties[wing]
    for camp, harm in enumerate(block.harm):
        yield f"harm.camp{camp}", harm
    yield "displaced", block.displaced[-1]
    yield "displaced_most", block.displaced.max(axis=0)
    yield "fled", block.fled
    for place, name in enumerate(labels.place_ids):
        yield f"away.{name}", block.away[place]
        yield f"sheltered.{name}", block.sheltered[place]
        for service, what in zip(block.lacking, SERVICE_NAMES, strict=True):
            yield f"{what}_days_lost.{name}", service[place] / GRID
    for row, name in enumerate(labels.input_ids):
        yield f"input.{name}", block.inputs[row]


def changes_columns(block: Block, labels: Labels) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """Name and values of each column of the table of changes of hands, one value per change."""
    run, tick, place, old, new, cause = block.change
    factions = np.array(labels.faction_ids, dtype=object)
    yield "run", run
    yield "hours", tick / HOUR
    yield "place", np.array(labels.place_ids, dtype=object)[place]
    yield "from", factions[old]
    yield "to", factions[new]
    yield "cause", np.array(labels.cause_names, dtype=object)[cause]


class Tables(NamedTuple):
    """Both tables of some runs, as text."""

    runs: bytes
    changes: bytes


def tables(block: Block, labels: Labels, start: str, *, titled: bool) -> Tables:
    """The tables of a block, or its piece of those of a job; `titled` with a first line of names. start: ISO-8601."""
    zero = datetime.fromisoformat(start)
    moments = [(zero + timedelta(seconds=tick)).isoformat() for tick in block.change[1].tolist()]
    runs, changes = dict(runs_columns(block, labels)), dict(changes_columns(block, labels))
    changes["at"] = np.array(moments, dtype=object)
    return Tables(_csv(runs, titled), _csv(changes, titled))


def _csv(columns: dict[str, NDArray[np.generic]], titled: bool) -> bytes:
    rows = zip(*(_texts(column) for column in columns.values()), strict=True)
    lines = [",".join(map(_cell, columns))] if titled else []
    lines += map(",".join, rows)
    return "".join(f"{line}\n" for line in lines).encode()


def _texts(column: NDArray[np.generic]) -> list[str]:
    if column.dtype == object:
        cells: dict[str, str] = {}
        return [cells.get(value) or cells.setdefault(value, _cell(value)) for value in column.tolist()]
    return list(map(repr, column.tolist()))


def _cell(text: str) -> str:
    if text[:1] in ("=", "+", "-", "@", "\t", "\r"):
        text = "'" + text
    if any(mark in text for mark in ',"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text


def listed(rows: Sequence[Mapping[str, str | float | bool | None]]) -> bytes:
    """Rows with the same keys as a table under a line of these keys: nothing for None, `true` and `false`."""
    lines = [map(_cell, rows[0])] if rows else []
    lines += [map(_plain, row.values()) for row in rows]
    return "".join(f"{','.join(line)}\n" for line in lines).encode()


def _plain(value: str | float | bool | None) -> str:
    if isinstance(value, str):
        return _cell(value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else repr(value)
