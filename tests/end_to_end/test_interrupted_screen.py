"""Signals, keys and a lost line in the middle of a run of the full-screen program: real processes on a terminal."""

from __future__ import annotations

import os
import signal

import pytest
from support.office import ALL, BROUGHT, PATIENCE, Office, check_that_nothing_is_lost, on_screen, say_ok, to_the_summary
from support.terminal import Terminal

from sync_core.sandbox.faults import Fault

pytestmark = pytest.mark.slow


def running(office: Office) -> Terminal:
    """The program while the first batch is on its way."""
    terminal = on_screen(office)
    to_the_summary(terminal)
    office.slow_down()
    say_ok(terminal)
    assert office.arrived.wait(PATIENCE)
    return terminal


def check_that_the_terminal_is_given_back(terminal: Terminal) -> None:
    assert terminal.modes == terminal.before
    last = terminal.written[terminal.written.rindex(b"\x1b[?1049l") :]
    assert b"\x1b[?25h" in last, "the cursor is there again"
    assert b"\x1b[?1002l" in terminal.written, "and the mouse is the terminal's own"
    assert b"Traceback" not in terminal.written


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_a_signal_lets_the_batch_end_and_gives_the_terminal_back(office: Office, number: signal.Signals) -> None:
    with running(office) as terminal:
        terminal.signal(number)
        assert terminal.wait() == 1
        check_that_the_terminal_is_given_back(terminal)
        assert "handsync: stopped" in terminal.text
    check_that_nothing_is_lost(office)


def test_a_line_that_drops_is_like_a_signal(office: Office) -> None:
    with running(office) as terminal:
        os.close(terminal._fd)
        _, status = os.waitpid(terminal.pid, 0)
        terminal.code = os.waitstatus_to_exitcode(status)
        assert terminal.code == 1
    check_that_nothing_is_lost(office)


def test_ctrl_c_stops_the_run_and_the_report_stays(office: Office) -> None:
    with running(office) as terminal:
        terminal.send(b"\x03")
        terminal.until_text("Stopped when you asked: 2 done, 2 not started.")
        terminal.send(b"\x03")
        terminal.press(b"\x1b")
        terminal.until_text("Start Sync")
        terminal.send(b"\x11")
        assert terminal.wait() == 0
        check_that_the_terminal_is_given_back(terminal)
    check_that_nothing_is_lost(office)


def test_ctrl_q_asks_stops_the_run_and_leaves(office: Office) -> None:
    with running(office) as terminal:
        terminal.send(b"\x11")
        terminal.until_text("Quit handsync?")
        terminal.send("q")
        assert terminal.wait() == 0
        check_that_the_terminal_is_given_back(terminal)
    check_that_nothing_is_lost(office)


def test_a_signal_while_both_sides_are_read_ends_it_at_once(office: Office) -> None:
    with on_screen(office) as terminal:
        office.desk.sandbox.faults.add(Fault("salesforce", "latency", "query", seconds=20))
        terminal.send("s")
        terminal.until_text("Start Sync?")
        terminal.send("y")
        assert office.arrived.wait(PATIENCE)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait(15) == 1
        check_that_the_terminal_is_given_back(terminal)


def test_a_wait_says_how_far_the_run_had_come_and_can_be_cut_short(office: Office) -> None:
    with on_screen(office) as terminal:
        to_the_summary(terminal)
        office.desk.sandbox.faults.add(Fault("outlook", "status", "CreateItem", status=503, retry_after=60))
        say_ok(terminal)
        terminal.until_text("2 of 4 rows: Outlook")
        terminal.until(lambda: "waiting 60 s" in " ".join(terminal.text.split()), "how long it is")
        terminal.send(b"\x03")
        terminal.until_text("Stopped when you asked: 2 done")
        terminal.press(b"\x1b")
        terminal.until_text("Start Sync")
        terminal.send(b"\x11")
        assert terminal.wait() == 0
    office.desk.sandbox.faults.clear()
    assert office.titles() == (ALL, BROUGHT)
    assert office.planned() == ["create_in_outlook"] * 2
