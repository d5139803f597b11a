"""The displaced and the days of services lost, from tables made by hand to the terminal."""

import json
from dataclasses import replace

import numpy as np
import pytest
from study_support import by_hand

from sim.study import summary_civilians
from sim.study.summary import summarise
from sim.study.text import width
from sim.units import GRID


@pytest.fixture(scope="module")
def story():
    """Three runs over ten days; people of `a` are in `b`; in the second more flee and most return."""
    made = by_hand([], 3)
    by_day = np.zeros((10, 3), np.int64)
    by_day[4:] = [100, 900, 300]
    by_day[9, 1] = 50
    away, sheltered = np.zeros((3, 3), np.int64), np.zeros((3, 3), np.int64)
    away[0] = sheltered[1] = by_day[-1]
    lacking = np.zeros((2, 3, 3), np.int64)
    lacking[0, 0], lacking[1, 0], lacking[1, 2] = [GRID, GRID // 2, 0], [3 * GRID, 2 * GRID, GRID], [GRID // 4] * 3
    civilians = {"displaced": by_day, "fled": np.array([120, 1000, 300]), "away": away, "sheltered": sheltered}
    return replace(made, block=replace(made.block, **civilians, lacking=lacking))


def three(quantiles):
    return [quantiles.p10.value, quantiles.p50.value, quantiles.p90.value]


def test_civilians_by_hand(story):
    told = summarise(story).civilians
    assert three(told.displaced) == [50, 100, 300]
    assert three(told.displaced_most) == [100, 300, 900]
    assert three(told.fled) == [120, 300, 1000]
    assert [day.p50.value for day in told.displaced_by_day] == [0] * 4 + [300] * 5 + [100]
    a, b, c = told.places
    assert (three(a.away), three(a.sheltered)) == ([50, 100, 300], [0, 0, 0])
    assert (three(b.away), three(b.sheltered)) == ([0, 0, 0], [50, 100, 300])
    assert three(a.days_lost["supplies"]) == [0, 0.5, 1]
    assert three(a.days_lost["utilities"]) == [1, 2, 3]
    assert three(c.days_lost["utilities"]) == [0.25, 0.25, 0.25]


def test_json_has_every_day_and_every_place(story):
    told = json.loads(summarise(story).to_json())["civilians"]
    assert len(told["displaced_by_day"]) == 10
    assert told["displaced"]["p50"]["value"] == 100
    assert {"value", "low", "high"} == set(told["places"][0]["days_lost"]["supplies"]["p90"])


def test_text_tells_the_worst_places(story):
    lines = summarise(story).to_text().splitlines()
    assert max(map(width, lines)) <= 100
    at = next(i for i, line in enumerate(lines) if line.startswith("Civilians who fled"))
    assert [line.split()[-5:] for line in lines[at + 1 : at + 4]] == [
        ["50", "/", "100", "/", "300"], ["100", "/", "300", "/", "900"], ["120", "/", "300", "/", "1,000"],
    ]  # fmt: skip
    assert {line.split()[0] for line in lines[at + 5 : at + 7]} == {"A", "B"}
    at = next(i for i, line in enumerate(lines) if line.startswith("Days of services lost"))
    assert [line.split()[0] for line in lines[at + 2 : at + 4]] == ["A", "C"]
    assert "0.0 / 0.5 / 1.0" in lines[at + 2]


def test_nothing_is_said_where_nobody_flees():
    text = summarise(by_hand([], 3)).to_text()
    assert "fled" not in text
    assert "services" not in text


def test_of_many_places_the_worst_are_told(monkeypatch):
    monkeypatch.setattr(summary_civilians, "SHOWN", 2)
    made = by_hand([], 2, places=8)
    fled, sheltered = np.ones(2, np.int64), np.arange(8)[:, None] + np.zeros((8, 2), np.int64)
    many = replace(made, block=replace(made.block, fled=fled, sheltered=sheltered))
    lines = summarise(many).to_text().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("Civilians who fled"))
    assert [line.split()[0] for line in lines[at + 5 : at + 8]] == ["H", "G", "and"]
    assert lines[at + 7] == "and 5 more places (--json)"
