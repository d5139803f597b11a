"""What becomes of civilians over many runs: how many are displaced, from where and to where; which services fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.results import SERVICE_NAMES, Block, Labels
from sim.study.tally import Tally
from sim.units import GRID

if TYPE_CHECKING:
    from sim.study.summary import Quantiles


@dataclass(frozen=True)
class PlaceCivilians:
    """One place at the end: civilians of it who are away, those of other places who are there, and days of supplies
    and of utilities that were lost (a day at half counts half)."""

    id: str
    name: str
    away: Quantiles
    sheltered: Quantiles
    days_lost: dict[str, Quantiles]


@dataclass(frozen=True)
class Civilians:
    """Civilians away from home at the end, at the end of the day on which most are, and of every day; how many left
    home, each time they did. Not a count of those in need of help."""

    displaced: Quantiles
    displaced_most: Quantiles
    fled: Quantiles
    displaced_by_day: tuple[Quantiles, ...]
    places: tuple[PlaceCivilians, ...]


class CivilianCount:
    """Counts them a block at a time."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self.most, self.fled = Tally(), Tally()
        self.by_day: list[Tally] = []
        self.away, self.sheltered, *self.lost = ([Tally() for _ in labels.place_ids] for _ in (0, 1, *SERVICE_NAMES))

    def add(self, block: Block) -> None:
        """Count some more runs."""
        self.by_day = self.by_day or [Tally() for _ in block.displaced]
        self.most.add(block.displaced.max(axis=0))
        self.fled.add(block.fled)
        for tallies, table in (
            (self.by_day, block.displaced),
            (self.away, block.away),
            (self.sheltered, block.sheltered),
            *zip(self.lost, block.lacking, strict=True),
        ):
            for tally, row in zip(tallies, table, strict=True):
                tally.add(row)

    def table(self, three: Callable[..., Quantiles]) -> Civilians:
        """The counts as quantiles; `three(tally, unit)` makes them."""
        by_day = tuple(three(tally) for tally in self.by_day)
        ids, names = self.labels.place_ids, self.labels.place_names
        return Civilians(
            displaced=by_day[-1],
            displaced_most=three(self.most),
            fled=three(self.fled),
            displaced_by_day=by_day,
            places=tuple(
                PlaceCivilians(
                    id=ids[p],
                    name=names[p],
                    away=three(self.away[p]),
                    sheltered=three(self.sheltered[p]),
                    days_lost={
                        name: three(tallies[p], GRID) for name, tallies in zip(SERVICE_NAMES, self.lost, strict=True)
                    },
                )
                for p in range(len(ids))
            ),
        )
