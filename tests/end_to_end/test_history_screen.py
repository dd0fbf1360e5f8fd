"""From a run to its history and back, on real terminals: on the demo too, and where a server keeps things otherwise."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
from support.office import ALL, BROUGHT, Office, on_screen, say_ok, to_the_summary
from support.terminal import Terminal

pytestmark = pytest.mark.slow


def run(office: Office, terminal: Terminal) -> None:
    """From Home to the report of a run."""
    to_the_summary(terminal)
    say_ok(terminal)
    terminal.until_text("4 done")
    assert office.titles() == (ALL, ALL)


def test_what_a_server_keeps_otherwise_is_said_on_the_row_and_not_argued_with(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trigger rewrites the subject's case and cuts the location off."""
    org = office.desk.sandbox.org
    insert = org.insert

    def with_trigger(actor: Any, sobject: str, fields: Any) -> str:
        made = insert(actor, sobject, fields)
        if sobject == "Event":
            org.stamp(sobject, made, {"Location": "ROOM 4"})
        return str(made)

    monkeypatch.setattr(org, "insert", with_trigger)
    box = office.desk.sandbox.mailbox
    for item in box.items(box.folder("calendar")):
        box.update(item.id, {"location": "Room 4, North wing"})
    with on_screen(office, width=120, height=40) as terminal:
        run(office, terminal)
        terminal.until_text("Salesforce keeps location in a form of its own")
        # the history has it too: as it was written, and as the server keeps it
        terminal.send("h")
        terminal.until_text("Take back")
        terminal.until_text("Salesforce keeps location in a form of its own")
        terminal.send("/" if "From Outlook 0" not in terminal.text else b"\r")
        terminal.until_text("before ")
        for _ in range(4):
            if "ROOM 4" in terminal.text:
                break
            terminal.press("n")
        kept = re.compile(r"location +\(not there\) +Room 4, North wing +ROOM 4")
        terminal.until(lambda: any(kept.search(line) for line in terminal.lines), "the row as the server keeps it")
        for _ in range(3):
            terminal.press(b"\x1b")
        terminal.until_text("Start Sync")
        terminal.send("s")
        terminal.until_text("Start Sync?")
        terminal.send("y")
        terminal.until_text("Both sides are in step")
        terminal.send(b"\r")
        terminal.press("\x11")
        assert terminal.wait() == 0


def test_a_run_is_taken_back_from_its_own_report(office: Office) -> None:
    with on_screen(office) as terminal:
        run(office, terminal)
        terminal.until_text("h shows it row by row")
        terminal.send("h")
        terminal.until_text("t Take back")
        terminal.send("t")
        terminal.until_text("the run of")
        terminal.until_text("2 DELETED")
        say_ok(terminal)
        left = ["From Salesforce 0", "From Salesforce 1"]
        terminal.until(lambda: office.titles() == (left, BROUGHT), "as it was before")
        terminal.until_text("It is kept in the history")
        terminal.until_text("4 done.")
        # back to the run's record, to its report, and Home
        for _ in range(3):
            terminal.press(b"\x1b")
        terminal.until_text("Start Sync")
        terminal.send("h")
        terminal.until_text("takes back")
        terminal.send("\x11")
        assert terminal.wait() == 0
    assert set(office.planned()) == {"none"}, "what was taken back stays as it is until one side changes"


def test_the_demo_is_run_looked_up_and_taken_back() -> None:
    with Terminal([sys.executable, "-m", "tui", "--demo"], width=120, height=40) as terminal:
        terminal.until_text("Synchronization Summary")
        terminal.until_text("? Keys")
        terminal.quiet()
        say_ok(terminal)
        terminal.until_text("It is kept in the history")
        done = re.search(r"^ *(\d+) done\.", terminal.text, re.M)
        assert done, terminal.text
        assert int(done[1]) > 20
        terminal.send("h")
        terminal.until_text("t Take back")
        terminal.quiet()
        terminal.send("t")
        terminal.until(lambda: "Take back" in terminal.lines[0] and "the run of" in terminal.lines[0], "the plan")
        terminal.until_text("? Keys")
        terminal.quiet()
        say_ok(terminal)
        terminal.until_text("It is kept in the history")
        terminal.until(lambda: re.search(r"^ *\d+ done", terminal.text, re.M) is not None, "the report")
        assert "failed" not in terminal.text
        assert "unknown" not in terminal.text
        # the record of the run that was taken back, its report, Home, and the list
        for _ in range(3):
            terminal.press(b"\x1b")
        terminal.until_text("Start Sync")
        terminal.send("h")
        terminal.until_text("takes back")
        terminal.send("\x11")
        terminal.until(lambda: terminal.ended or "Quit" in terminal.text, "the end, or a question before it")
        if not terminal.ended:
            terminal.send("q")
        assert terminal.wait() == 0
