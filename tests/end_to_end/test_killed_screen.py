"""The full-screen program is killed in the middle of a run, and two hosts run at once: real processes on a terminal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from support.office import ALL, BROUGHT, PATIENCE, ROOT, Office, on_screen, say_ok, to_the_summary
from support.terminal import Terminal

from sync_core.report import Result
from sync_core.sandbox.faults import Fault

pytestmark = pytest.mark.slow

# a process that takes itself for one of another host: its name and what the machine calls itself are others
ON_HOST: str = """
import socket, sys
from sync_core import place
host, read = sys.argv.pop(1), place._text
socket.gethostname = lambda: host
place._text = lambda path: host if path in ("/etc/machine-id", "/proc/sys/kernel/random/boot_id") else read(path)
from tui.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def until(is_so: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def asked(terminal: Terminal, *words: str) -> str:
    """What a question says once it has all of these words, without its frame and its line breaks."""

    def text() -> str:
        return " ".join(terminal.text.replace("│", " ").split())

    terminal.until(lambda: all(word in text() for word in words), " / ".join(words))
    return text()


@pytest.mark.parametrize("answer", ["finish", "stop here"])
def test_killed_in_the_middle_it_says_so_at_the_start_and_a_person_goes_on_from_there(
    office: Office, answer: str
) -> None:
    """kill -9 while the first batch is on its way: the server does it, nobody hears the answer."""
    with on_screen(office) as terminal:
        to_the_summary(terminal)
        office.slow_down()
        say_ok(terminal)
        assert office.arrived.wait(PATIENCE)
        terminal.signal(signal.SIGKILL)
        assert terminal.wait() == -signal.SIGKILL
    until(lambda: office.titles()[0] == ALL, "the server does what it was sent")
    with on_screen(office) as terminal:
        terminal.until_text("cut off")
        terminal.send("f")
        terminal.until_text("2 done, 2 not done.")
        assert office.titles() == (ALL, BROUGHT), "looking only reads"
        if answer == "finish":
            terminal.send("f")
            terminal.until_text("Ok would write")
            terminal.until_text("Outlook: 2 new")
            say_ok(terminal)
            terminal.until_text("2 done.")
            assert office.titles() == (ALL, ALL)
            terminal.press(b"\x1b")
        else:
            terminal.send("s")
            terminal.until_text("It stays as it is")
            assert office.titles() == (ALL, BROUGHT)
        terminal.until(lambda: "A run was cut off" not in terminal.text and "Start Sync" in terminal.text, "dealt with")
        terminal.until(lambda: "never run" not in terminal.text, "the run is the last one")
        terminal.send("\x11")
        assert terminal.wait() == 0
    runs = json.loads(office.run("history", "--json")[1])["runs"]
    assert [run["results"] for run in runs] == (
        [{"done": 2}, {"done": 2, "not_started": 2}] if answer == "finish" else [{"done": 2, "not_started": 2}]
    )
    # nothing is left, or just what was left: each item is there once
    assert office.planned() == ([] if answer == "finish" else ["create_in_outlook"] * 2)


def test_another_host_shows_whose_run_it_is_and_runs_once_that_is_over(office: Office) -> None:
    """Two processes with one state directory, each on a host of its own."""
    office.planned()
    with on_screen(office, "-c", ON_HOST, "jump-host-b") as terminal:
        to_the_summary(terminal)
        office.desk.sandbox.faults.add(Fault("salesforce", "latency", "POST", seconds=8))
        first = subprocess.Popen(
            [sys.executable, "-c", ON_HOST, "jump-host-a", "apply", str(office.kept), "--yes"],
            cwd=ROOT,
            env=office.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert office.arrived.wait(PATIENCE)
            say_ok(terminal)
            words = ("on jump-host-a", f"(process {first.pid})", "Started ", "last heard of", "Try again (t)")
            assert "ake over" not in asked(terminal, "Another run of these accounts goes on", *words)
            out, _ = first.communicate(timeout=PATIENCE)
            assert "Calendar: 4 done." in out
        finally:
            first.kill()
            first.communicate()
        terminal.send("t")
        terminal.until_text("4 skipped")
        terminal.until_text("was synced by another run")
    assert office.titles() == (ALL, ALL)
    assert office.planned() == []


def test_a_run_that_died_on_another_host_is_taken_over_after_a_question(office: Office) -> None:
    office.planned()
    with on_screen(office, "-c", ON_HOST, "jump-host-b") as terminal:
        to_the_summary(terminal)
        office.slow_down()
        command = [sys.executable, "-c", ON_HOST, "jump-host-a", "apply", str(office.kept), "--yes"]
        first = subprocess.Popen(command, cwd=ROOT, env=office.environment, stdout=subprocess.DEVNULL)
        assert office.arrived.wait(PATIENCE)
        first.kill()
        assert first.wait() == -signal.SIGKILL
        until(lambda: office.titles()[0] == ALL, "the server does what it was sent")
        silent(office, timedelta(minutes=12))
        say_ok(terminal)
        words = ("on jump-host-a", "last heard of 12 min ago", "gives no sign of life", "Take over (t)")
        asked(terminal, "A run of these accounts was cut off", *words)
        terminal.send("t")
        # two of the four had been done by the one that died: that was looked up first
        terminal.until_text("2 done, 2 skipped")
    assert office.titles() == (ALL, ALL)
    assert office.planned() == []
    assert office.results() == {
        Result.DONE.value: ["From Salesforce 0", "From Salesforce 1"],
        Result.SKIPPED.value: BROUGHT,
    }


def silent(office: Office, time_past: timedelta) -> None:
    """As if the run that holds the lock had been silent for so long, by its own clock and by the file server's."""
    locks = sorted(office.home.glob("state/*/run.lock.*"))
    assert locks
    data = json.loads(locks[-1].read_text())
    past = datetime.now(UTC) - time_past
    data["since"] = data["beat"] = past.strftime("%Y-%m-%dT%H:%M:%SZ")
    locks[-1].write_text(json.dumps(data))
    os.utime(locks[-1], (past.timestamp(), past.timestamp()))
