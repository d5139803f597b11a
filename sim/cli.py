"""The command `sim`: each command reads its arguments, calls one function elsewhere, and prints.

Exit codes: 0 done; 2 bad input or usage; 3 could not read or write; 70 a bug in this program; 130 and 143
interrupted (Ctrl-C, a request to end); 141 the reader of the output went away.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import Interrupted, SimError, printable

if TYPE_CHECKING:
    from sim.files import Loaded

BUG, BROKEN_PIPE = 70, 141
READ_WRITE = 3

app = typer.Typer(
    name="sim",
    help="Territorial control as a discrete-event simulation: scenarios in YAML, odds with intervals.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

File = Annotated[str, typer.Argument(metavar="FILE", help="A scenario file, or the name of a shipped scenario.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a value, such as places.hama.people=500000. Repeatable."),
]


def read(file: str, changes: list[str] | None) -> Loaded:
    """Load a scenario and print its warnings to standard error."""
    from sim.files import load

    loaded = load(file, changes or ())
    for warning in loaded.warnings:
        note(f"warning: {warning}")
    return loaded


def say(text: str) -> None:
    """Print to standard output. `text` must be printable already."""
    print(text)


def note(text: str) -> None:
    """Print to standard error."""
    print(text, file=sys.stderr)


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    if version:
        from sim.study.experiment import version as number

        say(f"sim {number()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        note(context.get_help())
        raise typer.Exit(2)


@app.command()
def validate(file: File, set_: Changes = None) -> None:
    """Check a scenario file; every problem is told at once, with its line and column."""
    from sim.views.scenario_text import summary_line

    loaded = read(file, set_)
    say(f"ok {printable(summary_line(loaded))}")


@app.command()
def show(
    file: File,
    set_: Changes = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="PNG", help="Draw the map here as well.")] = None,
) -> None:
    """Print the order of battle, force ratios by sector and every default filled in."""
    from sim.views.scenario_text import scenario_text

    loaded = read(file, set_)
    say(scenario_text(loaded).rstrip("\n"))
    if out is not None:
        from sim.views import maps

        maps.scenario_map(loaded.scenario, out)
        note(f"map: {printable(str(out))}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.files.schema import scenario_schema

    say(json.dumps(scenario_schema(), indent=1, ensure_ascii=False))


@app.command()
def scenarios() -> None:
    """List the scenarios that are shipped; every command takes their names."""
    from sim.files import shipped
    from sim.files.shipped import title_of
    from sim.views.text import table

    for line in table([[path.stem, title_of(path)] for path in shipped()], left=(0, 1), indent=""):
        say(line)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code. Users never see a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a letter shows its code
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, _end)
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. Every message goes to standard error on one line or, for a
    scenario, on one line a problem."""
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
        note(str(error) if error.exit_code == 2 else f"sim: {error}")
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
