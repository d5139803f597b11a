"""What every picture of a result asks first: the runs, their scenario, their clock, what to call them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import UsageError
from sim.model.results import Floats, Labels, Provenance, Results
from sim.study.ensemble import Ensemble, as_ensemble
from sim.study.labels import find
from sim.units import GRID
from sim.views.dates import Clock, Mark, clock, observed
from sim.views.style import Side, sides, spell

if TYPE_CHECKING:
    from sim.model.importance import Importance
    from sim.study.control import Control

Runs = Results | Ensemble

STEPS = 180
"""Moments that a curve over time is drawn through."""

CONDITIONAL = "Probabilities are conditional on the inputs."

LARGEST_SCORED = 400
"""With more places than this the strategic score takes too long for choosing what to draw."""


@dataclass
class Subject:
    """The runs to be drawn. Every picture takes results or an ensemble and makes one of these."""

    runs: Ensemble

    @property
    def labels(self) -> Labels:
        """Ids and names in index order."""
        return self.runs.labels

    @cached_property
    def names(self) -> list[str]:
        """Names of the places, ready to be drawn."""
        return [spell(name) for name in self.labels.place_names]

    @cached_property
    def sides(self) -> list[Side]:
        """The look of each faction."""
        return sides(self.labels)

    @cached_property
    def clock(self) -> Clock:
        """The span that was played."""
        return clock(self.runs.provenance.start, self.runs.provenance.horizon)

    @cached_property
    def scenario(self) -> dict[str, Any]:
        """The scenario in its long form; empty when the results came without it."""
        text = self.runs.scenario_json
        found: dict[str, Any] = json.loads(text) if text else {}
        return found

    @cached_property
    def control(self) -> Control:
        """Odds of control at STEPS moments."""
        return self.runs.control(every_h=self.clock.hours / STEPS)

    @cached_property
    def marks(self) -> list[Mark]:
        """What history recorded, of places that are in the results."""
        return [mark for mark in observed(self.scenario, self.clock) if mark.place in self.labels.place_ids]

    @property
    def takers(self) -> dict[str, str] | None:
        """What to call whoever took a place, by id; None of two sides, where it cannot be but the other."""
        if len(self.sides) < 3:
            return None
        return dict(zip(self.labels.faction_ids, (side.name for side in self.sides), strict=True))

    @property
    def count(self) -> str:
        """`2,000 runs, seed 1`: the end of every title."""
        runs = self.runs.runs
        return f"{runs:,} run{'s' if runs != 1 else ''}, seed {self.runs.provenance.seed}"

    @property
    def source(self) -> str:
        """Where the numbers come from, for the foot of a picture."""
        return f"{origin(self.runs.provenance)}, seed {self.runs.provenance.seed}. {CONDITIONAL}"

    def marks_of(self, place: int) -> list[Mark]:
        """What history recorded of one place."""
        return [mark for mark in self.marks if mark.place == self.labels.place_ids[place]]

    def places(self, wanted: Sequence[str] | str | None) -> list[int] | None:
        """Indices of the places with these ids or names; raises UsageError for one that is not there."""
        if wanted is None:
            return None
        asked = [wanted] if isinstance(wanted, str) else wanted
        if not asked:
            raise UsageError("places must name at least one place (got none)")
        return [find(self.labels.place_ids, self.labels.place_names, name, "place") for name in asked]

    def faction(self, wanted: str) -> int:
        """Index of the faction with this id or name; raises UsageError if there is none such."""
        return find(self.labels.faction_ids, self.labels.faction_names, wanted, "faction")

    @cached_property
    def moved(self) -> Floats:
        """For each place, the highest odds, over time, that its first holder does not hold it."""
        initial = np.array(self.labels.initial_holder)
        held = self.control.probability[:, np.arange(initial.size), initial]
        found: Floats = 1 - held.min(axis=0)
        return found

    @cached_property
    def weight(self) -> Floats:
        """How much each place matters, 0 to 1: its strategic value to its holder where it can be scored, else
        a saturating count of its people."""
        if len(self.labels.place_ids) <= LARGEST_SCORED:
            try:
                value: Floats = np.asarray(self.importance.held_value() / GRID, dtype=float)
                return value
            except UsageError:  # results without their scenario, or of a version whose files read otherwise
                pass
        described = self.scenario.get("places", {})
        people = np.array([described.get(p, {}).get("people", 0) for p in self.labels.place_ids], dtype=float)
        weight: Floats = people / (people + 100_000)
        return weight

    @cached_property
    def importance(self) -> Importance:
        """Strategic score of the places; raises UsageError when the results came without their scenario, or with
        one that this version cannot read."""
        from pydantic import ValidationError

        from sim.model.importance import importance
        from sim.model.parameters import Parameters
        from sim.model.scenario import Scenario

        if not (self.scenario and self.runs.parameters_json):
            raise UsageError("a strategic score needs the scenario and parameters of the results (got none)")
        try:
            scenario = Scenario.model_validate_json(self.runs.scenario_json)
            parameters = Parameters.model_validate_json(self.runs.parameters_json)
        except ValidationError as error:
            raise UsageError(
                f"a strategic score needs a scenario of this version (got one of {self.runs.provenance.version}, "
                f"with {error.error_count()} differences)"
            ) from None
        return importance(scenario, parameters)

    def telling(self, most: int, *, least: float = 0.0) -> list[int]:
        """At most so many places, those most likely to change hands and most important (odds times weight),
        among those that change hands in more than `least` of the runs."""
        size = len(self.labels.place_ids)
        interest = self.moved * (0.2 + self.weight)
        order = sorted(range(size), key=lambda p: (-interest[p], -self.weight[p], p))
        return [p for p in order if self.moved[p] > least][:most]


def origin(about: Provenance) -> str:
    """What was played, by whom."""
    return (
        f"Scenario {spell(about.scenario)} ({about.scenario_hash[:8]}), parameters {about.parameters_hash[:8]}, "
        f"engine {about.engine} {about.version}"
    )


def subject(runs: Runs) -> Subject:
    """The runs as a Subject; raises UsageError if there are none."""
    made = Subject(as_ensemble(runs))
    if made.runs.runs < 1:
        raise UsageError("there must be at least one run to draw (got 0)")
    return made
