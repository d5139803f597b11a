"""A result folder holds one job: unfinished, finished or extended, never mixed with another or with other things."""

import pytest
from stored import JOB, a_job, block_of, contents, played

from sim.errors import StoreError, UsageError
from sim.files import disk, store
from sim.files.rows import row_hash
from sim.files.store import Store


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


@pytest.mark.parametrize("name", ["thesis.txt", "blocks/thesis.txt", "blocks"])
def test_a_folder_with_other_things_is_left_alone(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("years of work")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(
        StoreError, match=r"already holds thesis\.txt|could not make .*: a file of that name is in the way"
    ):
        played(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / name).read_text() == "years of work"


@pytest.mark.parametrize("other", [{"seed": 2}, {"engine": "batch"}, {"runs": 50}])
def test_a_refused_job_leaves_no_trace(tmp_path, other):
    folder = played(tmp_path / "run")
    (folder / disk.LOCK).unlink()  # as in a copy
    before = sorted(folder.rglob("*"))
    with pytest.raises((StoreError, UsageError)):
        played(folder, a_job(**other))
    (folder / "manifest.json").write_text("damaged")
    with pytest.raises(StoreError, match="is damaged"):
        played(folder)
    assert sorted(folder.rglob("*")) == before


def test_a_job_that_came_between_looking_and_locking_is_kept(tmp_path, monkeypatch):
    locked = disk.Lock

    def late(folder):
        monkeypatch.setattr(disk, "Lock", locked)
        played(folder, a_job(seed=2))
        return locked(folder)

    monkeypatch.setattr(disk, "Lock", late)
    with pytest.raises(StoreError, match="already holds another job"):
        played(tmp_path / "run")
    assert Store(tmp_path / "run").job == a_job(seed=2)


def test_no_folder_to_be_had(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match=r"could not make .*file"):
            played(folder)
    with pytest.raises(StoreError, match="is not a result folder"):
        Store(tmp_path / "nothing")
    with pytest.raises(StoreError, match="is not a result folder"):
        store.resume(tmp_path)
