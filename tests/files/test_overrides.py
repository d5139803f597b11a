"""`--set PATH=VALUE`: replace, multiply, remove; by id, by pattern; errors located at the path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.files import Loaded, load

Load = Callable[..., Loaded]


def values(loaded: Load, *overrides: str) -> dict[str, Any]:
    """The scenario as plain values, forces and reinforcements by id."""
    scenario = loaded(overrides=overrides).scenario
    data = scenario.model_dump(by_alias=True)
    for section in ("forces", "reinforcements"):
        data[section] = {entry["id"]: entry for entry in data[section]}
    data["roads"] = {f"{road['a']}-{road['b']}": road for road in data["roads"]}
    return data


def spread(entry: Any) -> tuple[str, tuple[float, ...]]:
    return entry["shape"], entry["values"]


def test_replace_by_id(loaded: Load) -> None:
    data = values(
        loaded, "places.bravo.people=500_000", "factions.red.cohesion=0.4..0.6", "forces.town-guard.people=7",
        "roads.knoll-alfa.km=40", "days=9", "reinforcements.blue-bravo-regular.chance=0.1",
        "wings.blue-air.effort[2].share=0.2", "forces.red-alfa-elite.people={triangular: [1, 2, 4]}",
    )  # fmt: skip
    assert data["places"]["bravo"]["people"] == 500_000
    assert spread(data["factions"]["red"]["cohesion"]) == ("uniform", (0.4, 0.6))
    assert spread(data["forces"]["town-guard"]["people"]) == ("fixed", (7,))
    assert data["roads"]["alfa-knoll"]["km"] == 40
    assert data["days"] == 9
    assert spread(data["reinforcements"]["blue-bravo-regular"]["chance"]) == ("fixed", (0.1,))
    assert spread(data["wings"]["blue-air"]["effort"][1]["share"]) == ("fixed", (0.2,))
    assert spread(data["forces"]["red-alfa-elite"]["people"]) == ("triangular", (1, 2, 4))


def test_what_the_file_does_not_say(loaded: Load) -> None:
    data = values(
        loaded, "mechanisms.air=false", "parameters.air.kills=0.1..0.2", "score_weights.gateway=0.5",
        "places.bravo.symbolic.red=1", "forces.*.night=0.5", "title=Another", "commands.north={faction: red}",
        "roads.new=[alfa, bravo, 60]", "reinforcements.blue-bravo-regular.when.delay_h=3",
        "roads.alfa-knoll.bridge=true", "roads.alfa-knoll.bridge.repair_h=30", "places.bravo.readiness.rise=0.5",
    )  # fmt: skip
    assert data["mechanisms"] == {"air": False}
    assert spread(data["parameters"]["air.kills"]) == ("uniform", (0.1, 0.2))
    assert data["places"]["bravo"]["symbolic"] == {"red": 1}
    assert [spread(force["night"]) for force in data["forces"].values()] == [("fixed", (0.5,))] * 3
    assert data["commands"]["north"]["faction"] == "red"
    assert data["roads"]["alfa-bravo"]["km"] == 60
    assert spread(data["reinforcements"]["blue-bravo-regular"]["when"]["delay_h"]) == ("fixed", (3,))
    assert spread(data["roads"]["alfa-knoll"]["bridge"]["repair_h"]) == ("fixed", (30,))
    assert not data["roads"]["alfa-knoll"]["bridge"].get("delay_h")
    assert spread(data["places"]["bravo"]["readiness"]["rise"]) == ("fixed", (0.5,))


def test_multiply(loaded: Load) -> None:
    data = values(
        loaded, "forces.red-*.people=*0.1", "places.*.people=*1.5", "roads.*.km=*2", "wings.*.effort[*].share=*0.5",
        "forces.town-guard.people={lognormal: {p10: 100, p90: 400}, shared: x}", "forces.town-guard.people=*2",
        "reinforcements.*.people={choice: [100, 300]}", "reinforcements.*.people=*0.5",
    )  # fmt: skip
    assert spread(data["forces"]["red-alfa-elite"]["people"]) == ("uniform", (300, 500))
    assert spread(data["forces"]["blue-knoll-militia"]["people"]) == ("uniform", (300, 600))
    assert {name: place["people"] for name, place in data["places"].items()} == {
        "alfa": 30_000, "bravo": 450_000, "knoll": 0,
    }  # fmt: skip
    assert [road["km"] for road in data["roads"].values()] == [70, 16]
    assert [spread(step["share"])[1] for step in data["wings"]["blue-air"]["effort"]] == [(0.25,), (0.5,)]
    assert spread(data["forces"]["town-guard"]["people"]) == ("lognormal", (200, 800))
    assert data["forces"]["town-guard"]["people"]["shared"] == "x"
    assert spread(data["reinforcements"]["blue-bravo-regular"]["people"]) == ("choice", (50, 150))


def test_multiplying_gives_round_numbers(loaded: Load) -> None:
    data = values(
        loaded, "forces.town-guard.quality=0.7", "forces.town-guard.quality=*0.1", "places.alfa.people=*0.33333"
    )
    assert spread(data["forces"]["town-guard"]["quality"]) == ("fixed", (0.07,))
    assert data["places"]["alfa"]["people"] == 6_667


def test_remove(loaded: Load) -> None:
    data = values(loaded, "forces.blue-*=null", "wings=null", "roads.bravo-knoll=null", "roads.x=[alfa, bravo, 50]")
    assert list(data["forces"]) == ["red-alfa-elite", "town-guard"]
    assert not data["wings"]
    assert list(data["roads"]) == ["alfa-bravo", "alfa-knoll"]


def test_ids_stay_when_what_they_are_made_of_changes(loaded: Load) -> None:
    assert values(loaded, "forces.red-alfa-elite.place=knoll")["forces"]["red-alfa-elite"]["place"] == "knoll"


def test_items_of_lists_by_position_from_1(loaded: Load) -> None:
    data = values(
        loaded, "reinforcements.blue-bravo-regular.when.all[1]={lost: [bravo, blue]}",
        "reinforcements.*.when.all[1].lost[2]=red", "places.alfa.supply[1]=blue", "observed[1].at=2031-05-02",
        "wings.blue-air.effort[1]=null",
    )  # fmt: skip
    assert data["reinforcements"]["blue-bravo-regular"]["when"]["all"][0]["lost"] == ("bravo", "red")
    assert data["places"]["alfa"]["supply"] == ["blue"]
    assert data["observed"][0]["at"].day == 2
    assert [step["at"].day for step in data["wings"]["blue-air"]["effort"]] == [3]


def test_brackets_of_digits_still_match_ids(small: str, write: Callable[..., Path]) -> None:
    path = write(small.replace("id: town-guard", "id: guard2"))
    people = {force.id: force.people.values for force in load(path, ["forces.guard[12].people=5"]).scenario.forces}
    assert people["guard2"] == (5,)


def test_what_a_message_calls_an_entry_can_be_set(small: str, write: Callable[..., Path]) -> None:
    """Paths in messages are those of --set."""
    path = write(small.replace("{attacked: bravo, delay_h: 12..24}", "{after: 2031-09-01}"))
    warning = load(path).warnings[0]
    assert load(path, [f"{warning.path}=2031-05-02"]).warnings == ()


def test_dots_in_ids(small: str, write: Callable[..., Path]) -> None:
    path = write(small.replace("alfa", "st.alfa"))
    scenario = load(path, ["places.st.alfa.people=3", "places.st.*.lat=49.99"]).scenario
    assert (scenario.places["st.alfa"].people, scenario.places["st.alfa"].lat) == (3, 49.99)


def test_places_called_like_the_ends_of_a_road(small: str, write: Callable[..., Path]) -> None:
    """`a` and `b` are spelled `from` and `to` in roads, and nowhere else."""
    path = write(small.replace("alfa", "a").replace("bravo", "b"))
    for pattern in ("places.f*.people=*2", "places.to.people=5", "factions.red.aims.t*=3"):
        with pytest.raises(ScenarioError, match=r"nothing matches|places has no 'to'"):
            load(path, [pattern])
    assert load(path, ["roads.a-knoll.from=b", "roads.b-knoll=null"]).scenario.roads[0].a == "b"
    with pytest.raises(ScenarioError) as caught:
        load(path, ["places.b=3", "factions.red.aims.a=-1"])
    assert [str(problem).partition(":")[0] for problem in caught.value.problems] == [
        "--set factions.red.aims.a", "--set places.b",
    ]  # fmt: skip


def test_later_changes_see_earlier_ones_and_the_hash_says_so(loaded: Load) -> None:
    assert values(loaded, "days=2", "days=*3")["days"] == 6
    one = loaded(overrides=("days=6",))
    assert one.hash == loaded(("days: 5", "days: 6")).hash != loaded().hash
    assert one.overrides == ("days=6",)


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("days", "--set: must be PATH=VALUE, such as places.hama.people=500000 (got 'days')"),
        ("=3", "--set : must be PATH=VALUE"),
        ("a..b=3", "--set a..b: must be PATH=VALUE"),
        ("days=", "--set days: must not be empty"),
        ("days=[1", "--set days: is not YAML"),
        ("days=*x", "--set days: must be * and a number of at least 0, such as *0.5 (got '*x')"),
        ("days=*-1", "--set days: must be * and a number of at least 0"),
        ("days=*nan", "--set days: must be * and a number of at least 0"),
        ("title=*2", "--set title: must name a number or a range to multiply (got 'Two towns and a hill')"),
        ("forces.*.night=*2", "--set forces.*.night: must name a number that the file gives (nothing matches)"),
        ("places.brvo.people=3", "--set places.brvo.people: places has no 'brvo'; did you mean 'bravo'?"),
        ("forces.green-*.people=3", "--set forces.green-*.people: forces has no 'green-*'"),
        ("places.brvo=null", "--set places.brvo: places has no 'brvo'; did you mean 'bravo'?"),
        ("roads.alfa-bravo=null", "--set roads.alfa-bravo: roads has no 'alfa-bravo'; did you mean "),
        ("commands.north=null", "--set commands.north: commands has no 'north'"),
        ("forces.x-*=null", "--set forces.x-*: must name something that is there (nothing matches)"),
        ("commands.x.doctrine=hold", "--set commands.x.doctrine: commands has no 'x'"),
        ("plces.bravo.people=3", "--set plces.bravo.people: there is no section 'plces'; did you mean 'places'?"),
        ("places.bravo.peple=3", "--set places.bravo.peple: unknown key: did you mean 'people'?"),
        ("places.bravo.people=x", "--set places.bravo.people: must be a whole number (got 'x')"),
        ("places.bravo.people.x=1", "--set places.bravo.people.x: there is nothing called 'x' in 300,000"),
        ("places.bravo=3", "--set places.bravo: must be a mapping (got 3)"),
        (
            "places.bravo.holder=rd",
            "--set places.bravo.holder: must be the id of a faction (got 'rd'; did you mean 'red'?)",
        ),
        ("roads.new=[alfa, knoll, 3]", "--set roads.new roads.alfa-knoll: must be the only road between its places"),
        (
            "wings.blue-air.effort[7].share=1",
            "--set wings.blue-air.effort[7].share: there is no effort[7]: it has 2 item(s), counted from [1]",
        ),
        ("wings.blue-air.effort[0]=null", "--set wings.blue-air.effort[0]: there is no effort[0]: it has 2 item(s)"),
        (
            "wings.blue-air.effort.1.share=1",
            "--set wings.blue-air.effort.1.share: there is nothing called '1' in a list: put the position",
        ),
        ("start=2031-05-01T06:00", "--set start: must say its offset from UTC"),
        (".".join("x" * 20) + "=1", "must be a path of at most 16 steps (got 20)"),
        ("title=\x1b[31m", r"--set title: must not hold control characters (got '\x1b')"),
        ("\x1b]0;x=3", r"--set \x1b]0;x: there is no section '\x1b]0;x'"),
    ],
)
def test_errors_are_located_at_the_path(override: str, expected: str, loaded: Load) -> None:
    with pytest.raises(ScenarioError) as caught:
        loaded(overrides=(override,))
    lines = str(caught.value).splitlines()
    assert len(lines) == 1
    assert expected in lines[0]
    assert lines[0].isprintable()
