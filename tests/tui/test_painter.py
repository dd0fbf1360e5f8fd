"""The painter: whatever Textual writes, the terminal shows the same with it as without, for fewer bytes."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pyte
import pyte.screens
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.painter import Painter
from tui.pens import PLAIN, Pen, change, pen_after
from tui.strokes import Erasing

WIDTH, HEIGHT = 40, 6
Piece = tuple[str, str]

STYLES = [
    "",
    "1",
    "2",
    "3",
    "4",
    "7",
    "9",
    "1;31",
    "38;5;250;48;5;16",
    "48;5;16",
    "1;38;5;250;48;5;16",
    "38;2;1;2;3;44",
    "97;100",
]
# one cell, two cells, and characters that carry another one
WORDS = [
    "a",
    "word",
    " ",
    "      ",
    "              ",
    "- ▸",
    "é",
    "──",
    "四半",
    "日本語",
    "한국",
    "✗",
    "Ωж",
    "xyz xyz xyz",
]
pieces = st.lists(st.tuples(st.sampled_from(STYLES), st.sampled_from(WORDS)), min_size=1, max_size=12)
pictures = st.dictionaries(st.integers(0, HEIGHT - 1), pieces, min_size=1)


def frame(lines: dict[int, Sequence[Piece]]) -> str:
    """Lines as Textual writes them: a move, and pieces that set all their colours and take them back."""
    parts = []
    for y, line in sorted(lines.items()):
        parts.append(f"\x1b[{y + 1};1H")
        room = WIDTH
        for style, text in [*line, ("", " " * WIDTH)]:
            while text and cells(text) > room:
                text = text[:-1]
            room -= cells(text)
            parts.append(f"\x1b[{style}m{text}\x1b[0m" if style and text else text)
        parts.append(" " * room + "\n")
    return "".join(parts)[:-1] + "\x1b[1;1H"


def cells(text: str) -> int:
    return sum(2 if char >= "一" else 1 for char in text)


class Shown:
    """What a terminal shows of what was written to it: characters, and of their looks what can be seen."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)

    def after(self, data: str) -> list[list[Any]]:
        """The cells after `data` was written too."""
        self.stream.feed(data)
        return [[_seen(self.screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def _seen(cell: Any) -> Any:
    on_blanks = cell.underscore or cell.reverse or cell.strikethrough
    # of a blank only the ground can be seen
    return cell if cell.data != " " or on_blanks else (" ", cell.bg)


@pytest.mark.parametrize("erasing", Erasing)
@settings(max_examples=30)
@given(frames=st.lists(pictures, min_size=1, max_size=5))
def test_the_terminal_shows_what_textual_drew(erasing: Erasing, frames: list[dict[int, list[Piece]]]) -> None:
    painter, plain, painted = Painter(erasing), Shown(), Shown()
    for lines in frames:
        data = frame(lines)
        assert painted.after(painter.take(data)) == plain.after(data)


@pytest.mark.parametrize("erasing", Erasing)
def test_parts_of_lines_are_drawn_where_they_belong(erasing: Erasing) -> None:
    rng = random.Random(7)
    painter, plain, painted = Painter(erasing), Shown(), Shown()
    for _ in range(300):
        parts = []
        for _ in range(rng.randint(1, 3)):
            y, x = rng.randrange(HEIGHT), rng.randrange(WIDTH - 1)
            text = "".join(rng.choice("ab  ") for _ in range(rng.randint(1, WIDTH - x)))
            text = text.replace("b", " " * 4)[: WIDTH - x]
            parts.append(f"\x1b[{y + 1};{x + 1}H\x1b[{rng.choice(STYLES)}m{text}\x1b[0m")
        data = "".join(parts)
        assert painted.after(painter.take(data)) == plain.after(data)


def test_what_is_there_already_costs_nothing() -> None:
    painter = Painter()
    picture = frame({y: [("1;38;5;250", f"line {y}"), ("", "  日本語  end")] for y in range(HEIGHT)})
    assert painter.take(picture)
    assert painter.take(picture) == ""


def test_only_the_changed_cells_are_written() -> None:
    painter = Painter()
    painter.take(frame({0: [("", "one two three")], 1: [("", "four")]}))
    assert painter.take(frame({0: [("", "one two Three")]})) == "\x1b[1;9HT"
    # cells in between are written again where that is shorter than a move
    assert painter.take(frame({0: [("", "onE tWo Three")]})) == "\ronE tW"
    assert painter.take(frame({0: [("", "On tWo    ThreE")], 1: [("", "Four")]})).startswith("\rOn")


def test_colours_are_changed_and_not_set_anew() -> None:
    painter = Painter()
    painter.take(
        frame({0: [("38;5;250;48;5;16", "grey"), ("1;38;5;250;48;5;16", "loud"), ("38;5;250;48;5;16", " grey")]})
    )
    written = painter.take(
        frame({0: [("38;5;250;48;5;16", "GREY"), ("1;38;5;250;48;5;16", "LOUD"), ("38;5;250;48;5;16", " GREY")]})
    )
    # the letters' colour is still there, only the ground was another one; on a blank nobody sees what is bold
    assert written == "\r\x1b[48;5;16mGREY\x1b[1mLOUD \x1b[22mGREY"


@given(before=st.lists(st.sampled_from(STYLES), max_size=3), after=st.lists(st.sampled_from(STYLES), max_size=3))
def test_every_change_of_pen_leads_to_the_other_pen(before: list[str], after: list[str]) -> None:
    old, new = PLAIN, PLAIN
    for style in before:
        old = pen_after(old, style)
    for style in after:
        new = pen_after(new, style)
    for known in (old, None):
        at = old
        for sequence in change(known, new).split("\x1b["):
            at = pen_after(at, sequence[:-1]) if sequence else at
        assert at == new


def test_colours_are_read_in_every_form() -> None:
    assert pen_after(PLAIN, "1;38;2;1;2;3;48;5;9") == Pen("38;2;1;2;3", "48;5;9", 1)
    assert pen_after(Pen("31", "41", 1 | 8), "22;39") == Pen("", "41", 8)
    assert pen_after(Pen("31", "41", 7), "49") == Pen("31", "", 7)
    assert pen_after(Pen("31", "41", 7), "") == PLAIN


def test_blanks_are_erased_where_the_terminal_can() -> None:
    old, new = {0: [("48;5;16", "x" * 30)]}, {0: [("48;5;16", "x" + " " * 29)]}
    for erasing, expected in (
        (Erasing.COLOURED, "\x1b[48;5;16m\rx\x1b[29X"),
        # the ground would be another one
        (Erasing.PLAIN, "\x1b[48;5;16m\rx" + " " * 29),
        (Erasing.NONE, "\x1b[48;5;16m\rx" + " " * 29),
    ):
        painter = Painter(erasing)
        painter.take(frame(old))
        assert painter.take(frame(new)) == expected
    painter = Painter(Erasing.PLAIN)
    painter.take(frame({0: [("", "x" * 30)]}))
    assert painter.take(frame({0: []})) == "\r\x1b[30X"


def test_erasing_does_not_end_inside_a_character_of_two_cells() -> None:
    """tmux keeps the other half, and takes away the ground of what was erased when that half is written over."""
    painter = Painter(Erasing.COLOURED)
    painter.take(frame({0: [("", "x" * 10 + "四")]}))
    written = painter.take(frame({0: [("48;5;16", " " * 11), ("48;5;16", "b")]}))
    assert "\x1b[10X" in written
    assert "11X" not in written


def test_what_has_the_same_colours_is_drawn_together_where_that_is_shorter() -> None:
    painter, quiet, loud = Painter(), "38;5;246", "1;38;5;252"
    painter.resize(WIDTH, HEIGHT)
    picture = frame({0: [(quiet, "when it is"), (loud, "ten"), (quiet, "and where, and"), (loud, "York")]})
    written = painter.take(picture)
    assert written.count("38;5;246") == written.count("38;5;252") == 1
    shown, plain = Shown(), Shown()
    assert shown.after(written) == plain.after(picture)


def test_what_the_painter_cannot_read_goes_through_and_everything_is_drawn_again() -> None:
    painter = Painter()
    picture = frame({0: [("", "one")]})
    first = painter.take(picture)
    for unknown in (
        "\x1b[2J",
        "\x1b[?1049h",
        "\x1b7",
        "one\ttwo",
        "\x1b]8;id=1;https://x\x1b\\link\x1b]8;;\x1b\\\x1b[1;1H\x08",
    ):
        assert painter.take(unknown) == "\x1b[m" + unknown
        assert painter.take(picture).endswith(first.removeprefix("\x1b[m"))
        assert painter.take(picture) == ""


@pytest.mark.parametrize(
    "harmless",
    [
        "\x1b[?1000h\x1b[?1002h\x1b[?1006h",
        "\x1b[?25l",
        "\x1b[?2026$p",
        "\x1b[>25u",
        "\x1b]52;c;aGk=\x07",
        "\x1b]22;pointer\x1b\\",
        "\x07",
    ],
)
def test_what_leaves_the_picture_alone_goes_through_and_nothing_is_forgotten(harmless: str) -> None:
    painter = Painter()
    picture = frame({0: [("", "one")]})
    painter.take(picture)
    assert painter.take(harmless) == harmless
    assert painter.take(picture) == ""


def test_after_forgetting_all_is_written_again() -> None:
    painter = Painter()
    picture = frame({y: [("31", f"line {y}")] for y in range(HEIGHT)})
    first = painter.take(picture)
    painter.forget()
    assert painter.take(picture) == first


def test_what_is_drawn_for_another_size_spoils_nothing() -> None:
    """A terminal made smaller gets a frame or two of the old size before Textual knows."""
    old = "".join(f"\x1b[{y + 1};1H{'x' * 60}" for y in range(9)) + "\x1b[9;58Hy日本\x1b[1;1H"
    painter, shown = Painter(), Shown()
    painter.resize(WIDTH, HEIGHT)
    shown.after(painter.take(old))
    new = frame({y: [("", "日本" * 3)] for y in range(HEIGHT)})
    assert shown.after(painter.take(new)) == Shown().after(new)
    assert painter.take(new) == ""
    painter.resize(WIDTH, HEIGHT)
    assert painter.take(new) == ""
    painter.resize(WIDTH, HEIGHT - 1)
    assert Shown().after(painter.take(new))[: HEIGHT - 1] == Shown().after(new)[: HEIGHT - 1]


def test_only_long_frames_are_held_together() -> None:
    painter = Painter()
    assert painter.take("\x1b[?2026h") == ""
    assert "2026" not in painter.take(frame({0: [("", "short")]}))
    assert painter.take("\x1b[?2026l") == ""
    painter.take("\x1b[?2026h")
    long = painter.take("".join(f"\x1b[{y + 1};1H" + "x" * 40 for y in range(30)))
    assert long.startswith("\x1b[?2026h")
    assert painter.take("\x1b[?2026l") == "\x1b[?2026l"


def test_the_cursor_waits_where_one_types() -> None:
    painter = Painter()
    painter.take("\x1b[3;1Hname: \x1b[3;7H")
    # nothing changed, and the cursor is there
    assert painter.take("\x1b[3;1Hname: \x1b[3;7H") == ""
    assert painter.take("\x1b[1;1Htitle\x1b[3;7H") == "\x1b[Htitle\x1b[3;7H"


@pytest.mark.parametrize("taken_for", [1, 2])
def test_columns_stay_straight_whatever_the_terminal_makes_of_a_character(
    monkeypatch: pytest.MonkeyPatch, taken_for: int
) -> None:
    """Rich counts two cells for the emoji, and a terminal may count otherwise."""
    real = pyte.screens.wcwidth
    monkeypatch.setattr(pyte.screens, "wcwidth", lambda char: taken_for if char in "👩🦽" else real(char))
    painter = Painter()
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    for words in ("Party 👩👩 ", "Party 🦽 2 ", "Party      ", "👩         "):
        stream.feed(painter.take(f"\x1b[1;1H\x1b[1m{words}\x1b[0m| right\x1b[1;1H"))
        row = "".join(screen.buffer[0][x].data or "" for x in range(WIDTH))
        assert screen.buffer[0][11].data == "|", row
        assert "".join(screen.buffer[0][x].data for x in range(11, 18)) == "| right"
        if "👩" not in words and "🦽" not in words:
            assert row.startswith("Party      |")


@pytest.mark.parametrize(
    ("term", "erasing", "scrolls"),
    [
        ("xterm-256color", Erasing.COLOURED, True),
        # GNU screen leaves the terminal's own ground behind, and so its entry has no such sequence
        ("screen", Erasing.NONE, True),
        ("no-such-terminal", Erasing.NONE, False),
    ],
)
def test_what_terminals_can_do_is_what_terminfo_says(term: str, erasing: Erasing, scrolls: bool) -> None:
    # terminfo is read once in a process
    program = f"from tui.driver import painter; p = painter({term!r}); print(p.erasing.value, p.scrolls)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [erasing.value, str(scrolls)]
