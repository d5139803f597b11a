"""Dates and times as scenarios write them: ISO 8601, with the offset of `start` where none is given."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from sim.files.nodes import Node, Problems, Step, find
from sim.files.validation import dotted

EXAMPLE = "2024-11-27T04:00+03:00"

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?"
    r"(?: ?(?P<offset>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?))?\Z"
)


def read_moment(text: object, default: tzinfo | None) -> datetime:
    """A date (midnight) or date and time. Without an offset it takes `default`; raises ValueError when there
    is none, or when there is no such moment."""
    match = _MOMENT.match(text) if isinstance(text, str) else None
    if match is None or not isinstance(text, str):
        raise ValueError(f"must be a date and time such as {EXAMPLE} (got {_shown(text)})")
    offset = match["offset"]
    body = text[: match.start("offset")].strip() if offset else text
    try:
        naive = datetime.fromisoformat(body.replace(" ", "T").upper())
        zone = _zone(offset) if offset else default
        if zone is not None:
            naive.replace(tzinfo=zone).astimezone(UTC)  # year 1 and year 9999 may have no such moment
    except (ValueError, OverflowError):
        raise ValueError(f"must be a date and time that exists (got {_shown(text)})") from None
    if zone is None:
        example = f"{naive.isoformat(timespec='minutes')}+03:00"
        raise ValueError(f"must say its offset from UTC, such as {example} (got {text!r})")
    return naive.replace(tzinfo=zone)


def date_moments(root: Node, note: Problems) -> bool:
    """Write every date out in full, in place: those without an offset take the offset of `start`. Returns whether all
    can be read."""
    start = root.children.get("start")
    given = start is not None and start.value is not None
    moment = _write(start, "start", None, note) if start is not None and given else None
    sound = moment is not None or not given
    zone = moment.tzinfo if moment is not None else UTC  # a start that is missing or wrong is told elsewhere
    for path in _dates(root):
        sound &= _write(find(root, path)[0], dotted(root, path), zone, note) is not None
    return sound


def _write(node: Node, path: str, zone: tzinfo | None, note: Problems) -> datetime | None:
    try:
        moment = read_moment(node.value, zone)
    except ValueError as error:
        note(node.mark, path, str(error))
        node.value = "1970-01-01T00:00:00+00:00"  # told once: the validation should not tell again
        return None
    node.value = moment.astimezone(zone or moment.tzinfo).isoformat()
    return moment


def _dates(root: Node) -> list[tuple[Step, ...]]:
    """The path of every date of the long form (but `start`)."""
    found: list[tuple[Step, ...]] = []

    def take(path: tuple[Step, ...], node: Node, *names: str) -> None:
        for name in names:
            child = node.children.get(name)
            if child is not None and child.value is not None:
                found.append((*path, name))

    def inside(name: str) -> list[Node]:
        section = root.children.get(name)
        return section.items if section is not None else []

    for index, entry in enumerate(inside("observed")):
        take(("observed", index), entry, "at", "earliest", "latest")
    for index, entry in enumerate(inside("reinforcements")):
        when = entry.children.get("when")
        clauses = when.children.get("all") if when is not None else None
        for number, clause in enumerate(clauses.items if clauses is not None else []):
            take(("reinforcements", index, "when", "all", number), clause, "after")
    wings = root.children.get("wings")
    for name, wing in (wings.children if wings is not None else {}).items():
        effort = wing.children.get("effort")
        for number, step in enumerate(effort.items if effort is not None else []):
            take(("wings", name, "effort", number), step, "at")
    return found


def _zone(offset: str) -> tzinfo:
    if offset in "Zz":
        return UTC
    digits = offset[1:].replace(":", "")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    if away >= timedelta(hours=15):
        raise ValueError
    return timezone(-away if offset[0] == "-" else away)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
