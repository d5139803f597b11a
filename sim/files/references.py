"""Does everything that a scenario names exist? One table says which field names what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sim.files.nodes import ANYBODY, Node, Problems, Step
from sim.files.validation import dotted, locate
from sim.model.scenario import Reinforcement, Scenario

OFF_MAP = "off_map"
"""A base out of everybody's reach; no place may have this id."""

NAMES = {
    "places": {
        "holder": "factions", "supply": "factions", "symbolic": "factions", "attitude": "factions",
        "commands": "places", "parent": "places",
    },
    "roads": {"a": "places", "b": "places"},
    "factions": {
        "hostile": "factions", "allied": "factions", "transit": "factions", "aims": "places", "core": "places",
    },
    "backers": {"client": "factions"},
    "commands": {"faction": "factions", "area": "places", "aims": "places"},
    "forces": {"faction": "factions", "place": "places", "command": "commands"},
    "reinforcements": {
        "faction": "factions", "place": "places", "command": "commands", "otherwise": "places", "backer": "backers",
    },
    "wings": {"faction": "factions", "base": "places", "backer": "backers"},
    "observed": {"place": "places", "to": "factions"},
}  # fmt: skip
"""Section -> field -> section of the ids that the field names: an id, a list of ids or a mapping by id."""

CLAUSES = {
    "held": ("places", "factions"),
    "lost": ("places", "factions"),
    "attacked": ("places",),
    "cohesion_below": ("factions",),
    "score_above": ("factions",),
}
"""Clause of a condition -> what it names, in order."""

SINGULAR = {"places": "place", "factions": "faction", "commands": "command", "backers": "backer"}

Named = tuple[tuple[Step, ...], bool, str, str]
"""Path, whether the id is a key there, the id, and the section that should have it."""


def entries(scenario: Scenario, section: str) -> Iterator[tuple[Step, Any]]:
    """Keys and entries of a section, whether mapping or list."""
    content = getattr(scenario, section)
    yield from content.items() if isinstance(content, Mapping) else enumerate(content)


Known = Mapping[str, Collection[str] | None]
"""The ids of each section that others name; None when nobody knows them."""


def check_references(scenario: Scenario, root: Node, known_ids: Known, note: Problems) -> bool:
    """Note every id that names nothing; returns whether there was none."""
    sound = True
    for path, is_key, name, wanted in _named(scenario):
        known = known_ids[wanted]
        off_map = wanted == "places" and name == OFF_MAP and path[0] == "wings"
        if known is None or name in known or name == ANYBODY or off_map:
            continue
        sound = False
        if note.full:
            break
        what = SINGULAR[wanted]
        hint = note.near(name, known) or _known(known, what)
        note(locate(root, path, key=is_key), dotted(root, path), f"must be the id of a {what} (got {name!r}{hint})")
    return sound


def _known(known: Collection[str], what: str) -> str:
    if not known:
        return f"; there is no {what} at all"
    return f"; known: {', '.join(sorted(known))}" if len(known) <= 8 else ""


def _named(scenario: Scenario) -> Iterator[Named]:
    for section, fields in NAMES.items():
        for key, entry in entries(scenario, section):
            for field, wanted in fields.items():
                yield from _ids((section, key, field), getattr(entry, field), wanted)
    for index, entry in enumerate(scenario.reinforcements):
        yield from _in_trigger(index, entry)


def _ids(path: tuple[Step, ...], value: Any, wanted: str) -> Iterator[Named]:
    if isinstance(value, str):
        yield path, False, value, wanted
    elif isinstance(value, Mapping):
        for name in value:
            yield (*path, name), True, name, wanted
    elif value is not None:
        for index, name in enumerate(value):
            yield (*path, index), False, name, wanted


def _in_trigger(index: int, entry: Reinforcement) -> Iterator[Named]:
    for number, condition in enumerate(entry.when.all):
        for clause, sections in CLAUSES.items():
            value = getattr(condition, clause)
            if value is None:
                continue
            path: tuple[Step, ...] = ("reinforcements", index, "when", "all", number, clause)
            if isinstance(value, str):
                yield path, False, value, sections[0]
                continue
            for position, wanted in enumerate(sections):
                yield (*path, position), False, value[position], wanted
