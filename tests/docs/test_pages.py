"""The pages keep up with the code: tables, names, quoted lines and links."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from sim.model.importance import SETTINGS
from sim.model.parameters import CURVES, RULES
from sim.model.state import STATE

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
GROUPS = {name.split(".")[0] for name in RULES}


@pytest.fixture(scope="module")
def refresh() -> ModuleType:
    spec = importlib.util.spec_from_file_location("refresh", ROOT / "docs" / "refresh.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def model() -> str:
    return (ROOT / "docs" / "model.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("page", "names"), [("model.md", (*RULES, *CURVES)), ("strategic-score.md", SETTINGS)])
def test_the_tables_of_parameters_are_fresh(page: str, names: tuple[str, ...], refresh: ModuleType) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert refresh.with_tables(text) == text, "run `python docs/refresh.py`"
    tables = "".join(found[0] for found in refresh.TABLE.finditer(text))
    rows = re.findall(r"^\| ([a-z_.]+) \| -?\d", tables, re.MULTILINE)
    assert sorted(rows) == sorted(names), "every parameter stands in one table"


def test_every_parameter_is_used_in_the_text_by_its_name(model: str) -> None:
    text = re.sub(r"<!-- (rules|curves): .*?<!-- end -->", "", model, flags=re.DOTALL)
    named = {name for name in re.findall(r"\b([a-z_]+\.[a-z_]+)\b", text) if name.split(".")[0] in GROUPS}
    named = {name for name in named if not name.endswith(".py")}
    assert named == set(RULES)
    assert all(re.search(rf"\b{name}\b", text) for name in CURVES)


def test_the_quoted_code_is_real() -> None:
    page = (ROOT / "docs" / "add-a-rule.md").read_text(encoding="utf-8")
    quotes = re.findall(r"`([\w./]+)`[^\n]*\n\n```(?:python|text)\n(.*?)```", page, re.DOTALL)
    assert len(quotes) >= 10
    for path, lines in quotes:
        text = (ROOT / path).read_text(encoding="utf-8")
        for quote in re.split(r"^ *\.\.\.\n", lines, flags=re.MULTILINE):
            assert quote.rstrip("\n") in text, f"{path} no longer has\n{quote}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    named = re.findall(r"`((?:sim|docs|tests|scenarios|benchmarks)/[\w./*]*)`", page.read_text(encoding="utf-8"))
    for name in named:
        assert any(ROOT.glob(name.rstrip("/"))), f"{page.name}: {name}"


def test_state_fields_that_pages_name_exist() -> None:
    page = (ROOT / "docs" / "add-a-rule.md").read_text(encoding="utf-8")
    assert set(re.findall(r"field `(\w+)`", page)) <= set(STATE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nothing_is_left_to_fill_in(page: Path) -> None:
    assert "@@" not in page.read_text("utf-8")
