"""Entries of a scenario by id: forces, reinforcements and roads may be a list or a mapping, all the same."""

from __future__ import annotations

from collections.abc import Iterator

from sim.files.nodes import ANYBODY, UNREADABLE, Mark, Node, Problems
from sim.files.short_forms import KEYED, NAMED, pattern


def entry_id(section: str, entry: Node) -> str | None:
    """The id that an entry of a list has, given or made from its fields; None when those are not there or cannot be
    read."""
    fields = entry.children
    names = ("a", "b") if section == "roads" else ("faction", "place", "class")
    given = fields.get("id")
    if section != "roads" and given is not None and given.value is not None:
        return given.value if isinstance(given.value, str) and given.value != UNREADABLE else None
    parts: list[str] = []
    for name in names:
        child = fields.get(name)
        value = child.value if child is not None else None
        if value is None and name == "class":
            value = "regular"
        if not isinstance(value, str) or value in (ANYBODY, UNREADABLE):
            return None
        parts.append(value)
    return "-".join(parts)


def other_way(entry: Node) -> str | None:
    """The id of a road with its ends exchanged."""
    ends = [entry.children.get(name) for name in ("b", "a")]
    texts = [end.value for end in ends if end is not None and isinstance(end.value, str)]
    return "-".join(texts) if len(texts) == 2 else None


def by_id(root: Node, note: Problems) -> None:
    """Turn the lists of KEYED sections into mappings from id to entry, in place."""
    for section in KEYED:
        node = root.children.get(section)
        if node is None or not isinstance(node.value, list):
            continue
        entries: dict[str, Node] = {}
        for index, entry in enumerate(node.value):
            name = entry_id(section, entry) or f"[{index}]"  # validation will say what it lacks
            if name in entries:
                note(entry.mark, f"{section}.{name}", like(section, name, entries[name].mark))
                name = f"{name}[{index}]"
            entries[name] = entry
        node.value = entries


def tell_empty(root: Node, note: Problems) -> bool:
    """Note every id of a section that has no value; whether there is any."""
    empty = [
        (section, name, entry)
        for section in (*NAMED, *KEYED)
        if section in root.children
        for name, entry in root.children[section].children.items()
        if entry.value is None
    ]
    for section, name, entry in empty:
        note(entry.key, f"{section}.{name}", f"is empty; write {name}: {pattern(section)}")
    return bool(empty)


def like(section: str, name: str, first: Mark) -> str:
    """What is wrong with an entry called like the one that stands at `first`."""
    if section == "roads":
        where = f"line {first.line} has one" if first.line else "there is another"
        return f"must be the only road between its places ({where})"
    where = f"line {first.line} has it too" if first.line else "another force has it too"
    return f"must have an id of its own, such as {{id: {name}-2}} ({where})"


def to_lists(root: Node) -> None:
    """Turn KEYED sections into the lists of the long form, every force with its id, in place."""
    for section in KEYED:
        node = root.children.get(section)
        if node is None:
            continue
        entries = list(node.items)
        for name, entry in node.children.items():
            if entry.value is None:
                continue
            if section != "roads" and "id" not in entry.children and not name.endswith("]"):
                entry.children["id"] = Node(name, entry.key, entry.key)
            entries.append(entry)
        if isinstance(node.value, list | dict):
            node.value = entries
        if section != "roads":
            for entry in entries:
                name_entry(section, entry)


def name_entry(section: str, entry: Node) -> None:
    """Give a force its default id, in place, if it has none and its fields make one."""
    name = entry_id(section, entry)
    if name is not None and "id" not in entry.children:
        entry.children["id"] = Node(name, entry.mark, entry.mark)


def names_of(section: str, node: Node) -> Iterator[tuple[str, str]]:
    """Pairs (name by which an entry may be called, key) of a section that is a mapping."""
    for key, entry in node.children.items():
        yield key, key
        if section == "roads":
            for name in (entry_id(section, entry), other_way(entry)):
                if name is not None and name != key:
                    yield name, key
