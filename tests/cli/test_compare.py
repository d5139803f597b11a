"""`sim compare`: what is compared with what, what was changed, and what is refused before anything is played."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.study import experiment

Sim = Callable[..., tuple[int, str, str]]
QUICK = ("--runs", "40", "--workers", "1")


@pytest.fixture
def folder(sim: Sim, small: Path) -> str:
    """A result folder of the small scenario with another seed."""
    assert sim("run", "x.yaml", "--runs", "30", "--seed", "7", "--workers", "1", "--out", "kept")[0] == 0
    return "kept"


@pytest.fixture
def unplayed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever plays anything fails."""
    monkeypatch.setattr(experiment, "run", lambda *_, **__: pytest.fail("played"))


def told(sim: Sim, *arguments: str) -> dict[str, object]:
    """A comparison as JSON."""
    code, out, err = sim("compare", *arguments, "--json")
    assert code == 0, err
    found: dict[str, object] = json.loads(out)
    return found


def paths(comparison: dict[str, object]) -> list[str]:
    """What was changed."""
    changes = comparison["changes"]
    assert isinstance(changes, list)
    return [change["path"] for change in changes]


def test_one_scenario_and_a_change(sim: Sim, small: Path) -> None:
    found = told(sim, "x.yaml", "--set", "mechanisms.air=false", *QUICK)
    assert (found["first"], found["second"]) == ("x.yaml", "x.yaml with mechanisms.air=false")
    assert found["changes"] == [{"path": "mechanisms.air", "first": "default", "second": "false"}]
    code, out, _ = sim("compare", "x.yaml", "--set", "mechanisms.air=false", *QUICK)
    assert code == 0
    assert "x.yaml (first) and x.yaml with mechanisms.air=false (second), 40 runs paired by run" in out
    assert "What was changed (first → second)\n  mechanisms.air: default → false\n" in out


def test_two_scenarios_are_changed_alike(sim: Sim, small: Path) -> None:
    Path("y.yaml").write_text("extends: x.yaml\nforces: {town-guard: {people: 3000}}\n")
    found = told(sim, "x.yaml", "y.yaml", "--set", "days=3", *QUICK)
    assert (found["first"], found["second"]) == ("x.yaml with days=3", "y.yaml (extends x) with days=3")
    assert paths(found) == ["forces.town-guard.people"]


def test_beside_a_folder_the_scenario_is_changed_and_played_as_the_folder_was(sim: Sim, folder: str) -> None:
    for arguments, sides in (
        ((folder, "x.yaml"), ["kept (small)", "x.yaml with mechanisms.air=false"]),
        (("x.yaml", folder), ["x.yaml with mechanisms.air=false", "kept (small)"]),
    ):
        found = told(sim, *arguments, "--set", "mechanisms.air=false", "--workers", "1")
        assert [found["first"], found["second"]] == sides
        assert found["runs"] == 30
        assert paths(found) == ["mechanisms.air"]
    same = told(sim, folder, "x.yaml", "--workers", "1")
    assert same["changes"] == []
    assert same["same"]["value"] == 1  # type: ignore[index]


def test_a_folder_played_at_the_middle(sim: Sim, small: Path) -> None:
    for name, options in (("plain", ()), ("middle", ("--middle",))):
        assert sim("run", "x.yaml", *QUICK, "--out", name, *options)[0] == 0
    assert told(sim, "middle", "x.yaml", *QUICK)["same"]["value"] == 1  # type: ignore[index]
    code, _, err = sim("compare", "middle", "plain")
    assert (code, "at the middle of its ranges" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x.yaml",), "give a second scenario, or a change with --set"),
        (("x.yaml", "--set", "days=6"), "lengths must be equal for runs to be compared one by one (got 5 days and 6"),
        (("x.yaml", "--set", "start=2031-05-01T07:00+02:00"), "starts must be equal"),
        (("x.yaml", "four_cities", "--set", "days=5", "--set", "start=2031-05-01T06:00+02:00"), "no place in common"),
        (("kept", "--set", "days=6"), "kept is a result folder: name the scenario that --set changes after it"),
        (("kept", "kept", "--set", "days=6"), "--set changes scenarios, and both sides are result folders"),
        (("kept", "x.yaml", "--seed", "8"), "seeds must be equal for runs to be compared one by one (got 7 and 8)"),
        (("kept", "x.yaml", "--set", "days=6"), "lengths must be equal"),
    ],
)
@pytest.mark.usefixtures("folder", "unplayed")
def test_refused_before_anything_is_played(sim: Sim, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = sim("compare", *arguments)
    assert (code, out) == (2, "")
    assert message in err
