"""How many runs are played together: enough to share what a block costs however small it is, few enough to fit into
memory, and so that workers finish together. It changes no result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.files.job import Span
from sim.study.engine import Engine
from sim.study.limits import memory_free

BLOCK_BYTES = 1 << 30
"""Memory that a block may take while it is played, in each worker; all workers together take half of what is free."""


def block_size(engine: Engine, world: Any, spans: Sequence[Span], workers: int) -> int:
    """Runs per block with which so many workers have played these spans soonest."""
    most = engine.largest
    if engine.bytes_per_run is not None:
        memory = min(BLOCK_BYTES, memory_free() // (2 * workers))
        most = max(1, min(most, memory // engine.bytes_per_run(world)))
    least = min(engine.smallest, most)
    longest = max(span.runs for span in spans)
    fewest = _ceil(longest, most)
    sizes = {max(least, _ceil(longest, blocks)) for blocks in range(fewest, fewest + workers + 1)}

    def finished(size: int) -> int:
        """When the last worker is done, counted in runs."""
        blocks = sum(_ceil(span.runs, size) for span in spans)
        return _ceil(blocks, workers) * (engine.overhead + size)

    return min(sorted(sizes), key=finished)


def _ceil(a: int, b: int) -> int:
    return -(-a // b)
