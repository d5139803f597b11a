"""What can go wrong, as a tree.

    SimError
    ├── ScenarioError    the scenario file says something that cannot be; exit code 2
    ├── UsageError       the command or call asks for something that cannot be; exit code 2
    ├── StoreError       a result could not be read or written; exit code 3
    └── LawBroken        a law of the model failed inside an engine: a bug in this program; exit code 70

    Interrupted          stopped by Ctrl-C (exit code 130) or a request to end (143); not an Exception

Every message says where, what must hold, and what was got. Programmer errors are asserts, not these.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_LINE = 600
"""Characters of one problem's text; the rest is left out."""

LONGEST_TEXT = 8_000
"""Bytes of all problems' text together."""

_JOINERS = "\u200c\u200d\xa0"
"""Not printable by Python's rule, but part of ordinary spelling (Persian, Hindi, French) and harmless."""


def printable(text: str, limit: int = 1_000) -> str:
    """Text from a user made safe to print on one line: control characters, terminal escapes, changes of
    direction and line breaks are shown as their codes, and more than `limit` characters are cut."""
    if len(text) > limit:
        text = text[: limit - 3] + "..."
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _JOINERS else c.encode("unicode_escape").decode() for c in text)


def figure(value: float) -> str:
    """A number for a message: thousands separated, and an exponent only where it could not be read without."""
    return f"{value:,.15g}"


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
        text = f"{place} {self.path}: {self.message}" if self.path else f"{place}: {self.message}"
        return printable(text, LONGEST_LINE)


class ScenarioError(SimError):
    """A scenario cannot be used. Carries every problem found, in file order; its text is one line each, cut
    at LONGEST_TEXT bytes."""

    exit_code = 2

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__(_listed(self.problems))


def _listed(problems: list[Problem]) -> str:
    lines: list[str] = []
    room = LONGEST_TEXT - 100  # for the last line
    for problem in problems:
        line = str(problem)
        room -= len(line.encode()) + 1
        if room < 0:
            lines.append(f"... and {len(problems) - len(lines)} more problems")
            break
        lines.append(line)
    return "\n".join(lines)


class UsageError(SimError):
    """A call or command line asks for something that cannot be."""

    exit_code = 2


class StoreError(SimError):
    """A result folder could not be read or written, or is damaged."""

    exit_code = 3


class LawBroken(SimError):
    """A law of the model did not hold inside an engine: a bug in this program, never the user's fault."""

    exit_code = 70


class Interrupted(KeyboardInterrupt):
    """Stopped from outside. The message says what is kept and how to go on."""

    def __init__(self, message: str, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__(message, exit_code)  # both, so that whoever builds it again from its arguments can

    def __str__(self) -> str:
        return str(self.args[0])
