"""A run that somebody interrupts: a sandbox with a few items to bring over, and the program to do it with."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.host import settings_file
from support.terminal import Terminal
from sync_core.cli import main
from sync_core.plan import Action
from sync_core.report import Result
from sync_core.sandbox.faults import Fault

ROOT = Path(__file__).parents[2]
PATIENCE = 120
BROUGHT = ["From Outlook 0", "From Outlook 1"]
LEFT_OVER = ["From Salesforce 0", "From Salesforce 1"]
ALL = [*BROUGHT, *LEFT_OVER]


class Office:
    """Two items on each side to be brought over, and a command line to do it with."""

    def __init__(self, desk: Any, home: Path) -> None:
        self.desk, self.home = desk, home
        self.config, self.kept = settings_file(home, desk.sandbox.settings_toml()), home / "plan.jsonl"
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


def on_screen(office: Office, *words: str, width: int = 80, height: int = 24) -> Terminal:
    """The program on a terminal, both connections checked. `words` are what Python is to run, if not the program."""
    terminal = Terminal([sys.executable, *(words or ("-m", "tui"))], office.environment, width=width, height=height)
    terminal.until(lambda: terminal.text.count("signed in as") == 2, "both connections")
    return terminal


def to_the_summary(terminal: Terminal) -> None:
    """From Home to the Summary."""
    terminal.send("s")
    terminal.until_text("Start Sync?")
    terminal.send("y")
    terminal.until_text("Ok would write")


def say_ok(terminal: Terminal) -> None:
    """From the Summary to the run."""
    terminal.send("o")
    terminal.until_text("Write this now?")
    terminal.send("y")


def check_that_nothing_is_lost(office: Office) -> None:
    """The batch under way is recorded as done, the rest as not begun; and the next run does just the rest."""
    assert office.titles() == (ALL, BROUGHT)
    assert office.results() == {Result.DONE.value: BROUGHT, Result.NOT_STARTED.value: LEFT_OVER}
    assert office.planned() == [Action.CREATE_IN_OUTLOOK.value] * 2
    assert office.run("apply", str(office.kept), "--yes")[0] == 0
    assert office.titles() == (ALL, ALL)
    assert office.planned() == []
