"""What a result folder holds: what was played, and nothing that a spreadsheet or terminal obeys."""

import csv
import io
import json

import fake_engine as fake
import pytest
from stored import JOB, PROVENANCE, block_of, fill, played

from sim.files import store
from sim.files.rows import row_hash
from sim.files.store import Store
from sim.model.results import Labels


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


def test_names_in_any_script_survive(tmp_path):
    labels = Labels(**{**vars(fake.LABELS), "place_names": ("حلب", "Харків", '=cmd|"x"\x1b[31m')})
    with store.create(tmp_path / "run", JOB, labels, PROVENANCE) as writer:
        fill(writer)
    assert Store(tmp_path / "run").labels.place_names == labels.place_names
