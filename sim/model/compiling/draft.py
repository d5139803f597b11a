"""A scenario on its way to a World: the indices of its names, its switches, and the doubts gathered so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from datetime import datetime
from typing import Any, get_args

import numpy as np

from sim.errors import UsageError
from sim.model.doubts import Doubts
from sim.model.parameters import Parameters
from sim.model.scenario import Mechanism, Scenario
from sim.model.spread import Spread
from sim.rules.chance import entity_key

Fields = dict[str, Any]
"""Some fields of the World, by name."""

NOTHING = Spread(values=(0.0,))


class Draft:
    """What every room looks up. `on`: mechanisms that are switched on; `camp`: of each faction."""

    def __init__(self, scenario: Scenario, parameters: Parameters, middle: bool) -> None:
        self.scenario, self.parameters = scenario, parameters
        self.places = sorted(scenario.places)
        self.factions = sorted(scenario.factions)
        self.backers = sorted(scenario.backers)
        self.place_at = {name: i for i, name in enumerate(self.places)}
        self.faction_at = {name: i for i, name in enumerate(self.factions)}
        given: dict[str, bool] = {str(name): on for name, on in scenario.mechanisms.items()}
        self.on = {name: given.get(name, True) for name in get_args(Mechanism)}
        self.wings = sorted(scenario.wings) if self.on["air"] else []
        self.camp = self._camps()
        self.doubts = Doubts(middle=middle)

    def _camps(self) -> list[int]:
        """Camp of each faction: those allied, directly or through others, share one."""
        camp = list(range(len(self.factions)))
        for name in self.factions:
            for ally in self.scenario.factions[name].allied:
                old, new = sorted((camp[self.faction_at[name]], camp[self.faction_at[ally]]))
                camp = [old if c == new else c for c in camp]
        order = sorted(set(camp))
        return [order.index(c) for c in camp]

    @property
    def camps(self) -> int:
        """How many camps there are."""
        return max(self.camp) + 1

    def camp_of(self, faction: str) -> int:
        """Camp of a faction, by its id."""
        return self.camp[self.faction_at[faction]]

    def tick(self, moment: datetime) -> int:
        """A date as ticks from the start."""
        return int((moment - self.scenario.start).total_seconds())


def starts(groups: Iterable[Sized]) -> Any:
    """Where each group begins, and the last ends, when they are laid end to end."""
    return np.concatenate([[0], np.cumsum([len(g) for g in groups])]).astype(np.int64)


def flat(groups: list[list[int]]) -> Any:
    """The groups laid end to end."""
    return np.array([i for group in groups for i in group], np.int64)


def keys_of(kind: str, names: Sequence[str]) -> Any:
    """Random keys of entities. Two that collide (one in four thousand million pairs) would share their draws."""
    keys = {name: entity_key(kind, name) for name in names}
    if len(set(keys.values())) < len(keys):
        twins = sorted(name for name in names if list(keys.values()).count(keys[name]) > 1)
        raise UsageError(f"the ids of these {kind}s give the same random key, so rename one: {', '.join(twins)}")
    return np.array(list(keys.values()), np.int64)
