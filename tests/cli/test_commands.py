"""What each command prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.files import load, load_parameters, shipped
from sim.views.text import spread_text, table, width


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
    assert [line.split()[0] for line in out.splitlines()] == [path.stem for path in shipped()]
    assert sim("validate", "four_cities")[0] == 0


def test_schema_is_json(sim: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = sim("schema")
    assert code == 0
    assert json.loads(out)["properties"]["extends"]["type"] == "string"


class TestShow:
    """Order of battle, ratios, defaults."""

    @pytest.fixture
    def text(self, sim: Callable[..., tuple[int, str, str]], small: Path) -> str:
        code, out, err = sim("show", "x.yaml", "--set", "parameters.air.kills=0.2", "--set", "mechanisms.night=false")
        assert (code, err) == (0, "")
        return str(out)

    def section(self, text: str, title: str) -> list[list[str]]:
        """The rows of a section, cells split at two spaces."""
        block = next(part for part in text.split("\n\n") if part.startswith(title))
        return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in block.splitlines()[1:]]

    def test_head_says_what_was_read(self, text: str) -> None:
        assert text.startswith("Two towns and a hill\nsmall: 3 places")
        assert "changed by --set mechanisms.night=false" in text

    def test_relations_hold_for_both_sides(self, text: str) -> None:
        rows = self.section(text, "FACTIONS")
        assert rows[1][:4] == ["blue", "blue", "hold", "red"]
        assert rows[2][:4] == ["red", "red", "offensive", "blue"]

    def test_order_of_battle(self, text: str) -> None:
        kinds = load_parameters().forces
        quality = {name: spread_text(kind.quality) for name, kind in kinds.items()}
        morale = {name: spread_text(kind.morale) for name, kind in kinds.items()}
        assert self.section(text, "ORDER OF BATTLE") == [
            ["blue (blue): 2,450 (2,300..2,600) people in 2 forces"],
            ["place", "id", "class", "people", "quality", "morale", "moves", "command"],
            ["bravo", "town-guard", "garrison", "2,000", "0.3..0.5", morale["garrison"], "no", "-"],
            ["knoll", "blue-knoll-militia", "militia", "300..600", quality["militia"], morale["militia"], "yes", "-"],
            ["red (red): 4,000 (3,000..5,000) people in 1 forces"],
            ["place", "id", "class", "people", "quality", "morale", "moves", "command"],
            ["alfa", "red-alfa-elite", "elite", "3,000..5,000", quality["elite"], morale["elite"], "yes", "-"],
        ]

    def test_ratio_along_the_front_by_hand(self, sim: Callable[..., tuple[int, str, str]], small: Path) -> None:
        # red 4,000 (3,000..5,000) of quality 0.5 against 450 (300..600) of quality 0.25
        qualities = ("--set", "forces.red-*.quality=0.4..0.6", "--set", "forces.*-militia.quality=0.25")
        assert self.section(sim("show", "x.yaml", *qualities)[1], "FORCE RATIOS")[1] == [
            "road alfa - knoll", "red", "4,000 (3,000..5,000)", "blue", "450 (300..600)", "8.89 (5.00..16.67)", "17.78",
        ]  # fmt: skip

    def test_changed_rules(self, text: str) -> None:
        rows = self.section(text, "CHANGED RULES")
        rule = load_parameters().rules["air.kills"]
        assert rows[1] == ["air.kills", "0.2", rule.range, rule.unit]
        assert rows[2] == ["mechanism night", "off", "on"]

    def test_defaults_say_where_they_come_from(self, text: str) -> None:
        rows = self.section(text, "FILLED IN")
        city, garrison = load_parameters().places["city"], load_parameters().forces["garrison"]
        ground = f"terrain {city.terrain}, fortification {city.fortification:g}, frontage {city.frontage:,}"
        districts = f"districts {round(300_000 / city.people_per_district)}"
        assert ["places", "bravo", "parameters.yaml places.city", ground] in rows
        assert ["places", "bravo", "people and parameters.yaml places.city", districts] in rows
        assert ["roads", "bravo-knoll", "parameters.yaml bridges", "bridge.repair_h 12, bridge.delay_h 3"] in rows
        assert ["factions", "blue", "said by the other side", "hostile red"] in rows
        assert ["factions", "blue, red", "built in", "core capitals it holds"] in rows
        assert ["factions", "blue", "built in", "doctrine hold"] in rows
        assert ["commands", "blue", "built in", "a command one for blue, everywhere"] in rows
        guard = next(row for row in rows if row[1] == "town-guard")
        assert guard[2] == "parameters.yaml forces.garrison"
        low, high = garrison.morale.values
        assert guard[3].startswith(
            f"morale {low:g}..{high:g}, speed {garrison.speed:g}, mobile false"
        )  # quality is given
        assert not any(
            "night on" in cell or ", night," in cell for row in rows for cell in row if row[0] == "mechanisms"
        )

    def test_every_default_is_told(self, text: str) -> None:
        """What the scenario says after loading is either in the file or told as filled in."""
        told = "\n".join(" ".join(row) for row in self.section(text, "FILLED IN"))
        found = load("x.yaml")
        for force in found.scenario.forces:
            for name in ("quality", "morale", "speed", "mobile", "night"):
                given = next(entry for entry in found.data["forces"] if entry["id"] == force.id)
                assert name in given or f"{name} " in told
        for word in (
            "range_km 400",
            "targets close 0.6",
            "night 0.3",
            "alert_h 4..24",
            "cohesion 0.5..0.8",
            "collapse_below",
        ):
            assert word in told

    def test_names_cannot_move_the_cursor(self, sim: Callable[..., tuple[int, str, str]], small: Path) -> None:
        code, out, _ = sim("show", "x.yaml", "--set", "places.bravo.name=\u202egnp.exe", "--set", "title=\u2066حلب")
        assert code == 0
        assert "\u202e" not in out
        assert "\u2066" not in out
        assert r"\u202egnp.exe" in out
        assert r"\u2066حلب" in out


def test_columns_line_up_in_any_script() -> None:
    assert [width(text) for text in ("abc", "حلب", "城市", "e\u0301", "")] == [3, 3, 4, 1, 0]
    lines = table([["a", "1"], ["城市", "22"], ["e\u0301e", "333"]], left=(0,), indent="")
    assert {width(line) for line in lines} == {9}
