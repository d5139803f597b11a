"""YAML without trust: what is taken, what is refused and where."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.errors import ScenarioError
from sim.files.nodes import marks, plain
from sim.files.yaml_reader import MAX_DEPTH, parse_yaml, read_yaml

PARSERS = [pytest.param(yaml.SafeLoader, id="python")]
if hasattr(yaml, "CSafeLoader"):
    PARSERS.append(pytest.param(yaml.CSafeLoader, id="libyaml"))


@pytest.fixture(params=PARSERS)
def parser(request: pytest.FixtureRequest) -> Any:
    return request.param


def fault(text: str, parser: Any = None) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse_yaml(text, "f", parser=parser)
    assert len(caught.value.problems) == 1
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1), ("-3", -3), ("+3", 3), ("500_000", 500_000), ("007", "007"), ("0", 0), ("0x1F", "0x1F"),
        ("2.5", 2.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000), ("1.5e-3", 0.0015), ("1e-3", 0.001), ("5e5", 500_000),
        ("true", True), ("false", False), ("True", "True"), ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"),
        ("null", None), ("~", None), ("Null", "Null"), ('""', ""), ('"null"', "null"), ('"12"', "12"), ("''", ""),
        ("12:30", "12:30"), ("1:1:1", "1:1:1"), ("2024-02-30", "2024-02-30"), ("0.4..0.6", "0.4..0.6"), ("1_", "1_"),
        ("2024-11-27T00:00+03:00", "2024-11-27T00:00+03:00"), ("<<", "<<"), ("=", "="), ("-", None), ("١٢", "١٢"),
        ("حلب", "حلب"), ("Харків", "Харків"), ("nano", "nano"), ("information", "information"),
    ],
)  # fmt: skip
def test_scalars_by_our_table(text: str, value: object, parser: Any) -> None:
    expected = {"a": [None] if text == "-" else value}
    read = plain(parse_yaml(f"a: [{text}]" if text != "-" else "a:\n  -", "f", parser=parser))
    assert read == ({"a": [value]} if text != "-" else expected)
    assert type(read["a"][0]) is type(value)


def test_keys_stay_text_and_empty_values_are_left_out(parser: Any) -> None:
    root = parse_yaml("1: a\ntrue: b\n2024-01-01T00:00+03:00: c\nempty:\nno: [x]\n", "f", parser=parser)
    assert plain(root) == {"1": "a", "true": "b", "2024-01-01T00:00+03:00": "c", "no": ["x"]}


def test_marks_of_keys_and_values(parser: Any) -> None:
    text = "places:\n  hama: [city, 35.1, 36.7, 755000, gov]\n  x:\n    people: 3\nحلب: {q: ' y '}\n"
    found = {path: (key[1:], value[1:]) for path, key, value in marks(parse_yaml(text, "f", parser=parser))}
    assert found["places", "hama"] == ((2, 3), (2, 9))
    assert found["places", "hama", 3] == ((2, 28), (2, 28))
    assert found["places", "x", "people"] == ((4, 5), (4, 13))
    assert found["حلب", "q"] == ((5, 7), (5, 10))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "f: must not be empty"),
        ("# nothing\n", "f: must not be empty"),
        ("a: 1\nb: 2\na: 3\n", "f:3:1: the key 'a' must stand once (it stands in line 1 already)"),
        ("a: &x 1\n", "f:1:4: anchors (&name) are not allowed"),
        ("a: 1\nb: *x\n", "f:2:4: aliases"),
        ("a: !!python/object:os.system x\n", "f:1:4: tags are not allowed"),
        ("a: !!int 3\n", "f:1:4: tags are not allowed"),
        ("!x a: 1\n", "tags are not allowed"),
        ("a: 1\n---\nb: 2\n", "f:2:1: must be one document"),
        ("[1, 2]: 3\n", "a key must be a single word or text"),
        ("{? {a: 1} : 2}\n", "a key must be a single word or text"),
        ('"": 3\n', "f:1:1: a key must not be empty"),
        ("a: [1, 2\n", "f:2:1: is not YAML:"),
        ("a: b: c\n", "is not YAML: mapping values are not allowed"),
        ("a:\n\t- b\n", "is not YAML: found character"),
        ("a: 1\nb: x\x1b[31m\n", r"f:2:5: must not hold control characters (got '\x1b')"),
        ('a: "\\e[31m"\n', r"f:1:4: must not hold control characters (got '\x1b')"),
        ('"a\\x07": 1\n', "f:1:1: must not hold control characters"),
        ("a: \x00\n", r"f:1:4: must not hold control characters (got '\x00')"),
        ("a: " + "9" * 5_000, "f:1:4: must have at most 18 digits (got 5000)"),
        ("a: [.nan]", "f:1:5: must be a finite number (got .nan"),
        ("a: [1, -.inf]", "f:1:8: must be a finite number (got -.inf"),
        ("a: nan", "must be a finite number"),
        ("a: Infinity", "must be a finite number"),
        ("a: 1e999", "f:1:4: must be a finite number (got 1e999)"),
        ("a: " + "[" * 40, f"must be at most {MAX_DEPTH} levels deep"),
        ("k" * 300 + ": 1", "a key must have at most 200 characters"),
        ("%YAML 1.1\n%YAML 1.1\n---\na: 1", "is not YAML: "),
    ],
)
def test_refused_with_its_place(text: str, expected: str, parser: Any) -> None:
    message = fault(text, parser)
    assert expected in message
    assert message.isprintable()


def test_bad_escapes_are_faults_not_crashes(parser: Any) -> None:
    assert "f:1:" in fault('a: "\\U00110000"', parser)
    assert "f:1:" in fault('a: "\\uD800"', parser)


def test_depth_limit_is_exact(parser: Any) -> None:
    parse_yaml("a: " + "[" * (MAX_DEPTH - 1) + "x" + "]" * (MAX_DEPTH - 1), "f", parser=parser)
    assert "levels deep" in fault("a: " + "[" * MAX_DEPTH + "x" + "]" * MAX_DEPTH, parser)


def test_at_most_so_many_values_and_items() -> None:
    rows = "\n".join(f"k{i}: [{','.join('1' * 10_000)}]" for i in range(11))
    assert "must hold at most 100,000 values" in fault(rows)
    assert "must have at most 20,000 entries" in fault(f"a: [{','.join('1' * 20_001)}]")


def test_the_two_parsers_read_the_same(small: str) -> None:
    if not hasattr(yaml, "CSafeLoader"):
        pytest.skip("no libyaml here")
    texts = [small, "a: {2024-11-27T00:00+03:00: 0.5, b: [x, 'y']}\n", "a: |\n  b\n  c\nd: >\n e\n f\n"]
    for text in texts:
        one, two = (list(marks(parse_yaml(text, "f", parser=p))) for p in (yaml.SafeLoader, yaml.CSafeLoader))
        assert one == two
        assert plain(parse_yaml(text, "f", parser=yaml.SafeLoader)) == plain(
            parse_yaml(text, "f", parser=yaml.CSafeLoader)
        )


class TestFiles:
    """What is no text file in UTF-8 is refused before it is read."""

    def refused(self, path: Path) -> str:
        with pytest.raises(ScenarioError) as caught:
            read_yaml(path)
        return str(caught.value)

    def test_not_a_regular_file(self, tmp_path: Path) -> None:
        assert "must be a regular file (got a folder)" in self.refused(tmp_path)
        if hasattr(os, "mkfifo"):
            os.mkfifo(tmp_path / "pipe")  # opening it for reading would wait for ever
            assert "must be a regular file (got a device or pipe)" in self.refused(tmp_path / "pipe")
            assert "must be a regular file (got a device or pipe)" in self.refused(Path("/dev/zero"))

    def test_missing_and_unreadable(self, tmp_path: Path) -> None:
        assert self.refused(tmp_path / "none.yaml").endswith("none.yaml: no such file")
        assert "cannot be read" in self.refused(Path("a\0b"))
        assert "cannot be read" in self.refused(tmp_path / ("n" * 300))
        (tmp_path / "file").write_text("a: 1")
        assert "cannot be read: not a directory" in self.refused(tmp_path / "file" / "x.yaml")

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (b"", "must not be empty"),
            ("a: 1".encode("utf-16"), "x.yaml:1:1: must be UTF-8 text (got byte 0xff)"),
            ("a: 1".encode("utf-16-le"), "must not hold control characters"),
            (b"a: 1\nb: \xe9\n", "x.yaml:2:4: must be UTF-8 text (got byte 0xe9)"),
            (b"a: 1\x00", "x.yaml:1:5: must not hold control characters"),
            (b"#" * 1_000_001, "must be at most 1,000,000 bytes"),
        ],
    )
    def test_content(self, data: bytes, expected: str, write: Callable[..., Path]) -> None:
        assert expected in self.refused(write(data))

    def test_byte_order_mark_and_windows_lines_are_fine(self, write: Callable[..., Path]) -> None:
        assert plain(read_yaml(write(b"\xef\xbb\xbfa: 1\r\nb: x\r\n"))) == {"a": 1, "b": "x"}
