"""The flagship scenario says what its sources say: sums of people, roads, no hindsight."""

from __future__ import annotations

from datetime import datetime

import pytest

from sim.files.loader import load
from sim.model.geography import great_circle_km
from sim.model.scenario import Scenario

SYRIA, FLAT, HAMA = (load(name).scenario for name in ("syria_2024", "syria_2024_flat", "hama_5dec"))

# Sourced strength, times the share present where it is strength on paper.
TOTALS = {
    "moc": (20_000, 45_000), "irgc": (3_000, 10_000), "hez": (500, 3_000), "rus": (2_500, 7_500), "sfa": (500, 3_000),
    "gov": (0.33 * 130_000, 0.7 * (220_000 + 100_000)),
}  # fmt: skip


def total(scenario: Scenario, *names: str) -> tuple[float, float]:
    rows = {force.id: force.people for force in (*scenario.forces, *scenario.reinforcements)}
    return sum(rows[n].low for n in names), sum(rows[n].high for n in names)


def of(scenario: Scenario, faction: str) -> list[str]:
    return [force.id or "" for force in scenario.forces if force.faction == faction and not force.dormant]


@pytest.mark.parametrize("side", ["moc", "irgc", "hez", "rus", "sfa"])
def test_totals_are_those_of_the_sources(side: str) -> None:
    assert total(SYRIA, *of(SYRIA, side)) == TOTALS[side]


def test_nobody_is_counted_twice() -> None:
    low, high = total(SYRIA, *of(SYRIA, "gov"))
    assert TOTALS["gov"][0] < low < high < TOTALS["gov"][1]
    assert total(SYRIA, "first-wave-north", "first-wave-south", "red-bands") == (2_000, 8_000)
    garrison = ("46th-regiment", "west-garrison", "aleppo-garrison", "nayrab-garrison", "nubl-locals")
    assert total(SYRIA, *garrison) == (0.5 * 8_000, 0.5 * 30_000)
    assert total(SYRIA, "25th-division-n", "25th-division") == pytest.approx((0.7 * 4_000, 0.7 * 10_000), rel=0.01)
    assert total(SYRIA, "17th-division", "irgc-deir", "irgc-mayadin", "irgc-kamal") == (0.5 * 5_000, 0.5 * 15_000)
    assert total(SYRIA, "shahba", "manbij-council", "tabqa-council") == (3_000, 8_000)
    assert total(SYRIA, "dawn-azaz", "dawn-bab") == (3_000, 10_000)
    south = ("8th-brigade", "daraa-locals", "nawa-locals", "sanamayn-fighters", "golan-fighters")
    assert total(SYRIA, *south) == (2_500, 10_000)
    before_hama = (
        "25th-division", "87th-brigade", "hama-locals", "hill-garrison", "qomhana-locals", "muhrada-locals",
        "convoy-hama", "convoy-largest", "aleppo-garrison", "11th-division-n",
    )  # fmt: skip
    assert total(HAMA, *before_hama) == (8_000, 20_000)


def test_nothing_knows_the_future() -> None:
    for scenario in (SYRIA, HAMA):
        for wing in scenario.wings.values():
            assert all(step.at <= scenario.start for step in wing.effort)
        for more in scenario.reinforcements:
            assert all(clause.after is None for clause in more.when.all)
            assert not more.chance.is_fixed
            assert not more.when.delay_h.is_fixed


def test_observed_changes_lie_in_their_windows_and_continue_one_another() -> None:
    assert len(SYRIA.observed) == 62
    for scenario in (SYRIA, HAMA):
        holder = {name: [place.holder] for name, place in scenario.places.items()}
        for row in sorted(scenario.observed, key=lambda row: row.at):
            assert scenario.start < (row.latest or row.at)
            assert (row.earliest or row.at) <= row.at <= (row.latest or row.at)
            assert holder[row.place] != row.to
            holder[row.place] = row.to
        assert holder["damascus"] == ["sor", "moc"]
    assert all(row.at > datetime.fromisoformat("2024-12-05T05:00+03:00") for row in HAMA.observed)


def test_roads_are_longer_than_the_crow_flies() -> None:
    for road in SYRIA.roads:
        a, b = SYRIA.places[road.a], SYRIA.places[road.b]
        assert 0.99 < road.km / great_circle_km(a.lat, a.lon, b.lat, b.lon) < 1.6, road


def test_the_flat_variant_has_one_value_per_class_and_side() -> None:
    found = {(f.faction, f.force_class, f.quality, f.morale) for f in (*FLAT.forces, *FLAT.reinforcements)}
    assert len(found) == len({key[:2] for key in found})
    ready = {(p.holder, p.kind, *sorted(p.readiness.items())) for p in FLAT.places.values() if p.readiness}
    assert len(ready) == len({key[:2] for key in ready})
    assert {f.id: f.people for f in FLAT.forces} == {f.id: f.people for f in SYRIA.forces}
