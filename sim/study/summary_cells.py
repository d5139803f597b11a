"""What stands in the tables of a summary: shares and quantiles as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.study.statistics import Estimate
from sim.study.text import percent, wrap

if TYPE_CHECKING:
    from sim.study.summary import Quantiles, Summary


def share(estimate: Estimate) -> str:
    """A share with its interval, in per cent."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "-"
    return f"{percent(estimate.value)} [{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]"


def three(quantiles: Quantiles, summary: Summary, digits: int = 0) -> str:
    """The quantiles beside one another; of a single run there is a middle only."""
    values = [quantiles.p10.value, quantiles.p50.value, quantiles.p90.value]
    if summary.runs == 1:
        values[0] = values[2] = None
    return " / ".join("-" if value is None else f"{value:,.{digits}f}" for value in values)


def ragged(rows: list[list[str]]) -> list[str]:
    """Lines of a share and a long text each; the text goes on under itself."""
    left = max(len(row[0]) for row in rows)
    lines = []
    for number, text in rows:
        indent = " " * (left + 2)
        body = wrap(text.split(" "), indent=indent, separator=" ")
        lines.append(number.rjust(left) + body[left:])
    return lines
