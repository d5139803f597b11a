"""Summaries against brute force over histories made by hand, and against the known odds of the made-up engine."""

import json
import tracemalloc
from dataclasses import replace

import fake_engine as fake
import numpy as np
import pytest
from study_support import LOADED, by_hand

from sim.errors import UsageError
from sim.files.store import Store
from sim.study import outcomes
from sim.study.control import time_grid
from sim.study.ensemble import Ensemble
from sim.study.experiment import run
from sim.study.statistics import Estimate, wilson
from sim.study.summary import summarise
from sim.study.text import width

BLUE, RED, GREEN = 0, 1, 2


@pytest.fixture(scope="module")
def story():
    """Four runs: a falls at 30 h and is retaken at 60 h; a then b fall; b only; nothing happens."""
    return Ensemble(
        by_hand(
            [
                (0, 30, 0, BLUE, RED, 0), (0, 60, 0, RED, BLUE, 1),
                (1, 6, 0, BLUE, RED, 0), (1, 48, 1, BLUE, RED, 0),
                (2, 48, 1, BLUE, RED, 1),
            ],
            4,
            dead=[[10, 20, 30, 40], [1, 2, 3, 4]],
        )
    )  # fmt: skip


def test_control_over_time_by_hand(story):
    table = story.control("A", every_h=12)
    red = dict(zip(table.hours.tolist(), (table.probability[:, RED] * 4).tolist(), strict=True))
    # A change at a moment counts as made: run 1 holds a from 6 h on, run 0 from 30 h to 60 h.
    assert [red[h] for h in (0, 12, 24, 36, 48, 60, 240)] == [0, 1, 1, 2, 2, 1, 1]
    assert (table.probability.sum(axis=1) == 1).all()
    low, high = wilson(1, 4)
    assert (table.low[1, RED], table.high[1, RED]) == (low, high)


def test_control_against_replaying_every_run():
    results = run(LOADED, runs=100, engine=fake.FAKE).results
    control = Ensemble(results).control(every_h=9)
    count = np.zeros_like(control.count)
    for moment, hour in enumerate(control.hours):
        for number in range(100):
            holder = list(fake.LABELS.initial_holder)
            for row, tick, place, _, new, _ in results.block.change.T:
                if row == number and tick <= hour * 3600:
                    holder[place] = new
            for place, faction in enumerate(holder):
                count[moment, place, faction] += 1
    assert np.array_equal(control.count, count)


def test_the_last_moment_is_the_end():
    assert time_grid(100 * 3600, 30).tolist() == [0, 30 * 3600, 60 * 3600, 90 * 3600, 100 * 3600]
    assert time_grid(120 * 3600, 30).tolist()[-2:] == [90 * 3600, 120 * 3600]
    assert time_grid(366 * 24 * 3600).size <= 242
    with pytest.raises(UsageError, match="hours between moments"):
        time_grid(3600, 0)


def test_fall_times_by_hand(story):
    falls = story.fall_times("a")
    assert falls.hours.tolist() == [30, 6, np.inf, np.inf]
    assert (falls.never.value, falls.never.low) == (0.5, pytest.approx(0.15, abs=0.01))
    assert [falls.quantile(q).value for q in (0.1, 0.5, 0.9)] == [6, 30, None]
    assert [str(t) for t in falls.to_pandas()[:2]] == ["2024-11-28 06:00:00+02:00", "2024-11-27 06:00:00+02:00"]


def test_a_change_within_a_camp_is_no_fall():
    inside = by_hand(
        [(0, 30, 0, BLUE, GREEN, 0), (1, 30, 0, BLUE, RED, 0)], 2, factions=("blue", "red", "green"), camps=(0, 1, 0)
    )
    assert Ensemble(inside).fall_times("a").hours.tolist() == [np.inf, 30]


def test_summary_by_hand(story):
    summary = story.summary()
    a, b, c = summary.places
    assert [a.final[f].value for f in ("blue", "red")] == [0.75, 0.25]
    assert (a.changes_hands.value, b.changes_hands.value, c.changes_hands.value) == (0.5, 0.5, 0)
    assert (a.never_falls.value, b.never_falls.value, c.never_falls.value) == (0.5, 0.5, 1)
    assert (b.fall_h.p10.value, b.fall_h.p50.value, b.fall_h.p90.value) == (48, 48, None)
    assert [q.value for q in vars(summary.factions[0].people["dead"]).values()] == [10, 20, 40]
    assert {name: share.value for name, share in summary.causes.items()} == {"assault": 0.6, "rising": 0.4}
    assert summary.outcome_places == ("a", "b")
    shares = {outcome.holders: outcome.share.value for outcome in summary.outcomes}
    assert shares == {("blue", "blue"): 0.5, ("red", "red"): 0.25, ("blue", "red"): 0.25}
    orders = {order.places: order.share.value for order in summary.orders}
    assert orders == {("a",): 0.25, ("a", "b"): 0.25, ("b",): 0.25, (): 0.25}
    assert summary.end_reasons["horizon"].value == 1
    assert (summary.changes.p50.value, summary.duration_days.p50.value) == (1, 10)


def test_places_of_the_outcome_can_be_named(story):
    assert story.summary(places=["B"]).outcome_places == ("b",)
    with pytest.raises(UsageError, match=r"place must be .* \(got 'Bb'; did you mean 'b'\?\)"):
        story.summary(places=["Bb"])


def test_order_of_falls_keeps_the_most_populous_places():
    names = [f"p{i}" for i in range(12)]
    scenario = json.dumps({"places": {name: {"people": i} for i, name in enumerate(names)}})
    from sim.study.outcomes import order_places

    labels = replace(fake.LABELS, place_ids=tuple(names))
    assert order_places(labels, list(range(12)), scenario) == list(range(4, 12))


def test_known_odds_lie_in_their_intervals():
    # The made-up engine: mid falls with odds 0.5, south with 0.25. Five intervals of 99.99 %: a false alarm
    # once in 2,000 seeds.
    summary = run(LOADED, runs=4_000, seed=3, engine=fake.FAKE).summary(level=0.9999)
    for place, odds in ((0, 0.5), (2, 0.25)):
        final = summary.places[place].final["red"]
        assert final.low < odds < final.high
    assert summary.entropy.total.low < 1.5 < summary.entropy.total.high
    # H(outcome | luck) = mean over p = 0.3..0.7 of h(p) + p = 0.9602 + 0.5.
    assert summary.entropy.chance.low < 1.4602 < summary.entropy.chance.high
    assert summary.entropy.inputs.low < 0.0398 < summary.entropy.inputs.high
    assert not summary.entropy.undersampled


def test_summary_does_not_depend_on_how_a_job_was_cut(tmp_path):
    one = run(LOADED, runs=900, engine=fake.FAKE, block=900).summary()
    many = run(LOADED, runs=900, engine=fake.FAKE, block=7, out=tmp_path / "run")
    assert many.summary().to_json() == one.to_json()
    assert many.summary().to_text() == one.to_text()


def test_json_is_plain_and_holds_every_interval(story):
    told = json.loads(story.summary(every_h=24).to_json())
    assert told["places"][0]["final"]["red"] == {"value": 0.25, **_between(told["places"][0]["final"]["red"])}
    assert np.array(told["control"]["probability"]).shape == (11, 3, 2)
    assert told["control"]["times"][0] == "2024-11-27T00:00:00+02:00"
    assert told["places"][0]["fall_h"]["p90"]["value"] is None


def _between(estimate):
    assert estimate["low"] < estimate["value"] < estimate["high"]
    return {"low": estimate["low"], "high": estimate["high"]}


@pytest.mark.parametrize("names", [("حلب", "Харків", "南京市"), ("x" * 120, "é" * 60, "e\u0301" * 50)])
def test_text_fits_a_terminal_and_its_columns_stay_in_line(names):
    results = run(LOADED, runs=500, engine=fake.FAKE).results
    results = replace(results, labels=replace(results.labels, place_names=names))
    lines = summarise(results).to_text().splitlines()
    assert max(map(width, lines)) <= 100
    start = lines.index("Who holds each place at the end (%)")
    head, *rows = lines[start + 1 : start + 4]
    assert {width(row) for row in rows} == {width(head)}


def test_text_says_how_the_uncertainty_was_split():
    text = " ".join(run(LOADED, runs=1_000, engine=fake.FAKE).summary().to_text().split())
    assert "Uncertainty of the end (entropy in bits; 3 different ends of 2 places in 1,000 runs)" in text
    assert "Two equally likely ends are 1 bit, four are 2, and so on." in text
    assert "Told apart by 1,000 more runs: 20 draws of the inputs, each played 50 times." in text
    alone = run(LOADED, runs=1_000, engine=fake.FAKE, nested=False).summary().to_text()
    assert "Told apart" not in alone


def test_text_obeys_no_name():
    hostile = ("\x1b[31mred\x07", "a\nb\rc", "x\u202ey\u2066z")
    results = run(LOADED, runs=500, engine=fake.FAKE).results
    results = replace(results, labels=replace(results.labels, place_names=hostile))
    text = summarise(results).to_text()
    assert not set(text) & set("\x1b\x07\r\u202e\u2066")
    assert "\\x1b[31mred" in text


def test_text_of_a_war_in_which_nothing_happens():
    text = summarise(by_hand([], 5)).to_text()
    assert "No place changed hands in any run." in text


def test_a_hundred_times_the_runs_need_no_more_memory(tmp_path):
    peaks = []
    for runs in (1_000, 30_000):
        run(LOADED, runs=runs, engine=fake.FAKE, out=tmp_path / f"{runs}", block=1_000, nested=False)
        opened = Ensemble(Store(tmp_path / f"{runs}"))
        tracemalloc.start()
        opened.summary(every_h=24)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # Tallies of seconds fill up with different values (to 65,536 each); whole blocks would be 14 MB.
    assert peaks[1] < peaks[0] + 8_000_000


def test_a_single_run_gives_no_quantiles_and_no_certainty():
    summary = summarise(by_hand([(0, 30, 0, BLUE, RED, 0), (0, 60, 1, BLUE, RED, 1)], 1, dead=[[10], [1]]))
    lines = [line.split() for line in summary.to_text().splitlines()]
    assert ["A", "-", "28", "Nov", "06:00", "-", "0.0", "[0.0,", "79.3]"] in lines
    assert ["B", "-", "29", "Nov", "12:00", "-", "0.0", "[0.0,", "79.3]"] in lines
    assert ["dead", "-", "/", "10", "/", "-", "-", "/", "1", "/", "-"] in lines
    assert "Causes of changes of hands (% of all; - / 2 / - changes a run)" in summary.to_text()
    assert "1 run, seed 1" in summary.to_text()
    assert "1 end of 2 places in 1 run)" in summary.to_text()
    assert summary.causes["assault"].value == 0.5
    assert summary.places[0].fall_h.p50 == Estimate(30, None, None)


@pytest.mark.parametrize("runs", [1, 2, 7])
def test_causes_of_runs_that_are_alike_are_not_certain(runs):
    one, two = (by_hand([(r, 30, p, BLUE, RED, p) for r in range(runs) for p in range(n)], runs + 3) for n in (1, 2))
    low, high = map(float, wilson(runs, runs))
    assert vars(summarise(one).causes["assault"]) == pytest.approx({"value": 1, "low": low, "high": high})
    assert vars(summarise(one).causes["rising"]) == pytest.approx({"value": 0, "low": 0, "high": 1 - low})
    half = summarise(two).causes["rising"]
    assert (half.value, half.low, half.high) == pytest.approx((0.5, *map(float, wilson(runs / 2, runs))))


def test_a_place_that_falls_in_few_runs_has_its_dates():
    text = summarise(by_hand([(r, 30, 0, BLUE, RED, 0) for r in range(3)], 3)).to_text()
    assert "28 Nov 06:00  28 Nov 06:00  28 Nov 06:00  0.0 [0.0, 56.1]" in text
    text = summarise(by_hand([(0, 30, 0, BLUE, RED, 0)], 3)).to_text()
    assert ["A", "28", "Nov", "06:00", "never", "never", "66.7", "[20.8,", "93.9]"] in map(str.split, text.splitlines())


def test_tables_for_pandas(story):
    runs, changes = story.to_pandas(), story.changes()
    assert runs.loc[1, "holder.a"] == "red"
    assert runs["dead.blue"].tolist() == [10, 20, 30, 40]
    assert changes["cause"].tolist() == ["assault", "rising", "assault", "assault", "rising"]
    assert str(changes["at"][0]) == "2024-11-28 06:00:00+02:00"
    control = story.control(every_h=24).to_pandas()
    assert list(control.columns) == ["time", "place", "faction", "probability", "low", "high"]
    assert len(control) == 11 * 3 * 2
    assert story.control("a", every_h=24).to_pandas()["probability"].tolist()[:4] == [1, 0, 0.75, 0.25]


def test_places_are_found_by_id_name_and_case():
    runs = Ensemble(by_hand([], 1, names=("Aleppo", "Hama", "hama")))
    assert runs.control("Hama").place == "b"
    assert runs.control("hama").place == "c"
    assert runs.control("ALEPPO").place == "a"
    with pytest.raises(UsageError, match=r"place 'HAMA' is the name of b, c: give the id"):
        runs.control("HAMA")
    with pytest.raises(UsageError, match="did you mean 'Aleppo'"):
        runs.control("Alepo")


def test_tables_for_xarray(story):
    xarray = pytest.importorskip("xarray")
    table = story.control("a", every_h=24).to_xarray()
    assert table["probability"].sel(faction="red").values.tolist()[:3] == [0, 0.25, 0.5]
    assert str(xarray.decode_cf(table)["time"].values[0]).startswith("2024-11-26T22:00")
    assert story.control(every_h=24).to_xarray()["high"].shape == (11, 3, 2)


def many_sides():
    """Ten runs: of five sides that take the two places, the first (in order of ids) holds least; the last none."""
    sides = ("ally", "blue", "corps", "delta", "east", "front")
    taken = [2, 2, 2, 3, 3, 3, 4, 4, 0]
    changes = [(run, 30, place, 1, side, 0) for run, side in enumerate(taken) for place in (0, 1)]
    return by_hand(changes, 10, factions=sides, initial=(1, 1, 5))


def test_of_many_sides_those_that_hold_most_have_a_column_and_the_others_one_together():
    """The first side holds as much as the second, and both least: neither vanishes, and none has only noughts."""
    lines = summarise(many_sides()).to_text().splitlines()
    start = lines.index("Who holds each place at the end (%)")
    assert lines[start + 1].split() == ["corps", "delta", "east", "others"]
    assert [cell for cell in lines[start + 2].split() if "[" not in cell and "]" not in cell] == [
        "A", "30.0", "30.0", "20.0", "20.0",
    ]  # fmt: skip
    assert lines[start + 4 : start + 10] == [
        "Others:", "  ally, blue", "Hold none of these places at the end:", "  front", "Never changed hands:", "  C",
    ]  # fmt: skip
    low, high = (100 * float(bound) for bound in wilson(2, 10))
    assert lines[start + 2].endswith(f"20.0 [{low:.1f}, {high:.1f}]")


def test_of_few_sides_each_has_its_column():
    lines = summarise(by_hand([(0, 30, 0, 1, 0, 0), (1, 30, 0, 1, 2, 0)], 4, factions=tuple("abcd"), initial=(1, 1, 3)))
    lines = lines.to_text().splitlines()
    start = lines.index("Who holds each place at the end (%)")
    assert lines[start + 1].split() == ["a", "b", "c"]
    assert "Others:" not in lines


def test_places_stand_by_how_likely_they_fall():
    changes = [(run, 30, 1, BLUE, RED, 0) for run in range(3)] + [(0, 20, 2, BLUE, RED, 0), (0, 90, 0, BLUE, RED, 0)]
    lines = summarise(by_hand(changes, 4)).to_text().splitlines()
    for title in ("Who holds each place at the end (%)", "When the first side has lost it, over all runs"):
        rows = [line[0] for line in lines[lines.index(title) + 2 :][:4] if line[:1].strip()]
        assert "".join(rows).startswith("BAC"), "alike in odds, in order of id"
    assert "Places: likeliest to fall first." in "\n".join(lines)


def test_it_is_told_which_places_are_ordered_and_how_many_are_left_out():
    """However many there are, whole; a few are left out for their size, others since they hardly ever fall."""
    names = tuple(f"Quite a long name of a place, number {i}" for i in range(8))
    changes = [(run, 30 + place, place, BLUE, RED, 0) for run in range(100) for place in range(8) if run >= 40 or place]
    made = by_hand([*changes], 200, places=8, names=names)
    text = summarise(made).to_text()
    assert "Most common orders of falls (%)\n   " not in text, "all that fall are ordered"
    people = {place: {"people": at} for at, place in enumerate("abcdefgh")}
    made = replace(made, scenario_json=json.dumps({"places": people}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcomes, "ORDER_PLACES", 6)
        told = " ".join(summarise(made).to_text().split())
    assert all(name in told for name in names[2:])
    assert "Most common orders of falls (%) Of the 6 most populous: Quite a long name of a place, number" in told
    assert "Left out: 2 places of fewer people." in told
    rare = by_hand([(run, 30, 0, BLUE, RED, 0) for run in range(50)] + [(0, 40, 1, BLUE, RED, 0)], 200)
    told = " ".join(summarise(rare).to_text().split())
    assert "Of 1 place: A. Left out: 1 place that falls in no more than 1 % of runs." in told


def test_wings_and_camps_have_names_and_causes_words():
    changes = [(run, 30, 0, BLUE, RED, run % 2) for run in range(4)]
    made = by_hand(changes, 4, factions=("blue", "red", "green"), camps=(0, 1, 0))
    labels = replace(
        made.labels, faction_names=("Blue", "Red", "Green"), wing_ids=("jets", "rotors", "spare"),
        cause_names=("walked_in", "made_up"),
    )  # fmt: skip
    block = replace(made.block, sorties=np.array([[1] * 4, [9] * 4, [5] * 4]), harm=np.array([[2] * 4, [7] * 4]))
    wings = {wing: {"name": "Falcons", "faction": "red"} for wing in ("jets", "rotors")}
    made = replace(made, labels=labels, block=block, scenario_json=json.dumps({"wings": wings}))
    summary = summarise(made)
    lines = summary.to_text().splitlines()
    start = lines.index("Air (10 / 50 / 90 % of runs)")
    assert [line.split("  ")[0] for line in lines[start + 1 : start + 6]] == [
        "sorties of Falcons (Red) [rotors]",
        "sorties of spare",
        "sorties of Falcons (Red) [jets]",
        "civilian casualties from the air, by Red",
        "civilian casualties from the air, by Blue and Green",
    ]
    assert any(line.startswith("unopposed ") for line in lines)
    assert any(line.startswith("made up ") for line in lines)
    assert summary.to_dict()["wing_names"]["spare"] == "spare"
    assert list(summary.harm) == ["blue+green", "red"], "by id where programs read"


def test_table_and_picture_round_alike():
    from sim.views.falls import falls

    made = by_hand([(run, 30, 0, BLUE, RED, 0) for run in range(3_997)], 4_000)
    text = summarise(made).to_text()
    assert "  <0.1 [0.0, 0.2]" in text
    said = " ".join(t.get_text() for t in falls(made, places=["A", "B"]).child_axes[0].texts)
    assert "<0.1 % (0.0–0.2)" in said
    assert ">99.9" in summarise(by_hand([(0, 30, 0, BLUE, RED, 0)], 4_000)).to_text()


@pytest.mark.parametrize("letters", [22, 30])
def test_long_names_are_whole_in_every_table(letters):
    names = tuple(f"{name} upon the Great River of the North"[:letters] for name in ("Alba", "Brae", "Coll"))
    sides = tuple(f"{name} of the Free and Old Towns"[:letters] for name in ("Movement", "Front", "Council"))
    changes = [(run, 30 + place + run, place, BLUE, 1 + run % 2, 0) for run in range(90) for place in range(3)]
    made = by_hand(changes, 99, names=names, factions=sides)
    lines = summarise(made).to_text().splitlines()
    assert max(map(width, lines)) <= 100
    assert "…" not in "".join(lines)
    assert all(sum(line.startswith(name) for line in lines) == 3 for name in names), "at the end, over time, falls"
