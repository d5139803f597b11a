"""The strategic score as drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pictures import draw, drive, words

import sim
from sim.errors import UsageError
from sim.files import load
from sim.model.importance import COMPONENTS
from sim.units import GRID
from sim.views.score import score, score_of


def cells(panel):
    """The numbers behind the colours."""
    (image,) = panel.images
    return np.ma.filled(image.get_array(), np.nan)


def test_every_number_is_that_of_the_score() -> None:
    loaded = load("four_cities")
    importance = sim.score(loaded)
    names = [loaded.scenario.places[place].name or place for place in importance.place_ids]
    ax = score_of(importance, names)
    places, agreement = ax.child_axes
    order = np.argsort(-importance.held_value(), kind="stable")
    assert [text.get_text() for text in places.get_yticklabels()] == [names[p] for p in order]
    shown = cells(places)
    np.testing.assert_allclose(shown[:, 0], importance.held_value()[order] / GRID)
    np.testing.assert_allclose(shown[:, 1:], importance.components[:, order].T / GRID)
    assert [text.get_text() for text in places.get_xticklabels()] == ["value", *COMPONENTS]
    tau = cells(agreement)
    for row in range(1, len(COMPONENTS)):
        for column in range(row):
            drawn, wanted = tau[row - 1, column + 1], importance.tau[row, column]
            assert drawn == wanted or (np.isnan(drawn) and np.isnan(wanted))
    above = tau[:, 1:][np.triu_indices(len(COMPONENTS) - 1, 1)]
    assert np.isnan(above).all()
    p = order[0]
    gateway = COMPONENTS.index("gateway")
    assert f"{importance.components[gateway, p] / GRID:.2f} ({importance.rank[gateway, p]:g})" in words(ax)
    assert "not a target list" in words(ax)
    draw(ax)


def test_only_the_highest_of_many_are_rows() -> None:
    loaded = load("three_sides")
    importance = sim.score(loaded)
    ax = score_of(importance, importance.place_ids, most=10)
    assert cells(ax.child_axes[0]).shape == (10, 10)
    assert f"The 10 of {len(importance.place_ids)} places" in words(ax)


def test_results_are_scored_by_their_own_scenario_and_parameters() -> None:
    loaded = load("four_cities", ["score_weights.population=1"])
    made = drive()
    scored = replace(
        made, scenario_json=loaded.json, parameters_json=loaded.parameters.model_dump_json(by_alias=True),
        labels=replace(made.labels, place_names=tuple(f"N{i}" for i in range(9))),
    )  # fmt: skip
    held = np.sort(sim.score(loaded).held_value())[::-1] / GRID
    np.testing.assert_allclose(cells(score(scored).child_axes[0])[:, 0], held)


def test_a_score_needs_what_it_is_made_from() -> None:
    with pytest.raises(UsageError, match="needs the scenario and parameters"):
        score(drive())
    with pytest.raises(UsageError, match="scenario of this version"):
        score(replace(drive(), parameters_json="{}"))
