"""What was changed between two jobs: the scenarios and parameters they were played with, compared value by value.

Read off what was played, not off how it was asked for: `--set`, `extends` and an edited file all show the same.
Labels, sources and observed dates are left out, since no engine reads them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from sim.errors import figure
from sim.model.spread import Spread
from sim.study.text import spread_text

LABELS = frozenset(
    {
        "scenario", "title", "about", "name", "color", "note", "source", "sources", "observed", "unit", "range",
        "environment",
    }
)  # fmt: skip
"""Attributes that change no run. Where the keys are ids, these words are ids like others."""

OPEN = "default"
"""How a value is told that the scenario leaves open."""


class Change(NamedTuple):
    """One value that differs: its path as `--set` takes it, and what it is in the first job and in the second."""

    path: str
    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.path}: {self.first} → {self.second}"


def changes(first: str, second: str) -> tuple[Change, ...]:
    """What differs between two scenarios (or two sets of parameters) given as JSON, in order of path."""
    return tuple(_differences("", json.loads(first), json.loads(second)))


def _differences(path: str, one: Any, two: Any) -> Iterator[Change]:
    if one == two:
        return
    one, two = _by_id(one), _by_id(two)
    if _is_entry(one) != _is_entry(two) and path:
        yield Change(path, *("there" if _is_entry(value) else "absent" for value in (one, two)))
    elif _is_table(one) and _is_table(two):
        one, two = one or {}, two or {}
        labels = LABELS if not path or _has_labels(one) or _has_labels(two) else frozenset()
        for key in sorted({*one, *two} - labels):
            inner = f"{path}{key}" if key.startswith("[") else f"{path}.{key}".removeprefix(".")
            yield from _differences(inner, one.get(key), two.get(key))
    elif _played(one) != _played(two):
        yield Change(path, _text(one), _text(two))


def _by_id(value: Any) -> Any:
    """A list of entries as a mapping by id, or of roads by their ends; anything else as it is."""
    if not (isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value)):
        return value
    if all("id" in entry for entry in value):
        return {entry["id"]: entry for entry in value}
    if all("a" in entry and "b" in entry for entry in value):
        return {f"{entry['a']}-{entry['b']}": entry for entry in value}
    return {f"[{at}]": entry for at, entry in enumerate(value, 1)}


def _is_value(value: Any) -> bool:
    """Whether this is an uncertain quantity."""
    return isinstance(value, dict) and "shape" in value and "values" in value


def _is_entry(value: Any) -> bool:
    """Whether this is a place, a road, a force and the like: each may have a note."""
    return isinstance(value, dict) and _is_text(value, "note") and not _is_value(value)


def _has_labels(value: dict[str, Any]) -> bool:
    """Whether the keys are attributes, of an entry or of a number among the parameters, and not ids."""
    return _is_entry(value) or _is_text(value, "about")


def _is_text(value: dict[str, Any], key: str) -> bool:
    """Whether there is such a key, with a text or with nothing."""
    return key in value and isinstance(value[key], str | None)


def _is_table(value: Any) -> bool:
    """Whether this can be compared key by key; what is not there or empty can, with anything that can."""
    return (isinstance(value, dict) and not _is_value(value)) or value in (None, [])


def _played(value: Any) -> Any:
    """A value without its labels."""
    return {key: inner for key, inner in value.items() if key not in LABELS} if isinstance(value, dict) else value


def _text(value: Any) -> str:
    """A value as a scenario file would write it; an entry by what it is."""
    if value is None or value in ([], {}):
        return OPEN
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return figure(value)
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if _is_value(value):
        return spread_text(Spread(shape=value["shape"], values=value["values"], shared=value["shared"]))
    return str(value)
