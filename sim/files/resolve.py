"""One scenario, one form: whatever the order and style of a file, the same Scenario and the same hash."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from pydantic import BaseModel

from sim.files.job import canonical_json
from sim.files.relations import allied_pairs, hostile_pairs
from sim.model.scenario import Condition, Entry, Road, Scenario


def resolve(scenario: Scenario) -> Scenario:
    """The scenario with everything ordered by id, relations said on both sides, roads from the smaller id to
    the larger, and dates at the offset of the start. Needs a checked scenario."""
    zone = scenario.start.tzinfo
    assert zone is not None, "the start has an offset"
    update: dict[str, Any] = {
        "places": _ordered({name: _sorted_lists(place) for name, place in scenario.places.items()}),
        "roads": sorted((_one_way(road) for road in scenario.roads), key=lambda road: (road.a, road.b)),
        "factions": _ordered(_both_sides(scenario)),
        "commands": _ordered({name: _sorted_lists(entry) for name, entry in scenario.commands.items()}),
        "forces": sorted(scenario.forces, key=lambda force: str(force.id)),
        "reinforcements": sorted(
            (_at_zone(entry, zone) for entry in scenario.reinforcements), key=lambda force: str(force.id)
        ),
        "wings": _ordered({name: _at_zone(wing, zone) for name, wing in scenario.wings.items()}),
        "observed": sorted(
            (_at_zone(entry, zone) for entry in scenario.observed),
            key=lambda entry: (entry.at, entry.place, entry.to),
        ),
    }
    for name in ("backers", "mechanisms", "score_weights", "parameters", "sources"):
        update[name] = _ordered(getattr(scenario, name))
    return scenario.model_copy(update=update)


def canonical(model: BaseModel) -> str:
    """JSON with everything in it and its keys sorted: equal for equal content."""
    return canonical_json(model.model_dump(mode="json", by_alias=True))


def _ordered(entries: dict[Any, Any]) -> dict[Any, Any]:
    return {name: entries[name] for name in sorted(entries)}


def _sorted_lists(entry: Entry) -> Entry:
    """Lists of ids are sets: in order and once each; mappings in order of their keys."""
    update: dict[str, Any] = {}
    for name in ("supply", "commands", "area", "hostile", "allied", "transit", "core"):
        if hasattr(entry, name):
            update[name] = sorted(set(getattr(entry, name)))
    for name in ("symbolic", "readiness", "attitude", "aims", "settings"):
        if hasattr(entry, name):
            update[name] = _ordered(getattr(entry, name))
    return entry.model_copy(update=update)


def _both_sides(scenario: Scenario) -> dict[str, Entry]:
    """Factions with the relations that either side declares."""
    relations: dict[str, dict[str, list[str]]] = {name: {"hostile": [], "allied": []} for name in scenario.factions}
    for field, pairs in (("hostile", hostile_pairs(scenario)), ("allied", allied_pairs(scenario))):
        for one, two in map(tuple, pairs):
            relations[one][field].append(two)
            relations[two][field].append(one)
    return {
        name: _sorted_lists(faction.model_copy(update=relations[name])) for name, faction in scenario.factions.items()
    }


def _one_way(road: Road) -> Road:
    return road.model_copy(update={"a": min(road.a, road.b), "b": max(road.a, road.b)})


def _at_zone(entry: Any, zone: tzinfo) -> Any:
    """A copy with every date inside at one offset."""
    update: dict[str, Any] = {}
    for name in ("at", "earliest", "latest", "after"):
        moment = getattr(entry, name, None)
        if moment is not None:
            update[name] = moment.astimezone(zone)
    if getattr(entry, "effort", None):
        update["effort"] = [_at_zone(step, zone) for step in entry.effort]
    if getattr(entry, "when", None):
        conditions: list[Condition] = [_at_zone(condition, zone) for condition in entry.when.all]
        update["when"] = entry.when.model_copy(update={"all": conditions})
    return entry.model_copy(update=update)
