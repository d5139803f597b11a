"""Tables for a terminal, aligned whatever the script of the names.

Names are data: control characters, and marks that would reorder what follows, are shown as their codes. A
name written from right to left is closed with an (invisible) left-to-right mark, so that columns after it
stay in place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from sim.errors import printable
from sim.model.spread import Spread

WIDTH = 100
"""Columns that a table may take."""

_LEFT_TO_RIGHT = "\u200e"
_LONGEST = 200
"""Characters of a name that are printed at all."""


def safe(text: str) -> str:
    """The text on one line, with nothing in it that a terminal would obey."""
    return printable(text, _LONGEST)


def counted(count: float, one: str, many: str) -> str:
    """A number with its noun: 1 person, 2,000 people, 1.5 days."""
    return f"{number(count)} {one if count == 1 else many}"


def number(value: float) -> str:
    """A number with at most four significant decimals, thousands separated."""
    if abs(value) >= 1_000 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.4g}"


def spread_text(spread: Spread) -> str:
    """An uncertain quantity in the words of a scenario file."""
    values = [number(value) for value in spread.values]
    if spread.shape == "fixed":
        text = values[0]
    elif spread.shape == "choice":
        text = " | ".join(values)
    elif spread.shape == "lognormal":
        text = f"{'..'.join(values)} (p10..p90)"
    else:
        text = "..".join(values)
    return f"{text} [{spread.shared}]" if spread.shared else text


def width(text: str) -> int:
    """Columns that a text takes: wide East Asian characters two, combining and invisible ones none."""
    return sum(_columns(mark) for mark in text)


def _columns(mark: str) -> int:
    if unicodedata.category(mark) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(mark) in ("W", "F") else 1


def fit(text: str, columns: int) -> str:
    """The text if it fits, else its beginning and an ellipsis."""
    if width(text) <= columns:
        return text
    kept, used = [], 0
    for mark in text:
        used += _columns(mark)
        if used > columns - 1:
            break
        kept.append(mark)
    return "".join(kept) + "…"


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """The text, cut or filled with spaces to exactly so many columns; `right` aligns numbers."""
    text = fit(text, columns)
    if any(unicodedata.bidirectional(mark) in ("R", "AL") for mark in text):
        text += _LEFT_TO_RIGHT
    space = " " * (columns - width(text))
    return space + text if right else text + space


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1, gap: int = 2, most: int = WIDTH) -> str:
    """Rows under a head; the first `left` columns are texts, the others numbers aligned right.

    Wider than `most`, the widest text column gives way first; number columns are never cut.
    """
    lines = [[safe(cell) for cell in row] for row in (head, *rows)]
    widths = [max(width(row[column]) for row in lines) for column in range(len(head))]
    over = sum(widths) + gap * (len(widths) - 1) - most
    while over > 0 and left:
        widest = max(range(left), key=lambda column: widths[column])
        if widths[widest] <= 8:
            break
        widths[widest] -= 1
        over -= 1
    return "\n".join(
        (" " * gap).join(pad(cell, widths[column], right=column >= left) for column, cell in enumerate(row)).rstrip()
        for row in lines
    )


def wrap(words: Sequence[str], *, indent: str = "  ", separator: str = ", ", most: int = WIDTH) -> str:
    """Words one after another, in lines of at most `most` columns."""
    lines, line = [], ""
    for number, word in enumerate(safe(word) for word in words):
        piece = fit(word + (separator.rstrip() if number < len(words) - 1 else ""), most - width(indent))
        if line and width(indent) + width(line) + 1 + width(piece) > most:
            lines.append(indent + line)
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    return "\n".join([*lines, indent + line])
