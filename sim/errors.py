"""What can go wrong, as a tree.

    SimError
    ├── ScenarioError    the scenario file says something that cannot be; exit code 2
    ├── UsageError       the command or call asks for something that cannot be; exit code 2
    ├── StoreError       a result could not be read or written; exit code 3
    └── LawBroken        a law of the model failed inside an engine: a bug in this program; exit code 70

Every message says where, what must hold, and what was got. Programmer errors are asserts, not these.
"""

from __future__ import annotations

from dataclasses import dataclass


class SimError(Exception):
    """Anything this program raises on purpose."""

    exit_code = 1


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a scenario file: where (file, line and column from 1; 0 when unknown), which
    entry (dotted path), and what must hold, with what was got."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place} {self.path}: {self.message}" if self.path else f"{place} {self.message}"


class ScenarioError(SimError):
    """A scenario cannot be used. Carries every problem found, in file order."""

    exit_code = 2

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class UsageError(SimError):
    """A call or command line asks for something that cannot be."""

    exit_code = 2


class StoreError(SimError):
    """A result folder could not be read or written, or is damaged."""

    exit_code = 3


class LawBroken(SimError):
    """A law of the model did not hold inside an engine: a bug in this program, never the user's fault."""

    exit_code = 70
