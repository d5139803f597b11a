"""The shipped scenarios give what they gave: a change of numbers at the same seed must be wanted.

When it is, run `python tests/golden/test_golden.py` to write the new values, and mark the change [RESULTS] in the
changelog in the same commit.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.files import load, shipped
from sim.study import experiment

HERE = Path(__file__).parent / "golden.json"
RUNS = 200
NAMES = sorted(path.stem for path in shipped())


def played(name: str) -> dict[str, Any]:
    """What is kept of a scenario: the hash of all rows of a small job, and a few figures a reader can judge."""
    ensemble = experiment.run(load(name), runs=RUNS, seed=1, nested=False)
    block = ensemble.block
    return {
        "row_hash": ensemble.row_hash(),
        "events": int(block.events.sum()),
        "changes": int(block.change.shape[1]),
        "dead": int(block.people[3].sum()),
    }


@pytest.mark.parametrize("name", NAMES)
def test_same_numbers_at_the_same_seed(name: str) -> None:
    kept = json.loads(HERE.read_text(encoding="utf-8"))
    assert played(name) == kept[name], "numbers changed: see the head of this file"


if __name__ == "__main__":
    HERE.write_text(json.dumps({name: played(name) for name in NAMES}, indent=1) + "\n", encoding="utf-8")
