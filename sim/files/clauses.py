"""`--set` of a condition as a file has it: `when.after`, though the tree has `when.all[1].after`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from sim.files.nodes import Mark, Node, Problems, mapping, position
from sim.files.short_forms import CLAUSES

_CLAUSE = re.compile(rf"({'|'.join(CLAUSES)})(\[[^\]]*\])?")

Change = tuple[list[str], Node | None]
"""The steps of a path, and the new value if there is one."""


def by_position(root: Node, parts: list[str], value: Node | None, mark: Mark, note: Problems) -> Iterator[Change]:
    """The changes that one with a path such as `reinforcements.ID.when.CLAUSE` stands for, one for each entry; itself
    if its path is another. A clause that is not there replaces the only condition. `value` is None where the path must
    lead to what is there. Faults go to `note`, at `mark`."""
    at = next((i for i in range(2, len(parts) - 1) if parts[i] == "when" and _CLAUSE.fullmatch(parts[i + 1])), 0)
    entries = root.children.get("reinforcements") if at and parts[0] == "reinforcements" else None
    wanted = ".".join(parts[1:at])
    names = [name for name in entries.children if fnmatchcase(name, wanted)] if entries is not None else []
    if not names:
        yield parts, value
    for name in names:
        head = ["reinforcements", name, "when"]
        yield from _in_entry(root, head, parts[at + 1 :], value, mark, note)


def _in_entry(
    root: Node, head: list[str], rest: list[str], value: Node | None, mark: Mark, note: Problems
) -> Iterator[Change]:
    when = root.children[head[0]].children[head[1]].children.get("when")
    every = when.children.get("all") if when is not None else None
    conditions = every.items if every is not None else []
    match = _CLAUSE.fullmatch(rest[0])
    assert match is not None, "the path names a clause"
    clause = match[1]
    having = [number for number, condition in enumerate(conditions) if clause in condition.children]
    new = value is not None and value.value is not None and rest == [clause]
    if len(having) == 1:
        yield [*head, f"all{position(having[0])}", *rest], value
    elif having:
        choice = " or ".join(f"when.all{position(number)}.{'.'.join(rest)}" for number in having)
        note(mark, "", f"{len(having)} conditions have {clause!r}: say which, as {choice}")
    elif new and len(conditions) == 1:
        assert value is not None
        yield [*head, "all[1]"], mapping({clause: value}, value)
    elif new and conditions:
        example = f"when.all[1]={{{clause}: ...}}"
        note(mark, "", f"none of {len(conditions)} conditions has {clause!r}: say which it replaces, as {example}")
    else:
        yield [*head, *rest], value
