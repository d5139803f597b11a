"""Rule parameters that a scenario overrides stay where the rules make sense and runs end."""

from __future__ import annotations

import pytest
from tiny import loaded, shipped

from sim.errors import ScenarioError
from sim.files import load_parameters
from sim.model.parameters import LIMITS, RULES, Parameters
from sim.model.spread import parse_range
from sim.study.agreement import compare_engines

BARE = {"places": {"a": ["town", 0, 0, 9, "red"]}, "factions": {"red": {}}}


def refused(values: dict[str, float | str]) -> dict[str, str]:
    """What is said about each parameter."""
    with pytest.raises(ScenarioError) as caught:
        loaded({**BARE, "parameters": values})
    return {problem.path: problem.message for problem in caught.value.problems}


def test_every_parameter_has_limits_and_the_shipped_ranges_lie_within() -> None:
    assert set(LIMITS) == set(RULES)
    for name, rule in load_parameters().rules.items():
        low, high = parse_range(rule.range)
        assert LIMITS[name][0] <= low <= high <= LIMITS[name][1], name


def test_values_beyond_the_limits_are_refused_all_at_once() -> None:
    told = refused({name: low - 0.05 for name, (low, _) in LIMITS.items()})
    assert set(told) == {f"parameters.{name}" for name in RULES}
    assert told["parameters.combat.round"] == "must lie between 0.1 and 1,000,000 (got 0.05)"
    assert set(refused({name: high * 1.5 for name, (_, high) in LIMITS.items()})) == set(told)


def test_ranges_are_looked_at_as_a_whole() -> None:
    told = refused({"air.weather": "0.3..0.7"})
    assert told == {"parameters.air.weather": "must lie between 0.5 and 1 (got 0.3..0.7)"}


def test_values_at_the_limits_are_taken() -> None:
    for end in (0, 1):
        ready = loaded({**BARE, "parameters": {name: limits[end] for name, limits in LIMITS.items()}})
        assert len(ready.scenario.parameters) == len(RULES)


def test_a_parameter_file_is_held_to_them_too() -> None:
    data = load_parameters().model_dump()
    data["rules"]["air.rear_decay"].update(value=0.5, range="0.3..1.2")
    with pytest.raises(ValueError, match=r"air\.rear_decay must lie between 0 and 1"):
        Parameters.model_validate(data)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"luck_cut": {"value": 0.6, "range": "0.6..0.6"}}, r"luck_cut must lie between 0\.0001 and 0\.5"),
        ({"promise": {}}, r"curves must be exactly those .* unknown \['promise'\]"),
    ],
)
def test_so_are_the_numbers_of_which_curves_are_made(change: dict[str, dict[str, float | str]], said: str) -> None:
    data = load_parameters().model_dump()
    for name, values in change.items():
        data["curves"][name] = {**data["curves"]["strain_cap"], **values}
    with pytest.raises(ValueError, match=said):
        Parameters.model_validate(data)


@pytest.mark.slow
@pytest.mark.parametrize("name", RULES)
def test_runs_at_the_limits_end_and_agree(name: str) -> None:
    """Each parameter at either limit: no warning, no law broken, no difference between the engines."""
    for value in LIMITS[name]:
        world = shipped("three_sides", f"parameters.{name}={value}", "days=4")
        assert compare_engines(world, 1, 2).difference is None
