"""What every rule promises, found by looking: one by one or in arrays, the same bits; nothing changed; no
hidden state; only operations that are exact everywhere."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import exactness
import numpy as np
import pytest

import sim.rules

RULES = exactness.rules()
N = 400
FOLDER = Path(next(iter(sim.rules.__path__)))


def parts(result: Any) -> tuple[Any, ...]:
    return tuple(result) if isinstance(result, tuple) else (result,)


@pytest.mark.parametrize("name", RULES)
def test_one_by_one_or_in_arrays_the_same_bits(name: str) -> None:
    rule = RULES[name]
    drawn = exactness.arguments(name, rule, np.random.default_rng(len(name)), N)
    arrays = [np.broadcast_to(part, N) for part in parts(rule(**drawn))]
    for i in range(N):
        for got, wanted in zip(arrays, parts(rule(**exactness.one(drawn, i))), strict=True):
            assert got[i].item() == wanted, f"{name}{exactness.one(drawn, i)}"
            assert isinstance(got[i].item(), int | bool) == isinstance(wanted, int | bool), "kept in the same kind"


@pytest.mark.parametrize("name", RULES)
def test_arrays_and_plain_numbers_may_be_mixed(name: str) -> None:
    """A batch passes some arguments as arrays and fixed parameters as plain numbers."""
    rule, dice = RULES[name], np.random.default_rng(7)
    names = [k for k in inspect.signature(rule).parameters if k not in exactness.TABLES]
    for _ in range(12):
        drawn = exactness.arguments(name, rule, dice, 30)
        plain = {k for k in names if dice.random() < 0.5}
        if name == "ops.pick":
            plain.discard("condition")  # both branches are arrays only if the condition is one
        if name in ("ops.pick", "ops.lookup", "ops.whole", "ops.root", "ops.count_bits") and plain == set(names):
            continue
        mixed = {k: v[3].item() if k in plain else v for k, v in drawn.items()}
        full = {k: np.full(30, v[3]) if k in plain else v for k, v in drawn.items()}
        for got, wanted in zip(parts(rule(**mixed)), parts(rule(**full)), strict=True):
            assert np.array_equal(np.broadcast_to(got, 30), wanted), f"{name} with plain {sorted(plain)}"


@pytest.mark.parametrize("name", RULES)
def test_nothing_is_changed_or_remembered(name: str) -> None:
    rule, dice = RULES[name], np.random.default_rng(11)
    first = exactness.arguments(name, rule, dice, N)
    kept = {k: np.copy(v) for k, v in first.items()}
    once = [np.copy(part) for part in parts(rule(**first))]
    rule(**exactness.arguments(name, rule, dice, N))  # something else in between
    for k, v in first.items():
        assert np.array_equal(v, kept[k]), f"{name} changed its argument {k}"
    for got, wanted in zip(parts(rule(**first)), once, strict=True):
        assert np.array_equal(got, wanted), f"{name} remembers"


@pytest.mark.parametrize("name", RULES)
def test_results_are_finite(name: str) -> None:
    rule = RULES[name]
    for seed in range(5):
        for part in parts(rule(**exactness.arguments(name, rule, np.random.default_rng(seed), N))):
            assert np.isfinite(np.asarray(part, float)).all()


ALLOWED_IMPORTS = {"__future__", "typing", "sim.rules.ops", "sim.units"}
TOOLS = {"ops.py": {"math", "numpy"}, "chance.py": {"hashlib", "numpy"}}
EXACT = {"minimum", "maximum", "where", "sqrt", "trunc", "int64", "ndarray", "bitwise_count"}


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda file: file.name)
def test_only_exact_operations(file: Path) -> None:
    """exp, log, powers and friends differ in the last bit between one and many; branches differ in kind."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            modules = {node.module or ""} if isinstance(node, ast.ImportFrom) else {a.name for a in node.names}
            assert modules <= ALLOWED_IMPORTS | TOOLS.get(file.name, set()), f"{file.name} imports {modules}"
        assert not isinstance(node, ast.Pow), f"{file.name} raises to a power"
        assert not isinstance(node, ast.Global | ast.Nonlocal), f"{file.name} keeps state"
        if file.name not in TOOLS:
            branches = ast.If | ast.IfExp | ast.For | ast.While | ast.BoolOp | ast.Try
            assert not isinstance(node, branches), f"{file.name}:{getattr(node, 'lineno', 0)} branches without pick"
    if file.name == "ops.py":
        used = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)}
        assert used - {"astype", "bit_count"} <= EXACT, f"ops.py uses {used - EXACT}"
