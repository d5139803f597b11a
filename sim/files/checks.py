"""What must hold between the entries of a scenario, and what is merely odd (warnings). Everything at once."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sim.errors import figure
from sim.files.entries import like
from sim.files.nodes import ANYBODY, Node, Problems, Step
from sim.files.pointless import check_pointless
from sim.files.references import CLAUSES, OFF_MAP, SINGULAR, Known, check_references, entries
from sim.files.relations import check_relations, hostile_pairs
from sim.files.salvage import STAND_INS
from sim.files.validation import dotted, locate
from sim.model.geography import great_circle_km
from sim.model.importance import COMPONENTS
from sim.model.parameters import LIMITS, RULES, SETTINGS, Parameters
from sim.model.scenario import Scenario

OVERLOOK_KM = 30.0
SHORTEST_ROAD = 0.95
"""A road may be this much shorter than the straight line before we wonder: coordinates are rounded."""


def check(
    scenario: Scenario, parameters: Parameters, root: Node, note: Problems, warn: Problems, *, dates: bool = True
) -> None:
    """Note every contradiction in a scenario that is valid field by field. `dates` is False when some could not
    be read, which was told already."""
    checks = _Checks(scenario, root, note, warn)
    known = checks.names({section: getattr(scenario, section) for section in SINGULAR})
    check_relations(scenario, root, note)
    checks.heights(reach=known)
    if dates:
        checks.dates()
    if known:  # the rest follows references
        checks.odd()
        check_pointless(scenario, parameters, root, warn)


def check_rest(scenario: Scenario, rest: Node, root: Node, note: Problems) -> None:
    """Note what is wrong in the `rest` of a scenario from which all was taken that is malformed. What the whole `root`
    calls by an id is known; what could be sound but for what was taken is left alone."""
    nothing = Node(None, root.mark, root.key)
    known = {section: _names_in(root.children.get(section, nothing), section) for section in SINGULAR}
    _Checks(scenario, rest, note, Problems()).names(known)


def _names_in(node: Node, section: str) -> Collection[str] | None:
    """The ids of a section, of empty entries too; None when it is lacking or malformed as a whole, so that nobody
    knows."""
    if node.children:
        return node.children
    return None if section in STAND_INS or node.value is not None else ()


class _Checks:
    def __init__(self, scenario: Scenario, root: Node, note: Problems, warn: Problems) -> None:
        self.scenario, self.root, self.note, self.warn = scenario, root, note, warn

    def names(self, known: Known) -> bool:
        """What holds entry by entry, and that whatever is named is known; returns whether it is."""
        self._ids()
        self._numbers()
        self._names_of_rules()
        self._conditions()
        self._roads()
        self._commands()
        self._parents()
        return check_references(self.scenario, self.root, known, self.note)

    def odd(self) -> None:
        """What is sound and yet may not be meant."""
        self._forces()
        self._connected()

    def _fault(self, path: tuple[Step, ...], message: str, *, key: bool = False) -> None:
        self.note(locate(self.root, path, key=key), dotted(self.root, path), message)

    def _odd(self, path: tuple[Step, ...], message: str, *, key: bool = False) -> None:
        self.warn(locate(self.root, path, key=key), dotted(self.root, path), message)

    # --- ids
    def _ids(self) -> None:
        if OFF_MAP in self.scenario.places:
            self._fault(("places", OFF_MAP), f"must have another id: {OFF_MAP} means a base out of reach", key=True)
        seen: dict[str, tuple[Step, ...]] = {}
        for section in ("forces", "reinforcements"):
            for index, force in entries(self.scenario, section):
                path = (section, index)
                if force.id is None:
                    continue  # none that can be read: told already
                if force.id in seen:
                    self._fault(path, like(section, force.id, locate(self.root, seen[force.id])))
                seen.setdefault(force.id, path)
        for name, command in self.scenario.commands.items():
            if name in self.scenario.factions and command.faction not in (name, ANYBODY):
                self._fault(("commands", name), f"must not be called like another faction ({name!r})", key=True)

    # --- numbers that no type bounds
    def _numbers(self) -> None:
        for name, place in self.scenario.places.items():
            for field in ("symbolic", "attitude"):
                self._bounded(("places", name, field), getattr(place, field), 1)
        for section in ("factions", "commands"):
            for key, entry in entries(self.scenario, section):
                self._bounded((section, key, "aims"), entry.aims, 1_000)
        for name, wing in self.scenario.wings.items():
            if wing.targets is None:
                continue
            self._bounded(("wings", name, "targets"), wing.targets, 1_000)
            if not sum(wing.targets.values()) > 0:
                self._fault(("wings", name, "targets"), "must give some target a share above 0")
        self._bounded(("score_weights",), self.scenario.score_weights, 1_000)
        for name, command in self.scenario.commands.items():
            self._bounded(("commands", name, "settings"), command.settings, 1_000)
        for index, entry in enumerate(self.scenario.reinforcements):
            for number, condition in enumerate(entry.when.all):
                for clause in ("cohesion_below", "score_above"):
                    pair = getattr(condition, clause)
                    if pair is not None and not 0 <= pair[1] <= 1:
                        path = ("reinforcements", index, "when", "all", number, clause, 1)
                        self._fault(path, f"must lie between 0 and 1 (got {figure(pair[1])})")

    def _bounded(self, path: tuple[Step, ...], values: Mapping[Any, float], top: float) -> None:
        for name, value in values.items():
            if not (math.isfinite(value) and 0 <= value <= top):
                self._fault((*path, name), f"must lie between 0 and {top:,} (got {figure(value)})")

    # --- names that the rules know
    def _names_of_rules(self) -> None:
        self._known(("parameters",), self.scenario.parameters, RULES, "a parameter of parameters.yaml")
        self._known(("score_weights",), self.scenario.score_weights, COMPONENTS, "a component of the score")
        for name, spread in self.scenario.parameters.items():
            low, high = LIMITS.get(name, (-math.inf, math.inf))
            if spread.low < low or spread.high > high:
                message = f"must lie between {figure(low)} and {figure(high)} (got {spread.bounds})"
                self._fault(("parameters", name), message)
        for name, command in self.scenario.commands.items():
            self._known(("commands", name, "settings"), command.settings, SETTINGS, "a setting of a doctrine")

    def _known(self, path: tuple[Step, ...], given: Iterable[str], known: tuple[str, ...], what: str) -> None:
        for name in given:
            if name not in known:
                hint = self.note.near(name, known) or (f"; known: {', '.join(known)}" if len(known) < 20 else "")
                self._fault((*path, name), f"must be {what} (got {name!r}{hint})", key=True)

    # --- conditions
    def _conditions(self) -> None:
        for index, entry in enumerate(self.scenario.reinforcements):
            for number, condition in enumerate(entry.when.all):
                given = [name for name in ("after", *CLAUSES) if getattr(condition, name) is not None]
                if len(given) != 1:
                    path = ("reinforcements", index, "when", "all", number)
                    choice = ", ".join(("after", *CLAUSES))
                    got = ", ".join(given) or "none"
                    self._fault(path, f"must have exactly one clause of {choice} (got {got})")

    # --- roads
    def _roads(self) -> None:
        seen: dict[tuple[str, str], int] = {}
        places = self.scenario.places
        for index, road in enumerate(self.scenario.roads):
            if ANYBODY in (road.a, road.b):
                continue  # told already
            path = ("roads", index)
            ends = (min(road.a, road.b), max(road.a, road.b))
            if road.a == road.b:
                self._fault(path, f"must join two places (got {road.a!r} twice)")
            elif ends in seen:
                self._fault(path, like("roads", "", locate(self.root, ("roads", seen[ends]))))
            seen.setdefault(ends, index)
            if road.a in places and road.b in places:
                straight = self._apart(road.a, road.b)
                if road.km < SHORTEST_ROAD * straight - 1:
                    message = (
                        f"is shorter than the straight line (got {figure(road.km)} km, straight {straight:.0f} km)"
                    )
                    self._odd((*path, "km"), message)

    def _apart(self, a: str, b: str) -> float:
        one, two = self.scenario.places[a], self.scenario.places[b]
        return great_circle_km(one.lat, one.lon, two.lat, two.lon)

    # --- dates
    def dates(self) -> None:
        """The order of dates, and whether they lie within the span that is played."""
        start = self.scenario.start
        end = start + timedelta(days=self.scenario.days)
        for name, wing in self.scenario.wings.items():
            for number, step in enumerate(wing.effort):
                path: tuple[Step, ...] = ("wings", name, "effort", number, "at")
                if number and step.at <= wing.effort[number - 1].at:
                    self._fault(path, f"must come after the one before (got {step.at.isoformat()})")
                elif step.at >= end:
                    self._after_end(path, end)
        for index, entry in enumerate(self.scenario.reinforcements):
            for number, condition in enumerate(entry.when.all):
                if condition.after is not None and condition.after >= end:
                    self._after_end(("reinforcements", index, "when", "all", number, "after"), end)
        for index, seen in enumerate(self.scenario.observed):
            earliest, latest = seen.earliest or seen.at, seen.latest or seen.at
            if not earliest <= seen.at <= latest:
                self._fault(("observed", index, "at"), "must lie between earliest and latest")
            if not start <= seen.at:
                self._odd(("observed", index, "at"), f"lies before the start ({start.isoformat()})")
            elif seen.at >= end:
                self._after_end(("observed", index, "at"), end)

    def _after_end(self, path: tuple[Step, ...], end: datetime) -> None:
        self._odd(path, f"lies at or after the end ({end.isoformat()})")

    # --- places
    def heights(self, *, reach: bool) -> None:
        """They overlook other places; `reach`: none too far away, which can be told when all names are known."""
        joined = {frozenset((road.a, road.b)) for road in self.scenario.roads}
        for name, place in self.scenario.places.items():
            for index, below in enumerate(place.commands):
                path = ("places", name, "commands", index)
                if below == name:
                    self._fault(path, "must be another place (got itself)")
                elif reach and frozenset((name, below)) not in joined and self._apart(name, below) > OVERLOOK_KM:
                    far = f"{self._apart(name, below):.0f} km"
                    self._fault(path, f"must be joined by a road or within {OVERLOOK_KM:g} km (got {below!r}, {far})")

    def _parents(self) -> None:
        """Chains of parents must end."""
        sound: set[str] = set()
        for name in self.scenario.places:
            chain: dict[str, None] = {}
            step: str | None = name
            while step is not None and step not in sound and step not in chain:
                chain[step] = None
                step = self.scenario.places[step].parent if step in self.scenario.places else None
            if step is not None and step in chain:
                self._fault(("places", step, "parent"), "must not lead back to the place itself")
            sound.update(chain)

    # --- commands and forces
    def _commands(self) -> None:
        for index, entry in entries(self.scenario, "reinforcements"):
            if entry.dormant:
                self._fault(
                    ("reinforcements", index, "dormant"), "must not be true: dormant forces are there from the start"
                )
        for section in ("forces", "reinforcements"):
            for index, force in entries(self.scenario, section):
                if force.command not in self.scenario.commands:
                    continue  # none, or told as a name that nothing has
                faction = self.scenario.commands[force.command].faction
                if faction != force.faction and ANYBODY not in (faction, force.faction):
                    path = (section, index, "command")
                    self._fault(path, f"must be a command of {force.faction!r} (got {force.command!r} of {faction!r})")

    def _forces(self) -> None:
        hostile = hostile_pairs(self.scenario)
        for index, force in enumerate(self.scenario.forces):
            place = self.scenario.places[force.place]
            holder = place.holder
            if force.dormant:
                readiness = place.readiness.get("rise")
                if readiness is None or readiness.high == 0:
                    message = (
                        f"is dormant in a place that is not ready to rise: give {force.place!r} readiness: {{rise: ..}}"
                    )
                    self._odd(("forces", index, "dormant"), message)
            elif frozenset((holder, force.faction)) in hostile:
                message = f"stands in a place that its enemy {holder!r} holds: they fight at once (got {force.place!r})"
                self._odd(("forces", index, "place"), message)

    # --- the map as a whole
    def _connected(self) -> None:
        near: dict[str, list[str]] = {name: [] for name in self.scenario.places}
        for road in self.scenario.roads:
            near[road.a].append(road.b)
            near[road.b].append(road.a)
        first = next(iter(near))
        reached, todo = {first}, [first]
        while todo:
            for there in near[todo.pop()]:
                if there not in reached:
                    reached.add(there)
                    todo.append(there)
        apart = sorted(set(near) - reached)
        if apart:
            some = ", ".join(apart[:5]) + (", ..." if len(apart) > 5 else "")
            self._odd(("places", apart[0]), f"no road leads from {first!r} to {some}", key=True)
