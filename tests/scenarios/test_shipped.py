"""The shipped scenarios say what their sources say, and stay readable."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

import numpy as np
import pytest
from tiny import play, shipped

from sim.files.loader import load
from sim.model.importance import importance
from sim.model.scenario import Scenario

FOLDER = Path(__file__).parents[2] / "scenarios"
FOUR = load(FOLDER / "four_cities.yaml").scenario
THREE = load(FOLDER / "three_sides.yaml").scenario

# Lengths of the real roads between neighbouring points, km (OpenStreetMap traces or, off the M5, judgement).
ROADS = {
    ("idlib", "saraqib"): [19],
    # Idlib - Atarib - Base 46 - Khan al-Assal - Aleppo
    ("idlib", "aleppo"): [35, 7, 15, 13],
    # M5: Saraqib - Khan al-Assal - Aleppo
    ("saraqib", "aleppo"): [39, 13],
    # M5: Saraqib - Maarrat al-Numan - Khan Shaykhun - Morek - Suran - foot of the hill
    ("saraqib", "zayn_al_abidin"): [28, 24, 9, 11, 10],
    ("zayn_al_abidin", "hama"): [9],
    # M5 to Suran, then Taybat al-Imam - Halfaya - Muhrada
    ("saraqib", "muhrada"): [28, 24, 9, 11, 5, 11, 4],
    # Muhrada - Khattab - Hama
    ("muhrada", "hama"): [11, 14],
    ("hama", "salamiya"): [33],
    # Aleppo - Safira - Khanasir - Ithriya - Salamiya
    ("aleppo", "salamiya"): [25, 38, 57, 88],
    ("salamiya", "homs"): [47],
    # M5: Hama - Rastan - Talbiseh - Homs
    ("hama", "homs"): [24, 10, 14],
    # M5: Homs - An-Nabk - Damascus
    ("homs", "damascus"): [80, 81],
}

# Low and high estimates of people in 2024; the scenario takes the middle.
PEOPLE = {
    "idlib": (130_000, 400_000), "saraqib": (3_000, 34_000), "aleppo": (1_900_000, 2_320_000),
    "zayn_al_abidin": (0, 0), "hama": (460_000, 1_050_000), "muhrada": (17_000, 25_000),
    "salamiya": (67_000, 130_000), "homs": (775_000, 1_490_000), "damascus": (1_570_000, 2_690_000),
}  # fmt: skip


def apart_km(scenario: Scenario, a: str, b: str) -> float:
    """Great-circle distance (haversine), km."""
    p, q = scenario.places[a], scenario.places[b]
    south, west = radians(p.lat - q.lat) / 2, radians(p.lon - q.lon) / 2
    return 12_742 * asin(sqrt(sin(south) ** 2 + cos(radians(p.lat)) * cos(radians(q.lat)) * sin(west) ** 2))


def test_the_tutorial_fits_on_a_page() -> None:
    assert len((FOLDER / "four_cities.yaml").read_text("utf-8").splitlines()) <= 60


def test_roads_are_sums_of_real_ones() -> None:
    got = {frozenset((road.a, road.b)): road.km for road in FOUR.roads}
    assert got == {frozenset(ends): sum(parts) for ends, parts in ROADS.items()}
    # The M5 from Aleppo to Damascus is 352 km, and Hama lies 143 km along it: over a third of the way.
    to_hama = got[frozenset(("aleppo", "saraqib"))] + got[frozenset(("saraqib", "zayn_al_abidin"))] + 9
    rest = got[frozenset(("hama", "homs"))] + got[frozenset(("homs", "damascus"))]
    assert (to_hama, to_hama + rest) == (143, 352)


def test_people_are_the_middle_of_the_estimates() -> None:
    assert {name: place.people for name, place in FOUR.places.items()} == {
        name: (low + high) // 2 for name, (low, high) in PEOPLE.items()
    }


def test_nobody_is_counted_twice() -> None:
    ranges = {force.id: (force.people.low, force.people.high) for force in (*FOUR.forces, *FOUR.reinforcements)}

    def total(*names: str) -> tuple[float, float]:
        return sum(ranges[n][0] for n in names), sum(ranges[n][1] for n in names)

    # Opposition: 20,000..45,000 of whom the first wave is 2,000..8,000. Half of the others march, a quarter
    # stays at home, and a quarter holds fronts that are not on this map.
    assert total("first-wave-n", "first-wave-s") == (2_000, 8_000)
    others = (20_000 - 2_000, 45_000 - 8_000)
    marching = total("main-body-n", "main-body-s")
    assert marching == (others[0] / 2, others[1] / 2)
    assert total("home-guard") == pytest.approx((others[0] / 4, others[1] / 4), rel=0.03)
    # Army: sourced strength x 0.7 for the elite, x 0.5 for others (present: 0.33..0.7 of paper strength).
    # 25th Division 4,000..10,000 in two parts; 4th Division 10,000..25,000 less the reserve it sends.
    assert total("25th-div", "25th-div-part") == pytest.approx((0.7 * 4_000, 0.7 * 10_000), rel=0.01)
    assert total("4th-div", "4th-div-reserve") == pytest.approx((0.7 * 10_000, 0.7 * 25_000), rel=0.01)
    assert total("aleppo-garrison") == (0.5 * 8_000, 0.5 * 30_000)
    # 11th Division 4,000..9,000 and half of the 18th, 3,000..7,000; the other half may come from the east
    # with half of the 5th Corps, 5,000..15,000.
    assert total("homs-divisions") == (0.5 * 5_500, 0.5 * 12_500)
    assert total("east-brigades") == pytest.approx((0.5 * 4_000, 0.5 * 11_000), rel=0.01)
    # Republican Guard 12,000..25,000, a sixth to a fifth of it in Aleppo, and two of the five southern
    # divisions, 15,000..35,000 together.
    assert total("guard") == (5_000 + 0.5 * 0.4 * 15_000, 10_000 + 0.5 * 0.4 * 35_000)
    army = [f.id or "" for f in FOUR.forces if f.faction == "gov"]
    low, high = total(*army)
    assert 0.33 * 130_000 / 2 < low < high < 0.7 * 220_000 / 2  # the south, east and coast have the rest


def test_air_is_shared_out() -> None:
    wings = FOUR.wings
    assert wings["hama-jets"].aircraft.low + wings["homs-jets"].aircraft.low == 20
    assert wings["hama-jets"].aircraft.high + wings["homs-jets"].aircraft.high == 60
    assert wings["hama-jets"].aircraft.shared == wings["homs-jets"].aircraft.shared is not None
    assert (wings["russian"].aircraft.low, wings["russian"].aircraft.high) == (8, 24)


def test_nothing_knows_the_future() -> None:
    """What history caused has no date: effort is one range from before the start, arrivals have triggers."""
    for wing in FOUR.wings.values():
        assert len(wing.effort) <= 1
        assert all(step.at <= FOUR.start and not step.share.is_fixed for step in wing.effort)
    for more in FOUR.reinforcements:
        assert all(clause.after is None for clause in more.when.all)
        assert not more.chance.is_fixed
        assert not more.when.delay_h.is_fixed


def test_observed_changes_lie_in_their_windows() -> None:
    end = FOUR.start + timedelta(days=FOUR.days)
    at = {row.place: row.at for row in FOUR.observed}
    assert set(at) == set(FOUR.places) - {"idlib"}
    assert at["hama"] == datetime.fromisoformat("2024-12-05T18:50+03:00")
    assert at["saraqib"] < at["aleppo"] < at["zayn_al_abidin"] < at["hama"] < at["homs"] < at["damascus"]
    for row in FOUR.observed:
        assert FOUR.start < (row.earliest or row.at) <= row.at <= (row.latest or row.at) < end
        assert row.to == ["opp"]


def test_what_topology_misses() -> None:
    """Homs and Hama carry the roads; Aleppo and Damascus, at the ends, do not, but lead politically."""
    score = importance(FOUR, load(FOLDER / "four_cities.yaml").parameters)
    components = dict(zip(("gate", "betw", "grav", "acc"), score.components[:4], strict=True))
    at = score.place_ids.index
    for row in components.values():
        assert min(row[at("homs")], row[at("hama")]) > row[at("damascus")] == row[at("aleppo")] == 0
    political = score.components[6]
    assert {score.place_ids[i] for i in (political == political.max()).nonzero()[0]} == {"aleppo", "damascus"}


@pytest.mark.parametrize("scenario", [FOUR, THREE], ids=["four_cities", "three_sides"])
def test_roads_are_longer_than_the_crow_flies(scenario: Scenario) -> None:
    for road in scenario.roads:
        assert 1 < road.km / apart_km(scenario, road.a, road.b) < 1.6, road


@pytest.mark.parametrize("scenario", [FOUR, THREE], ids=["four_cities", "three_sides"])
def test_hills_overlook_what_is_near(scenario: Scenario) -> None:
    hills = [name for name, place in scenario.places.items() if place.commands]
    assert hills
    for hill in hills:
        assert all(apart_km(scenario, hill, below) < 12 for below in scenario.places[hill].commands)


def test_three_sides_fight_one_another() -> None:
    hostile = {frozenset((a, b)) for a, faction in THREE.factions.items() for b in faction.hostile}
    assert {frozenset(p) for p in (("regency", "league"), ("league", "union"), ("union", "regency"))} == hostile
    assert THREE.factions["wardens"].allied == ["regency"]
    assert THREE.factions["delta"].transit == ["league"]
    assert {command.doctrine for command in THREE.commands.values()} == {"offensive", "hold", "core", "opportunist"}
    kinds = {name for more in THREE.reinforcements for clause in more.when.all for name in clause.model_fields_set}
    assert kinds >= {"after", "held", "lost", "attacked", "cohesion_below", "score_above"}
    assert THREE.days == 20
    assert 24 <= len(THREE.places) <= 28


def test_each_of_three_sides_takes_something() -> None:
    """In at least a tenth of the runs; the third is no onlooker."""
    world = shipped("three_sides")
    block = play(world, seed=1, runs=400)
    for side in ("regency", "league", "union"):
        taken = block.change[4] == world.labels.faction_ids.index(side)
        share = np.isin(block.run, block.change[0, taken]).mean()
        assert share >= 0.1, f"{side} takes something in {share:.0%} of runs"


def test_three_sides_is_nobodys_land() -> None:
    assert not set(THREE.places) & set(FOUR.places)
    assert not set(THREE.factions) & set(FOUR.factions)
    for place in THREE.places.values():  # open ocean, far from any coast
        assert -46 < place.lat < -43
        assert -129 < place.lon < -124


def test_the_package_takes_along_every_scenario_and_no_script() -> None:
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))
    taken = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert taken == {f"scenarios/{path.name}": f"sim/scenarios/{path.name}" for path in FOLDER.glob("*.yaml")}
