"""Runs and changes of hands as plain CSV, for spreadsheets and other programs. Nothing here reads them back.

`runs.csv` has one row per run, `changes.csv` one per change of hands; columns are named by id, times are
hours from the start (changes also as ISO-8601). UTF-8, comma, one line end. A text that a spreadsheet would
take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from sim.model.results import PEOPLE_COLUMNS, Block, Labels
from sim.units import HOUR


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


def runs_csv(blocks: Iterable[Block], labels: Labels) -> Iterator[bytes]:
    """The table of runs, in pieces."""
    for number, block in enumerate(blocks):
        names, columns = zip(*runs_columns(block, labels), strict=True)
        if number == 0:
            yield header(names)
        yield _lines([_texts(column) for column in columns])


def changes_csv(blocks: Iterable[Block], labels: Labels, start: str) -> Iterator[bytes]:
    """The table of changes, in pieces, with the moment of each as ISO-8601."""
    zero = datetime.fromisoformat(start)
    for number, block in enumerate(blocks):
        names, columns = zip(*changes_columns(block, labels), strict=True)
        if number == 0:
            yield header((*names, "at"))
        moments = [(zero + timedelta(seconds=tick)).isoformat() for tick in block.change[1].tolist()]
        yield _lines([*(_texts(column) for column in columns), moments])


def header(names: Iterable[str]) -> bytes:
    """The first line."""
    return (",".join(_cell(name) for name in names) + "\n").encode()


def _texts(column: NDArray[np.generic]) -> list[str]:
    if column.dtype == object:
        cells: dict[str, str] = {}
        return [cells.get(value) or cells.setdefault(value, _cell(value)) for value in column.tolist()]
    return [repr(value) for value in column.tolist()]


def _cell(text: str) -> str:
    if text[:1] in ("=", "+", "-", "@", "\t", "\r"):
        text = "'" + text
    if any(mark in text for mark in ',"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _lines(columns: Sequence[Sequence[str]]) -> bytes:
    if not columns[0]:
        return b""
    return ("\n".join(map(",".join, zip(*columns, strict=True))) + "\n").encode()
