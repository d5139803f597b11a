# ruff: noqa: E501, PT017
"""Whatever the file: one kind of error, bounded text, under a second, under 200 MB."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.errors import LONGEST_TEXT, ScenarioError
from sim.files import load
from sim.files.yaml_reader import parse_yaml

HEAD = "scenario: x\nstart: 2024-01-01T00:00+00:00\ndays: 3\nfactions: {g: {}}\n"
PLACES = "places:\n" + "".join(f" k{i}: [city,1,2,3,g]\n" for i in range(5_000))

HUGE = {
    "brackets": "[" * 100_000,
    "braces": "{a: " * 100_000,
    "dashes": "- " * 100_000,
    "keys": "? " * 100_000,
    "colons": "a: 1:1:1\n" + "1:1:1\n" * 66_000,
    "laughs": "a: &a [x,x]\n" + "".join(f"{c}: &{c} [*{p},*{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
    "comments": "#" * 999_999,
    "blank": "\n" * 999_999,
    "one word": "a: " + "x" * 999_000,
    "escapes": 'a: "' + "\\x41" * 240_000 + '"',
    "long block": "a: |\n" + " x\n" * 330_000,
    "flow list": "a: [" + ",".join("x" * 400_000) + "]",
    "many keys": "".join(f"k{i}: 1\n" for i in range(70_000)),
    "documents": "---\n" * 200_000,
    "directives": "%TAG !a! b\n" * 80_000,
    "quotes": "'" * 999_999,
    "places": HEAD + PLACES,
    "poor places": HEAD + PLACES.replace("[city,1,2,3,g]", "[a]"),
    "some poor places": HEAD + PLACES.replace("[city,1,2,3,g]", "[a]", 190) + "roads: [[k0, k1, 1], [k1, k2, 2, {x: 1}]]\n",
    "lost places": HEAD + PLACES.replace(",g]", ",h]"),
    "parents": HEAD + "places:\n" + "".join(f" k{i}: [city,1,2,3,g,{{parent: k{(i + 1) % 5_000}}}]\n" for i in range(5_000)),
    "poor forces": HEAD + "places: {a: [city,1,2,3,g]}\nforces:\n" + " - {a: 1, b: 2}\n" * 9_900,
    "same forces": HEAD + "places: {a: [city,1,2,3,g]}\nforces:\n" + " - [g,a,5]\n" * 10_000,
    "long ids": HEAD + "places: {a: [city,1,2,3,g]}\nroads: [{from: " + "z" * 900_000 + ", to: a, " + ", ".join(f"k{i}: 1" for i in range(1_500)) + "}]",
    "aliases": HEAD + "places:\n" + "".join(f" k{i}: [city, *a, &b 2, !c 3, .nan]\n" for i in range(4_000)),
    "aims": HEAD.replace("{}", "{aims: [" + ",".join(f"x{i}" for i in range(19_000)) + "]}") + PLACES,
    "allies": "factions:\n" + "".join(f" f{i}: {{allied: f0, hostile: [{','.join(f'f{j}' for j in range(100))}]}}\n" for i in range(100)) + HEAD.replace("factions: {g: {}}\n", "") + PLACES.replace(",g]", ",f0]"),
}  # fmt: skip

MEASURE = """
import json, resource, sys, time
from sim.errors import ScenarioError
from sim.files import load
def peak():  # of this process alone: ru_maxrss begins with what its parent had
    try:
        return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name in json.load(sys.stdin):
    began, message = time.process_time(), ""
    try:
        load(name)
    except ScenarioError as error:
        message = str(error)
    print(json.dumps([time.process_time() - began, len(message.encode()), peak()]))
"""


def test_time_memory_and_text_are_bounded(tmp_path: Path) -> None:
    names = []
    for name, text in HUGE.items():
        path = tmp_path / f"{name}.yaml"
        path.write_text(text)
        names.append(str(path))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", MEASURE],
        input=json.dumps(names),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    measured = [json.loads(line) for line in done.stdout.splitlines()]
    for name, (seconds, size, kilobytes) in zip(HUGE, measured, strict=True):
        assert seconds < 1, f"{name} took {seconds:.2f} s"
        assert size <= LONGEST_TEXT, f"{name} said {size} bytes"
        assert kilobytes < 200_000, f"{name} needed {kilobytes} kB"
    assert [size == 0 for _, size, _ in measured].count(True) == 1  # only "places" is a scenario


@pytest.mark.parametrize("name", ["flow list", "escapes", "blank", "one word"])
def test_the_slow_parser_is_bounded_too(name: str) -> None:
    import yaml

    began = time.process_time()
    try:
        parse_yaml(HUGE[name], "f", parser=yaml.SafeLoader)
    except ScenarioError as error:
        assert len(str(error)) < 1_000
    assert time.process_time() - began < 4


def test_a_pipe_as_a_base_does_not_wait(write: Callable[..., Path]) -> None:
    import os

    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes here")
    os.mkfifo("pipe")
    write("extends: pipe\n")
    with pytest.raises(ScenarioError, match="must be a regular file"):
        load("x.yaml")


def attempt(path: Path, overrides: tuple[str, ...] = ()) -> None:
    """Load: it works, or it is a ScenarioError of bounded, printable lines."""
    try:
        loaded = load(path, overrides)
    except ScenarioError as error:
        text = str(error)
        assert error.problems
        assert len(text.encode()) <= LONGEST_TEXT
        assert all(set(line) <= {"\u200c", "\u200d", "\xa0"} or line.isprintable() or "\u200c" in line or "\xa0" in line
                   for line in text.splitlines())  # fmt: skip
    else:
        again = path.with_name("again.yaml")
        again.write_text(loaded.json, encoding="utf-8")
        assert load(again).hash == loaded.hash


FUZZ = settings(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


@FUZZ
@given(data=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
@example(data=b"\xef\xbb\xbf")
@example(data=b"places: {a: [")
@example(data=b"? [a]\n: b")
def test_any_bytes(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    attempt(path)


scalars = st.sampled_from(
    ["1", "-1", "0.5", "1..2", "x", "red", "blue", "bravo", "alfa", "true", "null", "2031-05-02", "'9'", "[]", "{}",
     "1e9", "[red]", "{a: b}", "off_map", "{uniform: [1, 2]}", "[bravo, red]", "'\\x1b'", '"\\e[1m"', "حلب", "*2", ""]
)  # fmt: skip


@FUZZ
@given(at=st.integers(0, 10_000), length=st.integers(0, 12), put=scalars | st.text(max_size=6))
def test_the_small_scenario_with_a_piece_replaced(at: int, length: int, put: str, small: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    at %= len(small)
    path.write_text(small[:at] + put + small[at + length :], encoding="utf-8", errors="surrogatepass")
    attempt(path)


sections = ["places", "roads", "factions", "forces", "wings", "reinforcements", "observed", "commands", "start", "days"]
steps = st.sampled_from(
    [*sections, "bravo", "alfa", "red", "*", "0", "when", "all", "effort", "people", "at", "kind", "x"]
)


@FUZZ
@given(path=st.lists(steps, min_size=1, max_size=4).map(".".join), value=scalars | st.text(max_size=6))
def test_any_override(path: str, value: str, small: str, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(small, encoding="utf-8")
    attempt(file, (f"{path}={value}",))


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
    | st.sampled_from(["red", "blue", "bravo", "1..2", "2031-05-02"]),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=5) | st.sampled_from(sections), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@FUZZ
@given(section=st.sampled_from(sections), value=plain_values)
def test_any_value_in_any_section(section: str, value: object, small: str, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    base = tmp_path / "base.yaml"
    base.write_text(small, encoding="utf-8")
    file.write_text(json.dumps({"extends": "base.yaml", section: value}), encoding="utf-8")
    attempt(file)
