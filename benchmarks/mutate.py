"""Plants faults, one at a time, in copies of the handlers and rules, and counts how many the tests catch.

Handlers (sim/events, sim/engines/batch) are judged by the agreement of the two engines on random worlds. Rules
(sim/rules) are read by both engines, so agreement cannot see them: they are judged by their own tests. A mutant
that survives the quick tests meets the thorough ones. Nothing is ever changed in the checkout.

    python benchmarks/mutate.py --per-file 5 --minutes 25 --json mutants.json
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from mutants import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("sim", "tests", "scenarios", "pyproject.toml")

WORLDS = "tests/agreement/test_random_worlds.py::test_the_engines_agree"
QUICK_ENGINES = f"{WORLDS}[22]"
THOROUGH_ENGINES = " ".join(
    [*(f"{WORLDS}[{chunk}]" for chunk in (4, 7, 9, 13, 19, 28)), "tests/agreement/test_layout.py"]
)
QUICK_RULES = "tests/rules"
THOROUGH_RULES = "tests/cases tests/verification -m 'not slow'"


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: caught by the `quick` or `thorough` tests (or their `timeout`), or survived."""

    mutant: Mutant
    fate: str
    seconds: float
    told: str

    @property
    def caught(self) -> bool:
        return self.fate != "survived"


class Workshop:
    """Copies of the checkout, one per worker, in which mutants are planted and judged."""

    def __init__(self, folder: Path, commands: dict[str, list[list[str]]], patience: float) -> None:
        self.folder, self.commands, self.patience = folder, commands, patience
        self.usual: dict[str, float] = {}  # seconds that a command takes without a mutant
        self.free: list[Path] = []
        self.lock = threading.Lock()

    def open(self, copies: int) -> None:
        """Make the copies, and see that the tests pass on them and test them."""
        ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
        for number in range(copies):
            copy = self.folder / str(number)
            for name in COPIED:
                if (ROOT / name).is_dir():
                    shutil.copytree(ROOT / name, copy / name, ignore=ignore)
                else:
                    shutil.copy(ROOT / name, copy / name)
            self.free.append(copy)
        where = self._run(copy, [sys.executable, "-c", "import sim; print(sim.__file__)"], 60).stdout
        assert where.startswith(str(self.folder)), f"the copy must be what is tested (got {where})"
        for stages in self.commands.values():
            for command in stages:
                begun = time.monotonic()
                result = self._run(copy, command, 3_600)
                if result.returncode:
                    raise SystemExit(
                        f"the tests fail without any mutant:\n{shlex.join(command)}\n{result.stdout[-3000:]}"
                    )
                self.usual[shlex.join(command)] = time.monotonic() - begun
                print(f"sound copy: {time.monotonic() - begun:5.1f} s  {shlex.join(command[3:])[:90]}", flush=True)

    def judge(self, mutant: Mutant) -> Fate:
        """Plant one mutant in a free copy, run the tests, and take it out again."""
        with self.lock:
            copy = self.free.pop()
        file, begun = copy / mutant.file, time.monotonic()
        sound = file.read_bytes()
        try:
            self._write(file, mutant.planted_in(sound))
            for stage, command in zip(("quick", "thorough"), self.commands[_group(mutant.file)], strict=True):
                try:
                    patience = max(20.0, self.patience * self.usual[shlex.join(command)])
                    result = self._run(copy, command, patience)
                except subprocess.TimeoutExpired:
                    return Fate(mutant, "timeout", time.monotonic() - begun, "")
                if result.returncode:
                    return Fate(mutant, stage, time.monotonic() - begun, _reason(result.stdout))
            return Fate(mutant, "survived", time.monotonic() - begun, "")
        finally:
            self._write(file, sound)
            with self.lock:
                self.free.append(copy)

    @staticmethod
    def _write(file: Path, source: bytes) -> None:
        """Replace a module; its compiled form could pass for that of another mutant of the same length and second."""
        file.write_bytes(source)
        for stale in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
            stale.unlink()

    def _run(self, copy: Path, command: list[str], patience: float) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(copy), "HYPOTHESIS_STORAGE_DIRECTORY": str(copy / ".hypothesis")}
        return subprocess.run(
            command, cwd=copy, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=patience, check=False,
        )  # fmt: skip


def _group(file: str) -> str:
    return "rules" if "/rules/" in file else "engines"


def _reason(output: str) -> str:
    """The line that says most of a failed test."""
    lines = [line[1:].strip() for line in output.splitlines() if line.startswith("E  ")]
    return lines[0][:160] if lines else output[-160:]


def choose(per_file: int, seed: int, only: list[str]) -> list[Mutant]:
    """So many random mutants of every file, the same for the same seed and sources."""
    chosen: list[Mutant] = []
    for folder in ("sim/events", "sim/engines/batch", "sim/rules"):
        for path in sorted((ROOT / folder).glob("*.py")):
            file = path.relative_to(ROOT).as_posix()
            if only and not any(word in file for word in only):
                continue
            everything = mutants_of(file, path.read_bytes())
            dice = random.Random(f"{seed} {file}")
            chosen += dice.sample(everything, min(per_file, len(everything)))
    random.Random(seed).shuffle(chosen)  # so that a sample cut short by the clock is still one of all files
    return chosen


def report(fates: list[Fate], planned: int) -> str:
    """Shares caught per folder and file, and the survivors."""
    lines, by_file = [], defaultdict(list)
    for fate in fates:
        by_file[fate.mutant.file].append(fate.caught)
        by_file[f"{Path(fate.mutant.file).parent.as_posix()}/ together"].append(fate.caught)
        by_file["~ all"].append(fate.caught)
    for name, caught in sorted(by_file.items()):
        lines.append(
            f"{sum(caught):4} of {len(caught):4} caught ({sum(caught) / len(caught):4.0%})  {name.lstrip('~ ')}"
        )
    if len(fates) < planned:
        lines.append(f"stopped by the clock after {len(fates)} of {planned} mutants")
    survivors = sorted((fate.mutant for fate in fates if not fate.caught), key=lambda m: (m.file, m.line))
    lines += ["", "survivors:" if survivors else "no survivors"]
    return "\n".join(lines + [f"  {mutant}" for mutant in survivors])


def main() -> None:
    """Read the command line, plant, judge, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-file", type=int, default=8, help="mutants of each file (8)")
    parser.add_argument("--seed", type=int, default=1, help="of the choice (1)")
    parser.add_argument("--jobs", type=int, default=2, help="copies judged at the same time (2)")
    parser.add_argument("--minutes", type=float, default=60, help="plant no more after so long (60)")
    parser.add_argument("--patience", type=float, default=6, help="times the usual after which tests count as hung (6)")
    parser.add_argument("--only", action="append", default=[], help="files whose path contains this; may be repeated")
    parser.add_argument("--engines", nargs=2, default=[QUICK_ENGINES, THOROUGH_ENGINES], metavar=("QUICK", "THOROUGH"))
    parser.add_argument("--rules", nargs=2, default=[QUICK_RULES, THOROUGH_RULES], metavar=("QUICK", "THOROUGH"))
    parser.add_argument("--json", type=Path, help="write every mutant and its fate here")
    parser.add_argument("--list", action="store_true", help="only say which mutants would be planted")
    options = parser.parse_args()
    chosen = choose(options.per_file, options.seed, options.only)
    if options.list:
        print("\n".join(map(str, chosen)))
        return
    pytest = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist"]
    wanted = {_group(mutant.file) for mutant in chosen}
    commands = {
        group: [[*pytest, *shlex.split(tests)] for tests in getattr(options, group)] for group in sorted(wanted)
    }
    end = time.monotonic() + 60 * options.minutes
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(options.jobs) as pool:
        workshop = Workshop(Path(folder), commands, options.patience)
        workshop.open(options.jobs)

        def judge(mutant: Mutant) -> Fate | None:
            if time.monotonic() > end:
                return None
            fate = workshop.judge(mutant)
            print(f"{fate.fate:9} {fate.seconds:6.1f} s  {mutant}", flush=True)
            return fate

        fates = [fate for fate in pool.map(judge, chosen) if fate is not None]
    print("\n" + report(fates, len(chosen)))
    if options.json:
        rows = [
            {**asdict(fate.mutant), "fate": fate.fate, "seconds": fate.seconds, "told": fate.told} for fate in fates
        ]
        options.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
