"""`--set PATH=VALUE`: change single values of a scenario from outside.

The path is dotted: section, id, field. Ids may hold `*`, `?` and `[...]` as in the shell; forces,
reinforcements and roads are called by id, items of other lists by position from 1: `all[1]`, or `all[*]`. A
YAML value replaces, `null` removes, and `*NUMBER` multiplies a number, a range or a distribution.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from math import isfinite
from typing import Any

from sim.errors import ScenarioError
from sim.files.clauses import by_position
from sim.files.entries import by_id, names_of
from sim.files.layers import SHAPES
from sim.files.nodes import Mark, Node, Problems, moved, position
from sim.files.short_forms import KEYED, NAMED, SPELLED, expand
from sim.files.yaml_reader import parse_yaml
from sim.model.scenario import Place, Scenario
from sim.model.spread import parse_range

MAX_PARTS = 16
FREE = ("parameters", "score_weights", "sources")
"""Sections whose keys may hold dots."""

_ITEM = re.compile(r"(?P<list>.+)(?P<at>\[(?:[0-9]+|\*)\])")
"""A step that means an item of a list."""

SECTIONS = tuple(Scenario.model_fields)
WHOLE = frozenset(name for name, field in Place.model_fields.items() if field.annotation in (int, int | None))
"""Fields of a place that are whole numbers."""


def apply(root: Node, overrides: Sequence[str], note: Problems) -> None:
    """Apply `PATH=VALUE` texts in order, in place; faults go to `note`, located at `--set PATH`."""
    if not overrides:
        return
    by_id(root, note)
    for text in overrides:
        _apply(root, text, note)
        expand(root, note)


def _apply(root: Node, text: str, note: Problems) -> None:
    name, equals, value = text.partition("=")
    name, value = name.strip(), value.strip()
    mark = Mark(f"--set {name}" if equals else "--set", 0, 0)
    parts = name.split(".")
    if not equals or not all(parts):
        note(mark, "", f"must be PATH=VALUE, such as places.hama.people=500000 (got {text[:80]!r})")
    elif len(parts) > MAX_PARTS:
        note(mark, "", f"must be a path of at most {MAX_PARTS} steps (got {len(parts)})")
    elif value.startswith("*"):
        for path, _ in by_position(root, parts, None, mark, note):
            _multiply(root, path, value[1:], mark, note)
    else:
        try:
            node = moved(parse_yaml(value, mark.file), mark)
        except ScenarioError as error:
            note(mark, "", error.problems[0].message)
        else:
            for path, new in by_position(root, parts, node, mark, note):
                _replace(root, path, new or node, note)


def _children(node: Node, section: str) -> Iterator[tuple[str, str]]:
    """Names and keys of what is inside a mapping."""
    if section in KEYED and isinstance(node.value, dict):
        yield from names_of(section, node)
    else:
        road = node.children.keys() >= {"a", "b", "km"}  # elsewhere a and b are ids
        for key in node.children:
            yield key, key
            if key in SPELLED and (road or len(key) > 1):
                yield SPELLED[key], key


def _matches(node: Node, section: str, step: str) -> list[tuple[Node, str]]:
    """What one step may mean, seen from a node: pairs (parent, key)."""
    names = list(_children(node, section))
    keys = dict.fromkeys(key for name, key in names if fnmatchcase(name, step))
    if keys or (item := _ITEM.fullmatch(step)) is None:
        return [(node, key) for key in keys]
    key = dict(names).get(item["list"])
    items = node.children[key] if key is not None else node
    wanted = [position(index) for index in range(len(items.items))]
    return [(items, str(index)) for index, at in enumerate(wanted) if item["at"] in (at, "[*]")]


def _child(node: Node, key: str) -> Node:
    return node.items[int(key)] if isinstance(node.value, list) else node.children[key]


def _targets(node: Node, parts: list[str], section: str | None = None) -> list[tuple[Node, str]]:
    """What a path means, seen from a node: pairs (parent, key). Ids may hold dots, so a step may take several
    parts. `section` is None at the root, the section's name inside a section, and empty further in."""
    for taken in range(1, len(parts) + 1):
        pattern, rest = ".".join(parts[:taken]), parts[taken:]
        found = _matches(node, section or "", pattern)
        if rest:
            inside = [(_child(parent, key), key if section is None else "") for parent, key in found]
            found = [target for child, name in inside for target in _targets(child, rest, name)]
        if found:
            return found
    return []


def _replace(root: Node, parts: list[str], value: Node, note: Problems) -> None:
    """Set all that the path means. The last key may be new, and so may the mapping that holds it."""
    if any(c in parts[-1] for c in "*?["):
        hits = _targets(root, parts)
        if not hits:
            why = [_lacking(_child(parent, key), parts[-1]) for parent, key in _targets(root, parts[:-1])]
            note(value.mark, "", next(filter(None, why), "must name something that is there (nothing matches)"))
        for parent, key in reversed(hits):
            _put(parent, key, value, note)
        return
    for depth in range(len(parts) - 1, 0, -1):
        hits = _targets(root, parts[:depth])
        if hits:
            for parent, key in hits:
                _put_inside(_child(parent, key), key if parent is root else "", parts[depth:], value, note)
            return
    _put_section(root, parts, value, note)


def _put_section(root: Node, parts: list[str], value: Node, note: Problems) -> None:
    """Set something in a section that the file does not have."""
    section, rest = parts[0], ".".join(parts[1:])
    if section not in SECTIONS:
        note(value.mark, "", f"there is no section {section!r}{note.near(section, SECTIONS)}")
    elif not rest:
        _put(root, section, value, note)
    elif section in (*NAMED, *KEYED) and (len(parts) > 2 or value.value is None):
        note(value.mark, "", f"{section} has no {parts[1]!r}")
    else:
        root.children[section] = Node({rest: value}, value.mark, value.mark)


def _put_inside(node: Node, section: str, rest: list[str], value: Node, note: Problems) -> None:
    """Set `rest`, a key or a key of a mapping that is not there yet, inside a node."""
    names = dict(_children(node, section))
    whole = ".".join(rest)
    if isinstance(node.value, list):
        hint = "put the position of an item in brackets, as in all[1]"
        note(value.mark, "", f"there is nothing called {rest[0]!r} in a list: {hint}")
    elif lacking := _lacking(node, rest[0]):
        note(value.mark, "", lacking)
    elif whole in names or section in FREE or (len(rest) == 1 and (value.value is not None or not section)):
        _put(node, names.get(whole, whole), value, note)
    elif section in (*NAMED, *KEYED):
        note(value.mark, "", f"{section} has no {rest[0]!r}{note.near(rest[0], names)}")
    else:
        _put(node, rest[0], Node({".".join(rest[1:]): value}, value.mark, value.mark), note)


def _lacking(node: Node, step: str) -> str:
    """Why a step that means an item of a list leads nowhere; empty if it means no item."""
    item = _ITEM.fullmatch(step)
    inner = node.children.get(item["list"]) if item else None
    if inner is None or not isinstance(inner.value, list):
        return ""
    return f"there is no {step}: it has {len(inner.items)} item(s), counted from [1]"


def _put(parent: Node, key: str, value: Node, note: Problems) -> None:
    if isinstance(parent.value, dict):
        if value.value is None:
            parent.value.pop(key, None)
        else:
            parent.value[key] = moved(value, value.mark)
    elif isinstance(parent.value, list):
        if value.value is None:
            parent.value.pop(int(key))
        else:
            parent.value[int(key)] = moved(value, value.mark)
    elif parent.mark not in note.unreadable:
        note(value.mark, "", f"there is nothing called {key!r} in {parent.describe()}")


def _multiply(root: Node, parts: list[str], text: str, mark: Mark, note: Problems) -> None:
    """Multiply all that the path means and that is given in the file; defaults are not touched."""
    try:
        factor = float(text)
    except ValueError:
        factor = -1.0
    if not (isfinite(factor) and factor >= 0):
        note(mark, "", f"must be * and a number of at least 0, such as *0.5 (got {'*' + text!r})")
        return
    hits = _targets(root, parts)
    if not hits:
        note(mark, "", "must name a number that the file gives (nothing matches)")
    for parent, key in hits:
        old = _child(parent, key)
        if old.mark in note.unreadable:
            continue
        scaled = _scaled(old.value, factor, whole=parts[0] == "places" and key in WHOLE)
        if scaled is None:
            note(mark, "", f"must name a number or a range to multiply (got {old.describe()})")
            return
        _put(parent, key, Node(scaled, mark, mark), note)


def _scaled(value: Any, factor: float, *, whole: bool = False) -> Any:
    """A number, range or distribution times `factor`; None when it is none of these."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        product = float(f"{value * factor:.12g}")
        return int(product + 0.5) if whole else product
    if isinstance(value, str):
        try:
            low, high = parse_range(value)
        except ValueError:
            return None
        return f"{low * factor:.12g}..{high * factor:.12g}"
    if isinstance(value, dict) and SHAPES & set(value):
        return {key: _scaled_part(key, child, factor) for key, child in value.items()}
    return None


def _scaled_part(key: str, node: Node, factor: float) -> Node:
    """One key of a distribution: its numbers are multiplied, its other keys kept."""
    if key not in SHAPES or key == "shape":
        return node
    if isinstance(node.value, list):
        return replace(node, value=[_scaled_part(key, item, factor) for item in node.value])
    if isinstance(node.value, dict):
        return replace(node, value={k: _scaled_part(key, item, factor) for k, item in node.value.items()})
    scaled = _scaled(node.value, factor)
    return node if scaled is None else replace(node, value=scaled)
