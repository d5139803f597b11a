"""Mechanisms switched off in turn: what is known to change is found, what cannot change is exactly nothing."""

import csv
import io
import json
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import get_args

import fake_engine as fake
import numpy as np
import pytest
from study_support import by_hand

import sim
from sim.errors import Interrupted, UsageError
from sim.files import tables
from sim.model.scenario import Mechanism
from sim.study import knockout
from sim.study.ablation import MEASURES, choose, family_size, level_simultaneous, ranked
from sim.study.ensemble import Ensemble
from sim.study.knockout import ablate, effect_of
from sim.study.statistics import Estimate, student
from sim.study.text import width

SMALL = Path(__file__).parents[1] / "files" / "small.yaml"
MECHANISMS = get_args(Mechanism)
BLUE, RED = 0, 1


class World(fake.World):
    """A made-up world that knows its switches."""

    def __init__(self, off):
        self.off = off


def compile_switches(job):
    """A world of the made-up engine with the switches of the job."""
    return World([name for name, on in job.scenario["mechanisms"].items() if not on])


def play_switches(world, seed, runs, draws):
    """Without air, blue loses mid more often; without siege, 70 more red are dead in each run; no other acts."""
    block = (fake.play_luckier if "air" in world.off else fake.play)(world, seed, runs, draws)
    people = block.people.copy()
    people[3, RED] += 70 * ("siege" in world.off)
    return replace(block, people=people)


def play_shuffled(world, seed, runs, draws):
    """Without a mechanism, a fifth of the runs have another history of the same odds."""
    others = runs.copy()
    for name in world.off:
        purpose = 100 + MECHANISMS.index(name)
        others[fake.noise(seed, runs, purpose) < 0.2] += 1_000_000 * purpose
    block = fake.play(world, seed, others, others)
    order = np.argsort(others)
    change = block.change.copy()
    change[0] = runs[order[np.searchsorted(others[order], change[0])]]
    return replace(block, run=runs, draw=draws, change=change[:, np.lexsort((change[2], change[1], change[0]))])


FAKE = fake.Engine("fake", compile_switches, play_switches)


@pytest.fixture(scope="module")
def scenario():
    return sim.load(SMALL)


@pytest.fixture(scope="module")
def told(scenario):
    return ablate(scenario, runs=3_000, engine=FAKE)


def by_name(ablation):
    return {effect.mechanism: effect for effect in ablation.effects}


def students(values, level):
    """The mean and its half-interval, by the book."""
    return values.mean(), student(level, values.size - 1) * values.std(ddof=1) / math.sqrt(values.size)


def test_known_changes_against_brute_force(told, scenario):
    runs = np.arange(3_000)
    full, without = (play(fake.World(), 1, runs, runs) for play in (fake.play, fake.play_luckier))
    wide = 1 - 0.05 / (len(MECHANISMS) * (3 * 1 + 3 + 1 + 3))
    assert (told.level_simultaneous, told.runs, told.seed) == (pytest.approx(wide), 3_000, 1)
    air = by_name(told)["air"]
    place = {name: index for index, name in enumerate(fake.LABELS.place_ids)}
    fell = [np.full((3, 3_000), 240.0) for _ in range(2)]
    for block, hours in zip((full, without), fell, strict=True):
        for run, tick, at, *_ in block.change.T[::-1]:
            hours[at, run] = tick / 3600
    known = {
        ("held", None, "red"): [(b.final_holder == RED).sum(axis=0) for b in (full, without)],
        ("held", None, "blue"): [(b.final_holder == BLUE).sum(axis=0) for b in (full, without)],
        ("changes", None, None): [np.bincount(b.change[0], minlength=3_000) for b in (full, without)],
        ("dead", None, None): [b.people[3].sum(axis=0) for b in (full, without)],
        ("first_fall", None, None): [hours.min(axis=0) for hours in fell],
        ("fall", "mid", None): [hours[place["mid"]] for hours in fell],
    }
    for key, (one, two) in known.items():
        shift = air.get(*key)
        assert (shift.of.first, shift.of.second) == (pytest.approx(one.mean()), pytest.approx(two.mean())), key
        for estimate, level in ((shift.of.difference, 0.95), (shift.simultaneous, wide)):
            value, half = students(two - one, level)
            assert (estimate.low, estimate.value, estimate.high) == pytest.approx((value - half, value, value + half))
        assert shift.distinguishable, key
    more = np.mean(without.final_holder[0] == RED) - np.mean(full.final_holder[0] == RED)
    odds = air.get("odds", "mid", "red")
    assert odds.of.difference.value == pytest.approx(more)
    assert odds.simultaneous.low < odds.of.difference.low < more < odds.of.difference.high < odds.simultaneous.high
    assert air.get("odds", "mid", "blue").of.difference.value == pytest.approx(-more)
    assert air.moved == air.otherwise.value == pytest.approx(more)
    error = math.sqrt(more * (1 - more) / 3_000)
    assert air.noise == pytest.approx(math.sqrt(2 / math.pi) * error, rel=0.02)


def test_the_same_difference_in_every_run_and_none_in_any(told):
    effects = by_name(told)
    dead = effects["siege"].get("dead")
    assert dead.of.difference == dead.simultaneous == Estimate(70, None, None)
    assert not dead.distinguishable
    assert (effects["siege"].idle, effects["siege"].same.value, effects["siege"].moved) == (False, 0, 0)
    idle = [name for name in MECHANISMS if name not in ("air", "siege")]
    assert [effect.mechanism for effect in told.effects] == ["air", "siege", *sorted(idle)]
    for name in idle:
        assert effects[name].idle
        assert (effects[name].moved, effects[name].noise, effects[name].otherwise.value) == (0, 0, 0)
        assert {shift.of.difference.value for shift in effects[name].shifts} == {0}
    assert [effect.mechanism for effect in told.acting] == ["air", "siege"]


def test_chance_alone_hardly_ever_passes_for_an_effect(scenario):
    """100 ablations in which no odds differ, 5 mechanisms each: at most 5 % may tell any difference from nothing, so
    more than 12 has a chance below 0.2 %. In about half some interval leaves out 0 by itself: fewer than 30 of these
    would be less likely than 1 in 10,000."""
    engine, alarms, clear, noise, moved = fake.Engine("fake", compile_switches, play_shuffled), 0, 0, [], []
    for seed in range(100):
        made = ablate(scenario, runs=150, seed=seed, engine=engine, only=MECHANISMS[:5])
        shifts = [shift for effect in made.effects for shift in effect.shifts]
        alarms += any(shift.distinguishable for shift in shifts)
        clear += any(shift.of.clear for shift in shifts)
        noise += [effect.noise for effect in made.effects]
        moved += [effect.moved for effect in made.effects]
    assert alarms <= 12
    assert clear >= 30
    assert np.mean(moved) == pytest.approx(np.mean(noise), rel=0.1), "noise is what moves when no odds do"


def test_paired_like_two_jobs_of_their_own(scenario, tmp_path):
    told = ablate(scenario, runs=60, seed=3, only="air", out=tmp_path / "out")
    full = sim.run(scenario, runs=60, seed=3)
    without = sim.run(sim.load(SMALL, set="mechanisms.air=false"), runs=60, seed=3)
    (effect,) = told.effects
    for place, name in enumerate(full.labels.place_ids):
        for faction, side in enumerate(full.labels.faction_ids):
            one, two = (runs.block.final_holder[place] == faction for runs in (full, without))
            shift = effect.get("odds", name, side)
            assert (shift.of.first, shift.of.second) == (one.mean(), two.mean())
            assert shift.of.difference.value == pytest.approx((two.astype(int) - one).mean())
    dead = [runs.block.people[3].sum(axis=0) for runs in (full, without)]
    value, half = students(dead[1] - dead[0], 0.95)
    found = effect.get("dead").of.difference
    assert (found.value, found.high) == pytest.approx((value, value + half))
    jobs = tmp_path / "out" / "jobs"
    for folder, runs in (("full", full), ("without-air", without)):
        kept = sim.open(jobs / folder)
        assert kept.row_hash() == runs.row_hash()
        assert kept.provenance.scenario_hash == runs.provenance.scenario_hash
    assert sim.ablate(SMALL, runs=60, seed=3, only=["air"]).to_json() == told.to_json()


def test_what_cannot_act_makes_no_difference_and_is_told():
    told = ablate(sim.load(SMALL, set="wings.blue-air=null"), runs=40, only="air, morale")
    air = by_name(told)["air"]
    assert air.idle
    assert {(s.of.difference.value, s.of.first - s.of.second) for s in air.shifts} == {(0, 0)}
    assert not by_name(told)["morale"].idle
    assert "nothing that is recorded differs in any of the 40 runs: they did not act\n  air\n" in told.to_text()
    assert "\nair " not in told.to_text()


def test_all_that_are_on_and_none_that_is_off():
    scenario = sim.load(SMALL, set=["mechanisms.air=false", "mechanisms.night=true"])
    told = ablate(scenario, runs=20, engine=FAKE)
    assert sorted(by_name(told)) == sorted(set(MECHANISMS) - {"air"})
    assert told.off == ("air",)
    assert "Switched off in the scenario already, so left out\n  air\n" in told.to_text()
    assert told.called == "small with mechanisms.air=false, mechanisms.night=true"
    assert ablate(scenario, runs=20, engine=FAKE, only="air,siege").off == ("air",)
    with pytest.raises(UsageError, match="nothing to switch off: the scenario has air switched off already"):
        ablate(scenario, runs=20, only="air")


def test_mechanisms_that_are_there_tomorrow():
    assert choose(["a", "b", "c"], [], ["b"]) == (["a", "c"], ["b"])
    assert choose(["a", "b", "c"], ["c", "a", "c"], []) == (["a", "c"], [])
    with pytest.raises(UsageError, match="no mechanism is called 'sieg'; did you mean 'siege'"):
        choose(MECHANISMS, ["sieg"], [])
    with pytest.raises(UsageError, match="no mechanism is called ''; there are air, supply"):
        choose(MECHANISMS, [""], [])


def test_the_family_is_known_before_anything_is_played():
    labels = fake.LABELS
    assert family_size(14, labels) == 14 * (3 + 3 + 1 + 3)
    three = replace(labels, faction_ids=("blue", "green", "red"))
    assert family_size(2, three) == 2 * (9 + 3 + 3 + 3)
    assert level_simultaneous(0.95, 1) == 0.95
    assert level_simultaneous(0.9, 100) == pytest.approx(0.999)


def test_rows_are_in_order_of_what_moves_less_noise(told):
    effects = ranked(told.effects)
    assert effects == told.effects
    assert all(a.moved - a.noise >= b.moved - b.noise for a, b in pairwise(effects))


def test_of_two_factions_the_gaining_one_is_told_and_of_three_those_that_move():
    two = [by_hand([(run, 9, 0, BLUE, RED, 0) for run in range(n)], 8) for n in (4, 2)]
    three = [
        by_hand([(run, 9, 0, 0, 1 + run % 2, 0) for run in range(n)], 8, factions=("blue", "green", "red", "grey"))
        for n in (4, 2)
    ]
    for (full, without), expected in ((two, ("red",)), (three, ("blue", "green", "red"))):
        effect = effect_of("air", Ensemble(full), Ensemble(without), 0.95, 0.999)
        made = knockout.Ablation("x", 8, 1, "none", "1", full.labels, (effect,), (), 0.95, 50)
        assert made.told == expected
        assert effect.otherwise.value == 0.25
        assert effect.moved == pytest.approx(0.25)


def test_the_text(told):
    text = told.to_text()
    assert max(map(width, text.splitlines())) <= 100
    assert text.startswith(
        f"small: {len(MECHANISMS)} mechanisms switched off, one at a time; 3,000 runs of each, seed 1\n"
    )
    lines = [line.split() for line in text.splitlines()]
    air = next(line for line in lines if line[:1] == ["air"])
    assert air[1] == f"{by_name(told)['air'].moved:.2f}"
    assert sum(cell.endswith("**") for cell in air) == 3
    assert ["siege", "0.00", "0.00", "0.0", "[0.0,", "0.1]", "0", "0", "+70.0"] in lines
    assert "حلب: Red" in text
    assert f"the {told.family:,} differences" in " ".join(text.split())
    nothing = ablate(sim.load(SMALL, set="wings.blue-air=null"), runs=1, only="air")
    assert "differs in the one run: they did not act\n  air\n" in nothing.to_text()
    assert "How much" not in nothing.to_text()


def test_names_that_are_long_and_many_factions_fit():
    names = tuple("A name that never ends, of a faction that goes on " + letter for letter in "abcdef")
    full, without = (by_hand([(r, 9, r % 3, 0, 1 + r % 5, 0) for r in range(n)], 40, factions=names) for n in (40, 20))
    effect = effect_of("reinforcement", Ensemble(full), Ensemble(without), 0.95, 0.999)
    made = knockout.Ablation("x" * 300, 40, 1, "none", "1", full.labels, (effect,), (), 0.95, 50)
    text = made.to_text()
    assert max(map(width, text.splitlines())) <= 100
    assert "Left out: " in text


def test_json_and_table_hold_every_difference(told):
    found = json.loads(told.to_json())
    assert found["level_simultaneous"] == told.level_simultaneous
    assert set(found["measures"]) == set(MEASURES)
    rows = list(csv.DictReader(io.StringIO(tables.listed(list(told.rows())).decode())))
    assert len(rows) == len(MECHANISMS) * (3 * 2 + 3 + 2 + 3)
    given = [{"mechanism": effect["mechanism"], **row} for effect in found["effects"] for row in effect["differences"]]
    assert list(rows[0]) == list(given[0])
    for row, expected in zip(rows, given, strict=True):
        texts = {k: "" if v is None else str(v).lower() if isinstance(v, bool) else str(v) for k, v in expected.items()}
        assert row == texts
    assert tables.listed([]) == b""
    assert tables.listed([{"a": "=1"}]) == b"a\n'=1\n"


def test_progress_is_of_all_jobs(scenario):
    seen = []
    ablate(scenario, runs=50, engine=FAKE, only="air,siege", progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == ((0, 150), (150, 150))


@pytest.mark.parametrize("kept", [True, False])
def test_an_interrupted_ablation_says_how_far_it_came_and_goes_on(scenario, tmp_path, kept):
    out = tmp_path / "out" if kept else None
    done = []
    with pytest.raises(Interrupted) as stopped:
        ablate(
            scenario, runs=40, engine=FAKE, only="air,siege", out=out, progress=lambda at, _: done.append(at),
            stop=lambda: bool(done) and done[-1] >= 40,
        )  # fmt: skip
    said = str(stopped.value)
    assert stopped.value.exit_code == 130
    assert "; 1 of 3 jobs were done" in said
    assert ("the same command goes on from there" in said) == kept
    assert ("nothing is kept without a result folder" in said) == (not kept)
    again = []
    whole = ablate(scenario, runs=40, engine=FAKE, only="air,siege", out=out, progress=lambda at, _: again.append(at))
    assert again[0] == (40 if kept else 0)
    assert whole.to_json() == ablate(scenario, runs=40, engine=FAKE, only="air,siege").to_json()


def test_a_result_folder_is_no_place_for_an_ablation(scenario, tmp_path):
    sim.run(scenario, runs=5, engine=FAKE, out=tmp_path / "run")
    with pytest.raises(UsageError, match="is a result folder: an ablation needs one of its own"):
        ablate(scenario, runs=5, engine=FAKE, out=tmp_path / "run")
