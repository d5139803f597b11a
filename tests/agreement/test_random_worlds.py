"""Three hundred random wars with every mechanism, played by both engines: the same histories, event by event.

The laws of the model are held against the reference's state after every event, and its log is folded back.
"""

from __future__ import annotations

import pytest
from agreement_support import CHUNKS, RUNS, WORLDS, Board, batch_size

from sim.model import kinds

OFTEN = 200


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_engines_agree(board: Board, chunk: int) -> None:
    tally = board.tally(chunk)
    assert not tally.differences, "\n".join(tally.differences)
    assert tally.worlds == WORLDS // CHUNKS


def test_everything_happens_often(board: Board) -> None:
    whole = board.whole()
    assert not whole.differences
    assert whole.worlds == WORLDS
    named = set(kinds.ROW_NAMES.values()) - set(kinds.EVENT_NAMES)
    named = named - {"phase"} | {f"phase {name}" for name in kinds.PHASE_NAMES}
    rare = {
        name: count
        for what, names in (
            (whole.kinds, set(kinds.EVENT_NAMES)),
            (whole.causes, set(kinds.CAUSES)),
            (whole.rows, named),
        )
        for name in names
        if (count := what[name]) < OFTEN
    }
    assert not rare, f"of {whole.events:,} events in {whole.runs:,} runs, too few were {rare}"


def test_the_worlds_are_of_every_size(board: Board) -> None:
    whole = board.whole()
    assert {"2", "3", "63", "64", "65", "127", "128", "129"} <= set(whole.sizes)
    assert all(whole.camps[str(camps)] >= 15 for camps in (2, 3, 4, 5))
    assert {batch_size(seed) for seed in range(WORLDS)} == set(RUNS) == {1, 7, 1024}


def test_a_fifth_of_the_events_tie_in_coarse_worlds(board: Board) -> None:
    whole = board.whole()
    assert whole.coarse_events > whole.events / 10
    assert whole.coarse_ties > 0.2 * whole.coarse_events
