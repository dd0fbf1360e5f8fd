"""The command line of DESIGN.md section 7, as other programs use it: real processes, real servers, real files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

DEAD_PORT = "http://127.0.0.1:9"


class Shell:
    """One user's shell: a home of their own, and the program."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.config = home / "config.toml"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("HANDSYNC_", "TEXTUAL", "NO_COLOR"))},
            "HOME": str(home),
            "HANDSYNC_CONFIG": str(self.config),
            "HANDSYNC_STATE_DIR": str(home / "state"),
        }

    def write(self, settings: dict[str, Any]) -> None:
        """Writes the settings file as a careful person would: readable by nobody else."""
        lines = []
        for section, values in settings.items():
            lines.append(f"[{section}]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        self.config.write_text("\n".join(lines) + "\n")
        self.config.chmod(0o600)

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """One command, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "tui", *words],
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )

    def plan(self, *words: str) -> dict[str, Any]:
        """The plan of the calendar as JSON."""
        done = self.run("plan", "calendar", "--json", *words)
        assert done.returncode == 0, done.stderr
        (line,) = done.stdout.splitlines()
        return json.loads(line)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def sandbox(shell: Shell) -> Iterator[dict[str, Any]]:
    """`handsync sandbox` in the background; what it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "sandbox", "--seed", "4"],
        env=shell.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert set(told) == {"salesforce", "outlook", "control"}
        yield told
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture
def settings(sandbox: dict[str, Any]) -> dict[str, Any]:
    """Settings for the sandbox, as a person would make them of its line."""
    return {"salesforce": sandbox["salesforce"], "outlook": sandbox["outlook"], "calendar": {"include": True}}


def actions(plan: dict[str, Any]) -> set[str]:
    return {row["action"] for row in plan["rows"]}


@pytest.mark.slow
def test_plan_apply_plan_advance_and_again(shell, sandbox, settings, tmp_path):
    shell.write(settings)
    kept = tmp_path / "plan.jsonl"

    first = shell.plan("--out", str(kept))
    assert first["format"] == 1
    assert first["process"] == "calendar"
    assert set(first["window"]) == {"from", "to"}
    assert {"link", "create_in_outlook", "create_in_salesforce", "conflict"} <= actions(first)
    assert first["counts"]["in_sync"] == 0
    assert kept.stat().st_mode & 0o077 == 0

    assert shell.run("apply", str(kept)).returncode == 2, "without a terminal nobody has said yes"
    assert shell.run("apply", str(kept), "--yes").returncode == 0
    second = shell.plan("--out", str(kept))
    assert actions(second) <= {"none", "conflict"}, "nothing left but what was left undecided"
    assert shell.run("apply", str(kept), "--yes").returncode == 4, "nothing to apply"

    urllib.request.urlopen(urllib.request.Request(f"{sandbox['control']}/advance", method="POST"), timeout=60)
    monday = shell.plan("--out", str(kept))
    assert len(actions(monday)) == 10, "every action occurs"
    assert {row["state"] for row in monday["rows"]} >= {"ready", "prevented", "undecided"}
    by_id = {row["id"]: row for row in second["rows"]}
    assert [row for row in monday["rows"] if row["id"] in by_id], "ids are stable from one plan to the next"
    assert shell.run("apply", str(kept), "--yes").returncode == 0
    assert actions(shell.plan()) <= {"none", "conflict"}


@pytest.mark.slow
def test_an_action_edited_in_the_file_is_a_review(shell, settings, tmp_path):
    shell.write(settings)
    kept = tmp_path / "plan.jsonl"
    plan = shell.plan("--out", str(kept))
    conflict = next(r for r in plan["rows"] if r["action"] == "conflict" and r["salesforce"] and r["outlook"])
    for row in plan["rows"]:
        row["action"] = "update_in_outlook" if row["id"] == conflict["id"] else "none"
    kept.write_text(json.dumps(plan) + "\n")
    done = shell.run("apply", str(kept), "--yes")
    assert done.returncode == 0, done.stderr + done.stdout
    again = shell.plan()
    assert again["counts"]["in_sync"] == 1
    assert conflict["id"] not in {r["id"] for r in again["rows"]}
    for row in plan["rows"]:
        row["action"] = "delete_from_outlook"
    kept.write_text(json.dumps(plan) + "\n")
    assert shell.run("apply", str(kept), "--yes").returncode in (2, 3), "what makes no sense is refused"
    assert shell.plan()["counts"] == again["counts"]


@pytest.mark.slow
def test_check_and_ignored(shell, settings):
    shell.write(settings)
    good = shell.run("check")
    assert good.returncode == 0
    assert "signed in as" in good.stdout
    assert settings["outlook"]["password"] not in good.stdout + good.stderr
    assert json.loads(shell.run("ignored", "--json").stdout)["ignored"] == []
    assert shell.run("ignored", "--remove", "nothing").returncode == 2


@pytest.mark.slow
def test_plain_text_where_there_is_no_terminal(shell, settings):
    shell.write(settings)
    plain = shell.run()
    assert plain.returncode == 0
    assert "Salesforce – Microsoft Outlook Calendar" in plain.stdout
    assert "\x1b" not in plain.stdout
    assert max(map(len, plain.stdout.splitlines())) <= 100


def with_section(section: str, **values: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda settings: {**settings, section: {**settings.get(section, {}), **values}}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (with_section("outlook", password="wrong"), 1, ["Outlook", "password"]),
        (with_section("salesforce", access_token="wrong"), 1, ["Salesforce"]),
        (
            with_section("outlook", service_endpoint=f"{DEAD_PORT}/EWS/Exchange.asmx"),
            1,
            ["Outlook", "service_endpoint"],
        ),
        (with_section("salesforce", instance_url=DEAD_PORT), 1, ["Salesforce", "instance_url"]),
        (with_section("outlook", calendar="Nowhere"), 1, ["Nowhere"]),
    ],
    ids=["password", "token", "endpoint", "instance", "calendar"],
)
def test_a_connection_that_fails_is_one_sentence(shell, settings, change, code, words):
    shell.write(change(settings))
    done = shell.run("plan", "calendar")
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.slow
def test_a_web_page_instead_of_an_answer(shell, sandbox, settings):
    for side in ("salesforce", "outlook"):
        fault = json.dumps({"side": side, "kind": "html", "times": 3}).encode()
        asked = urllib.request.Request(f"{sandbox['control']}/faults", data=fault, method="POST")
        urllib.request.urlopen(asked, timeout=20)
        shell.write(settings)
        done = shell.run("plan", "calendar")
        assert done.returncode == 1
        assert "web page" in done.stderr or "HTML" in done.stderr, done.stderr
        clear = urllib.request.Request(f"{sandbox['control']}/faults", method="DELETE")
        urllib.request.urlopen(clear, timeout=20)


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[calendar\ninclude = true\n", ["line 1"]),
        ("[calendar]\npast_days = -1\n", ["past_days", "-1", "0"]),
        ("[calendar]\npast_dais = 3\n", ["past_dais", "past_days"]),
        ('time_zone = "Europe/Lundon"\n', ["Europe/Lundon", "Europe/London"]),
        ('[salesforce]\ninstance_url = "http://example.com"\n', ["http://", "https://"]),
        ('[outlook]\nservice_endpoint = "http://mail.example.com/EWS"\n', ["https://"]),
    ],
)
def test_bad_settings_are_one_sentence(shell, toml, words):
    shell.config.write_text(toml)
    shell.config.chmod(0o600)
    done = shell.run("plan", "calendar")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def test_no_settings_at_all_says_how_to_begin(shell):
    done = shell.run("plan", "calendar")
    assert done.returncode == 2
    assert "handsync --demo" in done.stderr


@pytest.mark.slow
def test_without_any_run_there_is_no_history(shell):
    shell.write({"calendar": {"include": True}})
    assert shell.run("history").stdout == "Nothing was run yet.\n"
    assert json.loads(shell.run("history", "--json").stdout) == {"format": 1, "runs": []}
    assert shell.run("recover").stdout == "No run was cut off.\n"
    for words in ("forget", "rebuild"):
        done = shell.run(words, "--yes")
        assert (done.returncode, done.stdout) == (4, "Nothing is remembered of these accounts.\n")
    for words in (("undo", "1"), ("history", "1"), ("history", "--csv"), ("recover", "--stop-here", "1")):
        done = shell.run(*words)
        assert done.returncode == 2, words
        assert "handsync history" in done.stderr


@pytest.mark.slow
def test_a_run_is_kept_shown_and_taken_back(shell, sandbox, settings, tmp_path):
    shell.write(settings)
    kept, back = tmp_path / "plan.jsonl", tmp_path / "back.jsonl"
    shell.plan("--out", str(kept))
    assert shell.run("apply", str(kept), "--yes").returncode == 0

    [head] = json.loads(shell.run("history", "--json").stdout)["runs"]
    assert head["process"] == "calendar"
    assert head["finished"]
    assert head["results"] == {"done": sum(head["actions"].values())}
    run = json.loads(shell.run("history", head["id"], "--json").stdout)
    made = [row for row in run["rows"] if row["action"].startswith("create")]
    assert made
    table = shell.run("history", head["id"], "--csv").stdout.splitlines()
    assert table[0].startswith("run,process,row")
    assert len(table) > len(run["rows"])

    assert shell.run("undo", head["id"], "--out", str(back)).returncode == 0
    plan = json.loads(back.read_text())
    assert plan["takes_back"] == head["id"]
    deletes = [row for row in plan["rows"] if row["action"].startswith("delete")]
    assert {row["action"] for row in deletes} == {"delete_from_outlook", "delete_from_salesforce"}
    assert len(deletes) == len(made)
    done = shell.run("apply", str(back), "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    after = shell.plan()
    assert after["counts"]["ignored"] == len(made)
    assert actions(after) <= {"none", "conflict"}, "what was taken back is not offered straight away"
    heads = json.loads(shell.run("history", "--json").stdout)["runs"]
    assert [one["takes_back"] for one in heads] == [head["id"], None]
