"""Ways to call the command: inside the process, and as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from sim.cli import run

SMALL = Path(__file__).parents[1] / "files" / "small.yaml"


class Called(NamedTuple):
    """What a call gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small scenario as x.yaml in the working folder."""
    monkeypatch.chdir(tmp_path)
    path = Path("x.yaml")
    path.write_bytes(SMALL.read_bytes())
    return path


@pytest.fixture
def sim(capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    """Run `sim ...` in this process."""

    def call(*arguments: str) -> Called:
        code = run(list(arguments))
        captured = capsys.readouterr()
        return Called(code, captured.out, captured.err)

    return call


@pytest.fixture
def process() -> Callable[..., subprocess.Popen[str]]:
    """Start `python -m sim ...` in a process of its own, with warnings as errors."""

    def start(*arguments: str, **options: object) -> subprocess.Popen[str]:
        root = str(Path(__file__).parents[2])
        environment = {**os.environ, "PYTHONPATH": root, "PYTHONWARNINGS": "error", **options.pop("env", {})}  # type: ignore[dict-item]
        settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environment, **options}
        return subprocess.Popen([sys.executable, "-m", "sim", *arguments], **settings)  # type: ignore[call-overload]

    return start
