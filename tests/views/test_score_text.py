"""The score as text and as data."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from sim.model.importance import COMPONENTS, Importance
from sim.model.results import Labels
from sim.units import GRID
from sim.views.score_text import reading, score_json, score_table


def example(names: tuple[str, ...] = ("Low", "High", "Mid")) -> tuple[Importance, Labels]:
    """Three places; component c is worth c, 2c and 1.5c tenths of a unit, but cut is 0 everywhere."""
    shares = np.array([[0.05 * c, 0.1 * c, 0.075 * c] for c in range(len(COMPONENTS))])
    shares[COMPONENTS.index("cut")] = 0
    grid: Any = (shares * GRID).astype(np.int64)
    tau = np.full((9, 9), np.nan)
    tau[2, 1] = tau[1, 2] = -0.25
    score = Importance(
        place_ids=("a", "b", "c"),
        faction_ids=("blue", "red"),
        holder=np.array([0, 1, 1]),
        components=grid,
        by_faction=np.stack([grid, grid], axis=1),
        value=np.array([[1, 2, 3], [6554, 32768, 19661]], np.int64),
        gateway=np.array([[0, 0, 0], [GRID, 0, 0]], np.int64),
        opens_to=np.array([1, -1, 0]),
        rank=np.tile([3.0, 1.0, 2.0], (9, 1)),
        tau=tau,
        weights=np.full(9, 1 / 9),
    )
    labels = Labels(
        place_ids=score.place_ids, place_names=names, faction_ids=score.faction_ids,
        faction_names=("Blue", "Red"), faction_colors=("#000000", "#ffffff"), faction_camp=(0, 1), wing_ids=(),
        input_ids=(), cause_names=(), end_names=(), initial_holder=(0, 1, 1),
    )  # fmt: skip
    return score, labels


def test_places_stand_by_value_to_their_holder() -> None:
    table = score_table(*example())
    lines = table.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["High", "Mid", "Low"]
    assert lines[1].split()[:3] == ["High", "Red", "0.50"]
    assert lines[1].endswith("-")
    assert lines[2].endswith("Blue")
    assert lines[3].endswith("Red")
    assert "-0.25" in table


def test_reading_names_who_leads_and_the_least_agreement() -> None:
    text = reading(*example())
    assert text.startswith("High leads on betweenness, gravity, accessibility, population, ")
    assert "cut" not in text
    assert "betweenness and gravity (tau -0.25)" in text
    score, labels = example()
    flat = Importance(**{**vars(score), "components": np.zeros_like(score.components)})
    assert reading(flat, labels) == "No place leads alone on any component."


def test_names_cannot_move_the_cursor() -> None:
    table = score_table(*example(("حلب", "\x1b[31mred\n", "Харків")))
    assert "\x1b" not in table
    assert "\\x1b[31mred\\n" in table
    assert "حلب" in table


def test_json_is_plain_and_finite() -> None:
    data = json.loads(json.dumps(score_json(*example()), allow_nan=False))
    assert data["places"][0]["opens_to"] == "red"
    assert data["places"][1]["opens_to"] is None
    assert data["places"][0]["gateway_by_faction"] == {"blue": 0.0, "red": 1.0}
    assert data["tau_b"]["gravity"]["betweenness"] == -0.25
    assert data["tau_b"]["cut"]["cut"] is None
    assert set(data["places"][0]["components"]) == set(COMPONENTS)
