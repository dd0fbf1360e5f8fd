"""A review that is cut off, with real processes: decided, killed, started again, resumed, and run."""

from __future__ import annotations

import signal

import pytest
from support.office import Office, on_screen, to_the_summary
from support.terminal import Terminal

pytestmark = pytest.mark.slow


def decided(office: Office) -> Terminal:
    """The Summary, in which nothing is to be done with the first row."""
    terminal = on_screen(office)
    to_the_summary(terminal)
    terminal.until_text("Salesforce: 2 new")
    terminal.send(".")
    terminal.until_text("do nothing this time")
    return terminal


def kept(office: Office) -> int:
    """How many decisions are on disk."""
    return sum(path.read_bytes().count(b'"choice":"nothing"') for path in office.home.rglob("cache.db"))


def subjects(office: Office) -> list[str]:
    """All that is in either calendar."""
    left, right = office.titles()
    return left + right


def resumed_and_run(office: Office) -> None:
    """Starts again, resumes, says Ok; three of four are brought across."""
    before = subjects(office)
    with on_screen(office) as terminal:
        terminal.until_text("A review in progress was kept: Calendar, 1 decision")
        # Enter is the answer that does no harm
        terminal.send("\r")
        terminal.until_text("1 decision kept")
        assert subjects(office) == before
        terminal.send("o")
        terminal.until_text("Write this now?")
        terminal.send("y")
        terminal.until_text("3 done.")
        terminal.press("\x1b")
        terminal.until_text("Start Sync")
        terminal.until(lambda: terminal.text.count("signed in as") == 2, "Home again")
        terminal.until(lambda: "A review in progress" not in terminal.text, "nothing is left to resume")
        terminal.send(b"\x11")
        assert terminal.wait() == 0
    assert len(subjects(office)) == len(before) + 3


def test_a_review_survives_that_the_process_is_killed(office: Office) -> None:
    with decided(office) as terminal:
        terminal.until(lambda: kept(office) == 1, "the draft on disk")
        terminal.signal(signal.SIGKILL)
        assert terminal.wait() == -signal.SIGKILL
    resumed_and_run(office)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM], ids=lambda n: n.name)
def test_a_review_survives_a_signal_at_once(office: Office, number: signal.Signals) -> None:
    with decided(office) as terminal:
        terminal.signal(number)
        assert terminal.wait() == 1
    resumed_and_run(office)


def test_ctrl_q_says_that_the_review_is_kept(office: Office) -> None:
    with decided(office) as terminal:
        terminal.send(b"\x11")
        assert terminal.wait() == 0
        # where the lines break depends on where the cursor was
        assert "Areviewinprogressiskept:Calendar:1decision." in "".join(terminal.text.split())
    resumed_and_run(office)
