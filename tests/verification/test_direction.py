"""Do the odds move the way they must? Campaigns of four_cities with one thing changed, paired run by run.

Common random numbers pair each run with itself: what differs is what was changed. What is compared is for how many
days the opposition holds how many places (summed over places), which a delay moves as well as a loss. 12,000 runs by
the batch engine at a false-alarm rate of 1e-4; three times the aircraft move it by one place-day, eight standard
errors.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from tiny import causes, held, play, shipped

from sim.files import load
from sim.model.results import Block
from sim.model.world import World
from sim.study.entropy import chao_wang_jost
from sim.units import DAY

pytestmark = pytest.mark.slow
RUNS, SEED = 12_000, 13
Z = 3.9
"""Two-sided false-alarm rate of 1e-4."""
SCENARIO = load("four_cities").scenario
FORCES = {side: [force.id for force in SCENARIO.forces if force.faction == side] for side in ("opp", "gov")}


def all_of(side: str, change: str) -> tuple[str, ...]:
    """The same change for every force of a side."""
    return tuple(f"forces.{name}.{change}" for name in FORCES[side])


@cache
def campaign(*overrides: str, middle: bool = False) -> tuple[World, Block]:
    world = shipped("four_cities", *overrides, middle=middle)
    return world, play(world, SEED, RUNS)


def place_days(world: World, block: Block) -> Any:
    """Days for which the opposition holds places in each run, summed over places."""
    side, end = world.labels.faction_ids.index("opp"), world.horizon
    held_from_the_start = int((np.asarray(world.holder_0) == side).sum())
    run, tick, _, old, new, _ = block.change
    total = np.full(block.runs, held_from_the_start * end)
    np.add.at(total, np.searchsorted(block.run, run), (end - tick) * ((new == side).astype(int) - (old == side)))
    return total / DAY


def shift(*overrides: str) -> tuple[float, float]:
    """Mean change in place-days of the opposition against the scenario as it is, and its standard error."""
    paired = place_days(*campaign(*overrides)) - place_days(*campaign())
    return float(paired.mean()), float(paired.std() / math.sqrt(RUNS))


def taken_any(world: World, block: Block, but: str | None = None) -> Any:
    """Whether the opposition took any place (but for one) in each run."""
    taken = block.change[4] == world.labels.faction_ids.index("opp")
    if but is not None:
        taken &= block.change[2] != world.labels.place_ids.index(but)
    return np.isin(block.run, block.change[0, taken])


def test_the_scenario_is_open() -> None:
    """Neither side is sure to win, so that there is something to move."""
    world, block = campaign()
    assert 0.05 < held(world, block, "damascus", "opp").mean() < 0.95


def test_an_opposition_at_a_tenth_takes_nothing() -> None:
    """But for Saraqib: its 900 to 2,300 defenders are outnumbered by a tenth of the opposition in two runs of three.
    Where they are not, it never falls; nor does anything else, beyond one run in a hundred."""
    world, block = campaign(*all_of("opp", "people=*0.1"))
    inputs = dict(zip(world.labels.input_ids, block.inputs, strict=True))
    mobile = sum(inputs[f"force.{name}.people"] for name in FORCES["opp"] if name != "home-guard")
    outnumbered = mobile > inputs["force.25th-div-part.people"]
    assert 0.2 < outnumbered.mean() < 0.8, "there are enough runs of either sort"
    assert not (taken_any(world, block) & ~outnumbered).any()
    elsewhere = taken_any(world, block, but="saraqib").mean()
    assert elsewhere <= 0.01, f"takes something but Saraqib in {elsewhere:.1%} of runs"


def test_an_opposition_at_a_tenth_takes_no_capital() -> None:
    world, block = campaign(*all_of("opp", "people=*0.1"))
    assert held(world, block, "damascus", "opp").mean() <= 0.01
    assert held(world, block, "hama", "opp").mean() <= 0.01


def test_a_government_at_a_tenth_loses_damascus() -> None:
    world, block = campaign(*all_of("gov", "people=*0.1"))
    lost = held(world, block, "damascus", "opp").mean()
    assert lost >= 0.9, f"loses Damascus in {lost:.1%} of runs"


@pytest.mark.parametrize(
    ("overrides", "sign"),
    [
        pytest.param(("wings.*.aircraft=*3",), -1, id="more air for the government"),
        pytest.param(("wings.*.aircraft=*10",), -1, id="far more air for the government"),
        pytest.param(all_of("opp", "people=*1.3"), 1, id="more troops for the opposition"),
        pytest.param(all_of("opp", "people=*0.7"), -1, id="fewer troops for the opposition"),
        pytest.param(all_of("gov", "people=*1.3"), -1, id="more troops for the government"),
        pytest.param(all_of("gov", "people=*0.7"), 1, id="fewer troops for the government"),
        # Beyond road speed, more is of no use to it: its columns wait for reviews and rest longer than they drive.
        pytest.param(all_of("opp", "speed=0.5"), -1, id="half the speed for the opposition"),
        pytest.param(all_of("opp", "speed=0.25"), -1, id="a quarter of the speed for the opposition"),
        pytest.param(all_of("gov", "speed=1.5"), -1, id="more speed for the government"),
        pytest.param(all_of("gov", "speed=0.4"), 1, id="less speed for the government"),
    ],
)
def test_more_for_a_side_moves_the_odds_its_way(overrides: tuple[str, ...], sign: int) -> None:
    mean, error = shift(*overrides)
    assert error < 0.25, "the power is as stated"
    assert sign * mean > Z * error, f"place-days of the opposition move by {mean:+.2f} +- {error:.2f}"


def test_the_more_the_further() -> None:
    """Ten times the aircraft move the odds further than three times; half the troops further than seven tenths."""
    assert shift("wings.*.aircraft=*10")[0] < 2 * shift("wings.*.aircraft=*3")[0] < 0
    assert shift(*all_of("opp", "people=*0.5"))[0] < shift(*all_of("opp", "people=*0.7"))[0] < 0


def test_chance_alone_leaves_the_outcome_open() -> None:
    """With every range at its middle the final holders still vary: at least half a bit."""
    world, block = campaign(middle=True)
    assert block.inputs.size == 0
    counts = np.unique(block.final_holder.T, axis=0, return_counts=True)[1]
    bits = chao_wang_jost(counts)
    assert bits >= 0.5, f"{bits:.2f} bit over {len(counts)} outcomes of {world.P} places"


def test_losses_are_of_the_right_order() -> None:
    """Syria: 900 to 2,500 dead over 62 changes of hands, 15 to 40 for each; some 18 of these by assault, 50 to 140
    each. By assault falls what is fought for to the end: the last district is taken, or the defenders break."""
    world, block = campaign()
    cause = causes(world, block)
    dead = block.people[3].sum()
    for_each, for_each_assault = dead / cause.total(), dead / (cause["assault"] + cause["broken"])
    assert 15 <= for_each <= 40, f"{for_each:.0f} dead per change of hands"
    assert 50 <= for_each_assault <= 140, f"{for_each_assault:.0f} dead per assault"
