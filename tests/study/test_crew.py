"""Who plays: the same files whoever makes them, workers that die, never much in memory."""

import functools
import hashlib
import os
import signal
from concurrent.futures import Future

import fake_engine as fake
import pytest
from study_support import LOADED

from sim.files import disk
from sim.study import crew, workers
from sim.study.crew import Crew
from sim.study.experiment import resume, run


def files(folder):
    """Name and content of all files of a job."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != disk.LOCK)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A job played by one process."""
    folder = tmp_path_factory.mktemp("alone") / "run"
    run(LOADED, runs=600, engine=fake.FAKE, nested=(4, 25), block=70, out=folder)
    return files(folder)


def test_two_workers_write_the_same_files(tmp_path, alone):
    run(LOADED, runs=600, engine=fake.FAKE, nested=(4, 25), block=70, workers=2, out=tmp_path / "run")
    assert files(tmp_path / "run") == alone


def test_two_workers_write_the_same_tables_again(tmp_path, alone):
    folder = tmp_path / "run"
    run(LOADED, runs=600, engine=fake.FAKE, nested=(4, 25), block=70, out=folder)
    (folder / "runs.csv").unlink()
    resume(folder, engine=fake.FAKE, workers=2)
    assert files(folder) == alone


def test_tables_are_what_they_always_were(tmp_path, alone):
    # Pinned: another value means that files which people keep have changed.
    pinned = {
        "runs.csv": "fc7da6e4ed6fa15bb2bc6d791087859ba72e5bbe98a206c5b2858b84dda81e5b",
        "changes.csv": "2d605a5e7ad14772bedbf77800760bff16542716b4f965f4c5c3d2a07a45c9a4",
    }
    assert {name: hashlib.sha256(alone[name]).hexdigest() for name in pinned} == pinned
    run(LOADED, runs=600, engine=fake.FAKE, nested=False, block=600, out=tmp_path / "run")
    assert {name: files(tmp_path / "run")[name] for name in pinned} == {name: alone[name] for name in pinned}


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_spread_comes_in_order(workers):
    with Crew(workers) as some:
        assert list(some.spread(fake.double, range(20))) == list(range(0, 40, 2))
        assert list(some.spread(fake.double, [])) == []


def test_what_workers_leave_undone_when_they_die_is_made_here():
    with Crew(2) as some:
        assert list(some.spread(fake.double_but_die_in_workers, range(10))) == list(range(0, 20, 2))
        assert list(some.spread(fake.double, range(10))) == list(range(0, 20, 2)), "new workers are hired"


def test_a_task_that_fails_is_told():
    with pytest.raises(ZeroDivisionError), Crew(2) as some:
        list(some.spread(functools.partial(divmod, 1), range(3)))


def test_only_a_few_are_made_in_advance():
    class Pool:
        begun = 0

        def submit(self, task, item):
            self.begun += 1
            future = Future()
            future.set_result(task(item))
            return future

    pool = Pool()
    for taken, made in enumerate(crew._ahead(pool, fake.double, range(20), 3)):
        assert made == 2 * taken
        assert pool.begun == min(20, taken + 3)
    assert taken == 19


@pytest.mark.skipif(os.name == "nt", reason="only POSIX hands on what is ignored")
def test_ctrl_c_does_not_reach_workers_that_are_only_starting(monkeypatch):
    # Seen: a traceback of each worker when Ctrl-C came in the first second.
    monkeypatch.setattr(workers, "_begin", fake.begin_as_started)
    before = signal.getsignal(signal.SIGINT)
    pool = workers.LocalPool(1)
    assert pool.submit(fake.sigint_as_started).result() == signal.SIG_IGN
    assert signal.getsignal(signal.SIGINT) is before
    pool.close(now=False)
