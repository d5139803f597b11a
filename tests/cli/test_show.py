"""What `sim show` prints: order of battle, ratios, every default."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.files import load, load_parameters
from sim.views.text import spread_text

Sim = Callable[..., tuple[int, str, str]]


@pytest.fixture
def text(sim: Sim, small: Path) -> str:
    code, out, err = sim("show", "x.yaml", "--set", "parameters.air.kills=0.2", "--set", "mechanisms.night=false")
    assert (code, err) == (0, "")
    return str(out)


def section(text: str, title: str) -> list[list[str]]:
    """The rows of a section, cells split at two spaces."""
    block = next(part for part in text.split("\n\n") if part.startswith(title))
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in block.splitlines()[1:]]


def filled_in(text: str) -> list[list[str]]:
    """The rows of what is filled in, with what goes on below itself joined."""
    _, head, *lines = next(part for part in text.split("\n\n") if part.startswith("FILLED IN")).splitlines()
    starts = [head.index(word) for word in ("section", "for", "from", "filled in")]
    rows: list[list[str]] = []
    for line in lines:
        cells = [line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
        if cells[0]:
            rows.append(cells)
        else:
            rows[-1] = [f"{cell} {more}".strip() for cell, more in zip(rows[-1], cells, strict=True)]
    return rows


def test_head_says_what_was_read(text: str) -> None:
    assert text.startswith("Two towns and a hill\nsmall: 3 places")
    assert "changed by --set mechanisms.night=false" in text


def test_relations_hold_for_both_sides(text: str) -> None:
    rows = section(text, "FACTIONS")
    assert rows[1][:4] == ["blue", "blue", "hold", "red"]
    assert rows[2][:4] == ["red", "red", "offensive", "blue"]


def test_order_of_battle(text: str) -> None:
    kinds = load_parameters().forces
    quality = {name: spread_text(kind.quality) for name, kind in kinds.items()}
    morale = {name: spread_text(kind.morale) for name, kind in kinds.items()}
    assert section(text, "ORDER OF BATTLE") == [
        ["blue (blue): 2,450 (2,300..2,600) people in 2 forces"],
        ["place", "id", "class", "people", "quality", "morale", "moves", "command"],
        ["bravo", "town-guard", "garrison", "2,000", "0.3..0.5", morale["garrison"], "no", "blue"],
        ["knoll", "blue-knoll-militia", "militia", "300..600", quality["militia"], morale["militia"], "yes", "blue"],
        ["red (red): 4,000 (3,000..5,000) people in 1 force"],
        ["place", "id", "class", "people", "quality", "morale", "moves", "command"],
        ["alfa", "red-alfa-elite", "elite", "3,000..5,000", quality["elite"], morale["elite"], "yes", "red"],
    ]


def test_ratio_along_the_front_by_hand(sim: Sim, small: Path) -> None:
    # red 4,000 (3,000..5,000) of quality 0.5 against 450 (300..600) of quality 0.25
    qualities = ("--set", "forces.red-*.quality=0.4..0.6", "--set", "forces.*-militia.quality=0.25")
    assert section(sim("show", "x.yaml", *qualities)[1], "FORCE RATIOS")[1] == [
        "road alfa - knoll", "red", "4,000 (3,000..5,000)", "blue", "450 (300..600)", "8.89 (5.00..16.67)", "17.78",
    ]  # fmt: skip


def test_changed_rules(text: str) -> None:
    rows = section(text, "CHANGED RULES")
    rule = load_parameters().rules["air.kills"]
    assert rows[1] == ["air.kills", "0.2", rule.range, rule.unit]
    assert rows[2] == ["mechanism night", "off", "on"]


def test_defaults_say_where_they_come_from(text: str) -> None:
    rows = filled_in(text)
    city, garrison = load_parameters().places["city"], load_parameters().forces["garrison"]
    ground = f"terrain {city.terrain}, fortification {city.fortification:g}, frontage {city.frontage:,}"
    districts = f"districts {round(300_000 / city.people_per_district)}"
    assert ["places", "bravo", "parameters.yaml places.city", ground] in rows
    assert ["places", "bravo", "people and parameters.yaml places.city", districts] in rows
    assert ["roads", "bravo-knoll", "parameters.yaml bridges", "bridge.repair_h 12, bridge.delay_h 3"] in rows
    assert ["factions", "blue", "said by the other side", "hostile red"] in rows
    assert ["factions", "blue", "capitals it holds", "core none"] in rows
    assert ["factions", "red", "capitals it holds", "core alfa"] in rows
    assert ["factions", "blue", "built in", "doctrine hold"] in rows
    guard = next(row for row in rows if row[1] == "town-guard")
    assert guard[2] == "parameters.yaml forces.garrison"
    low, high = garrison.morale.values
    assert guard[3].startswith(f"morale {low:g}..{high:g}, speed {garrison.speed:g}, mobile false")  # quality is given
    assert not any("night on" in cell or ", night," in cell for row in rows for cell in row if row[0] == "mechanisms")


def test_no_line_is_wider_than_a_terminal(text: str) -> None:
    lines = text.splitlines()
    assert max(map(len, lines)) <= 110
    assert not [line for line in lines if line.endswith((" morale", " speed", " attack_odds"))], (
        "a name without a value"
    )
    assert "\xa0" not in text


def test_commands_that_the_file_does_not_name(text: str) -> None:
    """A faction without a command has one everywhere, which leads all its formations."""
    assert section(text, "COMMANDS")[1:] == [
        ["blue", "blue", "hold", "-", "everywhere"], ["red", "red", "offensive", "bravo", "everywhere"],
    ]  # fmt: skip
    rows = filled_in(text)
    assert ["commands", "blue", "built in", "faction blue"] in rows
    assert ["commands", "blue, red", "built in", "area everywhere"] in rows
    assert ["commands", "red", "factions.red", "aims bravo 1, doctrine offensive"] in rows
    assert ["forces", "red-alfa-elite", "commands of red", "command red"] in rows
    assert ["reinforcements", "blue-bravo-regular", "commands of blue", "command blue"] in rows
    hold = load_parameters().doctrines["hold"]
    row = next(row for row in rows if row[2] == "parameters.yaml doctrines.hold")
    assert row[1] == "blue"
    assert row[3].startswith(f"attack_odds {hold.attack_odds:g}, call_off_odds {hold.call_off_odds:g}, ")


def test_the_command_of_a_formation_is_the_one_that_leads_it(sim: Sim, small: Path) -> None:
    """The first of its faction in whose area it stands, or else the first of its faction; a number of its own
    doctrine is not told as filled in."""
    staff = ["--set", "commands.a={faction: blue}", "--set", "commands.b={faction: blue, area: knoll}"]
    text = sim("show", "x.yaml", *staff, "--set", "commands.b.settings={attack_odds: 9}")[1]
    lines = section(text, "ORDER OF BATTLE")
    assert {row[1]: row[-1] for row in lines if len(row) == 8 and row[0] != "place"} == {
        "town-guard": "a", "blue-knoll-militia": "b", "red-alfa-elite": "red",
    }  # fmt: skip
    rows = [row for row in filled_in(text) if row[2] == "parameters.yaml doctrines.hold"]
    assert [row[1] for row in rows if "attack_odds" in row[3].replace(",", "").split()] == ["a"]


def test_who_cannot_take_part_has_no_command(sim: Sim, small: Path) -> None:
    text = sim("show", "x.yaml", "--set", "mechanisms.reinforcement=false")[1]
    (row,) = (row for row in section(text, "REINFORCEMENTS") if row[0] == "blue-bravo-regular")
    assert row[-2:] == ["-", "-"]


def test_where_a_side_draws_supply_that_names_no_place(sim: Sim, small: Path) -> None:
    text = sim("show", "x.yaml", "--set", "places.alfa.supply=null", "--set", "places.bravo.supply=null")[1]
    rows = filled_in(text)
    assert ["factions", "red", "largest place of its side", "supply from alfa"] in rows
    assert ["factions", "blue", "largest place of its side", "supply from bravo"] in rows


def test_every_default_is_told(text: str) -> None:
    """What the scenario says after loading is either in the file or told as filled in."""
    told = "\n".join(" ".join(row) for row in filled_in(text))
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
        "population 0.15",
    ):
        assert word in told


def test_daylight(sim: Sim, small: Path) -> None:
    """On the first of May at 50 degrees north the sun is up for some fourteen and a half hours, on summer time."""
    rows = filled_in(sim("show", "x.yaml")[1])
    assert ["light", "all", "the date and the middle of the people", "dawn 06:04, dusk 20:33"] in rows


def test_names_cannot_move_the_cursor(sim: Sim, small: Path) -> None:
    code, out, _ = sim("show", "x.yaml", "--set", "places.bravo.name=\u202egnp.exe", "--set", "title=\u2066حلب")
    assert code == 0
    assert "\u202e" not in out
    assert "\u2066" not in out
    assert r"\u202egnp.exe" in out
    assert r"\u2066حلب" in out
