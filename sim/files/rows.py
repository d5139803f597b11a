"""The canonical row hash: one SHA-256 that says whether two jobs gave the same runs.

Defined over the runs in ascending order of their id, so it depends on neither engine, workers, block sizes
nor the order in which blocks were played. The bytes hashed are:

1. the line `sim-rows-3`, then six little-endian int64: places, factions, wings, camps, inputs, days;
2. for each run, as little-endian int64: run, draw, end_tick, end_reason, events, people, sorties, harm,
   final_holder, cohesion, strength, displaced, fled, away, sheltered, lacking (each array in C order over its
   other axes), the 64 bits of each input, and the number of changes of hands;
3. after each run, its changes in order: tick, place, old, new, cause.

Names are not hashed: a place may be renamed. The first n runs of a job hash as the
n-run job does.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable

import numpy as np

from sim.model.results import Block, Ints

_LITTLE = np.dtype("<i8")


class RowHash:
    """Takes blocks in the order of their runs."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256(b"sim-rows-3\n")
        self._sizes: Ints | None = None
        self._last = -1

    def add(self, block: Block) -> None:
        """Add a block whose runs all come after those added before."""
        sizes = np.array(
            [
                len(block.final_holder), block.people.shape[1], len(block.sorties), len(block.harm),
                len(block.inputs), len(block.strength),
            ],
            dtype=_LITTLE,
        )  # fmt: skip
        if self._sizes is None:
            self._digest.update(sizes.tobytes())
            self._sizes = sizes
        assert np.array_equal(sizes, self._sizes), "blocks of one job have the same shape"
        if not block.runs:
            return
        assert block.run[0] > self._last, "blocks come in the order of their runs"
        assert np.all(np.diff(block.run) > 0), "runs ascend"
        self._last = int(block.run[-1])
        edges = np.searchsorted(block.change[0], np.append(block.run, self._last + 1))
        rows = _rows(block, np.diff(edges))
        changes = np.ascontiguousarray(block.change[1:].T, dtype=_LITTLE)
        row_data, change_data = memoryview(rows.tobytes()), memoryview(changes.tobytes())
        row_size, change_size = 8 * rows.shape[1], 8 * changes.shape[1]
        update = self._digest.update
        for row, (first, stop) in enumerate(itertools.pairwise(edges.tolist())):
            update(row_data[row * row_size : (row + 1) * row_size])
            update(change_data[first * change_size : stop * change_size])

    def hexdigest(self) -> str:
        """The hash so far, in hexadecimal."""
        return self._digest.hexdigest()


def row_hash(blocks: Iterable[Block]) -> str:
    """The canonical row hash of blocks given in the order of their runs."""
    total = RowHash()
    for block in blocks:
        total.add(block)
    return total.hexdigest()


def _rows(block: Block, changes: Ints) -> Ints:
    """(R, width): everything about a run but its changes, as contiguous little-endian int64."""
    parts = [
        block.run, block.draw, block.end_tick, block.end_reason, block.events, block.people, block.sorties,
        block.harm, block.final_holder, block.cohesion, block.strength,
        block.displaced, block.fled, block.away, block.sheltered, block.lacking,
        np.ascontiguousarray(block.inputs).view(np.int64), changes,
    ]  # fmt: skip
    flat = [part.reshape(-1, block.runs) for part in parts]
    return np.ascontiguousarray(np.concatenate(flat).T, dtype=_LITTLE)
