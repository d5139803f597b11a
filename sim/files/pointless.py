"""Warnings about what a scenario says in vain: nobody there, nobody mobile or at war, conditions that can never hold.

Only what is certain is told, whatever the map and the chances: a place can change hands only to a side that has
people and is at war with a side that may hold it, or that walks into places left to themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property

from sim.files.nodes import Node, Problems, Step
from sim.files.references import CLAUSES, OFF_MAP
from sim.files.relations import allied_pairs, hostile_pairs
from sim.files.validation import dotted, locate
from sim.model.parameters import Parameters
from sim.model.scenario import Condition, Force, Reinforcement, Scenario

Camp = frozenset[str]
"""A faction and its allies."""


def check_pointless(scenario: Scenario, parameters: Parameters, root: Node, warn: Problems) -> None:
    """Warn of what can change nothing. Whatever the scenario names must exist."""
    _Pointless(scenario, parameters, root, warn).all()


class _Pointless:
    def __init__(self, scenario: Scenario, parameters: Parameters, root: Node, warn: Problems) -> None:
        self.scenario, self.parameters, self.root, self.warn = scenario, parameters, root, warn
        self.hostile = hostile_pairs(scenario)
        allied = allied_pairs(scenario)
        self.camp = {name: _camp(name, allied) for name in scenario.factions}
        self.reach: dict[Camp, set[Camp]] = {}

    def all(self) -> None:
        self._wings()
        if not self.armed:
            self._odd(("forces",), "nobody is there, now or later: no place can change hands", key=True)
        elif not self.hostile:
            self._odd(("factions",), "no two of them are hostile: nobody will fight", key=True)
        else:
            if not any(map(self._can_march, self.people)):
                self._odd(("forces",), "nobody can march, now or later: none of them is mobile", key=True)
            self._triggers()

    def _odd(self, path: tuple[Step, ...], message: str, *, key: bool = False) -> None:
        self.warn(locate(self.root, path, key=key), dotted(self.root, path), message)

    @cached_property
    def armed(self) -> set[Camp]:
        """Camps that have people, or may get some."""
        return {self.camp[force.faction] for force in self.people}

    @cached_property
    def people(self) -> list[Force]:
        """Formations that have people, or may have some when they come."""
        return [force for force in (*self.scenario.forces, *self.scenario.reinforcements) if force.people.high > 0]

    def _can_march(self, force: Force) -> bool:
        return self.parameters.forces[force.force_class].mobile if force.mobile is None else force.mobile

    def _at_war(self, one: Camp, two: Camp) -> bool:
        return any(frozenset((a, b)) in self.hostile for a in one for b in two)

    @cached_property
    def occupiers(self) -> set[Camp]:
        """Camps that may walk into places which neutrals have left."""
        commands = [(row.faction, row.doctrine) for row in self.scenario.commands.values()]
        own = [(name, faction.doctrine) for name, faction in self.scenario.factions.items()]
        doctrines, settings = self.parameters.doctrines, self.scenario.commands.values()
        by_doctrine = {
            self.camp[name] for name, doctrine in commands + own if doctrine and doctrines[doctrine].occupy > 0
        }
        return by_doctrine | {self.camp[row.faction] for row in settings if row.settings.get("occupy", 0) > 0}

    def _may_take_from(self, one: Camp, two: Camp) -> bool:
        return self._at_war(one, two) or one in self.occupiers

    def _holders(self, place: str) -> set[Camp]:
        """Camps that may ever hold a place."""
        first = self._at_start(place)
        if first not in self.reach:
            found = {first}
            while new := {
                camp for camp in self.armed - found if any(self._may_take_from(camp, held) for held in found)
            }:
                found |= new
            self.reach[first] = found
        return self.reach[first]

    def _at_start(self, place: str) -> Camp:
        return self.camp[self.scenario.places[place].holder]

    def _wings(self) -> None:
        for name, wing in self.scenario.wings.items():
            holder = None if wing.base == OFF_MAP else self.scenario.places[wing.base].holder
            if holder is not None and frozenset((holder, wing.faction)) in self.hostile:
                message = f"is held by its enemy {holder!r}: it flies all the same (got {wing.base!r})"
                self._odd(("wings", name, "base"), message)

    def _triggers(self) -> None:
        for index, entry in enumerate(self.scenario.reinforcements):
            path: tuple[Step, ...] = ("reinforcements", index, "when")
            for number, condition in enumerate(entry.when.all):
                for clause in CLAUSES:
                    told = self._in_vain(clause, condition)
                    if told:
                        self._odd((*path, "all", number, clause), told)
            if self._contradict(entry):
                self._odd((*path, "all"), "can never hold together: one place, two sides")
            self._too_late(entry, path)

    def _in_vain(self, clause: str, condition: Condition) -> str:
        """Why a clause tells nothing; empty when it may."""
        given = getattr(condition, clause)
        if given is None:
            return ""
        if clause == "cohesion_below":
            return "can never hold: cohesion does not fall below 0" if given[1] <= 0 else ""
        if clause == "score_above":
            return "can never hold: no share is above 1" if given[1] >= 1 else ""
        place = given if clause == "attacked" else given[0]
        holders, first = self._holders(place), self._at_start(place)
        if clause == "attacked":
            return "" if len(holders) > 1 else f"can never hold: nobody is there who could attack {place!r}"
        faction = given[1]
        camp = self.camp[faction]
        if clause == "held":
            return "" if camp in holders else f"can never hold: {faction!r} has nobody who could take {place!r}"
        if camp != first:
            return f"holds from the start: {faction!r} does not hold {place!r} then"
        return "" if len(holders) > 1 else f"can never hold: nobody is there who could take {place!r} from {faction!r}"

    def _contradict(self, entry: Reinforcement) -> bool:
        """Whether conditions on one place exclude each other."""
        held = {(given[0], self.camp[given[1]]) for one in entry.when.all if (given := one.held)}
        lost = {(given[0], self.camp[given[1]]) for one in entry.when.all if (given := one.lost)}
        return bool(held & lost) or len({place for place, _ in held}) < len(held)

    def _too_late(self, entry: Reinforcement, path: tuple[Step, ...]) -> None:
        start = self.scenario.start
        end = start + timedelta(days=self.scenario.days)
        dates: list[datetime] = [condition.after for condition in entry.when.all if condition.after is not None]
        earliest = max([start, *dates])
        if earliest < end <= earliest + timedelta(hours=entry.when.delay_h.low):
            self._odd((*path, "delay_h"), f"leads to or past the end ({end.isoformat()})")


def _camp(name: str, allied: set[frozenset[str]]) -> Camp:
    return frozenset({name}.union(*(pair for pair in allied if name in pair)))
