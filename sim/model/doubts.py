"""Doubts: what is uncertain in a scenario, as quantile tables that `sim.model.draws` reads once per run."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.errors import UsageError
from sim.model.spread import Spread
from sim.rules.chance import entity_key

DOUBT_STEPS = 512


@dataclass
class Doubts:
    """Drawn quantities, in the order in which they are declared.

    A column is a list of cells; a cell is a constant (source -1) or the index of an input. `tables` holds each
    input's quantiles at DOUBT_STEPS + 1 points (steps for `choice`, else interpolated). `middle` makes every
    range its median."""

    ids: list[str] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    tables: list[list[float]] = field(default_factory=list)
    stepped: list[bool] = field(default_factory=list)
    columns: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    middle: bool = False
    labels: dict[int, tuple[str, str]] = field(default_factory=dict)

    def add(self, column: str, name: str, spread: Spread, scale: float = 1.0) -> None:
        """Append a cell to a column: `spread` times `scale`."""
        cells = self.columns.setdefault(column, [])
        if spread.is_fixed or self.middle:
            cells.append((spread.middle * scale, -1))
            return
        if name not in self.ids:
            self.ids.append(name)
            label = ("shared", spread.shared) if spread.shared else ("input", name)
            key = entity_key(*label)
            if self.labels.setdefault(key, label) != label:
                raise UsageError(f"{' and '.join((name, self.labels[key][1]))} give the same random key: rename one")
            self.keys.append(key)
            self.tables.append([spread.quantile(i / DOUBT_STEPS) for i in range(DOUBT_STEPS + 1)])
            self.stepped.append(spread.shape == "choice")
        cells.append((scale, self.ids.index(name)))
