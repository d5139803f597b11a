"""What was asked for: a job is a scenario, parameters, a seed and a number of runs.

Run ids are 0 to runs-1. The nested design, in which several runs share one draw of the uncertain inputs,
has ids of its own from `NESTED_FIRST`, so that more runs or no nested design change nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from sim.model.results import Ints

NESTED_FIRST = 1 << 30
"""First run id of the nested design, and so the largest number of runs of a job."""


class Span(NamedTuple):
    """The runs first, first + 1, ... up to but not including stop."""

    first: int
    stop: int

    @property
    def runs(self) -> int:
        """How many."""
        return self.stop - self.first

    @property
    def nested(self) -> bool:
        """Whether they belong to the nested design."""
        return self.first >= NESTED_FIRST


@dataclass(frozen=True)
class Job:
    """Everything that decides the results. `draws` x `replicates` is the nested design (0 draws: none);
    `middle` plays every range at its middle."""

    scenario_json: str
    parameters_json: str
    seed: int
    runs: int
    engine: str
    version: str
    block: int
    """Runs per block. Decides how files are cut, never what is in them."""
    draws: int = 0
    replicates: int = 50
    middle: bool = False

    def __post_init__(self) -> None:
        for name in ("scenario_json", "parameters_json"):
            object.__setattr__(self, name, canonical_json(json.loads(getattr(self, name))))

    @cached_property
    def key(self) -> str:
        """SHA-256 of what decides any one run: jobs of one key hold the same runs, as many as each has."""
        return text_hash(
            canonical_json(
                {
                    "scenario": self.scenario,
                    "parameters": json.loads(self.parameters_json),
                    "seed": self.seed,
                    "middle": self.middle,
                    "replicates": self.replicates,
                    "version": self.version,
                }
            )
        )

    @cached_property
    def scenario(self) -> dict[str, Any]:
        """The scenario as plain JSON values."""
        value: dict[str, Any] = json.loads(self.scenario_json)
        return value

    @property
    def spans(self) -> tuple[Span, ...]:
        """The runs wanted: those of the job, then those of the nested design if there is one."""
        own = Span(0, self.runs)
        nested = Span(NESTED_FIRST, NESTED_FIRST + self.draws * self.replicates)
        return (own, nested) if self.draws else (own,)

    @property
    def total(self) -> int:
        """How many runs are to be played, nested ones included."""
        return sum(span.runs for span in self.spans)

    def draws_of(self, runs: Ints) -> Ints:
        """Which draw of the uncertain inputs each run uses: its own, unless it is nested."""
        shared = NESTED_FIRST + (runs - NESTED_FIRST) // self.replicates
        return np.where(runs >= NESTED_FIRST, shared, runs)

    def missing(self, present: Iterable[Span]) -> list[Span]:
        """The runs not yet played, cut at multiples of `block`: a resumed job is cut like any other."""
        gaps: list[Span] = []
        held = sorted(present)
        for wanted in self.spans:
            at = wanted.first
            for span in [*held, Span(wanted.stop, wanted.stop)]:
                if span.stop <= at or span.first > wanted.stop:
                    continue
                while at < min(span.first, wanted.stop):
                    edge = wanted.first + ((at - wanted.first) // self.block + 1) * self.block
                    gaps.append(Span(at, min(edge, span.first, wanted.stop)))
                    at = gaps[-1].stop
                at = max(at, span.stop)
        return gaps


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def text_hash(text: str) -> str:
    """SHA-256 of a text's UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
