"""What is left of a scenario when all that is malformed is taken out, so that the rest can be checked at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sim.files.nodes import Node, find, plain
from sim.files.validation import attempt
from sim.model.scenario import Scenario

STAND_INS: dict[str, Any] = {
    "scenario": "x", "start": "1970-01-01T00:00:00+00:00", "days": 366,
    "places": {"x": {"kind": "town", "lat": 0, "lon": 0, "holder": "x"}}, "factions": {"x": {}},
}  # fmt: skip
"""For what every scenario must say, where nothing of it is left. No check sees them."""

DEEPEST = 3
"""Of `section, entry, field`: a field is taken out first; its entry, if it cannot do without."""


def salvage(root: Node) -> tuple[Scenario, Node] | None:
    """What can be read of a tree that is not valid, with the tree cut down to it; None if nothing can."""
    rest = _copy(root)
    while True:
        given = {section: content for section, content in plain(rest).items() if content}
        found, faults = attempt(Scenario, STAND_INS | given)
        if found is not None:
            lacking: dict[str, Any] = {section: {} for section in ("places", "factions") if section not in given}
            return found.model_copy(update=lacking), rest
        if not _cut(rest, [fault["loc"] for fault in faults]):
            return None


def _copy(node: Node) -> Node:
    """The tree over again: what is taken out of one stays in the other."""
    if isinstance(node.value, dict):
        return replace(node, value={key: _copy(child) for key, child in node.value.items()})
    if isinstance(node.value, list):
        return replace(node, value=[_copy(child) for child in node.value])
    return node


def _cut(root: Node, paths: Iterable[tuple[Any, ...]]) -> bool:
    """Take out what the paths lead to, or as much of the way as is there, but no deeper than a field; whether there was
    anything. What is called by its position goes as a whole: the rest would be called by another."""
    ends = {path[:1] if path[0] == "observed" else path[: find(root, path[:DEEPEST])[1]] for path in paths} - {()}
    for path in sorted(ends, reverse=True):  # from the last to the first, so that the others keep their places
        inside = find(root, path[:-1])[0].value
        if isinstance(inside, dict | list):
            del inside[path[-1]]
    return bool(ends)
