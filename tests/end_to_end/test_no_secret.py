"""No secret in what the program prints, remembers, exports or hands to other programs: on both servers."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from support.office import Office
from support.watching import until

from sync_core.sandbox.faults import Fault
from tui.app import HandsyncApp
from tui.backend import FileBackend
from tui.screens.configure import ConfigureScreen
from tui.screens.home import HomeScreen

pytestmark = pytest.mark.slow


def secrets(office: Office) -> list[str]:
    connection = office.desk.sandbox.connection()
    return [connection["salesforce"]["access_token"], connection["outlook"]["password"]]


def holding(directory: Path, words: list[str]) -> list[str]:
    """The files below `directory` in which one of the words stands."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    assert files
    return sorted(path.name for path in files if any(word.encode() in path.read_bytes() for word in words))


def process(office: Office, *words: str) -> tuple[int, str]:
    """A command in a process of its own: the exit code, and all that it printed."""
    running = office.start(*words)
    out, err = running.communicate(timeout=120)
    return running.returncode, out + err


def test_no_command_prints_or_keeps_a_secret(office: Office) -> None:
    """Also when it fails, and though errors of both servers are told. What is kept is for its owner alone."""
    words = secrets(office)
    said = ""
    for expected, command in (
        (0, ("check",)),
        (0, ("plan", "calendar", "--json", "--out", str(office.kept))),
        (0, ("apply", str(office.kept), "--yes")),
        (0, ("history", "--json")),
        (0, ("recover", "--json")),
        (0, ("ignored", "--json")),
    ):
        code, printed = process(office, *command)
        assert code == expected, printed
        said += printed
    for side in ("salesforce", "outlook"):
        office.desk.sandbox.faults.add(Fault(side=side, kind="drop_before", times=50))
    code, printed = process(office, "plan", "calendar")
    assert code == 1
    said += printed
    assert [word for word in words if word in said] == []
    assert holding(office.home, words) == ["config.toml"]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (office.home / "state").rglob("*")} == {0}


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a list of processes as files")
def test_no_process_has_a_secret_among_its_words(office: Office) -> None:
    """As everybody on the machine may list them, while both sides are read; a secret comes from a command as well."""
    words = secrets(office)
    kept = office.home / "kept"
    kept.write_text(words[1])
    text = office.config.read_text().replace(f"password = {json.dumps(words[1])}\n", "")
    office.config.write_text(text.replace("[outlook]\n", f'[outlook]\npassword_command = ["cat", "{kept}"]\n'))
    running = office.start("plan", "calendar")
    seen = set()
    while running.poll() is None:
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen.add(path.read_bytes())
            except OSError:
                continue
        time.sleep(0.02)
    said, why = running.communicate()
    assert (running.returncode, why) == (0, ""), said
    assert any(b"plan" in one for one in seen)
    assert not any(word.encode() in one for word in words for one in seen)


async def test_no_screen_shows_a_secret(office: Office) -> None:
    words = secrets(office)
    app = HandsyncApp(FileBackend(office.config, office.home / "state"))
    async with app.run_test(size=(200, 200)) as pilot:
        await until(pilot, HomeScreen, "Outlook connected")
        await pilot.press("c")
        await until(pilot, ConfigureScreen, "Salesforce")
        shown: Any = app.screen
        said = "".join(segment.text for strip in shown._compositor.render_strips() for segment in strip)
        assert "Outlook" in said
        assert [word for word in words if word in said] == []
