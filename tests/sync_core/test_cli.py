"""The command line: exit codes, one sentence per problem, and nothing heavy before it is needed.

The service is a stand-in here; the whole way over the sandbox is walked in the end-to-end tests.
"""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from support.build import OL, all_day, at, left, link, only, plan, right

import sync_core.service
from sync_core.cli import main, plain, terminal
from sync_core.errors import SideError
from sync_core.items import Kind, SideName, When
from sync_core.lock import Holder, LockedError
from sync_core.plan import Action, Guard, Ignore, IgnoreMode, Plan, row_id
from sync_core.planfile import plan_to_json, write_plan_file
from sync_core.question import Rules
from sync_core.report import Result, RowReport, RunProgress, RunReport
from sync_core.review import Review
from sync_core.service import Finding
from sync_core.sides import Operation, Progress

ROOT = Path(__file__).parents[2]
HOSTILE = "Lunch \x1b[2J\u202e[bold]x[/] " + "long " * 40


@dataclass
class World:
    """What the stand-in answers, and what it was asked."""

    plans: list[Plan] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    ignored: list[tuple[Kind, Ignore]] = field(default_factory=list)
    problem: Exception | None = None
    ran: list[Review] = field(default_factory=list)
    closed: int = 0
    # what is to be asked about the day's requests, and whose lock is in the way
    asks: list[str] = field(default_factory=list)
    locked: LockedError | None = None


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    """A world behind a real settings file."""
    made = World()

    class Stand:
        zone = "Europe/London"

        def __init__(self, settings: Any, state_dir: Path) -> None:
            self.settings = settings
            assert state_dir == tmp_path / "state"

        def plan(self, kind: Kind, progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Plan:
            progress(Progress(SideName.OUTLOOK, 3, None, "reading"))
            if made.problem is not None:
                raise made.problem
            return made.plans.pop(0) if len(made.plans) > 1 else made.plans[0]

        def questions(self, review: Review) -> list[str]:
            return made.asks

        def run(
            self,
            review: Review,
            progress: Callable[[RunProgress], None],
            cancelled: Any,
            *,
            take_over: bool = False,
        ) -> RunReport:
            if made.locked is not None and not take_over:
                raise made.locked
            made.ran.append(review)
            rows = [row for row in review.rows() if row.action not in (Action.NONE, Action.CONFLICT)]
            reports = tuple(
                RowReport(row.id, row.title, row.action, made.results.get(row.id, Result.DONE), HOSTILE[:20])
                for row in rows
            )
            return RunReport(Kind.CALENDAR, "", "", reports)

        def check(self) -> list[Finding]:
            return made.findings

        def ignored(self, kind: Kind | None = None) -> list[tuple[Kind, Ignore]]:
            return made.ignored

        def remove_ignore(self, wanted: str) -> bool:
            before = len(made.ignored)
            made.ignored = [entry for entry in made.ignored if entry[1].row_id != wanted]
            return len(made.ignored) < before

        def close(self) -> None:
            made.closed += 1

    for name in list(os.environ):
        if name.startswith("HANDSYNC_"):
            monkeypatch.delenv(name)
    config = tmp_path / "config.toml"
    config.write_text("[calendar]\ninclude = true\n")
    monkeypatch.setenv("HANDSYNC_CONFIG", str(config))
    monkeypatch.setenv("HANDSYNC_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(sync_core.service, "Service", Stand)
    return made


def ordinary() -> Plan:
    return plan(
        [left("L1", subject=HOSTILE), left("L2", subject="Both", location="York")],
        [right("R2", subject="Both", location="Leeds"), right("R3", subject="Gone", when=at(24))],
        [link("L2", "R2", subject="Both")],
    )


@pytest.fixture
def kept(world: World, tmp_path: Path) -> Path:
    """A plan file of the ordinary plan, which is also what the service plans afresh."""
    world.plans = [ordinary()]
    path = tmp_path / "plan.json"
    write_plan_file(path, [plan_to_json(ordinary())])
    return path


def row_of(p: Plan, action: Action) -> str:
    return next(row.id for row in p.rows if row.action is action)


# -- what is not done ----------------------------------------------------------------------------------------------


HEAVY = ["textual", "rich", "pydantic", "pydantic_settings", "tomlkit", "diskcache", "exchangelib", "simple_salesforce"]


@pytest.mark.parametrize("argv", [["--help"], ["plan", "--help"], ["--version"], ["undo"], ["--wrong"]])
def test_nothing_heavy_is_imported_to_say_so_little(argv: list[str]) -> None:
    code = f"""
import sys
from tui.__main__ import main
try:
    code = main({argv!r})
except SystemExit as end:
    code = end.code
print("HEAVY", sorted(set(sys.modules) & set({HEAVY!r})), code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    last = done.stdout.splitlines()[-1]
    assert last.startswith("HEAVY []")
    assert last.endswith(" 0" if "--help" in argv or "--version" in argv else " 2")


@pytest.mark.parametrize(
    "argv", [["plan"], ["plan", "calender"], ["zzz"], ["--demo", "plan", "calendar"], ["apply"], ["check", "--json"]]
)
def test_wrong_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_no_settings_and_broken_settings(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "calendar", "--config", str(tmp_path / "none.toml")]) == 2
    assert "handsync --demo" in capsys.readouterr().err
    broken = tmp_path / "broken.toml"
    broken.write_text("[calendar]\npast_days = -1\n")
    broken.chmod(0o600)
    assert main(["--config", str(broken), "check"]) == 2
    captured = capsys.readouterr()
    assert (
        captured.err == f"handsync: {broken}, line 2: calendar.past_days is -1; give a whole number from 0 to 3650.\n"
    )
    assert captured.out == ""


# -- plan ----------------------------------------------------------------------------------------------------------


def test_plan_json_is_a_line_per_process(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.plans = [ordinary()]
    assert main(["plan", "calendar", "calendar", "--json"]) == 0
    captured = capsys.readouterr()
    (line,) = captured.out.splitlines()
    assert json.loads(line) == plan_to_json(ordinary())
    assert captured.out.isascii()
    # progress is for people who are watching
    assert captured.err == ""
    assert world.closed == 1


def test_plan_out_keeps_the_plan(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world.plans = [ordinary()]
    path = tmp_path / "kept.json"
    assert main(["plan", "calendar", "--out", str(path)]) == 0
    assert json.loads(path.read_text()) == plan_to_json(ordinary())
    assert f"handsync apply {path}" in capsys.readouterr().out


def test_plan_as_text_is_harmless_and_narrow(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.plans = [ordinary()]
    assert main(["plan", "calendar"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert max(len(line) for line in out.splitlines()) <= 100
    assert "[2J[bold]x[/]" in out
    heading, *_ = out.splitlines()
    assert heading == "Salesforce – Microsoft Outlook Calendar"
    assert out.index("In Salesforce: 1 new.") < out.index("Monday 23 November 2026") < out.index("Tuesday 24 November")
    assert "Conflict, needs a choice: Both" in out
    assert "location: before “Room 4”; Salesforce “York”; Outlook “Leeds”; will be not decided" in " ".join(out.split())


@pytest.mark.parametrize("text_of", [["--json"], []])
def test_a_failing_side_is_one_sentence(world: World, text_of: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    world.problem = SideError("no answer\x1b[2J", where="Outlook", remedy="Try again later")
    assert main(["plan", "calendar", *text_of]) == 1
    captured = capsys.readouterr()
    assert captured.err == "handsync: Outlook: no answer␛[2J. Try again later.\n"
    assert captured.out == ""
    assert world.closed == 1


def test_a_surprise_is_a_sentence_without_its_text(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HANDSYNC_SALESFORCE__ACCESS_TOKEN", "hunter2")
    world.problem = RuntimeError("refused: hunter2")
    assert main(["plan", "calendar"]) == 1
    err = capsys.readouterr().err
    assert "RuntimeError" in err
    assert "hunter2" not in err
    assert "Traceback" not in err
    assert err.count("\n") == 1
    from sync_core.settings.models import SalesforceSettings
    from sync_core.settings.secrets import resolve

    resolve(SalesforceSettings.model_validate({"access_token": "hunter2"}), "access_token")
    monkeypatch.setenv("HANDSYNC_DEBUG", "1")
    assert main(["plan", "calendar"]) == 1
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert "refused: ***" in err
    assert "hunter2" not in err


# -- without a screen ----------------------------------------------------------------------------------------------


def test_a_pipe_gets_the_plan_in_place_of_the_screen(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.plans = [ordinary()]
    shown: list[Any] = []
    assert main([], run_screen=lambda options: shown.append(options) or 0) == 0
    assert shown == []
    assert "Conflict, needs a choice: Both" in capsys.readouterr().out


def test_no_process_switched_on(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text("")
    assert main([]) == 2
    assert "no process is switched on" in capsys.readouterr().err


def test_a_terminal_gets_the_screen_unless_it_is_dumb(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.plans = [ordinary()]
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    seen: list[tuple[Any, ...]] = []

    def screen(options: Any) -> int:
        seen.append((options.config, options.demo, options.no_mouse))
        return 7

    assert main(["--demo", "--no-mouse", "--config", "x.toml"], run_screen=screen) == 7
    assert main([], run_screen=screen) == 7
    assert seen == [(Path("x.toml"), True, True), (None, False, False)]
    monkeypatch.setenv("TERM", "dumb")
    assert main([], run_screen=screen) == 0
    assert len(seen) == 2


# -- apply ---------------------------------------------------------------------------------------------------------


def test_apply_runs_what_the_file_says(world: World, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apply", str(kept), "--yes"]) == 0
    (review,) = world.ran
    assert review.rows() == list(ordinary().rows)
    out = capsys.readouterr().out
    assert "In Outlook: 1 new." in out
    assert "Calendar: 2 done." in out
    assert "\x1b" not in out


def test_apply_without_a_terminal_asks_for_yes(world: World, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apply", str(kept)]) == 2
    assert "Add --yes" in capsys.readouterr().err
    assert world.ran == []


@pytest.mark.parametrize("result", [Result.FAILED, Result.SKIPPED, Result.UNKNOWN])
def test_apply_with_a_row_that_did_not_work(
    world: World, kept: Path, result: Result, capsys: pytest.CaptureFixture[str]
) -> None:
    world.results = {row_of(ordinary(), Action.CREATE_IN_SALESFORCE): result}
    assert main(["apply", str(kept), "--yes"]) == 3
    out = " ".join(capsys.readouterr().out.split())
    assert f"{result.value.capitalize()}: Gone, create in Salesforce" in out
    assert f"Calendar: 1 done, 1 {result.value}." in out


def test_apply_of_what_changed_since(world: World, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fresh = plan([left("L1", subject="Renamed")], [right("R3", subject="Gone", when=at(24))])
    world.plans = [fresh]
    assert main(["apply", str(kept), "--yes"]) == 3
    out = " ".join(capsys.readouterr().out.split())
    assert "create in Outlook: the Salesforce item changed since the plan was made" in out
    assert "Calendar: 1 done." in out
    (review,) = world.ran
    assert [row.action for row in review.rows()].count(Action.CREATE_IN_OUTLOOK) == 0


def test_nothing_to_apply(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waiting = plan([left(location="York")], [right(location="Leeds")], [link()])
    world.plans = [waiting]
    write_plan_file(tmp_path / "plan.json", [plan_to_json(waiting)])
    assert main(["apply", str(tmp_path / "plan.json"), "--yes"]) == 4
    assert "nothing to apply" in capsys.readouterr().out
    assert world.ran == []


def test_what_needs_no_write_is_still_learnt(world: World, tmp_path: Path) -> None:
    same = plan([left(location="York")], [right(location="York")], [link()])
    world.plans = [same]
    write_plan_file(tmp_path / "plan.json", [plan_to_json(same)])
    assert main(["apply", str(tmp_path / "plan.json"), "--yes"]) == 4
    assert len(world.ran) == 1


def test_an_impossible_action_is_wrong_usage(world: World, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept.write_text(kept.read_text().replace('"action": "create_in_outlook"', '"action": "delete_from_outlook"'))
    assert main(["apply", str(kept), "--yes"]) == 2
    assert "cannot have the action delete_from_outlook" in capsys.readouterr().err
    assert world.ran == []


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Somebody who types these lines; the questions are kept in the list's place once they are asked."""
    answers: list[str] = []
    monkeypatch.setattr(terminal, "can_ask", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: print(question) or answers.pop(0))  # type: ignore[func-returns-value]
    yield answers
    assert answers == []


@pytest.mark.parametrize(("answer", "code", "runs"), [("yes", 0, 1), ("Y", 0, 1), ("no", 1, 0), ("", 1, 0)])
def test_apply_asks(
    world: World,
    kept: Path,
    at_terminal: list[str],
    answer: str,
    code: int,
    runs: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    at_terminal.append(answer)
    assert main(["apply", str(kept)]) == code
    assert len(world.ran) == runs
    assert "In Salesforce: 1 new." in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "code", "runs"), [("yes", 0, 1), ("no", 1, 0), ("", 1, 0)])
def test_a_run_that_would_use_up_the_day_asks_first(
    world: World,
    kept: Path,
    at_terminal: list[str],
    answer: str,
    code: int,
    runs: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world.asks = ["this run needs about 900 requests to Salesforce, and 12 are left"]
    at_terminal.extend(["yes", answer])
    assert main(["apply", str(kept)]) == code
    assert len(world.ran) == runs
    assert "Calendar: this run needs about 900 requests to Salesforce, and 12 are left." in capsys.readouterr().out


def test_a_script_does_not_use_up_the_day(world: World, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world.asks = ["this run needs about 900 requests to Salesforce, and 12 are left"]
    assert main(["apply", str(kept), "--yes"]) == 1
    assert world.ran == []
    assert "Not begun. Without --yes you are asked" in capsys.readouterr().out


def held_by(*, stale: bool) -> LockedError:
    since = "2026-11-22T08:00:00Z"
    return LockedError(
        Holder("tom", "host-b", 77, since, since, "Calendar", stale), datetime(2026, 11, 22, 9, tzinfo=UTC)
    )


@pytest.mark.parametrize(("answer", "code", "runs"), [("yes", 0, 1), ("no", 1, 0)])
def test_a_run_that_died_is_taken_over_after_a_question(
    world: World,
    kept: Path,
    at_terminal: list[str],
    answer: str,
    code: int,
    runs: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world.locked = held_by(stale=True)
    at_terminal.extend(["yes", answer])
    assert main(["apply", str(kept)]) == code
    assert len(world.ran) == runs
    out = " ".join(capsys.readouterr().out.split())
    assert "a run of these accounts was cut off: Calendar, started 1 hour ago by tom on host-b (process 77)" in out


@pytest.mark.parametrize(("stale", "argument"), [(False, []), (True, ["--yes"])])
def test_a_run_that_goes_on_is_not_taken_over_and_a_script_takes_none(
    world: World, kept: Path, at_terminal: list[str], stale: bool, argument: list[str]
) -> None:
    world.locked = held_by(stale=stale)
    at_terminal.extend(["yes"] if not argument else [])
    assert main(["apply", str(kept), *argument]) == 1
    assert world.ran == []


def test_deletes_stand_out_in_the_question(
    world: World, tmp_path: Path, at_terminal: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    from support.build import SF, gone, picture

    going = plan(picture(SF, [], gone("L1")), [right()], [link()])
    assert only(going).action is Action.DELETE_FROM_OUTLOOK
    world.plans = [going]
    write_plan_file(tmp_path / "plan.json", [plan_to_json(going)])
    at_terminal.append("no")
    assert main(["apply", str(tmp_path / "plan.json")]) == 1
    out = capsys.readouterr().out
    assert "In Outlook: 1 DELETED." in out
    assert "Budget 2027, 23 November 2026, 10:00 to 11:00" in out


@pytest.mark.parametrize(("answers", "ran"), [(["12", "yes"], Action.CREATE_IN_OUTLOOK), (["11"], None), ([""], None)])
def test_a_guard_is_lifted_by_typing_its_number(
    world: World, tmp_path: Path, at_terminal: list[str], answers: list[str], ran: Action | None
) -> None:
    guard = Guard(OL, Operation.CREATE, 12, 20)
    base = plan([left()])
    held = replace(base, rows=(replace(only(base), held=guard),), guards=(guard,))
    world.plans = [held]
    data = plan_to_json(held)
    data["rows"][0]["action"] = "create_in_outlook"
    (tmp_path / "plan.json").write_text(json.dumps(data))
    at_terminal.extend(answers)
    assert main(["apply", str(tmp_path / "plan.json")]) == (0 if ran else 3)
    assert [row.action for review in world.ran for row in review.rows()] == ([ran] if ran else [])


def test_yes_does_not_lift_a_guard(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guard = Guard(OL, Operation.CREATE, 12, 20)
    base = plan([left()])
    held = replace(base, rows=(replace(only(base), held=guard),), guards=(guard,))
    world.plans = [held]
    data = plan_to_json(held)
    data["rows"][0]["action"] = "create_in_outlook"
    (tmp_path / "plan.json").write_text(json.dumps(data))
    assert main(["apply", str(tmp_path / "plan.json"), "--yes"]) == 3
    assert world.ran == []
    assert "12 of 20 linked items" in " ".join(capsys.readouterr().out.split())


# -- check, ignored, sandbox ---------------------------------------------------------------------------------------


def test_check(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.findings = [Finding("Outlook", True, "signed in as rep@example.com.")]
    assert main(["check"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("ok      Settings: ")
    assert "Europe/London" in first
    assert second == "ok      Outlook: signed in as rep@example.com."
    world.findings.append(Finding("Salesforce", False, "Salesforce refused the session\x1b[2J."))
    assert main(["check"]) == 1
    assert "NOT OK  Salesforce: Salesforce refused the session␛[2J." in capsys.readouterr().out


def test_ignored(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ignored"]) == 0
    assert capsys.readouterr().out == "Nothing is being ignored.\n"
    one = row_id(Kind.CALENDAR, "L1", "R1")
    ignore = Ignore(one, IgnoreMode.ONCE, "a", "b", "2026-11-20T08:00:00Z", "Lunch\x1b", "new in Outlook")
    world.ignored = [(Kind.CALENDAR, ignore)]
    assert main(["ignored"]) == 0
    out = capsys.readouterr().out
    assert "ignored until the next change since 20 Nov 2026" in " ".join(out.split())
    assert "\x1b" not in out
    assert main(["ignored", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "format": 1,
        "ignored": [
            {
                "id": one,
                "process": "calendar",
                "state": "ignored_once",
                "since": "2026-11-20T08:00:00Z",
                "title": "Lunch\x1b",
                "reason": "new in Outlook",
            }
        ],
    }
    assert main(["ignored", "--remove", "zzz"]) == 2
    assert "“zzz”" in capsys.readouterr().err
    assert main(["ignored", "--remove", one]) == 0
    assert world.ignored == []


def test_sandbox_is_a_program_of_its_own(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from sync_core.cli import main; main(['sandbox', '--size', 'x'])"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 2
    assert "handsync sandbox: error" in done.stderr


# -- being told to stop --------------------------------------------------------------------------------------------

SLOW = """
import sys, time
import sync_core.service
from sync_core.cli import main
from sync_core.errors import CancelledError

class Stand:
    zone = "Etc/UTC"
    def __init__(self, settings, state_dir):
        self.settings = settings
    def plan(self, kind, progress, cancelled):
        print("begun", flush=True)
        for _ in range(600):
            time.sleep(0.05)
            if {heed} and cancelled():
                raise CancelledError
        print("never stopped")
    def check(self):
        print("begun", flush=True)
        time.sleep(30)
    def close(self):
        print("closed", flush=True)

sync_core.service.Service = Stand
sys.exit(main({argv!r}))
"""


def slow(tmp_path: Path, argv: list[str], *, heed: bool = True) -> subprocess.Popen[str]:
    config = tmp_path / "config.toml"
    config.write_text("[calendar]\ninclude = true\n")
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SLOW).format(heed=heed, argv=[*argv, "--config", str(config)])],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    while process.stdout.readline().strip() != "begun":
        assert process.poll() is None
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_the_request_end_and_is_one_line(tmp_path: Path, number: int) -> None:
    process = slow(tmp_path, ["plan", "calendar"])
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert out == "closed\n"
    assert "handsync: stopped; nothing more was written." in err
    assert "Traceback" not in err


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    process = slow(tmp_path, ["plan", "calendar"], heed=False)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == -signal.SIGINT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_has_no_steps_stops_at_once(tmp_path: Path, number: int) -> None:
    process = slow(tmp_path, ["check"])
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert out.endswith("closed\n")
    assert err == "handsync: stopped.\n"


def test_a_closed_pipe_is_no_drama(tmp_path: Path, kept: Path) -> None:
    code = """
import sys
from sync_core.cli import main
class Stand:
    zone = "Etc/UTC"
    def __init__(self, *a): pass
    def check(self):
        from sync_core.service import Finding
        return [Finding("x", True, "y" * 80)] * 20000
    def close(self): pass
import sync_core.service
sync_core.service.Service = Stand
sys.exit(main(["check"]))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(20) == 1
    with process.stderr as errors:
        assert errors.read() == ""


# -- small things --------------------------------------------------------------------------------------------------


def test_progress_is_one_line_on_a_terminal() -> None:
    ours, theirs = pty.openpty()
    with open(theirs, "w") as stream, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm")
        with terminal.ProgressLine(stream) as line:
            line.reading(Progress(SideName.OUTLOOK, 3, 10, "x"))
            line.say("Next \x1b[2J step")
        written = ""
        # a busy machine hands the three writes over one by one
        while written.count("\r\x1b[K") < 3:
            written += os.read(ours, 4096).decode()
    os.close(ours)
    assert written.startswith("\r\x1b[KOutlook 3 of 10")
    assert "Next ␛[2J step" in written
    assert written.endswith("\r\x1b[K")
    assert "\n" not in written


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (at(23), "23 November 2026, 10:00 to 11:00"),
        (all_day(23), "23 November 2026, all day"),
        (all_day(23, 25), "23 November 2026 to 25 November 2026, all day"),
        (When("2026-07-01T22:30:00Z", "2026-07-01T23:30:00Z"), "1 July 2026, 23:30 to 2 July 2026, 00:30"),
        (When("x", "y"), "x to y"),
        (at(23)._replace(recurrence="every week"), "23 November 2026, 10:00 to 11:00, every week"),
    ],
)
def test_moments(when: When, words: str) -> None:
    assert plain.moment(when, "Europe/London") == words


def test_a_prevented_row_says_what_and_why() -> None:
    p = plan([left()], rules=Rules(prevented=frozenset({(OL, Operation.CREATE)})))
    text = plain.plan_text(p, 100)
    assert "Prevented (create in Outlook): Budget 2027" in text
    assert "Not done: " in text
    assert "1 prevented" in text
    assert date(2026, 11, 23).strftime("%A %-d %B %Y") in text


def test_an_empty_plan_says_so() -> None:
    assert "There is nothing to do." in plain.plan_text(plan(), 100)
