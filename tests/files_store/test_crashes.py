"""Whatever stops a job, what was played is kept and going on gives the same bytes; one process writes at a time."""

import errno
import os
import random
import signal
import sys
import time

import pytest
from stored import SMALL, a_job, contents, elsewhere, played

from sim.errors import StoreError
from sim.files import disk, store


class Faulty:
    """The `os` module, in which the n-th call that touches the disk fails."""

    def __init__(self, fail_at, error):
        self.left, self.error = fail_at, error

    def __getattr__(self, name):
        real = getattr(os, name)
        if name not in ("open", "write", "fsync", "replace", "ftruncate"):
            return real

        def call(*arguments):
            self.left -= 1
            if self.left == 0:
                raise self.error
            return real(*arguments)

        return call


class PowerCut(BaseException):
    """Stands for the end of the process: the clean-up that follows must not be needed."""


def attempt(folder):
    """Play into a folder; what went wrong, or nothing."""
    try:
        played(folder, SMALL)
    except StoreError as error:
        return str(error)
    except PowerCut:
        return "power cut"
    return ""


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError(errno.ENOSPC, "no space"), "the disk is full"),
        (PowerCut(), "power cut"),
    ],
)
def test_whatever_call_fails_resuming_gives_the_same_bytes(tmp_path, monkeypatch, error, why):
    whole = contents(played(tmp_path / "whole", SMALL))
    for fail_at in range(1, 200):
        folder = tmp_path / f"{fail_at}"
        faulty = Faulty(fail_at, error)
        with monkeypatch.context() as patch:
            patch.setattr(disk, "os", faulty)
            message = attempt(folder)
        assert message in ("", "power cut") or (str(folder) in message and why in message)
        kept = {name for name in contents(folder) if name.endswith(".npz") and disk.TEMPORARY not in name}
        played(folder, SMALL)
        assert contents(folder) == whole
        assert kept <= set(whole)
        if faulty.left > 0:
            break
    assert 30 < fail_at < 199, "every call was made to fail once"


def test_a_read_only_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "os", Faulty(2, OSError(errno.EROFS, "read-only")))
    assert "run/.lock: the file system is read-only" in attempt(tmp_path / "run")


@pytest.mark.skipif(sys.platform == "win32", reason="no resource limits")
def test_a_full_disk_in_earnest(tmp_path):
    """The system itself refuses to write on: a limit on the size of a file."""
    player = elsewhere(f"""
import resource
from pathlib import Path
import stored as t
from sim.errors import StoreError
resource.setrlimit(resource.RLIMIT_FSIZE, (7000, 7000))
try:
    t.played(Path({str(tmp_path / "run")!r}), t.a_job(block=100))
except StoreError as error:
    print(error)
""")
    out, err = (text.decode() for text in player.communicate())
    assert player.returncode == 0, err
    assert "could not write" in out
    assert "larger than is allowed" in out
    assert contents(played(tmp_path / "run", a_job(block=100)))


PLAYER = """
import time
from pathlib import Path
import stored as t
with t.store.create(Path({folder!r}), t.JOB, t.fake.LABELS, t.PROVENANCE) as writer:
    for span in writer.missing():
        writer.commit(span, t.block_of(t.JOB, span))
        print("block", flush=True)
        time.sleep({pause})
    writer.finish()
"""


def start_player(folder, pause=0.0):
    return elsewhere(PLAYER.format(folder=str(folder), pause=pause))


def test_kill_at_any_instant(tmp_path, whole):
    chance = random.Random(1)
    for trial in range(4):
        folder = tmp_path / f"{trial}"
        player = start_player(folder, pause=0.002)
        for _ in range(1 + trial):
            player.stdout.readline()
        time.sleep(chance.random() * 0.01)
        player.send_signal(signal.SIGKILL)
        player.communicate()
        assert sum(name.endswith(".npz") for name in contents(folder)) >= 1 + trial
        played(folder)
        assert contents(folder) == whole


def test_only_one_process_writes(tmp_path):
    player = start_player(tmp_path / "run", pause=30)
    try:
        player.stdout.readline()
        for attempt in (lambda: played(tmp_path / "run"), lambda: store.resume(tmp_path / "run")):
            with pytest.raises(StoreError, match=f"another process \\({player.pid}\\) is writing here"):
                attempt()
    finally:
        player.kill()
        player.communicate()
    played(tmp_path / "run")  # its lock died with it


def test_the_lock_is_let_go_of_after_a_refusal(tmp_path):
    folder = played(tmp_path / "run")
    for _ in range(2):
        with pytest.raises(StoreError, match="already holds another job"):
            played(folder, a_job(seed=2))
