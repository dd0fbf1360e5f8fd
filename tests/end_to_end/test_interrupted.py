"""Ctrl+C, SIGTERM and a terminal that is closed in the middle of a run: real processes, real signals."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.office import ALL, BROUGHT, LEFT_OVER, PATIENCE, Office, check_that_nothing_is_lost

from sync_core.sandbox.faults import Fault

pytestmark = pytest.mark.slow


@pytest.fixture
def office(open_desk: Callable[..., Any], tmp_path: Path) -> Iterator[Office]:
    office = Office(open_desk(world="empty", today=None), tmp_path)
    assert office.planned() == [*["create_in_outlook"] * 2, *["create_in_salesforce"] * 2]
    office.slow_down()
    yield office
    office.arrived.set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_a_signal_lets_the_batch_end_and_the_rest_for_later(office: Office, number: int) -> None:
    process = office.start("apply", str(office.kept), "--yes", stdin=subprocess.DEVNULL)
    assert office.arrived.wait(PATIENCE)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, err
    assert "stopping after the current request" in err
    assert "Calendar: 2 done, 2 not started." in out
    check_that_nothing_is_lost(office)


def test_a_terminal_that_is_closed_is_like_a_signal(office: Office) -> None:
    ours, theirs = pty.openpty()

    def in_front() -> None:
        os.setsid()
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

    streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    process = office.start("apply", str(office.kept), "--yes", preexec_fn=in_front, **streams)
    os.close(theirs)
    assert office.arrived.wait(PATIENCE)
    os.close(ours)
    assert process.wait(PATIENCE) == 1, "there is nobody to print to any more, and that is no reason to fall over"
    check_that_nothing_is_lost(office)


def test_the_second_signal_ends_it_at_once_and_the_next_start_looks_everything_up(office: Office) -> None:
    process = office.start("apply", str(office.kept), "--yes", stdin=subprocess.DEVNULL)
    assert office.arrived.wait(PATIENCE)
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    os.set_blocking(process.stderr.fileno(), True)
    assert "stopping" in "".join(process.stderr.readline() for _ in range(2))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGTERM
    # the server has the request and does it, whether or not anybody waits for the answer
    until = time.monotonic() + PATIENCE
    while office.titles()[0] != ALL and time.monotonic() < until:
        time.sleep(0.05)
    assert office.run("recover")[0] == 3
    check_that_nothing_is_lost(office)


def test_a_signal_while_both_sides_are_read_writes_nothing(office: Office) -> None:
    office.desk.sandbox.faults.clear()
    office.desk.sandbox.faults.add(Fault("salesforce", "latency", "query", seconds=1.5))
    process = office.start("apply", str(office.kept), "--yes", stdin=subprocess.DEVNULL)
    assert office.arrived.wait(PATIENCE)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, "stopped; nothing more was written" in err) == (1, True), err
    assert office.titles() == (LEFT_OVER, BROUGHT)
