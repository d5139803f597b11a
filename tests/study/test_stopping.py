"""Jobs that are ended from outside: what was played is kept, nothing is half there, and they can be gone on with."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fake_engine as fake
import pytest
from study_support import LOADED

from sim import load
from sim.errors import StoreError
from sim.files import disk
from sim.files.job import Span
from sim.files.store import Store
from sim.study.crew import Crew
from sim.study.experiment import resume, run
from sim.study.stopping import asking_first

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "files" / "small.yaml"
SPANS = [Span(first, first + 10) for first in range(0, 100, 10)]

posix = pytest.mark.skipif(os.name == "nt", reason="signals and limits of this kind are not there")


def blocks(folder):
    """The names of the block files of a job."""
    return sorted(path.name for path in (folder / "blocks").glob("runs-*"))


def wait_until(true, process, within_s=30.0):
    """Wait for something to become true while a process lives."""
    end = time.monotonic() + within_s
    while not true():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor])
def test_who_is_asked_to_stop_begins_nothing_more(executor):
    kept = []
    with ThreadPoolExecutor(1) if executor else threading.Lock() as pool:
        crew = Crew(1, pool if executor else None, stop=lambda: len(kept) >= 2)
        with crew, pytest.raises(KeyboardInterrupt):
            crew.play(lambda span: time.sleep(0.01) or span.first, SPANS, lambda span, made: kept.append(made))
    assert kept == sorted(kept)
    assert 2 <= len(kept) <= 4, "an executor of one has at most two at hand"


def test_who_is_asked_too_late_has_finished():
    kept = []
    with Crew(1, stop=lambda: len(kept) == len(SPANS)) as crew:
        crew.play(lambda span: span.first, SPANS, lambda span, made: kept.append(made))
    assert len(kept) == len(SPANS)


GATED = """
import sys
sys.path[:0] = {paths!r}
import threading
import fake_engine as fake
from dataclasses import replace
from study_support import LOADED
from sim.errors import Interrupted
from sim.study.experiment import run
from sim.study.stopping import asking_first

asked = threading.Event()
def ask():
    asked.set()
    print("asked", flush=True)

try:
    with asking_first(ask):
        run(LOADED, runs=100, engine=replace(fake.FAKE, play=fake.play_when_let), nested=False, workers={workers},
            block=10, out={out!r}, stop=asked.is_set)
except Interrupted as stopped:
    print(stopped)
    sys.exit(stopped.exit_code)
"""


@posix
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("patient", [True, False])
def test_the_first_interrupt_waits_for_what_is_played_and_the_second_does_not(tmp_path, workers, patient):
    gate, folder = tmp_path / "gate", tmp_path / "run"
    gate.mkdir()
    (gate / "let-0").touch()
    (gate / "let-10").touch()
    code = GATED.format(paths=[str(ROOT / "tests" / "study"), str(ROOT)], workers=workers, out=str(folder))
    player = subprocess.Popen(
        [sys.executable, "-c", code], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "FAKE_GATE": str(gate)},
    )  # fmt: skip
    at_hand = [20, 30][:workers]
    wait_until(lambda: all((gate / f"begun-{first}").exists() for first in at_hand), player)
    wait_until(lambda: len(blocks(folder)) == 2, player)
    player.send_signal(signal.SIGINT)
    assert player.stdout.readline() == "asked\n"
    if patient:
        for first in range(20, 100, 10):
            (gate / f"let-{first}").touch()
    else:
        player.send_signal(signal.SIGINT)
    out, err = player.communicate(timeout=20)
    assert (player.returncode, err) == (130, "")
    runs = 20 + 10 * workers * patient
    assert out == f"interrupted; {runs} of 100 runs are kept in {folder}; `sim resume {folder}` plays the rest\n"
    assert len(blocks(folder)) == runs / 10
    assert not (gate / "begun-40").exists()
    whole = resume(folder, engine=fake.FAKE)
    assert whole.row_hash() == run(LOADED, runs=100, engine=fake.FAKE, nested=False).row_hash()


def test_ctrl_c_that_is_not_for_us_is_left_alone():
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with asking_first(pytest.fail):
            os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_is_given_back():
    asked = []
    with asking_first(lambda: asked.append(1)):
        os.kill(os.getpid(), signal.SIGINT)
        assert asked == [1]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with asking_first(pytest.fail):
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def play_small(folder, workers=1, **options):
    """`sim run` of the small scenario by the reference engine, whose blocks are 64 runs, as a process."""
    return subprocess.Popen(
        [sys.executable, "-m", "sim", "run", str(SMALL), "--engine", "reference", "--runs", "640", "--no-nested",
         "--workers", str(workers), "--out", str(folder)],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, **options,
    )  # fmt: skip


def played_on(folder):
    """The row hash of a job after `sim resume`."""
    done = subprocess.run(
        [sys.executable, "-m", "sim", "resume", str(folder)], text=True, capture_output=True, cwd=ROOT, check=True
    )
    assert "640 runs" in done.stdout
    return Store(folder).manifest.rows_sha256


@pytest.fixture(scope="module")
def uninterrupted():
    """The row hash of the small job, from the other engine: the same runs."""
    return run(load(SMALL), runs=640, nested=False).row_hash()


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_the_command_keeps_what_was_played(tmp_path, uninterrupted, number, code):
    folder = tmp_path / "run"
    player = play_small(folder)
    wait_until(lambda: len(blocks(folder)) >= 2, player)
    player.send_signal(number)
    out, err = player.communicate(timeout=30)
    assert (player.returncode, out) == (code, "")
    kept = Store(folder, partial=True).runs
    assert 128 <= kept < 640
    if number != signal.SIGKILL:
        last = f"sim: interrupted; {kept} of 640 runs are kept in {folder}; `sim resume {folder}` plays the rest"
        assert err.splitlines()[-1] == last
        assert len(list((folder / "blocks").iterdir())) == kept / 64, "and nothing else is left"
    assert played_on(folder) == uninterrupted


@posix
def test_who_is_killed_leaves_no_remark_of_python(tmp_path):
    """About semaphores that it cleans up itself."""
    folder = tmp_path / "run"
    player = play_small(folder, workers=2)
    wait_until(lambda: blocks(folder), player)
    player.kill()
    said = player.communicate(timeout=30)[1]
    assert all(" runs  " in line for line in said.splitlines()), said


@posix
def test_the_command_tells_of_a_full_disk(tmp_path, uninterrupted):
    """The system itself refuses to write on: a limit on the size of a file, which only the table of runs exceeds."""
    import resource

    folder = tmp_path / "run"
    player = play_small(folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)))
    out, err = player.communicate(timeout=60)
    assert (player.returncode, out) == (3, "")
    assert err.splitlines()[-1] == (
        f"sim: could not write {folder}/runs.csv: the file would be larger than is allowed here; "
        f"640 of 640 runs are kept in {folder}; `sim resume {folder}` writes the tables"
    )
    assert sorted(path.name for path in folder.iterdir()) == [disk.LOCK, "blocks", "manifest.json"]
    assert Store(folder, partial=True).runs == 640
    assert played_on(folder) == uninterrupted
    assert (folder / "runs.csv").stat().st_size > 400_000


class SmallDisk:
    """The `os` module on a disk with so much room, which only grows fuller."""

    def __init__(self, room):
        self.room = room

    def __getattr__(self, name):
        return getattr(os, name)

    def write(self, descriptor, data):
        written = os.write(descriptor, data[: max(self.room, 0)])
        self.room -= written
        if not written:
            raise OSError(errno.ENOSPC, "no space")
        return written


def test_a_full_disk_keeps_whole_blocks_only(tmp_path, monkeypatch):
    options = {"runs": 300, "engine": fake.FAKE, "nested": False, "block": 100}
    whole = run(LOADED, **options, out=tmp_path / "whole")
    sizes = [path.stat().st_size for path in sorted((tmp_path / "whole" / "blocks").iterdir())]
    folder = tmp_path / "run"
    small = SmallDisk(1_000_000)

    def fill_up(done, total):
        if not done:
            small.room = sizes[0] + sizes[1] + sizes[2] // 2

    with monkeypatch.context() as patch:
        patch.setattr(disk, "os", small)
        with pytest.raises(StoreError) as caught:
            run(LOADED, **options, out=folder, progress=fill_up)
    assert "blocks/runs-0000000200-0000000300-" in str(caught.value)
    assert str(caught.value).endswith(
        f"the disk is full; 200 of 300 runs are kept in {folder}; `sim resume {folder}` plays the rest"
    )
    assert len(list((folder / "blocks").iterdir())) == 2
    assert Store(folder, partial=True).runs == 200
    assert resume(folder, engine=fake.FAKE).row_hash() == whole.row_hash()


def test_a_damaged_block_is_told_without_praise_of_what_is_kept(tmp_path):
    folder = tmp_path / "run"
    run(LOADED, runs=100, engine=fake.FAKE, nested=False, block=50, out=folder)
    (folder / "runs.csv").unlink()
    first = folder / "blocks" / blocks(folder)[0]
    first.write_bytes(first.read_bytes()[:-1] + b"\1")
    with pytest.raises(StoreError, match="is damaged") as caught:
        resume(folder, engine=fake.FAKE)
    assert "are kept" not in str(caught.value)


def test_a_block_that_is_there_is_counted_whenever_the_end_comes(tmp_path, monkeypatch):
    # Seen: SIGTERM between the renaming of a block and the note of it; the message told of one block less.
    def interrupt(folder):
        if len(blocks(folder.parent)) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(disk, "sync_folder", interrupt)
    with pytest.raises(KeyboardInterrupt, match="interrupted; 20 of 100 runs are kept"):
        run(LOADED, runs=100, engine=fake.FAKE, nested=False, block=10, out=tmp_path / "run")
