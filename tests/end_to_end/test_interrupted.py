"""Ctrl+C, SIGTERM and a terminal that is closed in the middle of a run: real processes, real signals."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sync_core.cli import main
from sync_core.errors import CancelledError
from sync_core.items import Kind
from sync_core.plan import Action
from sync_core.report import Result, RunReport
from sync_core.review import Review
from sync_core.sandbox.faults import Fault

ROOT = Path(__file__).parents[2]
PATIENCE = 120


class Office:
    """Two items on each side to be brought over, and a command line to do it with."""

    def __init__(self, desk: Any, home: Path) -> None:
        self.desk, self.home = desk, home
        self.config, self.kept = home / "config.toml", home / "plan.jsonl"
        self.config.write_text(desk.sandbox.settings_toml())
        self.config.chmod(0o600)
        box, org = desk.sandbox.mailbox, desk.sandbox.org
        start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
        for number in range(2):
            times = {"start": start, "end": start + timedelta(hours=1), "reminder_is_set": False}
            box.create(box.folder("calendar"), {"subject": f"From Outlook {number}", **times})
            values = {"Subject": f"From Salesforce {number}", "StartDateTime": f"{start:%Y-%m-%dT%H:%M:%SZ}"}
            org.create("Event", {**values, "DurationInMinutes": 90}, by=desk.sandbox.user_id)
        self.arrived = threading.Event()
        take = desk.sandbox.faults.take

        def watched(side: str, operation: str) -> Fault | None:
            fault = take(side, operation)
            if fault is not None:
                self.arrived.set()
            return fault

        desk.sandbox.faults.take = watched

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "tui", *words]

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HANDSYNC_", "TEXTUAL", "NO_COLOR"))}
        return kept | {"HANDSYNC_CONFIG": str(self.config), "HANDSYNC_STATE_DIR": str(self.home / "state")}

    def start(self, *words: str, **more: Any) -> subprocess.Popen[str]:
        options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **more}
        return subprocess.Popen(self.command(*words), cwd=ROOT, env=self.environment, **options)

    def run(self, *words: str) -> tuple[int, str]:
        """A command that nobody interrupts, in this process: the exit code and what it printed."""
        printed = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
            for name in ("HANDSYNC_CONFIG", "HANDSYNC_STATE_DIR"):
                patch.setenv(name, self.environment[name])
            code = main(words)
        return code, printed.getvalue()

    def planned(self) -> list[str]:
        code, printed = self.run("plan", "calendar", "--json", "--out", str(self.kept))
        assert code == 0
        return sorted(row["action"] for row in json.loads(printed)["rows"])

    def results(self) -> dict[str, list[str]]:
        """What the history says of the newest run: titles by result."""
        newest = json.loads(self.run("history", "--json")[1])["runs"][0]
        rows = json.loads(self.run("history", newest["id"], "--json")[1])["rows"]
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["result"], []).append(row["title"])
        return {result: sorted(titles) for result, titles in found.items()}

    def titles(self) -> tuple[list[str], list[str]]:
        box = self.desk.sandbox.mailbox
        left = sorted(str(row["Subject"]) for row in self.desk.sandbox.org.rows("Event"))
        return left, sorted(item.fields["subject"] for item in box.items(box.folder("calendar")))

    def slow_down(self) -> None:
        """The first batch, two creates in Salesforce, takes its time."""
        self.desk.sandbox.faults.add(Fault("salesforce", "latency", "POST", seconds=1.5))


@pytest.fixture
def office(open_desk: Callable[..., Any], tmp_path: Path) -> Iterator[Office]:
    office = Office(open_desk(world="empty", today=None), tmp_path)
    assert office.planned() == [*["create_in_outlook"] * 2, *["create_in_salesforce"] * 2]
    office.slow_down()
    yield office
    office.arrived.set()


BROUGHT = ["From Outlook 0", "From Outlook 1"]
LEFT_OVER = ["From Salesforce 0", "From Salesforce 1"]
ALL = [*BROUGHT, *LEFT_OVER]


def check_that_nothing_is_lost(office: Office) -> None:
    """The batch under way is recorded as done, the rest as not begun; and the next run does just the rest."""
    assert office.titles() == (ALL, BROUGHT)
    assert office.results() == {Result.DONE.value: BROUGHT, Result.NOT_STARTED.value: LEFT_OVER}
    assert office.planned() == [Action.CREATE_IN_OUTLOOK.value] * 2
    assert office.run("apply", str(office.kept), "--yes")[0] == 0
    assert office.titles() == (ALL, ALL)
    assert office.planned() == []


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


def test_a_program_that_has_to_end_waits_for_the_batch_under_way(office: Office) -> None:
    service = office.desk.service
    review = Review.of(service.plan(Kind.CALENDAR, lambda p: None, lambda: False))
    reports: list[RunReport] = []

    def run() -> None:
        reports.append(service.run(review, lambda p: None, lambda: False))

    running = threading.Thread(target=run)
    running.start()
    assert office.arrived.wait(PATIENCE)
    assert not service.wind_down(0), "the batch is still on its way"
    assert service.wind_down(PATIENCE)
    running.join(PATIENCE)
    (report,) = reports
    assert (report.cancelled, report.sentence) == (True, "2 done, 2 not started")
    assert office.titles() == (ALL, BROUGHT)
    with pytest.raises(CancelledError):
        service.plan(Kind.CALENDAR, lambda p: None, lambda: False)
    office.desk.restart()
    office.desk.run()
    assert office.titles() == (ALL, ALL)
