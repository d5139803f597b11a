"""Jobs: the same results however they are played; workers that die, signals, refusals."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fake_engine as fake
import pytest
from study_support import LOADED

from sim.errors import SimError, StoreError, UsageError
from sim.files.rows import row_hash
from sim.files.store import Store
from sim.study import experiment, limits
from sim.study.experiment import resume, run

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@pytest.fixture(scope="module")
def hashes():
    """Row hashes of the job that all layouts must reproduce."""
    whole = run(LOADED, runs=600, engine=fake.FAKE, nested=(4, 25), block=600)
    return whole.row_hash(), row_hash(whole.iter_nested())


@pytest.mark.parametrize(
    ("workers", "block", "out", "executor"),
    [(1, 1, False, None), (1, 10, True, None), (1, 1000, False, None), (2, 50, True, None), (2, 250, False, None),
     (1, 64, True, ThreadPoolExecutor), (7, 100, False, ThreadPoolExecutor)],
)  # fmt: skip
def test_layout_does_not_matter(tmp_path, hashes, workers, block, out, executor):
    pool = executor(3) if executor else None
    got = run(
        LOADED, runs=600, engine=fake.FAKE, nested=(4, 25), workers=workers, block=block,
        out=tmp_path / "run" if out else None, executor=pool,
    )  # fmt: skip
    if pool:
        pool.shutdown()
    assert (got.row_hash(), row_hash(got.iter_nested())) == hashes
    assert got.runs == 600
    assert got.results.nested.runs == 100


def test_the_first_runs_are_the_shorter_job(tmp_path):
    long = run(LOADED, runs=600, engine=fake.FAKE, nested=False, out=tmp_path / "run", block=100)
    short = run(LOADED, runs=200, engine=fake.FAKE, nested=False)
    assert row_hash(list(long.iter_blocks())[:2]) == short.row_hash()
    assert run(LOADED, runs=200, seed=2, engine=fake.FAKE, nested=False).row_hash() != short.row_hash()


@pytest.mark.parametrize(("runs", "draws"), [(10, 0), (399, 0), (400, 8), (1_000, 20), (5_000, 40)])
def test_nested_runs_never_outnumber_runs(runs, draws):
    nested = run(LOADED, runs=runs, engine=fake.FAKE).nested
    assert (nested.runs if nested else 0) == draws * 50
    if nested:
        assert len(set(nested.draw.tolist())) == draws
        # Runs of one draw have the same inputs, and not the same history.
        assert len(set(nested.inputs[0, :50].tolist())) == 1
        assert len(set(nested.people[3, 1, :50].tolist())) > 10


def test_middle_plays_no_nested_runs():
    assert run(LOADED, runs=1_000, engine=fake.FAKE, middle=True).nested is None


def test_a_killed_worker_is_replaced_and_nothing_is_lost(tmp_path, monkeypatch, hashes):
    monkeypatch.setenv("FAKE_MARK", str(tmp_path / "killed"))
    engine = dataclasses.replace(fake.FAKE, play=fake.play_once_killed)
    got = run(LOADED, runs=600, engine=engine, nested=(4, 25), workers=2, block=50)
    assert (tmp_path / "killed").exists()
    assert (got.row_hash(), row_hash(got.iter_nested())) == hashes


def test_workers_that_always_die_are_given_up(tmp_path):
    engine = dataclasses.replace(fake.FAKE, play=fake.play_always_killed)
    with pytest.raises(SimError, match="worker processes keep dying while they play runs 200 to 399"):
        run(LOADED, runs=400, engine=engine, nested=False, workers=2, block=200, out=tmp_path / "run")
    assert Store(tmp_path / "run", partial=True).runs == 200


@pytest.mark.parametrize("workers", [1, 2])
def test_a_bug_in_an_engine_is_told_and_finished_blocks_are_kept(tmp_path, workers):
    engine = dataclasses.replace(fake.FAKE, play=fake.play_badly)
    with pytest.raises(ValueError, match="something odd"):
        run(LOADED, runs=300, engine=engine, nested=False, workers=workers, block=100, out=tmp_path / "run")
    seen = []
    whole = resume(tmp_path / "run", engine=fake.FAKE, progress=lambda done, total: seen.append((done, total)))
    assert whole.row_hash() == run(LOADED, runs=300, engine=fake.FAKE, nested=False).row_hash()
    assert seen[0][0] >= (200 if workers == 1 else 0)
    assert seen[-1] == (300, 300)


SCRIPT = """
import sys
sys.path[:0] = {paths!r}
import fake_engine as fake
from dataclasses import replace
from study_support import LOADED
from sim.errors import Interrupted
from sim.study.experiment import run
slow = replace(fake.FAKE, play=fake.play_slowly)
try:
    print(run(LOADED, runs={runs}, engine=slow, nested=False, workers={workers}, block=10, out={out!r},
              progress=lambda done, total: print(done, flush=True)).row_hash())
except Interrupted as stopped:
    print(stopped)
    sys.exit(stopped.exit_code)
"""


def start(tmp_path, workers, runs=100_000, out=True):
    """A script with no `if __name__ == "__main__"`, as users write them; its workers carry a mark."""
    code = SCRIPT.format(
        paths=[str(HERE), str(ROOT)], runs=runs, workers=workers, out=str(tmp_path / "run") if out else None
    )
    (tmp_path / "script.py").write_text(code)
    return subprocess.Popen(
        [sys.executable, str(tmp_path / "script.py")], text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env={**os.environ, "FAMILY": str(tmp_path)},
    )  # fmt: skip


def family(tmp_path):
    """Processes that the script started and that still live."""
    mark = f"FAMILY={tmp_path}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(process.name)
        except OSError:
            continue
    return found


def wait_for_the_end_of(tmp_path, within_s=5.0):
    end = time.monotonic() + within_s
    while family(tmp_path) and time.monotonic() < end:
        time.sleep(0.02)
    return family(tmp_path)


linux = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")


@linux
@pytest.mark.parametrize(
    ("signal_number", "code", "workers"), [(signal.SIGINT, 130, 2), (signal.SIGTERM, 143, 2), (signal.SIGTERM, 143, 1)]
)
def test_interrupted_jobs_say_how_to_go_on_and_leave_no_process(tmp_path, signal_number, code, workers):
    player = start(tmp_path, workers)
    while int(player.stdout.readline()) < 30:
        pass
    assert len(family(tmp_path)) > workers - 1
    player.send_signal(signal_number)
    out, err = player.communicate(timeout=20)
    assert player.returncode == code, err
    assert err == ""
    last = out.splitlines()[-1]
    folder = tmp_path / "run"
    assert last.startswith("interrupted; ")
    assert last.endswith(f"of 100,000 runs are kept in {folder}; `sim resume {folder}` plays the rest")
    assert wait_for_the_end_of(tmp_path) == []
    assert len(list((folder / "blocks").glob("runs-*"))) >= 3


@linux
def test_workers_end_with_a_killed_parent(tmp_path):
    player = start(tmp_path, 2)
    while int(player.stdout.readline()) < 30:
        pass
    assert len(family(tmp_path)) >= 3
    player.kill()
    player.communicate()
    assert wait_for_the_end_of(tmp_path) == []


def test_scripts_need_no_main_guard(tmp_path):
    player = start(tmp_path, 2, runs=60, out=False)
    out, err = player.communicate(timeout=30)
    assert err == ""
    assert out.splitlines()[-1] == run(LOADED, runs=60, engine=fake.FAKE, nested=False).row_hash()


def test_interrupted_without_a_folder_keeps_nothing_and_says_so():
    def stop(done, total):
        if done >= 20:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt, match=r"interrupted after 20 of 100 runs; nothing is kept") as caught:
        run(LOADED, runs=100, engine=fake.FAKE, block=10, progress=stop)
    assert caught.value.exit_code == 130


def test_the_handler_of_sigterm_is_given_back():
    before = signal.getsignal(signal.SIGTERM)
    run(LOADED, runs=10, engine=fake.FAKE)
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"runs": 0}, r"runs must be from 1 to 1,073,741,824 \(got 0\)"),
        ({"runs": 1 << 31}, "runs must be"),
        ({"seed": -1}, "seed must be from 0"),
        ({"seed": 1 << 64}, r"seed must be from 0 to 18,446,744,073,709,551,615 \(got 18,446,744,073,709,551,616\)"),
        ({"workers": 0}, "workers must be from 1"),
        ({"block": 0}, "block must be"),
        ({"engine": "fast"}, r"engine must be auto, reference or batch \(got 'fast'\)"),
        ({"nested": (5, 1)}, "nested must be"),
    ],
)
def test_what_cannot_be_asked(options, message):
    with pytest.raises(UsageError, match=message):
        run(LOADED, **{"runs": 10, "engine": fake.FAKE, **options})


def test_the_impossible_is_refused_with_an_estimate(tmp_path, monkeypatch):
    with pytest.raises(
        UsageError, match=r"1,000,000,000 runs need about [\d,.]+ GB of memory, and .* are free: give a"
    ):
        run(LOADED, runs=1_000_000_000, engine=fake.FAKE, nested=False)
    monkeypatch.setattr(limits.shutil, "disk_usage", lambda path: _Usage)
    with pytest.raises(UsageError, match=r"need at least .* of disk; 1\.0 MB are free at"):
        run(LOADED, runs=100_000, engine=fake.FAKE, out=tmp_path / "new" / "run")
    assert not (tmp_path / "new").exists()


def test_what_is_no_disk_is_not_said_to_be_full(tmp_path, monkeypatch):
    monkeypatch.setattr(_Usage, "total", 0)
    monkeypatch.setattr(limits.shutil, "disk_usage", lambda path: _Usage)
    assert run(LOADED, runs=100_000, engine=fake.FAKE, out=tmp_path / "run", nested=False).runs == 100_000


class _Usage:
    total, free = 1 << 40, 1_000_000


def test_the_estimate_of_memory_is_of_the_right_size():
    block = run(LOADED, runs=1_000, engine=fake.FAKE, nested=False).block
    true = sum(getattr(block, name).nbytes for name in vars(block)) / 1_000
    assert true <= limits.bytes_per_run(fake.LABELS, fake.DAYS) <= 3 * true


def test_resuming_asks_for_the_same_version(tmp_path, monkeypatch):
    run(LOADED, runs=10, engine=fake.FAKE, out=tmp_path / "run")
    monkeypatch.setattr(experiment, "version", lambda: "99")
    with pytest.raises(UsageError, match="and this is 99: results may differ"):
        resume(tmp_path / "run", engine=fake.FAKE)
    with pytest.raises(StoreError, match="another version"):
        run(LOADED, runs=10, engine=fake.FAKE, out=tmp_path / "run")


def test_resuming_is_held_to_the_same_bounds(tmp_path):
    with pytest.raises(UsageError, match=r"workers must be from 1 to 4,096 \(got 5,000\)"):
        resume(tmp_path, workers=5_000)


def test_provenance_says_what_was_asked():
    about = run(LOADED, runs=10, seed=7, engine=fake.FAKE).provenance
    assert (about.scenario, about.title, about.seed, about.engine) == ("fake", "A made-up drive south", 7, "fake")
    assert about.horizon == fake.World.horizon
    assert len(about.scenario_hash) == len(about.parameters_hash) == 64
