"""Plain text for terminals: aligned tables and numbers that people can read.

Every text from a user passes through `printable`, so that no name can move the cursor or colour the screen.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence

from sim.errors import printable
from sim.study.text import number, spread_text

__all__ = ["join_ids", "number", "paragraph", "printable", "spread_text", "table", "width"]


def width(text: str) -> int:
    """Columns that a text takes on a terminal: wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    columns = 0
    for c in text:
        if not unicodedata.combining(c) and c not in "\u200c\u200d":
            columns += 2 if unicodedata.east_asian_width(c) in "WF" else 1
    return columns


def table(rows: Sequence[Sequence[str]], left: Collection[int] = (0,), indent: str = "  ") -> list[str]:
    """Rows of equal length as lines; the columns in `left` are flush left, the others flush right. The last
    column, when left, is not padded."""
    if not rows:
        return []
    cells = [[printable(cell, 200) for cell in row] for row in rows]
    widths = [max(width(row[c]) for row in cells) for c in range(len(cells[0]))]
    lines = []
    for row in cells:
        padded = []
        for c, cell in enumerate(row):
            blank = " " * (widths[c] - width(cell))
            padded.append(cell + blank if c in left else blank + cell)
        lines.append(indent + "  ".join(padded).rstrip())
    return lines


def join_ids(ids: Sequence[str], most: int = 6) -> str:
    """Ids in one cell; a long list is cut and counted."""
    if len(ids) <= most:
        return ", ".join(ids)
    return f"{', '.join(ids[: most - 1])} and {len(ids) - most + 1} more"


def paragraph(text: str, columns: int = 100) -> list[str]:
    """A user's text as lines of at most `columns`."""
    import textwrap

    return [line for part in text.splitlines() for line in textwrap.wrap(printable(part, 4_000), columns) or [""]]
