"""What a scenario leaves open, and the value that is played instead, with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from sim.files.loader import Loaded
from sim.model.parameters import BridgeDefaults, Parameters, WingDefaults
from sim.model.scenario import Mechanism, Scenario
from sim.model.spread import Spread
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


def defaults(loaded: Loaded) -> list[Default]:
    """Every value filled in, entries with the same value from the same origin together, in order of the file
    format."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for section, field, value, origin, entry in _filled(loaded):
        found.setdefault((section, field, value, origin), []).append(entry)
    return [Default(*what, tuple(ids)) for what, ids in found.items()]


Filled = tuple[str, str, str, str, str]


def _filled(loaded: Loaded) -> Iterator[Filled]:
    scenario, parameters = loaded.scenario, loaded.parameters
    for section in SECTIONS:
        given = _given(loaded.data, section)
        for name, entry in named(scenario, section):
            written = given.get(name, {})
            for field, value, origin in _of_entry(section, entry, scenario, parameters):
                if field not in written:
                    yield section, field, value, origin, name
    led = {command.faction for command in scenario.commands.values()}
    for name in sorted(set(scenario.factions) - led):
        yield "commands", "a command", f"one for {name}, everywhere", BUILT_IN, name
    silent = [name for name in get_args(Mechanism) if name not in scenario.mechanisms]
    if silent:
        yield "mechanisms", "on:", ", ".join(silent), BUILT_IN, "all"


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


def _of_entry(section: str, entry: Any, scenario: Scenario, parameters: Parameters) -> Iterator[tuple[str, str, str]]:
    """Fields of an entry that have a default, with its value and origin."""
    if section == "places":
        yield from _place(entry, parameters)
    elif section == "factions":
        for quantity, spread in parameters.factions.items():
            yield quantity, spread_text(spread), "parameters.yaml factions"
        for relation in ("hostile", "allied"):
            if getattr(entry, relation):
                yield relation, value_text(getattr(entry, relation)), "said by the other side"
        if not entry.core:
            yield "core", "capitals it holds", BUILT_IN
    elif section in ("forces", "reinforcements"):
        kind = parameters.forces[entry.force_class]
        origin = f"parameters.yaml forces.{entry.force_class}"
        for field in type(kind).model_fields:
            yield field, value_text(getattr(kind, field)), origin
    elif section == "commands":
        if not entry.area:
            yield "area", "everywhere", BUILT_IN
        if not entry.aims:
            yield "aims", "those of its faction", f"factions.{entry.faction}"
        yield "doctrine", scenario.factions[entry.faction].doctrine, f"factions.{entry.faction}"
    elif section == "wings":
        if not entry.effort:
            yield "effort", "1", BUILT_IN
        for field in WingDefaults.model_fields:
            yield field, value_text(getattr(parameters.wings, field)), "parameters.yaml wings"
    elif section == "roads" and entry.bridge is not None:
        for field in BridgeDefaults.model_fields:
            if getattr(entry.bridge, field) is None:
                yield f"bridge.{field}", value_text(getattr(parameters.bridges, field)), "parameters.yaml bridges"
    for name, info in type(entry).model_fields.items():
        field = info.alias or name
        value = getattr(entry, name)
        if field not in SILENT and value is not None and not _empty(value):
            yield field, value_text(value), BUILT_IN


def _place(entry: Any, parameters: Parameters) -> Iterator[tuple[str, str, str]]:
    kind = parameters.places[entry.kind]
    origin = f"parameters.yaml places.{entry.kind}"
    yield "terrain", kind.terrain, origin
    yield "fortification", number(kind.fortification), origin
    yield "frontage", number(kind.frontage), origin
    if entry.districts is None:
        districts = max(1, round(entry.people / kind.people_per_district))
        yield "districts", number(districts), f"people and {origin}"


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
