"""What is left of a scenario when all that is malformed is taken out, so that the rest can be checked at once."""

from __future__ import annotations

from dataclasses import replace

from sim.files.nodes import Node, Scalar, Step, find, scalar
from sim.files.validation import attempt
from sim.model.scenario import Scenario

STAND_INS: dict[str, Scalar] = {"scenario": "x", "start": "1970-01-01T00:00:00+00:00", "days": 366}
"""For what every scenario must say, and no check of names looks at."""

DEEPEST = 3
"""Of `section, entry, field`: a field is taken out first; its entry, if it cannot do without; then the section."""


def salvage(root: Node) -> tuple[Scenario, Node] | None:
    """What can be read of a tree that is not valid, with the tree cut down to it; None if nothing can."""
    rest = _copy(root)
    for _ in range(DEEPEST):
        for name, value in STAND_INS.items():
            if name not in rest.children:
                rest.children[name] = scalar(value, rest)
        found, faults = attempt(Scenario, rest)
        if found is not None:
            return found, rest
        _cut(rest, [fault["loc"] for fault in faults])
    found, _ = attempt(Scenario, rest)
    return None if found is None else (found, rest)


def _copy(root: Node) -> Node:
    """The tree with sections, entries and their fields of its own: taking them out of one leaves the other."""

    def copied(node: Node, depth: int) -> Node:
        if depth == DEEPEST:
            return node
        if isinstance(node.value, dict):
            return replace(node, value={key: copied(child, depth + 1) for key, child in node.value.items()})
        if isinstance(node.value, list):
            return replace(node, value=[copied(child, depth + 1) for child in node.value])
        return node

    return copied(root, 0)


def _cut(root: Node, paths: list[tuple[Step, ...]]) -> None:
    """Take out what the paths lead to, or as much of the way as is there, but no deeper than a field. What is called by
    its position goes as a whole: the rest would be called by another."""
    ends = {path[: find(root, path[:DEEPEST])[1]] for path in paths}
    ends = {path[:1] if path[:1] == ("observed",) else path for path in ends}
    for path in sorted((end for end in ends if end), key=lambda end: [str(s).zfill(9) for s in end], reverse=True):
        parent, step = find(root, path[:-1])[0], path[-1]
        if isinstance(parent.value, dict):
            parent.value.pop(str(step), None)
        elif isinstance(parent.value, list) and isinstance(step, int) and step < len(parent.value):
            del parent.value[step]  # from the last to the first, so that the others keep their places
