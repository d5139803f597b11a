"""The command `sim`: runs a command of `sim.commands` and turns what can go wrong into a message and an exit code.

Exit codes: 0 done; 1 the engines differ or workers keep dying; 2 bad input or usage; 3 could not read or write;
70 a bug in this program; 130 and 143 interrupted (Ctrl-C, a request to end); 141 the reader of the output went away.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

import typer

from sim.commands import app, note
from sim.errors import Interrupted, ScenarioError, SimError, printable
from sim.study.memory import keep_freed

BUG, BROKEN_PIPE = 70, 141
READ_WRITE = 3


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code. Users never see a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a letter shows its code
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, _end)
    keep_freed()
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. Every message goes to standard error on one line that begins with
    `sim: ` or, for a scenario, on one line a problem that begins with where it is."""
    usage: Any = typer.BadParameter.__mro__[1]  # typer may bring its own click: its classes are only reached so
    command: Any = typer.main.get_command(app)
    try:  # not command.main(), which would swallow what an interruption has to say
        with command.make_context("sim", list(sys.argv[1:] if arguments is None else arguments)) as context:
            command.invoke(context)
        if sys.stdout is not None:  # it is None when closed from outside
            sys.stdout.flush()
        return 0
    except typer.Exit as error:
        return error.exit_code
    except usage as error:
        return _misused(error)
    except SimError as error:
        note(str(error) if isinstance(error, ScenarioError) else f"sim: {error}")
        return error.exit_code
    except Interrupted as error:
        note(f"sim: {error}")
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        note("sim: interrupted")
        return 130
    except BrokenPipeError:
        return _pipe_closed()
    except OSError as error:
        return _failed(error)
    except Exception as error:
        return _bug(error)


def _end(number: int, frame: FrameType | None) -> None:
    raise Interrupted("asked to end", 128 + number)


def _misused(error: Any) -> int:
    context = getattr(error, "ctx", None)
    if context is not None:
        note(f"{context.get_usage()}\nTry '{context.command_path} --help'.")
    note(f"sim: {printable(error.format_message())}")
    return 2


def _pipe_closed() -> int:
    """Whoever read our output has gone (`sim show x | head`): say nothing, and keep Python from complaining."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def _failed(error: OSError) -> int:
    name = f" {error.filename}" if error.filename else ""
    note(f"sim: {printable(f'could not read or write{name}: {error.strerror or error}')}")
    return READ_WRITE


def _bug(error: Exception) -> int:
    if os.environ.get("SIM_DEBUG") == "1":
        traceback.print_exc()
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    note(
        f"sim: a bug in sim, not in your files: {type(error).__name__}: {printable(str(error), 200)} ({where}). "
        "Please report it with the command and the scenario; SIM_DEBUG=1 shows the traceback."
    )
    return BUG
