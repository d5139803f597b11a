"""What is left of a scenario when all that is malformed is taken out, so that the rest can be checked at once.

What an entry cannot do without has something else put in its place: a bad length of a road is no reason not to look
where the road leads.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from typing import Any

from sim.files.nodes import ANYBODY, Node, find, plain
from sim.files.short_forms import LISTED, NAMED
from sim.files.validation import attempt
from sim.model.scenario import Scenario

STAND_INS: dict[str, Any] = {
    "scenario": "x", "start": "1970-01-01T00:00:00+00:00", "days": 366,
    "places": {"x": {"kind": "town", "lat": 0, "lon": 0, "holder": "x"}}, "factions": {"x": {}},
}  # fmt: skip
"""For what every scenario must say, where nothing of it is left. No check sees them."""

FIELDS: dict[str, Any] = {
    "kind": "town", "lat": 0, "lon": 0, "km": 1, "people": 1, "aircraft": 1, "sorties_per_day": 1, "will": 1,
    "when": {}, "to": [], "at": STAND_INS["start"],
}  # fmt: skip
"""For what an entry must say, where it does not; for any other field, which is an id, ANYBODY."""


def salvage(root: Node) -> tuple[Scenario, Node] | None:
    """What can be read of a tree that is not valid, with the tree cut down to it; None if nothing can."""
    rest = _copy(root)
    while True:
        given = {section: content for section, content in plain(rest).items() if content}
        found, faults = attempt(Scenario, STAND_INS | given)
        if found is not None:
            lacking: dict[str, Any] = {section: {} for section in ("places", "factions") if section not in given}
            return found.model_copy(update=lacking), rest
        if not _mend(rest, faults):
            return None


def _copy(node: Node) -> Node:
    """The tree over again: what is taken out of one stays in the other."""
    if isinstance(node.value, dict):
        return replace(node, value={key: _copy(child) for key, child in node.value.items()})
    if isinstance(node.value, list):
        return replace(node, value=[_copy(child) for child in node.value])
    return node


def _mend(root: Node, faults: Iterable[dict[str, Any]]) -> bool:
    """Put something in the place of what an entry lacks; empty what is no entry; take out what else is malformed, with
    its field or what there is of the way to it. Whether there was anything. No entry of a list moves to another place.
    """
    ends: set[tuple[Any, ...]] = set()
    mended = False
    for fault in faults:
        path = fault["loc"]
        node, depth = find(root, path[: _deepest(path)])
        of_entry = depth == 2 and path[0] in (*NAMED, *LISTED)
        if of_entry and fault["type"] == "missing":
            node.children[path[2]] = Node(copy(FIELDS.get(path[2], ANYBODY)), node.mark, node.key)
        elif of_entry and "[key]" not in path and node.value != {}:
            node.value = {}
        else:
            ends.add(path[:depth])
            continue
        mended = True
    for path in sorted(ends - {()}, reverse=True):  # what stands deeper first
        del find(root, path[:-1])[0].children[path[-1]]
    return mended or bool(ends - {()})


def _deepest(path: tuple[Any, ...]) -> int:
    """How many steps lead to what is taken out as a whole: section, entry, field. The parts of a trigger are fields."""
    return 4 if path[2:3] == ("when",) else 3
