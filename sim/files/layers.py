"""Scenarios that extend others: the chain of files named by `extends`, merged into one tree.

Mappings merge deeply, lists replace, `null` removes. Entries written as short lists replace the whole entry.
Forces, reinforcements and roads merge by id where the extending file writes them as a mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

from sim.errors import Problem, ScenarioError
from sim.files.entries import by_id, names_of
from sim.files.nodes import Node, Problems, marks
from sim.files.short_forms import KEYED, NAMED, expand
from sim.files.yaml_reader import MAX_VALUES, read_yaml
from sim.model.scenario import Scenario

MAX_FILES = 8

SECTIONS = frozenset({*Scenario.model_fields, "extends"})

MOST_ASKED = 10
"""Keys of a file without any section for which we ask what was meant."""

SHAPES = frozenset({"fixed", "range", "uniform", "triangular", "lognormal", "choice", "shape", "values"})
"""Keys of a distribution: it is replaced as a whole, never merged with another."""

Locate = Callable[[str, Path], Path | None]
"""Finds the file that a name means, seen from a folder."""


def read_layers(path: Path, shown: str, locate: Locate, note: Problems) -> tuple[Node, list[Path]]:
    """Read a file and all that it extends; returns the merged tree in its long form and the files, the first
    last. Faults of content go to `note`; a file that cannot be read raises ScenarioError."""
    chain: list[tuple[Node, Path]] = []
    seen: set[Path] = set()
    current: Path | None = path
    name, room = shown, MAX_VALUES
    while current is not None:
        root = read_yaml(current, name, room=room, note=note)
        room -= sum(1 for _ in marks(root))
        _check_sections(root, note)
        expand(root, note)
        chain.append((root, current))
        seen.add(current.resolve())
        extends = root.children.pop("extends", None)
        if extends is None or extends.value is None:
            break
        current = _next(extends, current, seen, len(chain), locate, note)
        if current is None:  # told already
            for section in root.children.keys() & {*KEYED, *NAMED}:
                _forget_removals(root.children[section])
        name = str(current)
    merged = chain[-1][0]
    for root, _ in reversed(chain[:-1]):
        _merge_sections(merged, root, note)
    return merged, [file for _, file in reversed(chain)]


def _check_sections(root: Node, note: Problems) -> None:
    """Refuse a file that has nothing of a scenario, without telling what it has: it may be any file."""
    if SECTIONS & root.children.keys() or root.value == {}:
        return
    if isinstance(root.value, dict):
        near = next(filter(None, (note.near(key, SECTIONS) for key in islice(root.children, MOST_ASKED))), "")
        message = f"a scenario must have sections, such as places and factions (got none of them{near})"
    else:
        got = "a list" if isinstance(root.value, list) else "a single value"
        message = f"a scenario must be a mapping of sections (got {got})"
    note[:] = [problem for problem in note if problem.file != root.mark.file]
    raise ScenarioError([Problem(*root.mark, "", message)])


def _next(extends: Node, current: Path, seen: set[Path], depth: int, locate: Locate, note: Problems) -> Path | None:
    """The file that `extends` names, or None when it cannot be used."""
    mark = extends.mark
    if not isinstance(extends.value, str):
        note(mark, "extends", f"must be the name of a file (got {extends.describe()})")
        return None
    found = locate(extends.value, current.parent)
    if found is None:
        note(
            mark,
            "extends",
            f"must be a file beside this one or a shipped scenario (got {extends.describe()})",
        )
        return None
    if found.resolve() in seen:
        note(mark, "extends", f"must not come back to a file that extends it (got {extends.describe()})")
        return None
    if depth >= MAX_FILES:
        note(mark, "extends", f"must be a chain of at most {MAX_FILES} files")
        return None
    return found


def _merge_sections(base: Node, over: Node, note: Problems) -> None:
    if any(isinstance(over.children[name].value, dict) for name in KEYED if name in over.children):
        by_id(base, note)
    for name, node in over.children.items():
        old = base.children.get(name, Node(None, base.mark, base.key))
        if isinstance(node.value, dict) and isinstance(old.value, dict | None) and name in (*KEYED, *NAMED):
            called = dict(names_of(name, old) if name in KEYED else zip(old.children, old.children, strict=True))
            _check_removed(name, node, called, note)
            node.value = {called.get(key, key): child for key, child in node.value.items()}
        elif name in (*KEYED, *NAMED):  # the other is malformed
            _forget_removals(node)
        _merge(base.children, name, node)


def _check_removed(section: str, over: Node, called: Mapping[str, str], note: Problems) -> None:
    """Note what is to be removed and is not there, and forget it: somebody meant another."""
    for key, child in list(over.children.items()):
        if child.value is None and key not in called:
            hint = note.near(key, called)
            note(child.key, f"{section}.{key}", f"must be there to be removed ({section} has no {key!r}{hint})")
            del over.children[key]


def _forget_removals(section: Node) -> None:
    """Leave out what is to be removed from a section of which nobody knows what it has."""
    for key in [key for key, entry in section.children.items() if entry.value is None]:
        del section.children[key]


def _merge(into: dict[str, Node], name: str, node: Node) -> None:
    """Lay `node` over the entry `name`. Keys keep the mark of the file that says the value. A removal of nothing stays,
    for its name may be unknown."""
    old = into.get(name)
    if node.value is None and old is not None:
        del into[name]
    elif old is None or node.whole or not _both_merge(old.value, node.value):
        into[name] = node
    else:
        for key, child in node.children.items():
            _merge(old.children, key, child)
        old.key, old.mark = node.key, node.mark


def _both_merge(old: object, new: object) -> bool:
    both = isinstance(old, dict) and isinstance(new, dict)
    return both and not any(SHAPES & set(value) for value in (old, new) if isinstance(value, dict))
