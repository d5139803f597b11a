"""A scenario as text: who is against whom, the order of battle, force ratios by sector, and the defaults."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sim.files.loader import Loaded
from sim.files.relations import allied_pairs, hostile_pairs
from sim.model.parameters import Parameters, WingDefaults
from sim.model.scenario import Command, Condition, Force, Reinforcement, Scenario
from sim.model.world import World, compile_world
from sim.study.text import counted
from sim.views.defaults import command_of, commands_of, defaults
from sim.views.text import join_ids, number, paragraph, printable, spread_text, table

WIDTH = 110
"""Columns that a list of entries may take."""


def scenario_text(loaded: Loaded) -> str:
    """Everything `sim show` prints."""
    scenario, parameters = loaded.scenario, loaded.parameters
    world = compile_world(scenario, parameters)
    parts = [
        _head(loaded),
        _titled("FACTIONS", _factions(scenario, parameters)),
        _titled("COMMANDS", _commands(scenario, commands_of(scenario, world))),
        _titled("PLACES", _places(scenario)),
        _titled(
            "ORDER OF BATTLE (people present at the start, lo..hi; [name]: drawn together)",
            _battle(loaded, command_of(world)),
        ),
        _titled("REINFORCEMENTS", _reinforcements(scenario, command_of(world))),
        _titled("AIR", _wings(scenario, parameters.wings)),
        _titled("FORCE RATIOS BY SECTOR (middle of the ranges; lowest and highest in brackets)", ratios(loaded)),
        _titled("CHANGED RULES", _changed(loaded)),
        _titled("FILLED IN (what the file leaves open)", _defaults(loaded, world)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def summary_line(loaded: Loaded) -> str:
    """One line that says what was read."""
    s = loaded.scenario
    counts = {
        "place": len(s.places), "road": len(s.roads), "faction": len(s.factions), "force": len(s.forces),
        "wing": len(s.wings), "reinforcement": len(s.reinforcements),
    }  # fmt: skip
    said = ", ".join(counted(count, name, f"{name}s") for name, count in counts.items())
    start = s.start.isoformat(sep=" ", timespec="minutes")
    return f"{s.scenario}: {said}; {counted(s.days, 'day', 'days')} from {start}"


def _rows(rows: Sequence[Sequence[str]], left: Collection[int], indent: str = "  ") -> list[str]:
    """A table, its head first; ids are never cut, so that it may be wider than WIDTH."""
    return table(rows[1:], head=rows[0], left=left, indent=indent, most=WIDTH, cut=False) if rows else []


def _titled(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *lines]) if lines else ""


def _head(loaded: Loaded) -> str:
    s = loaded.scenario
    lines = [line for text in (s.title, summary_line(loaded), s.about) for line in paragraph(text)]
    lines.append(f"scenario {loaded.hash[:16]}, parameters {loaded.parameters_hash[:16]}")
    for change in loaded.overrides:
        lines.append(f"changed by --set {printable(change, 200)}")
    return "\n".join(lines)


def _factions(s: Scenario, parameters: Parameters) -> list[str]:
    rows = [["id", "name", "doctrine", "hostile to", "allied with", "cohesion", "gives up below", "aims"]]
    hostile, allied = hostile_pairs(s), allied_pairs(s)
    for name, faction in s.factions.items():
        rows.append(
            [
                name,
                faction.name or name,
                faction.doctrine,
                join_ids(_others(hostile, name)) or "-",
                join_ids(_others(allied, name)) or "-",
                spread_text(faction.cohesion or parameters.factions["cohesion"]),
                spread_text(faction.collapse_below or parameters.factions["collapse_below"]),
                join_ids([f"{place} {number(weight)}" for place, weight in faction.aims.items()]) or "-",
            ]
        )
    lines = _rows(rows, left=range(8))
    for name, backer in s.backers.items():
        text = f"{name} backs {backer.client}, will {spread_text(backer.will)}"
        lines.append("  " + printable(text))
    return lines


def _others(pairs: set[frozenset[str]], name: str) -> list[str]:
    return sorted(other for pair in pairs if name in pair for other in pair if other != name)


def _commands(s: Scenario, commands: Mapping[str, Command]) -> list[str]:
    rows = [["id", "faction", "doctrine", "aims", "area"]]
    for name, command in commands.items():
        faction = s.factions[command.faction]
        rows.append(
            [
                name,
                command.faction,
                command.doctrine or faction.doctrine,
                join_ids(list(command.aims or faction.aims)) or "-",
                join_ids(command.area, most=12) or "everywhere",
            ]
        )
    return _rows(rows, left=range(5))


def _places(s: Scenario) -> list[str]:
    rows = [["id", "name", "kind", "holder", "people", "remarks"]]
    for name, place in s.places.items():
        remarks = [word for word in ("capital", "seat", "airbase") if getattr(place, word)]
        remarks += [f"supplies {join_ids(place.supply)}"] if place.supply else []
        remarks += [f"overlooks {join_ids(place.commands)}"] if place.commands else []
        remarks += [f"depends on {place.parent}"] if place.parent else []
        rows.append([name, place.name or name, place.kind, place.holder, number(place.people), ", ".join(remarks)])
    return _rows(rows, left=(0, 1, 2, 3, 5))


class Strength(NamedTuple):
    """People, added up: lowest, middle and highest of the ranges, and the middle times quality."""

    low: float = 0.0
    middle: float = 0.0
    high: float = 0.0
    power: float = 0.0

    def text(self) -> str:
        """Middle (low..high)."""
        if self.low == self.high:
            return number(round(self.middle))
        return f"{number(round(self.middle))} ({number(round(self.low))}..{number(round(self.high))})"


def strength(forces: Iterable[Force], parameters: Parameters) -> Strength:
    """The people of several forces together."""
    low = middle = high = power = 0.0
    for force in forces:
        quality = force.quality or parameters.forces[force.force_class].quality
        low += force.people.low
        middle += force.people.middle
        high += force.people.high
        power += force.people.middle * quality.middle
    return Strength(low, middle, high, power)


def _battle(loaded: Loaded, command_of: Mapping[str, str]) -> list[str]:
    s, parameters = loaded.scenario, loaded.parameters
    lines: list[str] = []
    for faction in s.factions:
        own = sorted((f for f in s.forces if f.faction == faction), key=lambda f: (f.place, str(f.id)))
        total = strength(own, parameters)
        label = s.factions[faction].name or faction
        lines.append(
            printable(f"  {label} ({faction}): {total.text()} people in {counted(len(own), 'force', 'forces')}")
        )
        rows = [["place", "id", "class", "people", "quality", "morale", "moves", "command"]] if own else []
        for force in own:
            kind = parameters.forces[force.force_class]
            rows.append(
                [
                    force.place,
                    str(force.id),
                    force.force_class,
                    spread_text(force.people),
                    spread_text(force.quality or kind.quality),
                    spread_text(force.morale or kind.morale),
                    "yes" if (kind.mobile if force.mobile is None else force.mobile) else "no",
                    command_of[str(force.id)],
                ]
            )
        lines += _rows(rows, left=(0, 1, 2, 3, 4, 5, 6, 7), indent="    ")
    return lines


def _reinforcements(s: Scenario, command_of: Mapping[str, str]) -> list[str]:
    if not s.reinforcements:
        return []
    rows = [["id", "faction", "enters at", "people", "class", "chance", "when", "then after (h)", "command", "backer"]]
    for entry in s.reinforcements:
        rows.append(
            [
                str(entry.id),
                entry.faction,
                ", else ".join([entry.place, *entry.otherwise]),
                spread_text(entry.people),
                entry.force_class,
                spread_text(entry.chance),
                _trigger(entry),
                spread_text(entry.when.delay_h),
                command_of.get(str(entry.id), "-"),
                entry.backer or "-",
            ]
        )
    return _rows(rows, left=range(10))


def _trigger(entry: Reinforcement) -> str:
    return " and ".join(_condition(condition) for condition in entry.when.all) or "from the start"


def _condition(c: Condition) -> str:
    if c.after is not None:
        return f"after {c.after.isoformat(sep=' ', timespec='minutes')}"
    if c.held is not None:
        return f"{c.held[0]} held by {c.held[1]}"
    if c.lost is not None:
        return f"{c.lost[0]} lost to {c.lost[1]}"
    if c.attacked is not None:
        return f"{c.attacked} attacked"
    if c.cohesion_below is not None:
        return f"cohesion of {c.cohesion_below[0]} below {number(c.cohesion_below[1])}"
    assert c.score_above is not None, "a checked condition has one clause"
    return f"{c.score_above[0]} holds more than {number(c.score_above[1])} of all value"


def _wings(s: Scenario, defaults: WingDefaults) -> list[str]:
    if not s.wings:
        return []
    rows = [["id", "faction", "base", "aircraft", "sorties/day", "range km", "night", "backer", "effort"]]
    for name, wing in s.wings.items():
        steps = [f"{spread_text(e.share)} from {e.at.isoformat(sep=' ', timespec='minutes')}" for e in wing.effort]
        rows.append(
            [
                name,
                wing.faction,
                wing.base,
                spread_text(wing.aircraft),
                spread_text(wing.sorties_per_day),
                number(wing.range_km or defaults.range_km),
                spread_text(wing.night or defaults.night),
                wing.backer or "-",
                join_ids(steps, most=3) or "1",
            ]
        )
    return _rows(rows, left=range(9))


def ratios(loaded: Loaded) -> list[str]:
    """Strength against strength: in the area of each command that has one, and along the front, between
    hostile places joined by a road."""
    s, parameters = loaded.scenario, loaded.parameters
    hostile = hostile_pairs(s)
    camp = _camps(s)
    rows = [["sector", "own", "people", "enemy", "people", "ratio", "by quality"]]
    for name, command in s.commands.items():
        area = set(command.area) or set(s.places)
        own = [f for f in s.forces if f.place in area and camp[f.faction] == camp[command.faction]]
        enemies = {e for e in s.factions if any(frozenset((e, ally)) in hostile for ally in camp[command.faction])}
        foes = [f for f in s.forces if f.place in area and f.faction in enemies]
        rows.append(_versus(f"command\xa0{name}", command.faction, own, join_ids(sorted(enemies)), foes, parameters))
    for road in s.roads:
        one, two = s.places[road.a].holder, s.places[road.b].holder
        if frozenset((one, two)) in hostile:
            here = [f for f in s.forces if f.place == road.a and camp[f.faction] == camp[one]]
            there = [f for f in s.forces if f.place == road.b and camp[f.faction] == camp[two]]
            rows.append(_versus(f"road\xa0{road.a}\xa0-\xa0{road.b}", one, here, two, there, parameters))
    return _rows(rows, left=(0, 1, 3)) if len(rows) > 1 else []


def _camps(s: Scenario) -> dict[str, frozenset[str]]:
    allied = allied_pairs(s)
    return {name: frozenset([name, *_others(allied, name)]) for name in s.factions}


def _versus(
    sector: str, own: str, mine: list[Force], enemy: str, foes: list[Force], parameters: Parameters
) -> list[str]:
    a, b = strength(mine, parameters), strength(foes, parameters)
    ratio = _ratio(a.middle, b.middle)
    if b.low > 0 and a.high > 0:
        ratio += f" ({_ratio(a.low, b.high)}..{_ratio(a.high, b.low)})"
    return [sector, own, a.text(), enemy or "-", b.text(), ratio, _ratio(a.power, b.power)]


def _ratio(a: float, b: float) -> str:
    if b > 0:
        return f"{a / b:.2f}"
    return "unopposed" if a > 0 else "-"


def _defaults(loaded: Loaded, world: World) -> list[str]:
    """Defaults of the same origin and for the same entries stand in one row."""
    grouped: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for entry in defaults(loaded, world):
        grouped.setdefault((entry.section, entry.origin, entry.ids), []).append(
            f"{entry.field} {entry.value}".replace(" ", "\xa0").replace(",\xa0", ", ")
        )
    rows = [["section", "for", "from", "filled in"]]
    for (section, origin, ids), values in grouped.items():
        rows.append([section, join_ids(ids, most=4), origin, ", ".join(values)])
    rows.append(
        ["rules", "all parameters not changed", "parameters.yaml", "drawn from their ranges, most often near the value"]
    )
    return _rows(rows, left=range(4))


def _changed(loaded: Loaded) -> list[str]:
    """Rule parameters and weights that the scenario sets itself."""
    s, rules = loaded.scenario, loaded.parameters.rules
    rows = [["parameter", "here", "otherwise", "unit"]]
    for name, spread in s.parameters.items():
        rows.append([name, spread_text(spread), rules[name].range, rules[name].unit])
    for name, weight in s.score_weights.items():
        rows.append(
            [f"weight of {name}", number(weight), number(loaded.parameters.score[f"weight.{name}"].value), "share"]
        )
    for mechanism, on in s.mechanisms.items():
        rows.append([f"mechanism {mechanism}", "on" if on else "off", "on", ""])
    return _rows(rows, left=range(4)) if len(rows) > 1 else []
