"""Tables for a terminal, aligned whatever the script of the names.

Names are data: control characters, and marks that would reorder what follows, are shown as their codes. A
name written from right to left is closed with an (invisible) left-to-right mark, so that columns after it
stay in place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from itertools import zip_longest

from sim.errors import printable
from sim.model.spread import Spread

WIDTH = 100
"""Columns that a table may take."""

NARROWEST = 8
"""Columns that a text keeps, however wide the numbers beside it are."""

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


def percent(share: float, digits: int = 1) -> str:
    """A share as a figure in per cent; what is not quite 0 or 100 never reads so, but `<0.1` or `>99.9`."""
    least = 10.0**-digits
    value = 100 * share
    if 0 < value < least:
        return f"<{least:g}"
    if 100 - least < value < 100:
        return f">{100 - least:g}"
    return f"{value:.{digits}f}"


def digits_to_tell(values: Iterable[float], digits: int, most: int = 3) -> int:
    """So many decimals, or up to `most` more, that none of these values reads 0 without being 0."""
    told = [abs(value) for value in values if value]
    return next((d for d in range(digits, digits + most) if all(v >= 0.5 * 10.0**-d for v in told)), digits + most)


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


def table(
    rows: Sequence[Sequence[str]],
    *,
    head: Sequence[str] | None = None,
    left: Collection[int] = (0,),
    indent: str = "",
    gap: int = 2,
    most: int = WIDTH,
    cut: bool = True,
) -> list[str]:
    """Rows of equal length as lines: the columns in `left` hold texts, flush left, the others numbers, flush right.

    A table wider than `most` takes room from heads wider than their numbers, then from its widest columns of texts:
    a text goes on below itself, word by word; a no-break space, shown as a space, keeps words together. Where that is
    not enough words are cut, unless `cut` is false, to no fewer than NARROWEST columns. Numbers are never cut.
    """
    if not rows:
        return []
    body = [[safe(cell) for cell in row] for row in rows]
    heads = [safe(cell) for cell in head] if head is not None else [""] * len(body[0])
    widths = _widths(heads, body, left, most - width(indent) - gap * (len(heads) - 1), cut=cut)
    folded = [
        [_folded(cell, widths[column]) if column in left else [cell] for column, cell in enumerate(row)] for row in body
    ]
    if head is not None:
        top = [_folded(cell, widths[column]) for column, cell in enumerate(heads)]
        tall = max(map(len, top))
        folded.insert(0, [[""] * (tall - len(cell)) + cell for cell in top])
    widths = [max(width(part) for row in folded for part in row[column]) for column in range(len(heads))]
    return [
        indent
        + (" " * gap)
        .join(pad(part, widths[column], right=column not in left) for column, part in enumerate(parts))
        .replace("\xa0", " ")
        .rstrip()
        for row in folded
        for parts in zip_longest(*row, fillvalue="")
    ]


def _widths(heads: list[str], body: list[list[str]], left: Collection[int], room: int, *, cut: bool) -> list[int]:
    """Columns that each column of a table may take; together no more than `room` where that can be."""
    columns = range(len(heads))
    numbers = [0 if c in left else max(width(row[c]) for row in body) for c in columns]
    widths = [max(width(heads[c]), *(width(row[c]) for row in body)) for c in columns]
    words = [" ".join([heads[c], *(row[c] for row in body if c in left)]).split(" ") for c in columns]
    whole = [max(NARROWEST, numbers[c], *map(width, words[c])) for c in columns]
    heads_only = [widths[c] if c in left else whole[c] for c in columns]
    for least in (heads_only, whole, [max(NARROWEST, number) for number in numbers] if cut else whole):
        while sum(widths) > room:
            widest = max(columns, key=lambda c: (widths[c] > least[c], widths[c]))
            if widths[widest] <= least[widest]:
                break
            widths[widest] -= 1
    return widths


def _folded(cell: str, columns: int) -> list[str]:
    return [cell] if width(cell) <= columns else fold(cell.split(" "), columns)


def fold(words: Sequence[str], columns: int) -> list[str]:
    """Words one after another, in lines of at most so many columns; a longer word is cut."""
    lines, line = [], ""
    for word in words:
        piece = fit(word, columns)
        if line and width(line) + 1 + width(piece) > columns:
            lines.append(line)
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    return [*lines, line]


def wrap(words: Sequence[str], *, indent: str = "  ", separator: str = ", ", most: int = WIDTH) -> str:
    """Words one after another, in lines of at most `most` columns."""
    last = len(words) - 1
    pieces = [safe(word) + (separator.rstrip() if number < last else "") for number, word in enumerate(words)]
    return "\n".join(indent + line for line in fold(pieces, most - width(indent)))


def paragraph(text: str, *, indent: str = "", most: int = WIDTH) -> list[str]:
    """A text, which may have several lines, as lines of at most `most` columns, broken between words."""
    room = most - width(indent)
    return [indent + line for part in text.splitlines() for line in fold(printable(part, 4_000).split(), room)]
