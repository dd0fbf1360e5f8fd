"""Copying rows, and writing what is shown to a file."""

from __future__ import annotations

import base64
import csv
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from tui import clipboard
from tui.driver import QuietDriver
from tui.screens.export import ExportScreen
from tui.screens.question import Question
from tui.screens.summary import SummaryScreen
from tui.widgets.controls import Choice, Field, Words

Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]


async def test_y_copies_the_row_under_the_cursor_as_a_line_and_says_so(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Quarterly review")
        await shown.press("y")
        assert shown.pilot.app.clipboard == (
            "Quarterly review, 23 November 2026, 10:00 to 11:00. Update in Outlook: location changed in Salesforce "
            "since the last sync on 16 Nov 2026."
        )
        assert shown.said() == "copied “Quarterly review”"


async def test_y_copies_the_marked_rows(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Quarterly review")
        await shown.press("space", "j", "space", "y")
        assert len(shown.pilot.app.clipboard.splitlines()) == 2
        assert shown.said().endswith("copied 2 rows")


@pytest.mark.parametrize("keys", [("Y",), ("enter", "y")])
async def test_the_details_are_copied_whole(summary: Any, keys: tuple[str, ...]) -> None:
    async with summary() as shown:
        shown.go_to("Quarterly review")
        await shown.press(*keys)
        assert "location: before “Leeds”; Salesforce “York”; Outlook “Leeds”" in shown.pilot.app.clipboard
        assert shown.said() == "copied “Quarterly review” with all details"


async def test_a_strangers_escape_sequences_do_not_get_into_the_clipboard(summary: Any, samples: Any) -> None:
    row = samples.monday().rows[0]
    async with summary(samples.plan([row])) as shown:
        item = row.left or row.right
        item.fields["subject"] = "\x1b]52;c;aGk=\x07 \u202eevil"
        await shown.press("y", "Y")
        assert "\x1b" not in shown.pilot.app.clipboard
        assert "\u202e" not in shown.pilot.app.clipboard


async def test_too_much_for_a_clipboard_is_said_and_not_sent(summary: Any, samples: Any) -> None:
    async with summary(samples.large(1500)) as shown:
        await shown.press("asterisk", "Y")
        assert shown.pilot.app.clipboard == ""
        assert "export it to a file instead" in shown.said()


def told(screen: ExportScreen) -> str:
    """What the screen says about the file."""
    return str(screen.query_one("#export-said", Words).content)


@pytest.fixture
def export(summary: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Programs start in an empty directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_what_is_shown_is_written_to_a_table(summary: Any, export: Path, until: Until) -> None:
    async with summary() as shown:
        await shown.press("slash", *"stand-up", "enter", "E")
        assert isinstance(shown.pilot.app.screen, ExportScreen)
        await shown.press("enter")
        await until(shown.pilot, lambda: isinstance(shown.pilot.app.screen, SummaryScreen))
        (path,) = export.iterdir()
        assert path.name == "handsync-calendar-2026-11-23.csv"
        assert path.stat().st_mode & 0o777 == 0o600
        with path.open() as file:
            assert [line["title"] for line in csv.DictReader(file)] == ["Stand-up"]
        assert "Saved in" in shown.said()


async def test_the_format_and_the_ending_follow_each_other(summary: Any, export: Path, until: Until) -> None:
    async with summary() as shown:
        await shown.press("E")
        screen = shown.pilot.app.screen
        field, choice = screen.query_one("#file", Field), screen.query_one("#format", Choice)
        field.value = "some.md"
        await shown.pilot.pause()
        assert choice.value == "md"
        choice.value = "json"
        await shown.pilot.pause()
        assert field.value == "some.json"
        field.focus()
        await shown.press("enter")
        await until(shown.pilot, lambda: isinstance(shown.pilot.app.screen, SummaryScreen))
        assert json.loads((export / "some.json").read_text())["process"] == "calendar"


async def test_a_file_that_is_there_is_replaced_only_after_a_question(summary: Any, export: Path, until: Until) -> None:
    target = export / "handsync-calendar-2026-11-23.csv"
    target.write_text("mine")
    async with summary() as shown:
        await shown.press("E", "enter")
        await until(shown.pilot, lambda: isinstance(shown.pilot.app.screen, Question))
        # Enter does no harm
        await shown.press("enter")
        await until(shown.pilot, lambda: isinstance(shown.pilot.app.screen, ExportScreen))
        assert target.read_text() == "mine"
        await shown.press("enter")
        await until(shown.pilot, lambda: isinstance(shown.pilot.app.screen, Question))
        await shown.press("r")
        await until(shown.pilot, lambda: isinstance(shown.pilot.app.screen, SummaryScreen))
        assert target.read_text().startswith("process,title")


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "no file name"), ("no/such/place.csv", "no such directory"), ("sub", "not a file")],
)
async def test_a_file_that_cannot_be_is_said_at_the_field(
    summary: Any, export: Path, until: Until, name: str, words: str
) -> None:
    (export / "sub").mkdir()
    async with summary() as shown:
        await shown.press("E")
        screen = shown.pilot.app.screen
        screen.query_one("#file", Field).value = name
        await shown.press("enter")
        await until(shown.pilot, lambda: words in told(screen))
        await shown.press("escape")
        assert isinstance(shown.pilot.app.screen, SummaryScreen)
    assert [path.name for path in export.iterdir()] == ["sub"]


def decoded(sequence: str) -> str:
    """The text in a plain sequence."""
    assert sequence.startswith("\x1b]52;c;")
    assert sequence.endswith("\a")
    return base64.b64decode(sequence[7:-1]).decode()


def test_a_terminal_gets_the_plain_sequence() -> None:
    sequence = clipboard.sequence("Łódź, 10:00")
    assert decoded(sequence) == "Łódź, 10:00"
    assert clipboard.through(sequence, {"TERM": "xterm"}) == sequence


def test_tmux_gets_it_both_ways() -> None:
    sequence = clipboard.sequence("hello")
    sent = clipboard.through(sequence, {"TMUX": "/tmp/tmux-1/default,1,0"})
    assert sent == sequence + "\x1bPtmux;\x1b" + sequence + "\x1b\\"


def test_gnu_screen_gets_it_in_pieces_that_make_up_the_whole() -> None:
    sequence = clipboard.sequence("x" * 5000)
    sent = clipboard.through(sequence, {"STY": "1.pts-0"})
    pieces = sent.removesuffix("\x1b\\").split("\x1b\\")
    assert all(piece.startswith("\x1bP") and len(piece) < 768 for piece in pieces)
    assert "".join(piece.removeprefix("\x1bP") for piece in pieces) == sequence


async def test_the_driver_wraps_only_what_goes_to_the_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr("textual.drivers.linux_driver.LinuxDriver.write", lambda self, data: written.append(data))
    monkeypatch.setenv("TMUX", "here")
    driver = QuietDriver(App(), mouse=False)
    driver.write("\x1b]2;handsync\x07")
    driver.write(clipboard.sequence("hello"))
    assert "tmux" not in "".join(written[:-1])
    assert written[-1] == clipboard.through(clipboard.sequence("hello"), {"TMUX": "here"})
