"""What a scenario leaves open, and the value that is played instead, with where it comes from.

What follows from several entries together (who leads a formation, where a camp draws supply) is read off the compiled
world, so that what is told is what is played.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from sim.files.loader import Loaded
from sim.model.importance import COMPONENTS
from sim.model.parameters import SETTINGS, BridgeDefaults, ForceDefaults, PlaceDefaults, WingDefaults
from sim.model.scenario import Command, Faction, Force, Mechanism, Place, Reinforcement, Scenario
from sim.model.spread import Spread
from sim.model.world import World
from sim.units import DAY, HOUR, MINUTE
from sim.views.text import number, spread_text

BUILT_IN = "built in"

SECTIONS = ("places", "roads", "factions", "backers", "commands", "forces", "reinforcements", "wings")

SILENT = frozenset(
    {
        "source", "note", "name", "id", "color", "parent", "backer", "command", "bridge", "effort", "hostile", "allied",
    }
)  # fmt: skip
"""Fields that stay open (nothing is played in their stead, or only a label), or are told otherwise."""


class Default(NamedTuple):
    """One value filled in, for some entries of a section."""

    section: str
    field: str
    value: str
    origin: str
    ids: tuple[str, ...]


def defaults(loaded: Loaded, world: World) -> list[Default]:
    """Every value filled in, entries with the same value from the same origin together, in order of the file
    format. `world` is compiled from what was loaded."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for section, field, value, origin, entry in _filled(loaded, world):
        found.setdefault((section, field, value, origin), []).append(entry)
    return [Default(*what, tuple(ids)) for what, ids in found.items()]


def command_of(world: World) -> dict[str, str]:
    """The command of each formation that can take part, by their ids."""
    return {name: world.command_ids[h] for name, h in zip(world.force_ids, world.command.tolist(), strict=True)}


def commands_of(scenario: Scenario, world: World) -> dict[str, Command]:
    """Every command by id; a faction for which the scenario names none has one, which leaves everything open."""
    factions = [world.labels.faction_ids[k] for k in world.head_faction.tolist()]
    heads = zip(world.command_ids, factions, strict=True)
    return {name: scenario.commands.get(name) or Command(faction=faction) for name, faction in heads}


Filled = tuple[str, str, str, str, str]


def _filled(loaded: Loaded, world: World) -> Iterator[Filled]:
    scenario = loaded.scenario
    leaders = command_of(world)
    whole = scenario.model_copy(update={"commands": commands_of(scenario, world)})
    for section in SECTIONS:
        given = _given(loaded.data, section)
        for name, entry in named(whole, section):
            written = given.get(name, {})
            for field, value, origin in _of_entry(section, name, entry, loaded, world, leaders):
                if field not in written:
                    yield section, field, value, origin, name
    silent = [name for name in get_args(Mechanism) if name not in scenario.mechanisms]
    if silent:
        yield "mechanisms", "on:", ", ".join(silent), BUILT_IN, "all"
    for name in COMPONENTS:
        if name not in scenario.score_weights:
            weight = loaded.parameters.score[f"weight.{name}"].value
            yield "score_weights", name, number(weight), "parameters.yaml score", "all"
    if 0 < world.dusk - world.dawn < DAY:
        yield "light", "dawn", _clock(world.dawn), "the date and the middle of the people", "all"
        yield "light", "dusk", _clock(world.dusk), "the date and the middle of the people", "all"


def _clock(second: int) -> str:
    """A second of the day as a time of day."""
    return f"{second // HOUR:02}:{second % HOUR // MINUTE:02}"


def named(scenario: Scenario, section: str) -> list[tuple[str, Any]]:
    """Entries of a section with their ids."""
    if section == "roads":
        return [(f"{road.a}-{road.b}", road) for road in scenario.roads]
    if section in ("forces", "reinforcements"):
        return [(str(force.id), force) for force in getattr(scenario, section)]
    return list(getattr(scenario, section).items())


def _given(data: dict[str, Any], section: str) -> dict[str, dict[str, Any]]:
    """What the files say of each entry, by id."""
    content = data.get(section) or {}
    if section == "roads":
        return {f"{min(e['a'], e['b'])}-{max(e['a'], e['b'])}": e for e in content}
    if isinstance(content, list):
        return {str(entry["id"]): entry for entry in content}
    return dict(content)


def _of_entry(
    section: str, name: str, entry: Any, loaded: Loaded, world: World, leaders: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Fields of an entry that have a default, with its value and origin."""
    parameters = loaded.parameters
    if section == "places":
        yield from _place(entry, parameters.places[entry.kind], f"parameters.yaml places.{entry.kind}")
    elif section == "factions":
        yield from _faction(name, entry, loaded, world)
    elif section in ("forces", "reinforcements"):
        yield from _force(entry, parameters.forces[entry.force_class], leaders)
    elif section == "commands":
        yield from _command(entry, loaded)
    elif section == "wings":
        if not entry.effort:
            yield "effort", "1", BUILT_IN
        for field in WingDefaults.model_fields:
            yield field, value_text(getattr(parameters.wings, field)), "parameters.yaml wings"
    elif section == "roads" and entry.bridge is not None:
        for field in BridgeDefaults.model_fields:
            if getattr(entry.bridge, field) is None:
                yield f"bridge.{field}", value_text(getattr(parameters.bridges, field)), "parameters.yaml bridges"
    for field_name, info in type(entry).model_fields.items():
        field = info.alias or field_name
        value = getattr(entry, field_name)
        if field not in SILENT and value is not None and not _empty(value):
            yield field, value_text(value), BUILT_IN


def _place(entry: Place, kind: PlaceDefaults, origin: str) -> Iterator[tuple[str, str, str]]:
    yield "terrain", kind.terrain, origin
    yield "fortification", number(kind.fortification), origin
    yield "frontage", number(kind.frontage), origin
    if entry.districts is None:
        districts = max(1, round(entry.people / kind.people_per_district))
        yield "districts", number(districts), f"people and {origin}"


def _faction(name: str, entry: Faction, loaded: Loaded, world: World) -> Iterator[tuple[str, str, str]]:
    for quantity, spread in loaded.parameters.factions.items():
        yield quantity, spread_text(spread), "parameters.yaml factions"
    for relation in ("hostile", "allied"):
        if getattr(entry, relation):
            yield relation, value_text(getattr(entry, relation)), "said by the other side"
    k = world.labels.faction_ids.index(name)
    if not entry.core:
        yield "core", _places(world, world.is_core, k) or "none", "capitals it holds"
    camp = world.camp.tolist()
    friends = {other for other, c in zip(world.labels.faction_ids, camp, strict=True) if c == camp[k]}
    if not any(friends & set(place.supply) for place in loaded.scenario.places.values()):
        yield "supply from", _places(world, world.source, camp[k]) or "none", "largest place of its side"


def _places(world: World, table: Any, row: int) -> str:
    """The places marked in one row of a flat table."""
    marked = table.reshape(-1, world.P)[row].tolist()
    return ", ".join(name for name, mark in zip(world.labels.place_ids, marked, strict=True) if mark)


def _force(entry: Force, kind: ForceDefaults, leaders: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for field in ForceDefaults.model_fields:
        yield field, value_text(getattr(kind, field)), f"parameters.yaml forces.{entry.force_class}"
    leader = leaders.get(str(entry.id))
    if leader is not None:
        yield "command", leader, f"commands of {entry.faction}"
    if isinstance(entry, Reinforcement) and "delay_h" not in entry.when.model_fields_set:
        yield "when.delay_h", spread_text(entry.when.delay_h), BUILT_IN


def _command(entry: Command, loaded: Loaded) -> Iterator[tuple[str, str, str]]:
    faction = loaded.scenario.factions[entry.faction]
    if not entry.area:
        yield "area", "everywhere", BUILT_IN
    if not entry.aims and faction.aims:
        yield "aims", value_text(faction.aims), f"factions.{entry.faction}"
    yield "doctrine", faction.doctrine, f"factions.{entry.faction}"
    doctrine = entry.doctrine or faction.doctrine
    for setting in SETTINGS:
        if setting not in entry.settings:
            yield (
                setting,
                number(getattr(loaded.parameters.doctrines[doctrine], setting)),
                f"parameters.yaml doctrines.{doctrine}",
            )


def _empty(value: Any) -> bool:
    """Whether a value says nothing: an empty list or mapping, false, or nought people."""
    return value in ("", 0, False) or (isinstance(value, list | dict) and not value)


def value_text(value: Any) -> str:
    """A default as a file would write it."""
    if isinstance(value, Spread):
        return spread_text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {value_text(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(value_text(inner) for inner in value)
    if isinstance(value, BaseModel):
        return ", ".join(f"{key} {value_text(getattr(value, key))}" for key in sorted(value.model_fields_set))
    return str(value)
