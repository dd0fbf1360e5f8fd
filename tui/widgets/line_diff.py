"""Two long texts compared line by line, as a person reads changes. No widget in here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

# lines of each text that are compared; what comes after is only counted
MOST: Final = 400
# equal lines that are shown before and after others
_AROUND: Final = 1
# equal lines in a row that are shown all the same: to say that they are left out takes as much room
_FEW: Final = 3


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line: "-" is only in the first text, "+" only in the second, " " in both, "." tells what is left out."""

    sign: str
    words: str


def line_diff(first: str, second: str) -> list[DiffLine]:
    """What changed between two texts, each with "\\n" line ends. Equal lines far from any change are left out."""
    ours, theirs = _lines(first), _lines(second)
    found = list(_shortened(list(_compared(ours[:MOST], theirs[:MOST]))))
    rest = max(len(ours), len(theirs)) - MOST
    if rest > 0:
        found.append(DiffLine(".", f"{rest} more lines are not compared"))
    return found


def _lines(text: str) -> Sequence[str]:
    return text.split("\n") if text else []


def _compared(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[DiffLine]:
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield from (DiffLine(" ", words) for words in ours[a:b])
            continue
        yield from (DiffLine("-", words) for words in ours[a:b])
        yield from (DiffLine("+", words) for words in theirs[c:d])


def _shortened(lines: Sequence[DiffLine]) -> Iterator[DiffLine]:
    """The lines without long stretches of equal ones."""
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].sign == " ":
            end += 1
        if end == at:
            yield lines[at]
            at += 1
            continue
        before = _AROUND if at else 0
        after = _AROUND if end < len(lines) else 0
        left_out = end - at - before - after
        if left_out <= _FEW - 1 or not (before or after):
            yield from lines[at:end]
        else:
            yield from lines[at : at + before]
            yield DiffLine(".", f"{left_out} lines the same")
            yield from lines[end - after : end]
        at = end
