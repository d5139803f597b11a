"""The result folder: complete or resumable after any failure, damage noticed, one writer, no mixing of jobs."""

import csv
import errno
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import fake_engine as fake
import numpy as np
import pytest

from sim.errors import StoreError, UsageError
from sim.files import disk, store
from sim.files.job import Job
from sim.files.rows import row_hash
from sim.files.store import Store
from sim.model.results import Labels, Provenance


def a_job(**options):
    defaults = {
        "scenario_json": fake.SCENARIO, "parameters_json": "{}", "seed": 1, "runs": 100, "engine": "fake",
        "version": "1", "block": 30, "draws": 2, "replicates": 20,
    }  # fmt: skip
    return Job(**{**defaults, **options})


JOB = a_job()
SMALL = a_job(runs=10, block=10, draws=1, replicates=5)
PROVENANCE = Provenance(
    "fake", "A made-up drive", "s", "p", "1", "fake", 1, "2024-11-27T00:00:00+02:00", fake.World.horizon
)


def block_of(job, span):
    runs = np.arange(span.first, span.stop)
    return fake.play(fake.World(), job.seed, runs, job.draws_of(runs))


def fill(writer, most=None):
    job = writer.manifest.job
    for number, span in enumerate(writer.missing()):
        if number == most:
            return
        writer.commit(span, block_of(job, span))
    writer.finish()


def played(folder, job=JOB, most=None, **options):
    with store.create(folder, job, fake.LABELS, PROVENANCE, **options) as writer:
        fill(writer, most)
    return folder


def contents(folder):
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.name != disk.LOCK and p.is_file()
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A finished job and what its folder holds."""
    folder = played(tmp_path_factory.mktemp("whole") / "run")
    return contents(folder)


def test_what_was_written_is_read(tmp_path):
    opened = Store(played(tmp_path / "run"))
    assert (opened.runs, opened.labels, opened.provenance, opened.job) == (100, fake.LABELS, PROVENANCE, JOB)
    own, nested = list(opened.iter_blocks()), list(opened.iter_nested())
    assert row_hash(own) == row_hash([block_of(JOB, JOB.spans[0])]) == opened.manifest.rows_sha256
    assert row_hash(nested) == row_hash([block_of(JOB, JOB.spans[1])]) == opened.manifest.nested_sha256
    assert opened.results().block.runs == 100
    assert opened.results().nested.runs == 40


def test_tables_hold_every_run_and_change(tmp_path):
    folder = played(tmp_path / "run")
    block = Store(folder).results().block
    runs = list(csv.DictReader(io.StringIO((folder / "runs.csv").read_text())))
    assert [int(row["run"]) for row in runs] == list(range(100))
    assert [row["holder.mid"] for row in runs] == [fake.LABELS.faction_ids[h] for h in block.final_holder[0]]
    assert [float(row["input.luck"]) for row in runs] == block.inputs[0].tolist()
    changes = list(csv.DictReader(io.StringIO((folder / "changes.csv").read_text())))
    assert len(changes) == block.change.shape[1]
    assert [float(row["hours"]) * 3600 for row in changes] == pytest.approx(block.change[1].tolist())
    assert changes[0]["at"].startswith("2024-11-2")


def test_tables_cannot_inject_formulas():
    from sim.files.tables import _cell

    assert _cell("=1+1") == "'=1+1"
    assert _cell("@x") == "'@x"
    assert _cell('a,"b') == '"a,""b"'
    assert next(csv.reader([_cell('a,"b')])) == ['a,"b']


def test_manifest_says_what_was_played(tmp_path):
    manifest = json.loads((played(tmp_path / "run") / "manifest.json").read_text())
    assert manifest["state"] == "complete"
    assert manifest["job"]["scenario"]["title"] == "A made-up drive south"
    assert len(manifest["result"]["files"]) == 4 + 2 + 2
    assert manifest["labels"]["place_names"] == list(fake.LABELS.place_names)


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


PLAYER = """
import sys
sys.path[:0] = {paths!r}
import time
from pathlib import Path
import test_store as t
with t.store.create(Path({folder!r}), t.JOB, t.fake.LABELS, t.PROVENANCE) as writer:
    for span in writer.missing():
        writer.commit(span, t.block_of(t.JOB, span))
        print("block", flush=True)
        time.sleep({pause})
    writer.finish()
"""


def start_player(folder, pause=0.0):
    here = Path(__file__).parent
    paths = [str(here), str(here.parent / "study"), str(here.parent.parent)]
    code = PLAYER.format(paths=paths, folder=str(folder), pause=pause)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


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


def test_unfinished_jobs_open_only_when_asked(tmp_path):
    folder = played(tmp_path / "run", most=2)
    with pytest.raises(StoreError, match=r"unfinished \(60 of 140 runs\); `sim resume .*run` plays the rest"):
        Store(folder)
    partial = Store(folder, partial=True)
    assert partial.runs == 60
    assert row_hash(partial.iter_blocks()) == row_hash([block_of(JOB, JOB.spans[0]._replace(stop=60))])


def test_a_partial_job_is_its_first_runs_without_a_gap(tmp_path):
    folder = played(tmp_path / "run")
    sorted((folder / "blocks").glob("runs-*"))[1].unlink()
    with store.resume(folder):
        pass  # now the manifest says unfinished
    assert Store(folder, partial=True).runs == 30


def test_more_runs_extend_a_job(tmp_path):
    folder = played(tmp_path / "run")
    before = {name: data for name, data in contents(folder).items() if name.endswith("npz")}
    played(folder, a_job(runs=150, block=64, draws=3))
    assert before.items() <= contents(folder).items()
    fresh = Store(played(tmp_path / "fresh", a_job(runs=150, block=64, draws=3)))
    extended = Store(folder)
    assert extended.runs == 150
    assert extended.manifest.rows_sha256 == fresh.manifest.rows_sha256
    assert extended.manifest.nested_sha256 == fresh.manifest.nested_sha256


def test_fewer_runs_are_refused(tmp_path):
    folder = played(tmp_path / "run")
    with pytest.raises(UsageError, match=r"at least the 100 it holds \(got 50\)"):
        played(folder, a_job(runs=50))


def test_playing_the_same_job_again_changes_nothing(tmp_path, whole):
    folder = played(tmp_path / "run")
    stamps = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file() and p.name != disk.LOCK}
    played(folder)
    assert stamps == {p: p.stat().st_mtime_ns for p in stamps}


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"seed": 2}, "another seed"),
        ({"scenario_json": '{"scenario": "x"}'}, "another scenario"),
        ({"middle": True, "version": "2"}, "another version and middle"),
    ],
)
def test_another_job_is_refused_unless_told(tmp_path, other, what):
    folder = played(tmp_path / "run")
    (folder / "notes.txt").write_text("mine")
    before = contents(folder)
    with pytest.raises(StoreError, match=what):
        played(folder, a_job(**other))
    assert contents(folder) == before
    played(folder, a_job(**other), overwrite=True)
    assert Store(folder).job == a_job(**other)
    assert (folder / "notes.txt").read_text() == "mine"
    fresh = contents(played(tmp_path / "fresh", a_job(**other)))
    assert {**fresh, "notes.txt": b"mine"} == contents(folder)


def test_another_engine_is_refused(tmp_path):
    folder = played(tmp_path / "run", most=1)
    with pytest.raises(StoreError, match=r"was played by engine 'fake' \(got 'batch'\)"):
        played(folder, a_job(engine="batch"))


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(StoreError, match=r"already holds thesis\.txt"):
        played(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_no_folder_to_be_had(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match=r"could not make .*file"):
            played(folder)
    with pytest.raises(StoreError, match="is not a result folder"):
        Store(tmp_path / "nothing")
    with pytest.raises(StoreError, match="is not a result folder"):
        store.resume(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="no resource limits")
def test_a_full_disk_in_earnest(tmp_path):
    """The system itself refuses to write on: a limit on the size of a file."""
    here = Path(__file__).parent
    paths = [str(here), str(here.parent / "study"), str(here.parent.parent)]
    code = f"""
import sys
sys.path[:0] = {paths!r}
import resource
from pathlib import Path
import test_store as t
resource.setrlimit(resource.RLIMIT_FSIZE, (7000, 7000))
try:
    t.played(Path({str(tmp_path / "run")!r}), t.a_job(block=100))
except t.StoreError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "could not write" in done.stdout
    assert "larger than is allowed" in done.stdout
    assert contents(played(tmp_path / "run", a_job(block=100)))


def test_names_in_any_script_survive(tmp_path):
    labels = Labels(**{**vars(fake.LABELS), "place_names": ("حلب", "Харків", '=cmd|"x"\x1b[31m')})
    with store.create(tmp_path / "run", JOB, labels, PROVENANCE) as writer:
        fill(writer)
    assert Store(tmp_path / "run").labels.place_names == labels.place_names
