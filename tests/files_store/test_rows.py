"""The canonical row hash and the encoding of blocks."""

import itertools
from dataclasses import replace

import fake_engine as fake
import numpy as np
import pytest

from sim.errors import StoreError
from sim.files.blocks import decode, encode, faults
from sim.files.job import NESTED_FIRST, Job, Span
from sim.files.rows import row_hash
from sim.model.results import TABLES, concatenate

KEY = "ab" * 32
PINNED = "ff6dd3babfe3bc68f78d5bb193ce8e7d3383f3fd24afd1cc48761f2626e2269f"


def block(first=0, stop=60, seed=1):
    runs = np.arange(first, stop)
    return fake.play(fake.World(), seed, runs, runs)


@pytest.mark.parametrize("cuts", [[0, 60], [0, 1, 60], [0, 7, 14, 59, 60], list(range(61))])
def test_hash_is_the_same_however_runs_are_cut(cuts):
    pieces = [block(first, stop) for first, stop in itertools.pairwise(cuts)]
    assert row_hash(pieces) == row_hash([block()])


def test_hash_is_what_it_always_was():
    # Pinned: another value means that the definition changed, and with it every published hash.
    assert row_hash([block(0, 5)]) == PINNED


def test_hash_of_the_first_runs_is_that_of_the_shorter_job():
    assert row_hash([block(0, 30)]) != row_hash([block()])
    assert row_hash([block(0, 30)]) == row_hash([block(0, 20), block(20, 30)])


@pytest.mark.parametrize("name", TABLES)
def test_hash_sees_every_table(name):
    original = block()
    array = getattr(original, name).copy()
    if name == "run":
        changed = replace(block(0, 59), run=np.append(np.arange(58), 59))
        assert row_hash([changed]) != row_hash([block(0, 59)])
        return
    where = (5, 3) if name == "change" else (*(0,) * (array.ndim - 1), 17)
    # The last bit of one number.
    array[where] = np.nextafter(array[where], 2.0) if name == "inputs" else array[where] ^ 1
    assert row_hash([replace(original, **{name: array})]) != row_hash([original])


def test_hash_tells_a_change_moved_to_the_next_run():
    original = block()
    change = original.change.copy()
    run = change[0]
    edge = np.flatnonzero((run[1:] != run[:-1]) & (run[1:] > run[:-1] + 1))[0]
    change[0, edge] += 1
    assert row_hash([replace(original, change=change)]) != row_hash([original])


def test_blocks_must_come_in_order():
    with pytest.raises(AssertionError, match="order"):
        row_hash([block(30, 60), block(0, 30)])


def test_block_survives_encoding_bit_for_bit():
    original = block(NESTED_FIRST, NESTED_FIRST + 50)
    again = decode(encode(original, KEY), KEY, "x")
    for name in TABLES:
        assert np.array_equal(getattr(again, name), getattr(original, name)), name
        assert getattr(again, name).dtype == getattr(original, name).dtype, name
    assert encode(again, KEY) == encode(original, KEY)


def test_block_of_another_job_is_refused():
    with pytest.raises(StoreError, match="somewhere: belongs to another job"):
        decode(encode(block(), KEY), "cd" * 32, "somewhere")


def test_bytes_that_are_no_block_are_refused():
    for data in (b"", b"hello", encode(block(), KEY)[:-30]):
        with pytest.raises(StoreError, match="somewhere: is not a block of runs"):
            decode(data, KEY, "somewhere")


def test_pickles_are_never_read(tmp_path):
    np.savez(tmp_path / "evil.npz", run=np.array([{"a": 1}], dtype=object))
    with pytest.raises(StoreError, match="is not a block"):
        decode((tmp_path / "evil.npz").read_bytes(), KEY, "evil")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda b: replace(b, people=b.people[:, :1]), "people must have shape"),
        (lambda b: replace(b, run=b.run + 1), "must hold the runs 0 to 59"),
        (lambda b: replace(b, change=b.change[:, ::-1]), "ordered by run, tick and place"),
        (lambda b: replace(b, change=np.vstack([b.change[:1] + 60, b.change[1:]])), "runs it does not hold"),
    ],
)
def test_faulty_blocks_are_told(change, message):
    assert faults(block(), Span(0, 60), fake.LABELS) == ""
    assert message in faults(change(block()), Span(0, 60), fake.LABELS)


def job(**options):
    defaults = {
        "scenario_json": "{}", "parameters_json": "{}", "seed": 1, "runs": 100, "engine": "fake", "version": "1",
        "block": 30,
    }  # fmt: skip
    return Job(**{**defaults, **options})


def test_missing_runs_are_cut_as_they_always_are():
    assert job().missing([]) == [(0, 30), (30, 60), (60, 90), (90, 100)]
    assert job().missing([Span(30, 60), Span(90, 95)]) == [(0, 30), (60, 90), (95, 100)]
    assert job().missing([Span(0, 45)]) == [(45, 60), (60, 90), (90, 100)]
    assert job().missing([Span(0, 100)]) == []
    assert job(runs=20).missing([Span(0, 100)]) == []


def test_nested_runs_share_draws_and_have_ids_of_their_own():
    nested = job(draws=3, replicates=20)
    first = NESTED_FIRST
    assert nested.missing([Span(0, 100)]) == [(first, first + 30), (first + 30, first + 60)]
    runs = np.array([0, 7, first, first + 19, first + 20, first + 59])
    assert nested.draws_of(runs).tolist() == [0, 7, first, first, first + 1, first + 2]
    assert nested.total == 160


def test_the_key_knows_what_decides_a_run_and_nothing_else():
    assert job().key == job(runs=7, block=1, engine="other", draws=5, scenario_json="{ }").key
    for other in (
        job(seed=2), job(middle=True), job(replicates=3), job(version="2"),
        job(scenario_json='{"a": 1}'), job(parameters_json='{"a": 1}'),
    ):  # fmt: skip
        assert other.key != job().key


def test_concatenate_keeps_the_hash():
    shuffled = concatenate([block(40, 60), block(0, 10), block(10, 40)])
    assert row_hash([shuffled]) == row_hash([block()])
