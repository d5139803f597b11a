"""The coarse directions, quickly: a few hundred runs of four_cities, for effects that no luck can hide.

The fine ones, with their power, are in test_direction.py.
"""

from __future__ import annotations

from tiny import held, play, shipped

from sim.files import load

SCENARIO = load("four_cities").scenario
RUNS = 250


def lost(side: str, factor: float) -> float:
    """Share of runs in which the government loses Damascus, with a side at this multiple of its strength."""
    forces = (force.id for force in SCENARIO.forces if force.faction == side)
    world = shipped("four_cities", *(f"forces.{name}.people=*{factor}" for name in forces))
    return float(held(world, play(world, 4, RUNS), "damascus", "opp").mean())


def test_an_opposition_at_a_tenth_does_not_take_damascus() -> None:
    assert lost("opp", 0.1) <= 0.02


def test_a_government_at_a_tenth_loses_damascus() -> None:
    """Nine tenths and more are expected; 0.83 lies three and a half standard errors below."""
    assert lost("gov", 0.1) >= 0.83
