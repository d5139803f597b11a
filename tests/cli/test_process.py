"""Exit codes and messages of the whole process; no user ever sees a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import typer

from sim import commands
from sim.errors import Interrupted, LawBroken, StoreError
from sim.files.job import NESTED_FIRST
from sim.study import limits
from sim.study.bounds import MOST_RUNS

Sim = Callable[..., Any]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["validat"], "No such command 'validat'"),
        (["validate"], "Missing argument 'FILE'"),
        (["validate", "x.yaml", "--sett", "a=1"], "No such option"),
        (["\x1b[31mred"], r"\x1b[31mred"),
        (["validate", "gone.yaml"], "gone.yaml: no such file"),
        (["validate", "."], ".: must be a regular file (got a folder)"),
        (["validate", "x\x1b[31m.yaml"], r"x\x1b[31m.yaml: no such file"),
        (["validate", "x.yaml", "--set", "y"], "--set: must be PATH=VALUE"),
        (["show", "x.yaml", "--set", "days=x"], "--set days: must be a number (got 'x')"),
    ],
)
def test_bad_usage_and_input_are_2(arguments: list[str], expected: str, sim: Sim, small: Path) -> None:
    code, out, err = sim(*arguments)
    assert (code, out) == (2, "")
    assert expected in err
    assert "Traceback" not in err
    assert err.isascii()
    assert "\x1b" not in err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run", "x.yaml", "--engine", "fast"], "engine must be auto, reference or batch (got 'fast')"),
        (["run", "x.yaml", "--plots"], "--plots needs --out DIR to write into"),
        (["run", "x.yaml", "--runs", "0"], "Invalid value for '--runs': "),
        (["compare", "x.yaml"], "give a second scenario, or a change with --set PATH=VALUE"),
        (["summary", "gone"], "gone: is not a result folder"),
    ],
)
def test_every_message_says_who_speaks(arguments: list[str], expected: str, sim: Sim, small: Path) -> None:
    assert sim(*arguments)[2].splitlines()[-1].startswith(f"sim: {expected}")


def test_help_and_version(sim: Sim) -> None:
    assert sim()[0] == 2
    code, out, err = sim("--help")
    assert (code, err) == (0, "")
    assert all(name in out for name in ("validate", "show", "schema", "scenarios"))
    assert sim("show", "--help")[0] == 0
    assert sim("--version")[1].startswith("sim ")


@pytest.mark.parametrize(
    ("error", "code", "expected"),
    [
        (StoreError("out: the disk is full"), 3, "sim: out: the disk is full\n"),
        (
            PermissionError(13, "Permission denied", "a\x1bb"),
            3,
            "sim: could not read or write a\\x1bb: Permission denied\n",
        ),
        (Interrupted("blocks 0 to 7 are kept", 143), 143, "sim: blocks 0 to 7 are kept\n"),
        (KeyboardInterrupt(), 130, "sim: interrupted\n"),
        (LawBroken("people are not conserved"), 70, "sim: people are not conserved\n"),
        (ZeroDivisionError("x\ny"), 70, "sim: a bug in sim, not in your files: ZeroDivisionError: x\\ny ("),
        (RecursionError("deep"), 70, "sim: a bug in sim"),
        (MemoryError(), 70, "sim: a bug in sim"),
    ],
)
def test_whatever_goes_wrong_has_its_code(
    error: BaseException, code: int, expected: str, sim: Sim, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(commands, "read", fail)
    got, out, err = sim("validate", "x.yaml")
    assert (got, out) == (code, "")
    assert err.startswith(expected)
    assert err.count("\n") == 1


def test_a_traceback_only_when_asked_for(sim: Sim, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(commands, "read", fail)
    monkeypatch.setenv("SIM_DEBUG", "1")
    code, _, err = sim("validate", "x.yaml")
    assert code == 70
    assert "Traceback" in err


@pytest.mark.parametrize(
    ("out", "code", "expected"),
    [
        ("x.yaml/x.png", 3, "sim: could not write x.yaml/x.png: a file stands where a folder should be\n"),
        ("folder.png", 3, "sim: could not write folder.png: it is a folder\n"),
        ("x" * 300 + ".png", 3, "the name is too long\n"),
        ("x.txt", 2, "sim: a picture must be named .png, .svg, .pdf (got 'x.txt')\n"),
        (".", 2, "sim: a picture must be named .png, .svg, .pdf (got '')\n"),
    ],
)
def test_a_picture_that_cannot_be_written_is_told_before_the_work(
    out: str, code: int, expected: str, sim: Sim, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("folder.png").mkdir()
    shown = sim("show", "x.yaml", "--out", out)
    assert (shown.code, "ORDER OF BATTLE" in shown.out) == (code, code == 3), "what can be told is told"
    assert shown.err.splitlines()[-1].startswith("sim: could not " if code == 3 else "sim: a picture must be named ")
    monkeypatch.setattr(commands, "read", lambda *_: pytest.fail("read"))
    got, told, err = sim("compare", "x.yaml", "--set", "days=5", "--out", out)
    assert (got, told) == (code, "")
    assert err.endswith(expected)
    assert sorted(path.name for path in Path().rglob("*")) == ["folder.png", "x.yaml"]


def test_the_folders_of_a_picture_are_made(sim: Sim, small: Path) -> None:
    assert sim("show", "x.yaml", "--out", "plots/maps/x.png").err == "map: plots/maps/x.png\n"
    assert Path("plots/maps/x.png").stat().st_size
    compared = sim(
        "compare", "x.yaml", "--set", "mechanisms.air=false", "--runs", "20", "--workers", "1", "--out", "more/x.svg"
    )
    assert compared.code == 0
    assert Path("more/x.svg").stat().st_size


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is read-only to this user")
def test_a_picture_in_a_folder_that_cannot_be_written(sim: Sim, small: Path) -> None:
    Path("closed").mkdir(mode=0o500)
    assert sim("show", "x.yaml", "--out", "closed/x.png")[2] == "sim: could not write closed/x.png: permission denied\n"


def test_the_picture_of_another_time_stays_until_there_is_a_new_one(sim: Sim, small: Path) -> None:
    Path("x.svg").write_text("old")
    assert sim("show", "gone.yaml", "--out", "x.svg")[0] == 2
    assert Path("x.svg").read_text() == "old"
    assert sorted(path.name for path in Path().iterdir()) == ["x.svg", "x.yaml"]


def test_help_is_quick(process: Callable[..., subprocess.Popen[str]]) -> None:
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        out, _ = process("--help").communicate()
        assert out.startswith("Usage: sim ")
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.5


def test_heavy_imports_wait(process: Callable[..., subprocess.Popen[str]]) -> None:
    heavy = "numpy matplotlib networkx pandas simpy rich pydantic yaml"
    code = f"import sys, sim.cli; print([name for name in '{heavy}'.split() if name in sys.modules])"
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout == "[]\n"


def test_a_reader_that_leaves(process: Callable[..., subprocess.Popen[str]], small: Path) -> None:
    inlet, outlet = os.pipe()
    os.close(inlet)
    child = process("schema", stdout=outlet)
    os.close(outlet)
    assert child.communicate()[1] == ""
    assert child.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk(process: Callable[..., subprocess.Popen[str]]) -> None:
    with open("/dev/full", "w") as full:
        child = process("schema", stdout=full)
        assert child.communicate()[1] == "sim: could not read or write: No space left on device\n"
    assert child.returncode == 3


def test_a_terminal_that_cannot_show_a_letter(process: Callable[..., subprocess.Popen[str]], small: Path) -> None:
    child = process("validate", "x.yaml", "--set", "scenario=حلب", env={"PYTHONIOENCODING": "ascii"})
    out, err = child.communicate()
    assert (child.returncode, err) == (0, "")
    assert out.startswith(r"ok \u062d\u0644\u0628: 3 places")


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are not there")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_interrupted_from_outside(number: int, code: int, tmp_path: Path) -> None:
    script = (
        "import sys, time; from sim import cli, commands\n"
        "def wait(*_): print('ready', flush=True); time.sleep(30)\n"
        "commands.read = wait; cli.main(['validate', 'x'])"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    child.send_signal(number)
    _, err = child.communicate(timeout=10)
    assert child.returncode == code
    assert err.startswith("sim: ")
    assert "Traceback" not in err


def whole_numbers() -> Iterator[tuple[str, str]]:
    """Every command and option that takes a whole number."""
    group: Any = typer.main.get_command(commands.app)
    for name, command in group.commands.items():
        hints = get_type_hints(command.callback.__wrapped__)
        for option in command.params:
            if hints[option.name] in (int, int | None):
                yield name, option.opts[0]


BOUNDS = {"--run": (1 << 30) - 1, "--seed": (1 << 64) - 1, "--workers": 4_096, "--places": 2_000, "--factions": 8}


@pytest.mark.parametrize(("command", "option"), list(whole_numbers()))
def test_numbers_beyond_all_bounds_are_bad_usage(command: str, option: str, sim: Sim, small: Path) -> None:
    files = [] if command == "theatre" else ["x.yaml"]
    code, out, err = sim(command, *files, option, str(10**20))
    assert (code, out) == (2, "")
    last = err.splitlines()[-1].replace(",", "").replace(" (got 100000000000000000000)", "")
    assert option.removeprefix("--") in last
    bound = int(last.rpartition(" ")[2])
    assert bound == BOUNDS.get(option, bound) <= (1 << 64) - 1


def test_numbers_at_their_bounds_are_taken(sim: Sim, small: Path) -> None:
    seed = ("--seed", str((1 << 64) - 1))
    code, out, _ = sim("trace", "x.yaml", "--run", str((1 << 30) - 1), *seed)
    assert (code, out.splitlines()[-1]) == (0, "2031-05-06 06:00  The run ended.")
    assert sim("agree", "x.yaml", "--runs", "2", "--batch", "100000", *seed)[0] == 0
    assert sim("run", "x.yaml", "--runs", "2", "--workers", "1", *seed)[0] == 0


def test_the_bound_of_runs_is_where_the_nested_ones_begin() -> None:
    assert MOST_RUNS == NESTED_FIRST


def test_too_many_side_by_side_for_the_memory(sim: Sim, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "memory_free", lambda: 1_000_000)
    for arguments in (
        ("agree", "x.yaml", "--runs", "90000", "--batch", "90000"),
        ("bench", "x.yaml", "--batch", "90000"),
    ):
        code, out, err = sim(*arguments)
        assert (code, out) == (2, "")
        assert "90,000 runs side by side need about" in err
        assert "1.0 MB are free: give a smaller --batch" in err
