"""Plays the random worlds of the agreement suite and prints what docs/trust.md says of them.

python tests/agreement/figures.py [--write]     with --write: straight into the page
"""

from __future__ import annotations

import datetime
import re
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from agreement_support import CHUNKS, RUNS, Tally, play_chunk

PAGE = Path(__file__).parents[2] / "docs" / "trust.md"
BLOCK = re.compile(r"(<!-- figures: .*? -->\n).*?(<!-- end -->)", re.DOTALL)
RAREST = 3


def whole() -> Tally:
    """The tally of all worlds, on all cores."""
    tally = Tally()
    with ProcessPoolExecutor() as pool:
        for part in pool.map(play_chunk, range(CHUNKS)):
            tally.add(part)
    return tally


def table(tally: Tally) -> str:
    """The figures as a table of the page."""
    places = sorted(int(size) for size in tally.sizes)
    ties = 100 * tally.coarse_ties / tally.coarse_events
    rows = [
        ("random worlds", f"{tally.worlds:,}, of {places[0]} to {places[-1]} places and {_list(tally.camps)} camps"),
        ("runs, in batches of " + _list(RUNS), f"{tally.runs:,}"),
        ("events compared, with the state after each", f"{tally.events:,}"),
        ("rows of the log compared", f"{tally.rows.total():,}"),
        ("events of coarse worlds at the same second as the one before", f"{ties:.0f} %"),
        ("rarest kinds of event", _rarest(tally.kinds)),
        ("rarest causes", _rarest(tally.causes)),
        ("rarest rows of the log", _rarest(tally.rows)),
        ("differences", f"{len(tally.differences)}"),
    ]
    head = f"Measured on {datetime.date.today():%d %B %Y} by `python tests/agreement/figures.py`:\n\n| | |\n|---|---|\n"
    return head + "".join(f"| {name} | {value} |\n" for name, value in rows)


def _list(numbers: dict[int, int] | Counter[str]) -> str:
    *most, last = (f"{number:,}" for number in sorted(map(int, numbers)))
    return f"{', '.join(most)} and {last}"


def _rarest(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common()[: -RAREST - 1 : -1])


def main() -> None:
    """Print the figures, or write them into the page; fails if the engines differ."""
    tally = whole()
    print(table(tally))
    if "--write" in sys.argv[1:]:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(BLOCK.sub(lambda found: found[1] + table(tally) + found[2], page), encoding="utf-8")
    sys.exit("\n".join(tally.differences) or None)


if __name__ == "__main__":
    main()
