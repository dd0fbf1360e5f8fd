"""Long texts compared line by line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.line_diff import MOST, DiffLine, line_diff

texts = st.lists(st.sampled_from("abcd"), max_size=30).map("\n".join)


def shown(first: str, second: str) -> list[str]:
    return [f"{line.sign}{line.words}" for line in line_diff(first, second)]


def test_what_changed_and_a_line_around_it() -> None:
    first = "\n".join(["one", "two", "three", "four", "five", "six", "seven"])
    second = first.replace("six", "6")
    assert shown(first, second) == [".4 lines the same", " five", "-six", "+6", " seven"]


def test_few_equal_lines_are_shown() -> None:
    assert shown("a\nb\nc\nd", "A\nb\nc\nD") == ["-a", "+A", " b", " c", "-d", "+D"]


def test_everything_new_and_everything_gone() -> None:
    assert shown("", "a\nb") == ["+a", "+b"]
    assert shown("a", "") == ["-a"]


def test_very_long_texts_are_compared_only_so_far() -> None:
    found = line_diff("x\n" * (MOST + 10), "y\n" * 5)
    assert found[-1] == DiffLine(".", "11 more lines are not compared")


@given(texts, texts)
def test_both_texts_can_be_told_from_it(first: str, second: str) -> None:
    found = line_diff(first, second)
    if any(line.sign == "." for line in found):
        assert all(line.words in "abcd" or line.words.endswith("lines the same") for line in found)
        return
    assert "\n".join(line.words for line in found if line.sign in " -") == first
    assert "\n".join(line.words for line in found if line.sign in " +") == second
