"""Which faults can be planted in a module: small changes of the source that a tired programmer might make."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sim.model import kinds
from sim.model.draws import COLUMNS
from sim.model.parameters import RULES, attribute
from sim.model.state import STATE


@dataclass(frozen=True)
class Mutant:
    """One change: bytes `start` to `end` of a file read `before` and will read `after`."""

    file: str
    line: int
    start: int
    end: int
    kind: str
    before: str
    after: str

    def planted_in(self, source: bytes) -> bytes:
        """The changed source."""
        return source[: self.start] + self.after.encode() + source[self.end :]

    def __str__(self) -> str:
        before, after = " ".join(self.before.split()), " ".join(self.after.split())
        return f"{self.file}:{self.line} [{self.kind}] {before[:70]}  ->  {after[:70]}"


OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
}  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
TWINS = {
    "least": "most", "most": "least", "minimum": "maximum", "maximum": "minimum", "argmax": "argmin", "any": "all",
    "all": "any", "argmin": "argmax", "min": "max", "max": "min",
}  # fmt: skip
"""Functions taken for one another."""

ALIKE: tuple[tuple[str, ...], ...] = (
    ("head", "tail"), ("free", "metres"), ("road_a", "road_b"), ("side_of", "faction"), ("outer", "whole"),
    ("head_camp", "head_faction"), ("wing_camp", "wing_faction"), ("road", "back"), ("share_1", "share_2", "share_3"),
    ("attack_share", "call_off_share", "invest_share", "withdraw_share"), ("w_attack", "w_defend", "w_retake"),
    ("w_gateway", "w_core", "w_guard"), ("entry_first", "staff_first"), ("dawn", "dusk"), ("ground", "frontage"),
    ("P", "F"), ("C", "K"), ("A", "E"), ("force_key", "place_key", "wing_key"), ("hostile", "passable"),
    COLUMNS,
)  # fmt: skip
"""Arrays and numbers of a world that a reader may confuse."""

CONSTANTS = (
    ("QUIET", "APPROACH", "OUTER", "INSIDE", "SIEGE"),
    ("ABSENT", "PRESENT", "MARCHING", "FLEEING", "GONE"),
    ("CLOSE", "INTERDICTION", "REAR", "BRIDGES"),
    ("AFTER", "HELD", "LOST_BY", "ATTACKED", "COHESION_BELOW", "SCORE_ABOVE"),
    ("ARRIVE", "SORTIE", "ROUND", "RETREAT", "REINFORCE", "TRIGGER", "DAILY", "REVIEW", "DEPART"),
    ("HOLDER", "PLACED", "LEFT", "LOST", "JOINED", "PHASE", "STRUCK", "BROKE", "OBJECTIVE", "ORDERED", "COLLAPSED"),
    ("NONE", "ASSAULT", "BROKEN", "WITHDRAWN", "WALKED_IN", "OVERRUN", "COLLAPSE", "STARVED", "FIGHT", "AIR"),
    ("DESERTION", "STRAGGLING", "SURRENDER", "DISBANDED", "MARCH", "RETREATING", "TURNED_BACK", "CALLED_OFF"),
    ("REPELLED", "ASSEMBLING", "REINFORCEMENT", "CUT_OFF", "NO_SHOW"),
)
"""Named numbers of one kind: the next one is the wrong one."""


def _next_ones() -> dict[str, str]:
    """For every name of a field, rule parameter or array, another of the same shape."""
    groups: dict[str, list[str]] = {}
    for name, field in STATE.items():
        groups.setdefault(field.size, []).append(name)
    rings = [*map(tuple, groups.values()), *ALIKE, tuple(attribute(name) for name in RULES)]
    out: dict[str, str] = {}
    for ring in rings:
        if len(ring) > 1:
            for i, name in enumerate(ring):
                out.setdefault(name, ring[(i + 1) % len(ring)])
    return out


WRONG_ARRAY = _next_ones()
WRONG_CONSTANT = {
    name: str(getattr(kinds, ring[(i + 1) % len(ring)])) for ring in CONSTANTS for i, name in enumerate(ring)
}


def mutants_of(file: str, source: bytes) -> list[Mutant]:
    """Every mutant of a module, in the order of the source."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def place(node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset

    out: list[Mutant] = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in _inside(function):
            start, end = place(node)
            before = source[start:end].decode()
            for kind, after in _variants(node):
                out.append(Mutant(file, node.lineno, start, end, kind, before, after))
    return sorted(set(out), key=lambda mutant: (mutant.start, mutant.end, mutant.kind, mutant.after))


def _inside(function: ast.FunctionDef) -> Iterator[ast.expr | ast.stmt]:
    """Statements and expressions of a body: no annotations, no docstring, no functions within (they come alone)."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.expr | ast.stmt):
            yield node
        for name, child in ast.iter_fields(node):
            if name in ("annotation", "returns", "ctx"):
                continue
            waiting += [each for each in (child if isinstance(child, list) else [child]) if isinstance(each, ast.AST)]


def _variants(node: ast.expr | ast.stmt) -> Iterator[tuple[str, str]]:
    """The ways in which a node can be wrong: what kind of fault, and the text in its place."""
    for kind, make in _FAULTS:
        for after in make(node):
            yield kind, after


def _operator(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        swapped = ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
        yield f"({ast.unparse(swapped)})"
    if isinstance(node, ast.AugAssign) and type(node.op) in OPERATORS:
        yield ast.unparse(ast.AugAssign(node.target, OPERATORS[type(node.op)](), node.value))


def _comparison(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in COMPARISONS.get(type(node.ops[0]), ()):
            yield f"({ast.unparse(ast.Compare(node.left, [other()], node.comparators))})"


def _logic(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"({ast.unparse(ast.BoolOp(other, node.values))})"
        for i in range(len(node.values)):  # a condition forgotten
            rest = node.values[:i] + node.values[i + 1 :]
            yield f"({ast.unparse(rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest))})"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert | ast.USub):
        yield f"({ast.unparse(node.operand)})"
    if isinstance(node, ast.IfExp):
        yield f"({ast.unparse(ast.IfExp(node.test, node.orelse, node.body))})"


def _constant(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool):
            yield str(not value)
        elif isinstance(value, int):
            yield str(value + 1)
            if value:
                yield str(value - 1)
        elif isinstance(value, float):
            yield str(value + 1.0)
            if value:
                yield str(value / 2)
        elif isinstance(value, str) and value in WRONG_ARRAY:
            yield repr(WRONG_ARRAY[value])
    if isinstance(node, ast.Name) and node.id in WRONG_CONSTANT:
        yield WRONG_CONSTANT[node.id]


def _array(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        for name in filter(None, (WRONG_ARRAY.get(node.attr), TWINS.get(node.attr))):
            yield ast.unparse(ast.Attribute(node.value, name))
    if isinstance(node, ast.Name) and node.id in TWINS:
        yield TWINS[node.id]


def _dropped(node: ast.AST) -> Iterator[str]:
    effect = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    stored = isinstance(node, ast.Assign) and any(isinstance(t, ast.Subscript | ast.Attribute) for t in node.targets)
    gone = isinstance(node, ast.Continue | ast.Break) or (isinstance(node, ast.Return) and node.value is None)
    if effect or stored or gone or isinstance(node, ast.AugAssign):
        yield "pass"


_FAULTS: tuple[tuple[str, Callable[[ast.AST], Iterator[str]]], ...] = (
    ("operator", _operator),
    ("comparison", _comparison),
    ("logic", _logic),
    ("constant", _constant),
    ("wrong array", _array),
    ("dropped", _dropped),
)
