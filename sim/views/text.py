"""Plain text for terminals: what `sim.study.text` has, and lists of ids.

Every text from a user passes through `printable`, so that no name can move the cursor or colour the screen.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.errors import printable
from sim.study.text import number, paragraph, spread_text, table, width

__all__ = ["join_ids", "number", "paragraph", "printable", "spread_text", "table", "width"]


def join_ids(ids: Sequence[str], most: int = 6) -> str:
    """Ids in one cell; a long list is cut and counted."""
    if len(ids) <= most:
        return ", ".join(ids)
    return f"{', '.join(ids[: most - 1])} and {len(ids) - most + 1} more"
