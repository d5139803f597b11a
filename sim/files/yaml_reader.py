"""YAML from anybody, read without trust: a tree of plain values with their lines and columns.

Of YAML we take mappings, lists and scalars. Anchors, aliases, tags, several documents and repeated keys are
refused, sizes are bounded, and scalars are resolved by the short table below instead of YAML 1.1's, in which
`no` is false, `12:30` is 750 and `1:1:1` is slow. The parser's events are walked one by one, so that nothing
is built before it has been checked.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sized
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from sim.errors import Problem, ScenarioError
from sim.files.nodes import UNREADABLE, Mark, Node, Problems, Scalar, plain

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_VALUES = 100_000
MAX_ITEMS = 20_000
"""Of one list or mapping."""

MAX_DIGITS = 18

_INTEGER = re.compile(r"[-+]?[0-9](?:_?[0-9])*\Z")
_FLOAT = re.compile(r"[-+]?(?:[0-9](?:_?[0-9])*\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?\Z")
_ENDLESS = re.compile(r"[-+]?\.?(?:nan|inf|infinity)\Z", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters (but tab and line ends), halves of surrogate pairs, and what is no character."""

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where it is there: ten times faster. Only its events are used; its loader can crash."""


def read_yaml(path: Path, shown: str | None = None, *, room: int = MAX_VALUES, note: Problems | None = None) -> Node:
    """Read one file of at most `room` values. `shown` is how messages name it. Single keys and values that cannot be
    taken go to `note`, for those who look for further problems. Raises ScenarioError for all else, and without `note`
    for them too."""
    name = str(path) if shown is None else shown
    return parse_yaml(_text(path, name), name, room=room, note=note)


def parse_yaml(
    text: str, file: str, *, room: int = MAX_VALUES, parser: Any = None, note: Problems | None = None
) -> Node:
    """Parse YAML text; `file` names it in messages. Raises as `read_yaml` does."""
    bad = _FORBIDDEN.search(text)
    if bad is not None:
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - (text.rfind("\n", 0, bad.start()) + 1) + 1
        raise _fault(Mark(file, line, column), f"must not hold control characters (got {bad.group()!r})")
    told = Problems() if note is None else note
    reader = _Reader(file, room, told)
    try:
        root = reader.document(yaml.parse(text, Loader=parser or _PARSER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Mark(file, mark.line + 1, mark.column + 1) if mark else Mark(file, 0, 0)
        raise _fault(where, f"is not YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # ValueError: chr() of a huge \U escape
        first = str(error).partition("\n")[0]
        raise _fault(reader.last, f"is not YAML: {first}") from None
    if note is None and told:
        raise ScenarioError(told)
    return root


def resolve(text: str) -> Scalar:
    """A plain (unquoted) scalar by our table: null, true, false, whole numbers, floats, else text. Raises ValueError
    for a number that cannot be taken."""
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if text[0] not in "+-.0123456789iInN":
        return text
    if _INTEGER.match(text):
        digits = text.lstrip("+-").replace("_", "")
        if len(digits) > MAX_DIGITS:
            raise ValueError(f"must have at most {MAX_DIGITS} digits (got {len(digits)})")
        return text if len(digits) > 1 and digits[0] == "0" else int(text)  # 007 is a name, not seven
    if len(text) <= 64 and _FLOAT.match(text):
        number = float(text)
        if not isfinite(number):
            raise ValueError(f"must be a finite number (got {text})")
        return int(number) if "." not in text and abs(number) < 1e15 and number == int(number) else number
    if _ENDLESS.match(text):
        raise ValueError(f"must be a finite number (got {text}; write it in quotes if it is a name)")
    return text


def _fault(mark: Mark, message: str) -> ScenarioError:
    return ScenarioError([Problem(mark.file, mark.line, mark.column, "", message)])


def _text(path: Path, name: str) -> str:
    """The text of a regular file of bounded size. Never waits on a pipe."""
    nowhere = Mark(name, 0, 0)
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                kind = "a folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "a device or pipe"
                raise _fault(nowhere, f"must be a regular file (got {kind})")
            pieces, room = [], MAX_BYTES + 1
            while room > 0 and (piece := os.read(descriptor, room)):
                pieces.append(piece)
                room -= len(piece)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise _fault(nowhere, "no such file") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _fault(nowhere, f"cannot be read: {reason[:1].lower()}{reason[1:]}") from None
    data = b"".join(pieces)
    if len(data) > MAX_BYTES:
        raise _fault(nowhere, f"must be at most {MAX_BYTES:,} bytes (got more)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        got = f"0x{data[error.start]:02x}"
        raise _fault(Mark(name, line, column), f"must be UTF-8 text (got byte {got})") from None


def _join(first: Node, again: Node) -> None:
    """Add what a repeated section holds to what it held first, so that nobody misses it when the rest is checked."""
    if isinstance(first.value, dict) and isinstance(again.value, dict):
        first.value = {**again.value, **first.value}
    elif isinstance(first.value, list) and isinstance(again.value, list):
        held = {repr(plain(item)) for item in first.value}
        first.value = first.value + [item for item in again.value if repr(plain(item)) not in held]


class _Reader:
    """Builds the tree from a parser's events, checking each before it is kept."""

    def __init__(self, file: str, room: int, note: Problems) -> None:
        self.file, self.room, self.note = file, room, note
        self.values = 0
        self.last = Mark(file, 1, 1)

    def document(self, events: Iterator[Any]) -> Node:
        root: Node | None = None
        for event in events:
            self._mark(event)
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise _fault(self.last, "must be one document (got a second)")
                root = self._node(self._next(events), events, 0, None)
        if root is None:
            raise _fault(Mark(self.file, 0, 0), "must not be empty")
        return root

    def _next(self, events: Iterator[Any]) -> Any:
        event = next(events)
        self._mark(event)
        return event

    def _mark(self, event: Any) -> Mark:
        if event.start_mark is not None:
            self.last = Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        return self.last

    def _node(self, event: Any, events: Iterator[Any], depth: int, key: Mark | None) -> Node:
        mark = self._check(event, depth)
        node = Node(None, mark, key or mark)
        if isinstance(event, yaml.AliasEvent):
            node.value = self.note.refuse(mark, "aliases (*name) are not allowed: write the value again")
        elif isinstance(event, yaml.ScalarEvent):
            node.value = self._scalar(event, mark)
        elif isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(inner := self._next(events), yaml.SequenceEndEvent):
                items.append(self._node(inner, events, depth + 1, None))
                self._few(items, mark)
            node.value = items
        else:
            node.value = self._mapping(events, depth)
        return node

    def _mapping(self, events: Iterator[Any], depth: int) -> dict[str, Node]:
        children: dict[str, Node] = {}
        while not isinstance(event := self._next(events), yaml.MappingEndEvent):
            name, mark = self._key(event, events, depth + 1)
            node = self._node(self._next(events), events, depth + 1, mark)
            if name in children:
                first = children[name]
                self.note(mark, "", f"the key {name!r} must stand once (it stands in line {first.key.line} already)")
                if depth == 0:
                    _join(first, node)
            elif name:
                children[name] = node
            self._few(children, mark)
        return children

    def _key(self, event: Any, events: Iterator[Any], depth: int) -> tuple[str, Mark]:
        """A key and where it stands; empty when it cannot be one."""
        if not isinstance(event, yaml.ScalarEvent):
            mark = self._node(event, events, depth, None).mark  # notes an alias itself
            self.note(mark, "", "a key must be a single word or text (got a list or mapping)")
            return "", mark
        mark = self._check(event, depth)
        name: str = event.value
        if not name:
            self.note(mark, "", "a key must not be empty")
        elif len(name) > 200:
            self.note(mark, "", f"a key must have at most 200 characters (got {len(name)})")
        elif bad := _FORBIDDEN.search(name):
            self.note(mark, "", f"must not hold control characters (got {bad.group()!r})")
        else:
            return name, mark
        return "", mark

    def _few(self, inside: Sized, mark: Mark) -> None:
        if len(inside) > MAX_ITEMS:
            raise _fault(mark, f"a list or mapping must have at most {MAX_ITEMS:,} entries")

    def _check(self, event: Any, depth: int) -> Mark:
        """Where an event stands; notes what it must not carry, whatever it is."""
        mark = self._mark(event)
        if depth > MAX_DEPTH:
            raise _fault(mark, f"must be at most {MAX_DEPTH} levels deep")
        self.values += 1
        if self.values > self.room:
            raise _fault(mark, f"must hold at most {MAX_VALUES:,} values, with what it is extended by")
        if not isinstance(event, yaml.AliasEvent):
            if event.anchor is not None:
                self.note(mark, "", "anchors (&name) are not allowed")
            if event.tag is not None:
                self.note(mark, "", f"tags are not allowed (got {event.tag[:40]!r})")
        return mark

    def _scalar(self, event: Any, mark: Mark) -> Scalar:
        text: str = event.value
        bad = _FORBIDDEN.search(text)
        if bad is not None:
            return self.note.refuse(mark, f"must not hold control characters (got {bad.group()!r})")
        if event.tag is not None:  # told already
            self.note.unreadable.add(mark)
            return UNREADABLE
        if not event.implicit[0]:
            return text
        try:
            return resolve(text)
        except ValueError as error:
            return self.note.refuse(mark, str(error))
