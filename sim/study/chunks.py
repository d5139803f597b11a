"""Cutting blocks anew, so that what is computed does not depend on how a job was cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from sim.model.results import TABLES, Block, concatenate


def select(block: Block, first: int, stop: int) -> Block:
    """The runs of a block with ids from first up to but not including stop."""
    low, high = np.searchsorted(block.run, [first, stop])
    left, right = np.searchsorted(block.change[0], [first, stop])
    cut = {name: slice(left, right) if name == "change" else slice(low, high) for name in TABLES}
    return Block(**{name: getattr(block, name)[..., where] for name, where in cut.items()})


def first_runs(blocks: Iterable[Block], most: int) -> Iterator[Block]:
    """Blocks in the order of their runs, cut off after so many runs."""
    for block in blocks:
        if most <= 0:
            return
        yield block if block.runs <= most else select(block, 0, int(block.run[most - 1]) + 1)
        most -= block.runs


def windows(blocks: Iterable[Block], size: int) -> Iterator[tuple[int, Block]]:
    """Blocks in the order of their runs, cut at multiples of `size` of the run id: (multiple, its runs)."""
    held: list[Block] = []
    at = -1
    for block in blocks:
        if not block.runs:
            continue
        for window in range(int(block.run[0]) // size, int(block.run[-1]) // size + 1):
            if window != at and held:
                yield at, concatenate(held)
                held = []
            piece = select(block, window * size, (window + 1) * size)
            at = window
            if piece.runs:
                held.append(piece)
    if held:
        yield at, concatenate(held)
