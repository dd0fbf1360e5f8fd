"""The demo, started as the screen starts it: a child process, a temporary directory, and nothing of it left behind."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync_core import demo as demo_module
from sync_core.demo import Demo, DemoPaths
from sync_core.errors import HandsyncError
from sync_core.items import Kind
from sync_core.plan import Action, Plan, State
from sync_core.service import Service
from sync_core.settings.load import load

ROOT = Path(__file__).parents[2]


def plan(paths: DemoPaths) -> Plan:
    service = Service(load(paths.config), paths.state_dir)
    try:
        return service.plan(Kind.CALENDAR, lambda progress: None, lambda: False)
    finally:
        service.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # a child of a dead parent may wait for init as a zombie
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def gone_soon(pid: int) -> bool:
    for _ in range(100):
        if not alive(pid):
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's demos make their directories."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


@pytest.fixture
def demo(temporary: Path) -> Iterator[Demo]:
    with Demo() as made:
        yield made


def test_it_opens_on_a_monday_morning(demo: Demo) -> None:
    rows = plan(demo.start()).rows
    assert {row.action for row in rows} == set(Action)
    assert {row.state for row in rows} == set(State)
    assert sum(not row.quiet for row in rows) > 40


def test_last_week_was_synced_once_and_two_differences_were_refused(demo: Demo) -> None:
    paths = demo.start()
    service = Service(load(paths.config), paths.state_dir)
    try:
        assert sorted(ignore.mode.value for _, ignore in service.ignored()) == ["ignored_forever", "ignored_once"]
        last = service.last_run(Kind.CALENDAR)
    finally:
        service.close()
    assert last is not None
    assert "done" in last.sentence
    assert "failed" not in last.sentence
    ago = datetime.now(UTC) - datetime.fromisoformat(last.finished)
    assert abs(ago - timedelta(days=7)) < timedelta(minutes=10)


def test_contacts_and_tasks_are_switched_on_and_were_synced_too(demo: Demo) -> None:
    paths = demo.start()
    service = Service(load(paths.config), paths.state_dir)
    try:
        assert all(service.settings.job(kind).include for kind in Kind)
        assert all(service.last_run(kind) is not None for kind in Kind)
        assert service.plan(Kind.CONTACTS, lambda progress: None, lambda: False).in_sync > 0
    finally:
        service.close()


def test_it_says_what_it_does(temporary: Path) -> None:
    said: list[str] = []
    with Demo(said.append) as demo:
        demo.start()
    assert len(said) >= 4
    for sentence in said:
        assert sentence[0].isupper()
        assert sentence[-1] in ".…"


def test_its_files_are_private_and_gone_afterwards(demo: Demo, temporary: Path) -> None:
    paths = demo.start()
    for path, mode in ((paths.config, 0o600), (paths.config.parent, 0o700), (paths.state_dir, 0o700)):
        assert stat.S_IMODE(path.stat().st_mode) == mode
    child = demo._child
    assert child is not None
    demo.close()
    assert not paths.config.parent.exists()
    assert list(temporary.glob("handsync-demo-*")) == []
    assert child.returncode == 0
    demo.close()


def test_no_variable_of_the_environment_leads_the_demo_to_a_real_account(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDSYNC_SALESFORCE__INSTANCE_URL", "https://real.example.com")
    monkeypatch.setenv("HANDSYNC_CALENDAR__INCLUDE", "false")
    with Demo() as demo:
        paths = demo.start()
        assert load(paths.config).salesforce.instance_url.startswith("http://127.0.0.1:")
        assert not [name for name in os.environ if name.startswith("HANDSYNC_")]
    assert os.environ["HANDSYNC_SALESFORCE__INSTANCE_URL"] == "https://real.example.com"


def test_no_secret_in_the_process_list(demo: Demo) -> None:
    settings = load(demo.start().config)
    child = demo._child
    assert child is not None
    words = " ".join(map(str, child.args if isinstance(child.args, list) else [child.args]))
    for secret in (settings.salesforce.access_token, settings.outlook.password):
        assert secret is not None
        assert secret.get_secret_value() not in words


def test_a_child_that_cannot_start_is_one_sentence_and_leaves_nothing(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(HandsyncError, match="the demo could not start"):
        Demo().start()
    assert list(temporary.glob("handsync-demo-*")) == []


def test_a_child_that_dies_says_why(temporary: Path) -> None:
    with pytest.raises(HandsyncError, match="-5 is not a number of events"):
        Demo().start(size=-5)
    assert list(temporary.glob("handsync-demo-*")) == []


def test_a_child_that_stays_silent_is_given_up(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mute = temporary / "mute"
    mute.write_text("#!/bin/sh\nread line\n")
    mute.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(mute))
    monkeypatch.setattr(demo_module, "_START", 0.3)
    with pytest.raises(HandsyncError, match="they said nothing"):
        Demo().start()
    assert list(temporary.glob("handsync-demo-*")) == []


def test_closing_while_it_starts_ends_it(temporary: Path) -> None:
    demo = Demo()
    problems: list[BaseException] = []

    def start() -> None:
        try:
            demo.start()
        except HandsyncError as problem:
            problems.append(problem)

    thread = threading.Thread(target=start)
    thread.start()
    while demo._child is None:
        time.sleep(0.005)
    demo.close()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert len(problems) == 1
    child = demo._child
    assert child is not None
    assert child.poll() is not None
    assert list(temporary.glob("handsync-demo-*")) == []


SCRIPT = textwrap.dedent(
    """
    import sys, time
    from sync_core.demo import Demo
    demo = Demo()
    paths = demo.start(size=5)
    print(demo._child.pid, paths.config.parent, flush=True)
    {then}
    """
)


def run_script(then: str, temporary: Path) -> tuple[subprocess.Popen[str], int, Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(then=then)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert process.stdout is not None
    pid, _, directory = process.stdout.readline().strip().partition(" ")
    return process, int(pid), Path(directory)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_servers_and_removes_the_directory(temporary: Path, number: signal.Signals) -> None:
    process, pid, directory = run_script("time.sleep(60)", temporary)
    assert directory.exists()
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == -number
    assert gone_soon(pid)
    assert not directory.exists()


@pytest.mark.slow
@pytest.mark.parametrize("then", ["pass", "sys.exit(3)", "raise ValueError('boom')"])
def test_an_exit_without_close_cleans_up_too(temporary: Path, then: str) -> None:
    process, pid, directory = run_script(then, temporary)
    process.communicate(timeout=20)
    assert gone_soon(pid)
    assert not directory.exists()


@pytest.mark.slow
def test_a_killed_parent_takes_the_servers_with_it(temporary: Path) -> None:
    process, pid, _ = run_script("time.sleep(60)", temporary)
    assert alive(pid)
    process.kill()
    process.communicate(timeout=20)
    assert gone_soon(pid)


def test_it_never_imports_the_sandbox(temporary: Path) -> None:
    code = "import sys; from sync_core.demo import Demo; d = Demo(); d.start(size=5); d.close()\n"
    code += "print([m for m in sys.modules if m.startswith('sync_core.sandbox')])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
