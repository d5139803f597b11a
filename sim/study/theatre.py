"""Generated theatres: a plausible campaign of any size from a seed, for tests and benchmarks.

Fictional throughout: an archipelago of the open South Pacific with towns after Zipf's law, planar roads, a
river with bridges, regions held by factions, forces near the fronts, wings, commands and reinforcements.
Switches make the worlds that break programs: ties everywhere, parts that no road joins, nobody there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import yaml

from sim.errors import UsageError, figure
from sim.model.scenario import DoctrineName, Mechanism
from sim.study.theatre_map import (
    SPACING_KM,
    Dice,
    Ground,
    invented_names,
    lattice,
    make_ground,
    regions,
    scatter,
    zipf_people,
)

Raw = dict[str, Any]

SOUTH, WEST = -38.0, -118.0
"""South-west corner: open ocean."""
START = "2031-03-01T05:00:00-08:00"
SIDES = ("amber", "blue", "crimson", "dun", "emerald", "fawn", "gold", "heather")
"""Hostile factions, in order; allies and neutrals are named after what they are."""
DOCTRINES: tuple[DoctrineName, ...] = ("offensive", "hold", "opportunist", "offensive", "core", "hold")
EXACT = ("march.friction", "march.night_slowdown", "march.congestion", "combat.spread")
"""Rules that a theatre of ties sets to 0, so that equal roads take equally long and events coincide."""


@dataclass
class _Theatre:
    dice: Dice
    ties: bool
    zero: bool
    ground: Ground
    ids: list[str]
    people: list[int]
    kinds: list[str]
    hosts: list[int]
    """For hills and bases, the place they belong to; -1 otherwise."""
    holder: list[int]
    factions: list[str]
    hostile: int
    """How many of the factions, from the first, fight one another."""
    allied_to: dict[str, str]
    capital: dict[str, int] = field(default_factory=dict)

    def held(self, faction: str) -> list[int]:
        """Places a faction holds, most populous first."""
        number = self.factions.index(faction)
        own = [i for i, k in enumerate(self.holder) if k == number]
        return sorted(own, key=lambda i: (-self.people[i], self.ids[i]))

    def at_war(self, a: str, b: str) -> bool:
        """Whether two factions are on hostile sides."""
        a, b = self.allied_to.get(a, a), self.allied_to.get(b, b)
        fighting = self.factions[: self.hostile]
        return a != b and a in fighting and b in fighting

    def front(self, faction: str) -> list[int]:
        """Places of a faction one road from an enemy."""
        beside = self.ground.neighbours()
        return [
            i for i in self.held(faction) if any(self.at_war(faction, self.factions[self.holder[j]]) for j in beside[i])
        ]

    def spread(self, low: float, high: float, shared: str | None = None) -> Any:
        """A range as a scenario writes it; its middle when everything must tie."""
        if self.ties:
            return round((low + high) / 2, 2)
        text = f"{low:g}..{high:g}"
        return {"range": text, "shared": shared} if shared else text


def theatre(
    places: int = 80,
    forces: int = 100,
    factions: int = 2,
    seed: int = 1,
    *,
    allies: int = 0,
    neutral: int = 0,
    islands: int = 1,
    ties: bool = False,
    zero: bool = False,
    days: float = 14,
    off: Sequence[Mechanism] = (),
) -> Raw:
    """A theatre as the long form of a scenario file: `Scenario.model_validate(theatre())` accepts it.

    places 1..2,000; forces 0..5,000 at the start, a tenth as many again may arrive; factions 1..8 hostile
    to one another, with `allies` (of the first ones) and `neutral` ones beside them. islands: parts that no
    road joins. ties: equal roads, people, strengths and no doubt about anything. zero: empty towns, forces
    of nobody and one side without a man. off: mechanisms switched off. Raises UsageError outside the limits.
    """
    _check(places, forces, factions, allies, neutral, islands, days)
    dice = Dice(seed)
    world = _lay_out(dice, places, factions, allies, neutral, islands, ties, zero)
    raw: Raw = {
        "scenario": f"theatre-{places}-{forces}-{factions}-{seed}",
        "title": f"A generated theatre: {places} places, {forces} formations, {factions} sides",
        "about": "Fictional; generated from a seed for tests and benchmarks.",
        "start": START,
        "days": days,
        "places": _places(world),
        "roads": _roads(world),
        "factions": _factions(world),
        "backers": {f"patron-{name}": {"client": name, "will": world.spread(0.3, 0.8)} for name in SIDES[:2]},
        "commands": _commands(world),
        "forces": _forces(world, forces),
        "wings": _wings(world),
    }
    raw["backers"] = {k: v for k, v in raw["backers"].items() if v["client"] in raw["factions"]}
    raw["reinforcements"] = _reinforcements(world, -(-forces // 10))
    if ties:
        raw["parameters"] = dict.fromkeys(EXACT, 0)
    if off:
        raw["mechanisms"] = dict.fromkeys(off, False)
    return raw


def to_yaml(raw: Raw) -> str:
    """A theatre as the text of a scenario file."""
    return yaml.safe_dump(raw, sort_keys=False, default_flow_style=None, width=110, allow_unicode=True)


def _check(places: int, forces: int, factions: int, allies: int, neutral: int, islands: int, days: float) -> None:
    limits: tuple[tuple[str, float, float, float], ...] = (
        ("places", places, 1, 2_000), ("forces", forces, 0, 5_000), ("factions", factions, 1, len(SIDES)),
        ("allies", allies, 0, 8), ("neutral", neutral, 0, 8), ("islands", islands, 1, 100),
        ("days", days, 0.01, 366),
    )  # fmt: skip
    for name, value, low, high in limits:
        if not low <= value <= high:
            raise UsageError(f"{name} must lie between {figure(low)} and {figure(high)} (got {value:,})")


# --- ground -----------------------------------------------------------------------------------------------


def _lay_out(
    dice: Dice, places: int, hostile: int, allies: int, neutral: int, islands: int, ties: bool, zero: bool
) -> _Theatre:
    beside_others = 0 if ties else places // 7  # hills and bases a few km from a town
    towns = places - beside_others
    points = lattice(towns) if ties else scatter(dice, towns)
    people = [20_000] * towns if ties else zipf_people(dice, towns, 12_000.0 * towns**0.8)
    if zero:
        people = [0 if dice.chance(0.3) else count for count in people]
    ranked = sorted(range(towns), key=lambda i: (-people[i], i))
    kinds = [_kind_of_town(dice, ranked.index(i) / towns, people[i]) for i in range(towns)]
    hosts = [-1] * towns
    for k in range(beside_others):
        host = ranked[k % max(1, towns // 3)]
        east, north = dice.between(5, 9), dice.between(5, 9)
        offset = (east if dice.chance(0.5) else -east, north if dice.chance(0.5) else -north)
        points = np.vstack([points, points[host] + offset])
        people.append(0)
        kinds.append(dice.pick(("hill", "hill", "airbase", "base")))
        hosts.append(host)
    factions = [
        *SIDES[:hostile],
        *(f"ally-{i + 1}" for i in range(allies)),
        *(f"neutral-{i + 1}" for i in range(neutral)),
    ]
    ground = make_ground(dice, points, islands=islands, ties=ties)
    if ties:  # no room between the places of a lattice: some of them are hills above a neighbour, or air bases
        beside = ground.neighbours()
        for i in range(6, towns, 7):
            kinds[i], hosts[i] = ("hill", min(beside[i], default=-1)) if i % 2 else ("airbase", -1)
    world = _Theatre(
        dice, ties, zero, ground, invented_names(dice, places), people, kinds, hosts,
        regions(points, len(factions)), factions, hostile,
        {f"ally-{i + 1}": SIDES[i % hostile] for i in range(allies)},
    )  # fmt: skip
    for name in factions:
        own = world.held(name)
        if own:
            world.capital[name] = own[0]
    return world


def _kind_of_town(dice: Dice, rank: float, people: int) -> str:
    if people == 0:
        return "junction"
    if rank < 0.15:
        return "city"
    if rank < 0.55:
        return "town"
    return "village" if dice.chance(0.8) else dice.pick(("junction", "border"))


def _places(world: _Theatre) -> Raw:
    rows: Raw = {}
    for i, name in enumerate(world.ids):
        east, north = world.ground.points[i]
        faction = world.factions[world.holder[i]]
        row: Raw = {
            "kind": world.kinds[i],
            "lat": round(SOUTH + float(north) / 111.2, 4),
            "lon": round(WEST + float(east) / 88.0, 4),
            "people": world.people[i],
            "holder": faction,
            "name": name.capitalize(),
        }
        if world.capital.get(faction) == i:
            row |= {"capital": True, "seat": True, "supply": [faction], "airbase": True}
            row["symbolic"] = {name: 1 if name == faction else 0.6 for name in world.factions[: world.hostile]}
        elif world.kinds[i] == "city":
            row |= {"seat": True, "symbolic": {faction: 0.5}}
        if world.kinds[i] == "border" and not world.ties:
            row["supply"] = [faction]
        if world.hosts[i] >= 0:
            host = world.ids[world.hosts[i]]
            row |= {"commands": [host]} if world.kinds[i] == "hill" else {"parent": host}
        rows[name] = row
    return rows


def _roads(world: _Theatre) -> list[Raw]:
    """Roads between the populous are the better ones."""
    weight = [min(world.people[a], world.people[b]) for a, b, _ in world.ground.roads]
    ordered = sorted(weight, reverse=True)
    rows = []
    for (a, b, km), size, bridged in zip(world.ground.roads, weight, world.ground.bridged, strict=True):
        rank = ordered.index(size) / len(ordered)
        better = next(c for limit, c in _CLASSES if rank <= limit)
        row: Raw = {
            "a": world.ids[a],
            "b": world.ids[b],
            "km": km,
            "class": "primary" if world.ties else better,
        }
        if bridged:
            row["bridge"] = {} if world.ties else {"repair_h": "6..24", "delay_h": "1..5"}
        rows.append(row)
    return rows


_CLASSES = ((0.12, "motorway"), (0.4, "primary"), (0.75, "secondary"), (0.93, "tertiary"), (1.0, "track"))


# --- sides ------------------------------------------------------------------------------------------------


def _factions(world: _Theatre) -> Raw:
    rows: Raw = {}
    for k, name in enumerate(world.factions):
        enemies = [other for other in world.factions[: world.hostile] if world.at_war(name, other)]
        row: Raw = {"name": name.capitalize(), "doctrine": DOCTRINES[k % len(DOCTRINES)]}
        if k < world.hostile:
            row["hostile"] = [other for other in enemies if other > name]
            row["aims"] = {world.ids[world.capital[e]]: 1 for e in enemies if e in world.capital}
            row["cohesion"] = world.spread(0.5, 0.9)
        elif name in world.allied_to:
            row |= {"allied": [world.allied_to[name]], "doctrine": "hold"}
        else:
            row |= {"doctrine": "hold", "transit": [world.factions[0]]}
        if name in world.capital:
            row["core"] = [world.ids[world.capital[name]]]
        if world.ties:
            row |= {"cohesion": 0.6, "collapse_below": 0.2, "alert_h": 1}
        rows[name] = row
    return rows


def _commands(world: _Theatre) -> Raw:
    """A field command everywhere, a guard around the capital and, for large sides, one on half the front."""
    rows: Raw = {}
    for k, name in enumerate(world.factions[: world.hostile]):
        own = world.held(name)
        if not own:
            continue
        rows[f"{name}-field"] = {"faction": name, "score_blind": k % 3 == 2}
        if len(own) >= 4:
            near = sorted({world.capital[name], *world.ground.neighbours()[world.capital[name]]})
            rows[f"{name}-guard"] = {
                "faction": name,
                "area": [world.ids[i] for i in near],
                "doctrine": "core",
                "settings": {"withdraw_odds": 4},
            }
        front = world.front(name)
        if len(front) >= 4:
            reach = set(front[::2])
            for i in front[::2]:
                reach.update(world.ground.neighbours()[i])
            rows[f"{name}-wing"] = {"faction": name, "area": [world.ids[i] for i in sorted(reach)]}
    return rows


def _forces(world: _Theatre, count: int) -> list[Raw]:
    """Shared out among the sides; two thirds near the fronts, the rest in the capital and behind."""
    able = [name for name in world.factions if world.held(name)]
    rows: list[Raw] = []
    for i in range(count):
        name = able[i % len(able)]
        front, own = world.front(name) or world.held(name), world.held(name)
        where = world.dice.share()
        place = world.dice.pick(front) if where < 0.65 else own[0] if where < 0.8 else world.dice.pick(own)
        leading = DOCTRINES[world.factions.index(name) % len(DOCTRINES)] == "offensive"
        first_line = ("spearhead", "light", "regular") if leading else ("elite", "regular", "garrison")
        kind = world.dice.pick(first_line if where < 0.8 else ("militia", "local", "regular"))
        rows.append(_force(world, f"{name}-{i:04}", name, place, kind, i))
    return rows


def _force(world: _Theatre, name: str, faction: str, place: int, kind: str, number: int) -> Raw:
    dice = world.dice
    size = 1_000 if world.ties else int(round(dice.between(300, 2500), -1))
    people: Any = world.spread(0.7 * size, 1.3 * size, faction)
    # Nobody at all in the last hostile side of a world with zeros, and in some forces of every other.
    if world.zero and (faction == world.factions[world.hostile - 1] or number % 5 == 0):
        people = 0
    row: Raw = {"id": name, "faction": faction, "place": world.ids[place], "people": people, "class": kind}
    if world.ties:
        row |= {"quality": 0.5, "morale": 0.6, "speed": 1, "night": 0.5}
    return row


def _wings(world: _Theatre) -> Raw:
    rows: Raw = {}
    for k, name in enumerate(world.factions[: world.hostile]):
        bases = [i for i in world.held(name) if world.kinds[i] == "airbase" or i == world.capital[name]]
        for j, base in enumerate(bases[:2]):
            rows[f"{name}-air-{j + 1}"] = {
                "faction": name,
                "base": "off_map" if k == 1 and j == 1 else world.ids[base],
                "aircraft": world.spread(6, 20),
                "sorties_per_day": world.spread(0.8, 2),
                "range_km": SPACING_KM * 6,
                "night": world.spread(0.1, 0.6),
                **({"backer": f"patron-{name}"} if j == 1 and k < 2 else {}),
                "effort": [{"at": START, "share": world.spread(0.5, 1)}],
                "targets": {"close": 0.5, "interdiction": 0.25, "rear": 0.15, "bridges": 0.1},
            }
    return rows


def _reinforcements(world: _Theatre, count: int) -> list[Raw]:
    """Each kind of trigger in turn, alone and together."""
    able = [name for name in world.factions[: world.hostile] if world.held(name)]
    rows: list[Raw] = []
    for i in range(count if able else 0):
        name = able[i % len(able)]
        own = world.held(name)
        kind = world.dice.pick(("elite", "regular", "militia"))
        row = _force(world, f"{name}-more-{i:03}", name, own[0], kind, i)
        clauses = _clauses(world, name, i)
        row["when"] = {"all": clauses, "delay_h": 6 if world.ties else world.spread(2, 60)}
        row["chance"] = world.spread(0.6, 1)
        row["otherwise"] = [world.ids[p] for p in own[1:3]]
        if i % 3 == 0 and name in SIDES[:2]:
            row["backer"] = f"patron-{name}"
        rows.append(row)
    return rows


def _clauses(world: _Theatre, name: str, number: int) -> list[Raw]:
    own = world.front(name) or world.held(name)
    enemy = next((other for other in world.factions if world.at_war(name, other)), name)
    theirs = world.front(enemy) or world.held(enemy) or own
    dice = world.dice
    kinds: tuple[Raw, ...] = (
        {"lost": [world.ids[dice.pick(own)], name]},
        {"after": START.replace("-01T", f"-0{dice.whole(1, 4)}T")},
        {"attacked": world.ids[dice.pick(own)]},
        {"held": [world.ids[dice.pick(theirs)], name]},
        {"cohesion_below": [name, 0.6]},
        {"score_above": [enemy, 0.4]},
    )
    chosen = [kinds[number % len(kinds)]]
    if number % 4 == 3:
        chosen.append(kinds[(number + 2) % len(kinds)])
    return chosen
