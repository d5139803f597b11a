"""Damage to a result folder is noticed, and what is missing is played again."""

import random
from pathlib import Path

import pytest
from stored import a_job, contents, fill, played

from sim.errors import StoreError
from sim.files import store
from sim.files.store import Store


def test_every_flipped_bit_is_noticed(tmp_path, whole):
    chance = random.Random(2)
    folder = played(tmp_path / "run")
    for name, data in whole.items():
        for _ in range(12):
            damaged = bytearray(data)
            damaged[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            (folder / name).write_bytes(damaged)
            with pytest.raises(StoreError, match=Path(name).name):
                Store(folder)
        (folder / name).write_bytes(data)
    Store(folder)


def test_every_truncation_is_noticed(tmp_path, whole):
    folder = played(tmp_path / "run")
    for name, data in whole.items():
        for size in (0, 1, len(data) // 2, len(data) - 1):
            (folder / name).write_bytes(data[:size])
            with pytest.raises(StoreError, match=Path(name).name):
                Store(folder)
        (folder / name).write_bytes(data)


def test_damage_after_opening_is_noticed_when_it_is_read(tmp_path):
    folder = played(tmp_path / "run")
    opened = Store(folder, verify=False)
    victim = sorted((folder / "blocks").glob("runs-*"))[2]
    victim.write_bytes(victim.read_bytes()[:-1] + b"\1")
    with pytest.raises(StoreError, match=f"{victim.name}: is damaged"):
        list(opened.iter_blocks())


def test_a_missing_block_is_noticed_and_played_again(tmp_path, whole):
    folder = played(tmp_path / "run")
    next((folder / "blocks").glob("nested-*")).unlink()
    with pytest.raises(StoreError, match=r"nested-.* is missing; `sim resume"):
        Store(folder)
    with store.resume(folder) as writer:
        fill(writer)
    assert contents(folder) == whole


def test_a_deleted_table_comes_back(tmp_path, whole):
    folder = played(tmp_path / "run")
    (folder / "runs.csv").unlink()
    assert Store(folder).runs == 100
    with store.resume(folder) as writer:
        fill(writer)
    assert contents(folder) == whole


def test_a_block_of_another_job_is_refused(tmp_path):
    one, two = played(tmp_path / "1"), played(tmp_path / "2", a_job(seed=2))
    foreign = sorted((two / "blocks").glob("runs-*"))[0]
    sorted((one / "blocks").glob("runs-*"))[0].unlink()
    (one / "blocks" / foreign.name).write_bytes(foreign.read_bytes())
    with pytest.raises(StoreError, match="is missing"):
        Store(one)
    with store.resume(one) as writer, pytest.raises(StoreError, match="belongs to another job"):
        fill(writer)
