"""What each command prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from sim.files import shipped
from sim.views.text import table, width


def test_validate(sim: Callable[..., tuple[int, str, str]], small: Path) -> None:
    counts = "3 places, 2 roads, 2 factions, 3 forces, 1 wing, 1 reinforcement"
    assert sim("validate", "x.yaml") == (0, f"ok small: {counts}; 5 days from 2031-05-01 06:00+02:00\n", "")
    code, out, err = sim("validate", "x.yaml", "--set", "days=2.5", "--set", "places.alfa.people=*2")
    assert (code, "2.5 days" in out) == (0, True)
    assert err == "warning: x.yaml:24:18 observed[1].at: lies at or after the end (2031-05-03T18:00:00+02:00)\n"


def test_validate_tells_every_problem(sim: Callable[..., tuple[int, str, str]], small: Path) -> None:
    small.write_text(small.read_text().replace("[town,", "[twon,").replace("primary", "primry"))
    code, out, err = sim("validate", "x.yaml", "--set", "dys=3")
    assert (code, out) == (2, "")
    assert [line.split(": ")[0] for line in err.splitlines()] == [
        "--set dys", "x.yaml:6:10 places.alfa.kind", "x.yaml:10:23 roads.alfa-knoll.class",
    ]  # fmt: skip


def test_shipped_scenarios_are_listed_and_found_by_name(sim: Callable[..., tuple[int, str, str]], small: Path) -> None:
    code, out, err = sim("scenarios")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines() if line[0] != " "] == [path.stem for path in shipped()]
    assert sim("validate", "four_cities")[0] == 0


def test_schema_is_json(sim: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = sim("schema")
    assert code == 0
    assert json.loads(out)["properties"]["extends"]["type"] == "string"


def test_columns_line_up_in_any_script() -> None:
    assert [width(text) for text in ("abc", "حلب", "城市", "e\u0301", "")] == [3, 3, 4, 1, 0]
    lines = table([["a", "1"], ["城市", "22"], ["e\u0301e", "333"]], left=(0,), indent="")
    assert {width(line) for line in lines} == {9}
