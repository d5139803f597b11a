"""Sentences of a trace: names, numbers and grammar."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import tiny

from sim.files import load
from sim.model import kinds as k
from sim.model.scenario import Scenario
from sim.model.world import World, compile_world
from sim.study.trace import Teller, trace

RAW: dict[str, Any] = {
    "factions": {
        "ward": {"name": "Wardens", "hostile": "reg"}, "reg": {"name": "Regency"},
        "free": {"name": "Free Towns", "allied": "ward"},
    },
    "places": {
        "east": ["city", 0, 0, 1000, "ward", {"name": "East Town", "airbase": True}],
        "ford": ["town", 0, 0.2, 1000, "reg", {"name": "Old Ford"}],
    },
    "roads": [["ford", "east", 25, "primary", {"bridge": "Mill Bridge"}]],
    "commands": {"hq": {"faction": "ward", "name": "Headquarters"}},
    "forces": {
        "w1": ["ward", "east", 900, "regular", {"name": "First Brigade"}],
        "w2": ["ward", "east", 500, "militia", {"name": "Militia"}],
        "w3": ["ward", "east", 500, "militia", {"name": "Militia"}],
        "r1": ["reg", "ford", 900, "regular"],
    },
    "wings": {"jets": ["ward", "east", 5, 1, {"name": "Eastern Wing"}]},
}  # fmt: skip
EAST, FORD = 0, 1
FREE, REG, WARD = 0, 1, 2
R1, W1, W2, W3 = 0, 1, 2, 3
HQ, OF_REG = 1, 2
"""In order of ids: the Free Towns' command is `free`, the Regency's `reg`."""


@pytest.fixture(scope="module")
def teller() -> Teller:
    ready = tiny.loaded(RAW)
    return Teller(compile_world(ready.scenario, ready.parameters), ready.scenario, True)


CAMP_WARD = 0
"""Of the Free Towns and the Wardens."""

ROWS = [
    ((k.HOLDER, EAST, EAST, WARD, k.ASSAULT, REG, WARD), "Regency took East Town from Wardens by assault"),
    ((k.HOLDER, FORD, FORD, REG, k.WALKED_IN, WARD, REG), "Wardens took Old Ford from Regency unopposed"),
    ((k.LEFT, W1, EAST, FORD, k.MARCH, 1, 0), "First Brigade (Wardens), 1 person, set out from East Town to Old Ford"),
    ((k.LEFT, W1, EAST, FORD, k.RETREATING, 2, 0),
     "First Brigade (Wardens), 2 people, fled from East Town to Old Ford"),
    ((k.PLACED, R1, FORD, EAST, k.MARCH, 900, 0), "r1 (Regency) reached Old Ford"),
    ((k.PLACED, R1, FORD, EAST, k.RETREATING, 900, 0), "r1 (Regency) took refuge in Old Ford"),
    ((k.LOST, W2, EAST, -1, k.FIGHT, 1, 0), "Militia (Wardens) [w2] lost 1 person in the fight at East Town"),
    ((k.LOST, W3, EAST, -1, k.DESERTION, 1200, 0),
     "Militia (Wardens) [w3] lost 1,200 people to desertion at East Town"),
    ((k.LOST, W1, -1, -1, k.AIR, 3, 0), "First Brigade (Wardens) lost 3 people to strikes from the air on the road"),
    ((k.JOINED, W1, EAST, -1, k.REINFORCEMENT, 9, 0), "First Brigade (Wardens) arrived at East Town with 9 people"),
    ((k.JOINED, W1, -1, -1, k.CUT_OFF, 0, 0), "First Brigade (Wardens) found the way barred and waited"),
    ((k.JOINED, W1, -1, -1, k.NO_SHOW, 0, 0), "First Brigade (Wardens) did not come"),
    ((k.PHASE, FORD, FORD, CAMP_WARD, k.NONE, k.SIEGE, 0), "Free Towns and Wardens laid siege to Old Ford"),
    ((k.PHASE, FORD, FORD, CAMP_WARD, k.REPELLED, k.QUIET, 0),
     "The attack of Free Towns and Wardens on Old Ford was thrown back"),
    ((k.STRUCK, 0, FORD, FORD, k.NONE, 1, k.CLOSE),
     "Eastern Wing (Wardens) flew 1 sortie against the fight at Old Ford"),
    ((k.STRUCK, 0, -1, R1, k.NONE, 2, k.INTERDICTION),
     "Eastern Wing (Wardens) flew 2 sorties against the column of r1 (Regency)"),
    ((k.STRUCK, 0, -1, 0, k.NONE, 2, k.BRIDGES),
     "Eastern Wing (Wardens) flew 2 sorties against the bridge Mill Bridge between East Town and Old Ford"),
    ((k.FLED, FORD, FORD, EAST, k.FIGHT, 1200, 0), "1,200 civilians fled the fighting at Old Ford to East Town"),
    ((k.FLED, FORD, FORD, EAST, k.AIR, 1, 0), "1 civilian fled the strikes on Old Ford to East Town"),
    ((k.FLED, FORD, FORD, EAST, k.DISTRUST, 20, 0), "20 civilians fled the new holders of Old Ford to East Town"),
    ((k.RETURNED, FORD, FORD, EAST, k.NONE, 20, 0), "20 civilians returned to Old Ford from East Town"),
    ((k.BROKE, R1, FORD, -1, k.NONE, 900, 1 << 14), "r1 (Regency) broke at Old Ford (morale 0.25)"),
    ((k.OBJECTIVE, HQ, FORD, -1, k.NONE, 0, 0), "Command Headquarters (Wardens) turned to Old Ford"),
    ((k.OBJECTIVE, OF_REG, -1, -1, k.NONE, 0, 0), "The command of Regency gave up its objective"),
    ((k.ORDERED, W1, EAST, FORD, k.NONE, 0, 0), "First Brigade (Wardens) received orders for Old Ford"),
    ((k.COLLAPSED, WARD, -1, -1, k.NONE, 1 << 14, 0),
     "Wardens gave up (cohesion 0.25), and the remaining forces disbanded"),
    ((k.REBASED, 0, EAST, FORD, k.NONE, 1, 0),
     "Eastern Wing (Wardens) lost the base at East Town and moved to Old Ford with 1 aircraft"),
    ((k.REBASED, 0, EAST, k.NO_BASE, k.NONE, 0, 0),
     "Eastern Wing (Wardens) lost the base at East Town and had nowhere to go"),
    ((k.ROSE, W1, EAST, -1, k.RISEN, 40, 0), "First Brigade (Wardens), 40 people, rose at East Town"),
    ((k.TALKS, WARD, FORD, REG, k.PARLEY, 0, 0), "Talks with Wardens about Old Ford began"),
    ((k.TALKS, WARD, FORD, REG, k.NO_DEAL, 0, 0), "Talks with Wardens about Old Ford came to nothing"),
    ((k.RECALLED, WARD, -1, -1, k.NONE, 1 << 14, 0), "Wardens called its forces back to its core (cohesion 0.25)"),
    ((k.HOLDER, FORD, FORD, REG, k.HANDED_OVER, WARD, REG), "Wardens took Old Ford from Regency by agreement"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "told"), ROWS, ids=lambda value: value if isinstance(value, str) else "")
def test_each_kind_of_row(teller: Teller, row: tuple[int, ...], told: str) -> None:
    assert teller.sentence((3600, *row)) == f"2030-06-01 01:00  {told}."


def test_every_kind_of_row_has_its_sentence(teller: Teller) -> None:
    assert {row[0] for row, _ in ROWS} == set(teller.tellers) == set(k.ROW_NAMES) - set(range(len(k.EVENT_NAMES)))


def test_who_loses_everybody_ceases_to_exist(teller: Teller) -> None:
    """Told once, after the last loss and whatever its size; those who disband with their faction are told by that."""
    lost, left = (k.LOST, R1, FORD, -1), (0, k.LEFT, W1, EAST, FORD, k.MARCH, 7, 0)
    rows = [(0, *lost, k.FIGHT, 1, 0), left, (0, *lost, k.STRAGGLING, 1, 0), (0, k.LOST, W2, EAST, -1, k.AIR, 9, 0)]
    people = np.array([0, 7, 500, 0])
    short = Teller(teller.w, tiny.loaded(RAW).scenario, every=False)
    assert [*filter(None, short.sentences(rows, people))] == [
        teller.sentence(left), "2030-06-01 00:00  r1 (Regency) ceased to exist.",
    ]  # fmt: skip
    assert len([*teller.sentences(rows, people)]) == 5
    rows = [(0, *lost, k.DISBANDED, 900, 0)]
    assert [*teller.sentences(rows, people)] == [teller.sentence(rows[0])]


def test_runs_tell_of_who_ceased_to_exist() -> None:
    """After what became of the last of them, and never twice."""
    world, scenario = _played("four_cities")
    lost = 0
    for run in range(10):
        lines = [*trace(world, scenario, 1, run, every=True)]
        ends = [at for at, line in enumerate(lines) if line.endswith(" ceased to exist.")]
        names = [lines[at].removesuffix(" ceased to exist.") for at in ends]
        assert all(lines[at - 1].startswith(f"{name} lost ") for at, name in zip(ends, names, strict=True))
        assert len(names) == len({name[18:] for name in names})
        lost += len(names)
    assert lost


def _played(name: str) -> tuple[World, Scenario]:
    ready = load(name)
    return compile_world(ready.scenario, ready.parameters), ready.scenario


@pytest.mark.parametrize("name", ["four_cities", "three_sides"])
def test_shipped_scenarios_are_told_in_names_and_in_order(name: str) -> None:
    world, scenario = _played(name)
    lines = [line for run in range(3) for line in trace(world, scenario, 1, run, every=True)]
    assert sum(line.endswith("The run ended.") for line in lines) == 3
    named = [*scenario.commands, *scenario.wings, *(str(f.id) for f in (*scenario.forces, *scenario.reinforcements))]
    ids = {name for name in named if "-" in name or "_" in name}  # the others are words that a name may hold
    for line in lines:
        told = re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d  (.*)\.", line)
        assert told is not None, line
        assert not re.search(r"\b1 (people|sorties)\b|\b(0|[2-9]|\d\d+) (person|sortie)\b", line), line
        assert not ids & set(re.split(r"[ ,()]+", told[1])), line


def test_small_losses_orders_and_sorties_only_when_all_is_told() -> None:
    world, scenario = _played("four_cities")
    short, long = ([*trace(world, scenario, 1, 0, every=every)] for every in (False, True))
    assert set(short) < set(long)
    extra = [line for line in long if line not in set(short)]
    assert all(
        re.search(
            r" (lost [1-4]?\d (person|people)|received orders|[^,]{1,3} civilians? (fled|returned)|flew \d+ sort)", line
        )
        for line in extra
    )


def test_the_command_tells_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    from sim.cli import run

    assert run(["trace", "four_cities", "--run", "3"]) == 0
    world, scenario = _played("four_cities")
    assert capsys.readouterr().out.splitlines() == [*trace(world, scenario, 1, 3)]
