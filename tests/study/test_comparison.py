"""Paired comparisons against brute force."""

import json
import math
from dataclasses import replace

import fake_engine as fake
import numpy as np
import pytest
from study_support import LOADED, by_hand

from sim.errors import UsageError
from sim.study.comparison import compare, holders_at
from sim.study.ensemble import Ensemble
from sim.study.experiment import run
from sim.study.statistics import Estimate
from sim.study.text import width

BLUE, RED = 0, 1


@pytest.fixture(scope="module")
def pair():
    other = replace(fake.FAKE, play=fake.play_luckier)
    return run(LOADED, runs=3_000, engine=fake.FAKE), run(LOADED, runs=2_500, engine=other, block=333)


def test_differences_are_those_of_the_pairs(pair):
    a, b = pair
    told = compare(a, b, at_h=[48, 60])
    assert told.runs == 2_500
    assert list(told.control) == [48, 60, 240]
    first, second = a.block.final_holder[0, :2_500] == RED, b.block.final_holder[0] == RED
    odds = told.control[240]["mid"]["red"]
    assert (odds.first, odds.second) == (first.mean(), second.mean())
    assert odds.difference.value == pytest.approx(second.mean() - first.mean())
    assert odds.clear
    both = np.array([first, second], dtype=float)
    apart, together = both.var(axis=1).sum(), (both[1] - both[0]).var()
    assert odds.unpaired_runs == math.ceil(2_500 * apart / together)
    assert odds.unpaired_runs > 5 * 2_500
    dead = told.people["blue"]["dead"]
    change = b.block.people[3, 0] - a.block.people[3, 0, :2_500]
    assert dead.difference.value == pytest.approx(change.mean())
    half = 1.9612 * change.std(ddof=1) / 50
    assert dead.difference.high - dead.difference.value == pytest.approx(half, rel=1e-3)


def test_fall_differences(pair):
    a, b = pair
    told = compare(a, b).falls["mid"]
    one, two = a.fall_times("mid").hours[:2_500], b.fall_times("mid").hours
    assert told.earlier.value == np.mean(two < one) > 0.02
    assert told.later.value == 0
    expected = np.minimum(two, 240).mean() - np.minimum(one, 240).mean()
    assert told.mean_h.difference.value == pytest.approx(expected)


def test_share_of_runs_with_the_same_history(pair):
    a, b = pair
    kept = np.mean(b.block.final_holder[0] == a.block.final_holder[0, :2_500])
    assert compare(a, b).same.value == pytest.approx(kept)


def test_what_is_the_same_everywhere_is_said_to_be(pair):
    told = compare(pair[0], pair[0])
    assert told.same.value == 1
    odds = told.control[240]["mid"]["red"]
    assert (odds.difference.value, odds.unpaired_runs, odds.clear) == (0, None, False)
    assert "is the same in every run of both" in told.to_text()


@pytest.mark.parametrize("runs", [1, 2, 40])
def test_what_differs_by_the_same_in_every_run_is_told_without_certainty(runs):
    """It had no scatter, which was taken for no difference at all."""
    never = by_hand([], runs, dead=[[5] * runs, [0] * runs])
    always = by_hand([(run, 30, 0, BLUE, RED, 0) for run in range(runs)], runs, dead=[[105] * runs, [0] * runs])
    told = compare(never, always)
    odds, fall, dead = told.control[240]["a"]["red"], told.falls["a"].mean_h, told.people["blue"]["dead"]
    assert (odds.first, odds.second, odds.difference.value, odds.unpaired_runs) == (0, 1, 1, None)
    assert odds.difference.low < 1
    assert [fall.difference, dead.difference] == [Estimate(-210, None, None), Estimate(100, None, None)]
    assert [fall.clear, dead.clear] == [False, False]
    lines = [line.split() for line in told.to_text().splitlines()]
    assert [line[:4] for line in lines if line[:1] == ["A"]] == [
        ["A", "0.0", "100.0", "+100.0"], ["A", "240.0", "30.0", "-210.0"],
    ]  # fmt: skip
    assert ["A", "240.0", "30.0", "-210.0", "-", "100.0", "/", "0.0"] in lines
    assert ["blue:", "dead", "5", "105", "+100", "-"] in lines
    assert "same in every run" not in told.to_text()
    assert f"{runs} run{'s' if runs > 1 else ''} paired by run" in " ".join(told.to_text().split())


def test_holders_at_moments_by_replay():
    results = run(LOADED, runs=80, engine=fake.FAKE).results
    ticks = np.array([0, 30, 60, 90, 240]) * 3600
    for tick, holders in zip(ticks, holders_at(results.block, results.labels, ticks), strict=True):
        for number in range(80):
            holder = list(fake.LABELS.initial_holder)
            for row, when, place, _, new, _ in results.block.change.T:
                if row == number and when <= tick:
                    holder[place] = new
            assert holders[:, number].tolist() == holder


def test_two_changes_in_one_tick_leave_the_last():
    results = by_hand([(0, 5, 0, BLUE, RED, 0), (0, 5, 0, RED, BLUE, 0)], 1)
    assert next(holders_at(results.block, results.labels, np.array([5 * 3600])))[0, 0] == BLUE


def test_places_in_one_only_are_left_out_and_named():
    a, b = by_hand([(0, 5, 1, BLUE, RED, 0)], 3, places=2), by_hand([(0, 5, 2, BLUE, RED, 0)], 3, places=3)
    told = compare(a, b)
    assert (told.only_first, told.only_second) == ((), ("c",))
    assert told.control[240]["b"]["red"].difference.value == pytest.approx(-1 / 3)
    assert "Only in the second, left out:\n  c" in told.to_text()


def test_factions_are_matched_by_id():
    a = by_hand([(0, 5, 0, 0, 1, 0)], 2, factions=("blue", "red"))
    b = by_hand([(0, 5, 0, 0, 2, 0)], 2, factions=("blue", "green", "red"))
    told = compare(a, b)
    assert told.control[240]["a"]["red"].unpaired_runs is None
    assert set(told.people) == {"blue", "red"}


def test_jobs_that_do_not_pair_are_refused(pair):
    results = pair[0].results
    for about, message in (({"seed": 2}, "seeds must be equal"), ({"horizon": 5}, "lengths must be equal"),
                           ({"start": "2024-01-01T00:00:00+00:00"}, "starts must be equal")):  # fmt: skip
        other = replace(results, provenance=replace(results.provenance, **about))
        with pytest.raises(UsageError, match=message):
            compare(results, other)
    with pytest.raises(UsageError, match="at_h must lie between 0 and 240"):
        compare(results, results, at_h=[300])


def test_no_number_of_unpaired_runs_where_the_difference_is_not_clear(pair):
    """The number grows without bound as the runs that differ become few, and tells nobody anything there."""
    told = compare(*pair)
    clear = told.control[240]["mid"]["red"]
    unclear = replace(clear, unpaired_runs=123_456_789, difference=Estimate(0.0001, -0.0002, 0.0004))
    assert (clear.clear, unclear.clear) == (True, False)
    text = replace(told, control={240: {"mid": {"red": clear}, "south": {"red": unclear}}}).to_text()
    lines = text.splitlines()
    mid, south = (next(line for line in lines if line.startswith(name)) for name in ("حلب", "南城"))
    assert mid.endswith(f"  {clear.unpaired_runs:,}")
    assert south.endswith("-")
    assert "+0.01 [-0.02, +0.04]" in south, "a bound that is not 0 does not read 0"
    nought = replace(unclear, difference=Estimate(-0.0, -0.0, 0.0))
    text = replace(told, control={240: {"mid": {"red": clear}, "south": {"red": nought}}}).to_text()
    assert "+0.0 [+0.0, +0.0]" in text, "no minus before a zero"
    assert "123,456,789" not in text
    assert "where the interval leaves out 0" in " ".join(text.split())


def test_text_and_json(pair):
    told = compare(*pair)
    text = told.to_text()
    assert "2,500 runs paired" in text
    assert max(map(width, text.splitlines())) <= 100
    assert json.loads(told.to_json())["falls"]["mid"]["mean_h"]["unpaired_runs"] > 2_500
    assert Ensemble(pair[0].results).compare(pair[1]).to_json() == told.to_json()
