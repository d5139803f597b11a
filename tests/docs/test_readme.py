"""What the README shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_example_runs(readme: str, tmp_path: Path) -> None:
    example = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert example is not None
    code, changed = re.subn(r"runs=1000\b", "runs=24", example[1])
    assert changed == 2
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", "PATH": "", "MPLCONFIGDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "24 runs, seed 1" in done.stdout
    assert "24 runs paired by run" in done.stdout
    assert (tmp_path / "control.png").stat().st_size > 10_000


def test_the_tables_for_other_tools_are_there(readme: str) -> None:
    from sim.study.control import Control
    from sim.study.ensemble import Ensemble

    calls = re.findall(r"`runs\.(control\(\)\.)?(\w+)\(\)`", readme)
    assert {name for _, name in calls} >= {"to_pandas", "to_xarray", "changes"}
    assert all(hasattr(Control if control else Ensemble, name) for control, name in calls)


def test_every_command_is_in_the_table_and_no_other(readme: str) -> None:
    from sim.commands import app

    told = set(re.findall(r"^\| `sim (\w+)", readme, re.MULTILINE))
    there = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert told == there


def test_the_sample_is_what_the_main_job_prints(readme: str) -> None:
    """Not slow: all its runs take seconds, and a stale README must be seen before it is read."""
    sample = re.search(r"<!-- sample: .*? -->\n```text\n(.*?)\n```", readme, re.DOTALL)
    assert sample is not None
    runs = sim.run("four_cities", runs=4000, seed=1, nested=False)
    printed = [line.rstrip() for line in runs.summary().to_text().splitlines()]
    told = sample[1].splitlines()
    assert told == printed[: len(told)], "stale, like docs/img/control.png: run `python docs/refresh.py --sample`"
