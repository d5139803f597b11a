"""From a tree to a Scenario or Parameters: pydantic says what is wrong, we say where and in plain words."""

from __future__ import annotations

import json
import types
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sim.errors import figure
from sim.files.entries import entry_id
from sim.files.nodes import MOST_PROBLEMS, Mark, Node, Problems, Step, find, marks, plain, position
from sim.files.short_forms import KEYED, SPELLED

_TEXTS = {
    "missing": "must be given",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "finite_number": "must be a finite number",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must match {pattern}",
    "too_short": "must have at least {min_length} item(s)",
    "too_long": "must have at most {max_length} item(s)",
}
"""What must hold, by pydantic's type of error; its numbers stand in braces."""

LONGEST_STEP = 200
"""Characters of a step of a path: a thousand problems of one entry must not tell a huge id a thousand times."""

Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], root: Node, note: Problems) -> Model | None:
    """Build `model` from a tree in its long form. Types are strict: text is never taken for a number. Returns
    None after noting what is wrong."""
    given = plain(root)
    found, faults = attempt(model, given)
    strangers = _blank_strangers(model, root, given)
    faults += strangers
    seen: set[tuple[Mark, str]] = set()
    for fault in faults[:MOST_PROBLEMS]:
        if fault["type"] == "value_error" and _holds_unreadable(find(root, fault["loc"])[0], note):
            continue  # it is about that
        mark, path, message = _told(model, root, fault, note)
        if (mark, path) not in seen:  # unions tell every branch that failed
            seen.add((mark, path))
            note(mark, path, message)
    return None if strangers else found


def _blank_strangers(model: type[BaseModel], root: Node, given: Any) -> list[dict[str, Any]]:
    """What is wrong about unknown keys that have no value, which else would be left out in silence."""
    whole = plain(root, blanks=True)
    return [
        fault
        for fault in (attempt(model, whole)[1] if whole != given else [])
        if fault["type"] == "extra_forbidden"
        and find(root, fault["loc"])[0].value is None
        and str(fault["loc"][-1]) not in _keys(model, fault["loc"][:-1])
    ]


def attempt(model: type[Model], given: Any) -> tuple[Model | None, list[dict[str, Any]]]:
    """`model` as plain values have it, or pydantic's account of what is wrong."""
    try:
        return model.model_validate_json(json.dumps(given), strict=True), []
    except ValidationError as error:
        return None, [dict(fault) for fault in error.errors(include_url=False)]


def _holds_unreadable(node: Node, note: Problems) -> bool:
    return bool(note.unreadable) and any(mark in note.unreadable for _, _, mark in marks(node))


def locate(root: Node, path: tuple[Step, ...], *, key: bool = False) -> Mark:
    """Where a path stands, or the deepest part of it that is there; `key` asks for where its key stands."""
    node, depth = find(root, path)
    return node.key if key or depth < len(path) else node.mark


def dotted(root: Node, path: tuple[Step, ...]) -> str:
    """A path as `--set` takes it: entries of lists by id, other items by position from 1, fields as the file
    spells them."""
    text = ""
    for depth, step in enumerate(path):
        name: str | None = str(step)
        if isinstance(step, int):
            node, found = find(root, path[:2])
            named = depth == 1 and found == 2 and path[0] != "observed"
            name = entry_id(str(path[0]), node) if named else None
        elif depth == 2 and path[0] in KEYED:
            name = SPELLED.get(step, step)
        text += position(int(step)) if name is None else f".{name[:LONGEST_STEP]}"
    return text.removeprefix(".")


def _told(model: type[BaseModel], root: Node, fault: dict[str, Any], note: Problems) -> tuple[Mark, str, str]:
    """One of pydantic's errors as (mark, path, message)."""
    kind: str = fault["type"]
    steps: tuple[Step, ...] = fault["loc"]
    node, depth = find(root, steps)
    context: dict[str, Any] = fault.get("ctx", {})
    if kind == "missing":
        return node.key, dotted(root, steps), "must be given"
    is_key = depth < len(steps) and steps[depth] == "[key]"
    path = dotted(root, steps[:depth])
    if kind == "extra_forbidden":
        name, known = str(steps[-1]), _keys(model, steps[:-1])
        hint = note.near(name, known) or f"; known: {', '.join(known)}"
        return node.key, path, f"unknown key{hint}".replace("key; did", "key: did")
    got = repr(steps[depth - 1]) if is_key else node.describe()
    if kind == "value_error":
        message = str(context.get("error", fault["msg"]))
        return (node.key if is_key else node.mark), path, message
    if kind in ("literal_error", "enum"):
        known = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
        word = str(steps[depth - 1] if is_key else node.value)
        message = f"must be one of {', '.join(known)} (got {got}{note.near(word, known)})"
        return (node.key if is_key else node.mark), path, message
    text = _TEXTS.get(kind)
    if context.get("class_name") == "Spread":
        text = "must be a number or a range lo..hi"
    if text is None:
        return node.mark, path, f"{fault['msg'][:1].lower()}{fault['msg'][1:]} (got {got})"
    numbers = {name: figure(n) if isinstance(n, int | float) else n for name, n in context.items()}
    if kind == "string_type" and isinstance(node.value, int | float):
        got += "; write it in quotes"
    if kind in ("too_short", "too_long"):
        got = str(context.get("actual_length", len(node.items) or len(node.children)))
    return node.mark, path, f"{text.format(**numbers)} (got {got})"


def _keys(model: type[BaseModel], steps: tuple[Step, ...]) -> list[str]:
    """The keys that a file may write at a path."""
    kind: Any = model
    for step in steps:
        kind = _inside(kind, step)
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return []
    names = [field.alias or name for name, field in kind.model_fields.items()]
    spelled = [SPELLED.get(name, name) for name in names]
    return [*spelled, "extends"] if not steps and kind.__name__ == "Scenario" else spelled


def _inside(kind: Any, step: Step) -> Any:
    """The type of what stands at one step inside a type, as far as it can be told."""
    kind = _bare(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is dict:
        return _bare(arguments[1])
    if origin in (list, tuple):
        return _bare(arguments[0])
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if step in (name, field.alias):
                return _bare(field.annotation)
    return None


def _bare(kind: Any) -> Any:
    """A type without Annotated and without None."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        inner = [argument for argument in get_args(kind) if argument is not type(None)]
        return _bare(inner[0]) if inner else None
    return kind
