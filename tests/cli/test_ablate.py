"""`sim ablate`: what it prints and writes, and what is refused before anything is played."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from sim.model.scenario import Mechanism
from sim.study import experiment

Sim = Callable[..., tuple[int, str, str]]
QUICK = ("--runs", "40", "--workers", "1")


def test_the_table_and_the_progress(sim: Sim, small: Path) -> None:
    code, out, err = sim("ablate", "x.yaml", "--only", "morale,air", "--only", "siege", *QUICK)
    assert code == 0
    assert out.startswith("small: 3 mechanisms switched off, one at a time; 40 runs of each, seed 1\n")
    assert {line.split()[0] for line in out.splitlines() if line} >= {"(as", "morale", "air", "siege"}
    assert "160 of 160 runs" in err


def test_all_mechanisms_as_json(sim: Sim, small: Path) -> None:
    code, out, err = sim("ablate", "x.yaml", "--set", "mechanisms.night=false", "--json", "--runs", "8", "--seed", "5")
    assert code == 0, err
    found = json.loads(out)
    assert {effect["mechanism"] for effect in found["effects"]} == set(get_args(Mechanism)) - {"night"}
    assert (found["switched_off_already"], found["seed"], found["runs"]) == (["night"], 5, 8)


def test_a_folder_with_everything(sim: Sim, small: Path) -> None:
    call = ("ablate", "x.yaml", "--only", "air", "--out", "kept", *QUICK)
    code, out, err = sim(*call)
    assert code == 0, err
    assert "written: kept/ablation.png\n" in err
    assert {path.name for path in Path("kept").iterdir()} == {"ablation.json", "ablation.csv", "ablation.png", "jobs"}
    assert json.loads(Path("kept/ablation.json").read_bytes())["runs"] == 40
    assert Path("kept/ablation.png").stat().st_size > 10_000
    table = Path("kept/ablation.csv").read_text().splitlines()
    assert table[0].startswith("mechanism,measure,place,faction,unit,with,without,difference,low,high,")
    assert sim("compare", "kept/jobs/full", "kept/jobs/without-air")[0] == 0
    assert sim(*call)[:2] == (0, out), "what is there is not played again"
    code, _, err = sim(*call, "--seed", "2")
    assert (code, "kept/jobs/full" in err) == (3, True)
    assert sim(*call, "--seed", "2", "--overwrite")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--only", "ari"), 2, "no mechanism is called 'ari'; did you mean 'air'?"),
        (("--only", "air,"), 2, "no mechanism is called ''; there are "),
        (("--only", "air", "--set", "mechanisms.air=false"), 2, "nothing to switch off: the scenario has air switched"),
        (("--set", "mechanisms.ari=false"), 2, "air"),
        (("--engine", "x"), 2, "engine must be auto"),
        (("--out", "x.yaml"), 3, "a file stands where a folder should be"),
        (("--out", "taken"), 3, "could not write taken/ablation.csv: it is a folder"),
    ],
)
def test_refused_before_anything_is_played(
    sim: Sim, small: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, message: str
) -> None:
    monkeypatch.setattr(experiment, "play_span", lambda *_, **__: pytest.fail("played"))
    Path("taken/ablation.csv").mkdir(parents=True)
    got, out, err = sim("ablate", "x.yaml", *arguments)
    assert (got, out) == (code, "")
    assert message in err
    assert sorted(path.name for path in Path().rglob("*")) == ["ablation.csv", "taken", "x.yaml"]


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are not there")
def test_ctrl_c_keeps_what_was_played(process: Callable[..., subprocess.Popen[str]], small: Path) -> None:
    call = ("ablate", "x.yaml", "--runs", "3000", "--engine", "reference", "--workers", "1", "--out", "kept")
    child = process(*call, start_new_session=True)
    while not list(Path().glob("kept/jobs/without-*/blocks/*")):
        assert child.poll() is None, child.communicate()
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (130, "")
    assert "are kept in kept/jobs/without-" in err
    assert "jobs were done; the same command goes on from there" in err
    assert "Traceback" not in err
