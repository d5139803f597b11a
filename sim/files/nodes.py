"""A YAML document as a tree that remembers where each value stands.

Everything that happens to a file before validation (short forms, `extends`, `--set`) works on this tree, so
that a fault found afterwards can still be shown at the line and column where it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any, NamedTuple, TypeAlias

from sim.errors import Problem

Scalar: TypeAlias = str | int | float | bool | None
Step: TypeAlias = str | int

UNREADABLE = "?"
"""Stands for a value that cannot be taken: no id, number, date or choice is written so."""

ANYBODY = "anybody+anything.anywhere"
"""Stands for an id that is not given or cannot be read. It may be that of anything."""

MOST_PROBLEMS = 1_000
MOST_SUGGESTIONS = 30
MOST_CANDIDATES = 500


class Mark(NamedTuple):
    """A place in a file: line and column from 1, or 0 when the text is not a file (`--set ...`)."""

    file: str
    line: int
    column: int


class Problems(list[Problem]):
    """A list of problems that can be called to note one more, up to MOST_PROBLEMS. What is `unreadable` was told of
    once: nothing more is noted of it."""

    def __init__(self) -> None:
        super().__init__()
        self.unreadable: set[Mark] = set()

    @property
    def full(self) -> bool:
        """Whether there are enough."""
        return len(self) >= MOST_PROBLEMS

    def __call__(self, mark: Mark, path: str, message: str) -> None:
        if mark.file == f"--set {path}":
            path = ""  # said once is enough
        if not self.full and mark not in self.unreadable:
            self.append(Problem(mark.file, mark.line, mark.column, path, message))

    def refuse(self, mark: Mark, message: str) -> str:
        """Note a value that cannot be taken, and return what stands for it."""
        self(mark, "", message)
        self.unreadable.add(mark)
        return UNREADABLE

    def near(self, word: str, known: Iterable[str]) -> str:
        """What was probably meant, as `; did you mean 'x'?`, or nothing. Only the first problems get one:
        a file full of faults is not searched for ever."""
        if len(self) >= MOST_SUGGESTIONS:
            return ""
        names = {name.casefold(): name for name in islice(known, MOST_CANDIDATES)}
        found = get_close_matches(word.casefold()[:64], names, n=1)
        return f"; did you mean {names[found[0]]!r}?" if found else ""


@dataclass(slots=True)
class Node:
    """A value, where it stands, and where its key stands (the same for items of a list). A `whole` mapping
    was written in a short form: it replaces what it extends instead of being merged into it."""

    value: Scalar | list[Node] | dict[str, Node]
    mark: Mark
    key: Mark
    whole: bool = False

    @property
    def children(self) -> dict[str, Node]:
        """The entries of a mapping; none for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        """The items of a list; none for anything else."""
        return self.value if isinstance(self.value, list) else []

    def describe(self) -> str:
        """The value in a few words, for a message."""
        if isinstance(self.value, dict):
            return "a mapping"
        if isinstance(self.value, list):
            return "a list"
        if self.value is None:
            return "nothing"
        if isinstance(self.value, bool):
            return str(self.value).lower()
        text = f"{self.value:,}" if isinstance(self.value, int | float) else repr(self.value)
        return text if len(text) <= 80 else f"{text[:60]}... of {len(text)} characters"


def scalar(value: Scalar, at: Node) -> Node:
    """A new scalar that stands where `at` stands."""
    return Node(value, at.mark, at.key)


def mapping(children: dict[str, Node], at: Node, *, whole: bool = False) -> Node:
    """A new mapping that stands where `at` stands."""
    return Node(children, at.mark, at.key, whole)


def listing(items: list[Node], at: Node) -> Node:
    """A new list that stands where `at` stands."""
    return Node(items, at.mark, at.key)


def moved(node: Node, mark: Mark) -> Node:
    """A copy of the tree that stands at one mark as a whole."""
    if isinstance(node.value, dict):
        return Node({key: moved(child, mark) for key, child in node.value.items()}, mark, mark)
    if isinstance(node.value, list):
        return Node([moved(child, mark) for child in node.value], mark, mark)
    return Node(node.value, mark, mark)


def plain(node: Node, *, blanks: bool = False) -> Any:
    """The tree as dicts, lists and scalars. Keys without a value are left out, unless `blanks` are asked for: an empty
    section is none."""
    if isinstance(node.value, dict):
        children = node.value.items()
        return {key: plain(child, blanks=blanks) for key, child in children if blanks or child.value is not None}
    if isinstance(node.value, list):
        return [plain(child, blanks=blanks) for child in node.value]
    return node.value


def position(index: int) -> str:
    """The step of a path that means an item of a list: people count from 1, as they count lines."""
    return f"[{index + 1}]"


def find(node: Node, path: tuple[Step, ...]) -> tuple[Node, int]:
    """The deepest node on the way along `path`, and how many steps led there."""
    for depth, step in enumerate(path):
        if isinstance(step, str):
            inner = node.children.get(step)
        else:
            inner = node.items[step] if 0 <= step < len(node.items) else None
        if inner is None:
            return node, depth
        node = inner
    return node, len(path)


def marks(node: Node, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Mark, Mark]]:
    """Every path of the tree with the mark of its key and of its value."""
    yield path, node.key, node.mark
    for key, child in node.children.items():
        yield from marks(child, (*path, key))
    for index, child in enumerate(node.items):
        yield from marks(child, (*path, index))
