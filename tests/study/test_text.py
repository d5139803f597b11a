"""Tables for a terminal: what gives way when there is too little room."""

import pytest

from sim.study.text import NARROWEST, digits_to_tell, paragraph, percent, table, width

LONG = "Uninterruptedlylongname"


def test_a_table_with_room_is_as_wide_as_its_cells() -> None:
    assert table([["Alba", "1.0"], ["Port Brae", "12.5"]], head=["", "share"]) == [
        "           share",
        "Alba         1.0",
        "Port Brae   12.5",
    ]
    assert table([]) == []


def test_a_name_that_is_too_long_goes_on_below_itself() -> None:
    lines = table([["Port of Brae on the Sea", "1,000"], ["Alba", "2"]], head=["", "people"], most=24)
    assert lines == [
        "                 people",
        "Port of Brae on   1,000",
        "the Sea",
        "Alba                  2",
    ]


def test_words_that_belong_together_stay_so() -> None:
    assert table([["one 1, two\xa02", "x"]], left=(0, 1), most=12) == ["one 1,  x", "two 2"]


@pytest.mark.parametrize("numbers", [20, 60, 90])
def test_a_word_is_cut_to_no_fewer_than_the_narrowest(numbers: int) -> None:
    """However wide the numbers are; they are whole in any case."""
    (line,) = table([[LONG, "9" * numbers]], most=30)
    assert line.endswith("  " + "9" * numbers)
    name = line.split()[0]
    assert width(name) == NARROWEST == 8
    assert name.endswith("…")
    assert table([[LONG, "9" * numbers]], most=30, cut=False) == [f"{LONG}  {'9' * numbers}"]


def test_a_head_wider_than_its_numbers_goes_on_below_itself() -> None:
    lines = table([["Alba", "1.0", "2.0"]], head=["", "Coast League", "Southern Union"], most=24)
    assert lines == [
        "       Coast  Southern",
        "      League     Union",
        "Alba     1.0       2.0",
    ]


def test_what_is_not_quite_nought_or_all_never_reads_so() -> None:
    shares = (0, 0.0004, 0.00075, 0.001, 0.5, 0.9991, 1)
    assert [percent(share) for share in shares] == ["0.0", "<0.1", "<0.1", "0.1", "50.0", ">99.9", "100.0"]
    assert [percent(share, 0) for share in (0.004, 0.996)] == ["<1", ">99"]


def test_so_many_digits_that_no_value_reads_nought() -> None:
    assert digits_to_tell([0.3, 0.04, 0.6], 1) == 2
    assert digits_to_tell([0.3, 0.05, 0.6], 1) == 1
    assert digits_to_tell([0.0, 12], 1) == 1
    assert digits_to_tell([1e-9], 1) == 4


def test_a_paragraph_keeps_its_lines() -> None:
    assert paragraph("one two three\n\x1b[31mfour", most=8) == ["one two", "three", "\\x1b[31…"]
