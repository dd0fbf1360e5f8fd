"""A person's "no" and what is suspected, by programs that start and end: a real memory on disk, real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.watching import until

from sync_core.items import Kind
from sync_core.plan import IgnoreMode
from sync_core.review import Review
from tui.app import HandsyncApp
from tui.backend import FileBackend
from tui.screens.configure import ConfigureScreen
from tui.screens.home import HomeScreen
from tui.widgets.controls import Field

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SOON = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
KINDS = pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
_OBJECT = {Kind.CALENDAR: "Event", Kind.CONTACTS: "Contact", Kind.TASKS: "Task"}


class Person:
    """Somebody with a settings file, a memory on disk, and a command line; each command is a process of its own."""

    def __init__(self, desk: Any, home: Path) -> None:
        self.desk, self.config = desk, home / "config.toml"
        self.org, self.box, self.me = desk.sandbox.org, desk.sandbox.mailbox, desk.sandbox.user_id
        for kind in Kind:
            desk.configure(kind.value, include=True)
        for customer in self.org.rows("Contact"):
            self.org.delete("Contact", str(customer["Id"]), by=self.me)
        self.settings()

    def settings(self, **sections: dict[str, Any]) -> None:
        """Writes the settings file anew; keywords are what its sections have besides."""
        self.config.write_text(self.desk.sandbox.settings_toml(("calendar", "contacts", "tasks")))
        text = self.config.read_text()
        for section, values in sections.items():
            lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
            text = text.replace(f"[{section}]\n", f"[{section}]\n{lines}")
        self.config.write_text(text)
        self.config.chmod(0o600)

    def run(self, *words: str) -> tuple[int, str]:
        """A command in a process that starts for it, and ends."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HANDSYNC_", "TEXTUAL"))}
        environment = kept | {"HANDSYNC_CONFIG": str(self.config), "HANDSYNC_STATE_DIR": str(self.desk.state_dir)}
        done = subprocess.run(
            [sys.executable, "-m", "tui", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.returncode, done.stdout + done.stderr

    def planned(self, kind: Kind) -> dict[str, dict[str, Any]]:
        """The rows of `handsync plan`, by the name of what they are about."""
        code, said = self.run("plan", kind.value, "--json")
        assert code == 0, said
        rows = json.loads(said.splitlines()[-1])["rows"]
        names = {Kind.CALENDAR: "subject", Kind.CONTACTS: "last_name", Kind.TASKS: "subject"}
        return {str((row["salesforce"] or row["outlook"])["fields"][names[kind]]): row for row in rows}

    def ignore(self, kind: Kind, modes: dict[str, IgnoreMode]) -> None:
        """Says no in the review of another program, which ends after it."""
        review = Review.of(self.desk.plan_of(kind))
        for title, mode in modes.items():
            (row,) = [row for row in review.rows() if title in row.title]
            review = review.ignore([row.id], mode, "2026-11-23T08:00:00Z")
        self.desk.service.keep_ignores(review)
        self.desk.restart()

    def sync(self, kind: Kind) -> None:
        assert self.desk.run_of(Review.of(self.desk.plan_of(kind))).clean
        self.desk.restart()

    def put(self, kind: Kind, name: str, number: int = 0) -> str:
        """A new item in Salesforce."""
        start = SOON + timedelta(days=number)
        fields: dict[Kind, dict[str, Any]] = {
            Kind.CALENDAR: {"Subject": name, "StartDateTime": f"{start:%Y-%m-%dT%H:%M:%SZ}", "DurationInMinutes": 60},
            Kind.CONTACTS: {"LastName": name, "Email": f"{name.lower()}@example.org"},
            Kind.TASKS: {"Subject": name, "ActivityDate": f"{start:%Y-%m-%d}"},
        }
        made: str = self.org.create(_OBJECT[kind], fields[kind], by=self.me)
        return made

    def folder(self, kind: Kind) -> Any:
        return self.box.folder(kind.value)

    def here(self, kind: Kind) -> list[Any]:
        found: list[Any] = self.box.items(self.folder(kind))
        return found


@pytest.fixture
def person(open_desk: Callable[..., Any], tmp_path: Path) -> Person:
    return Person(open_desk(world="empty", today=None), tmp_path)


@KINDS
def test_a_no_survives_restarts_rebuilding_and_another_id(person: Person, kind: Kind) -> None:
    """Until the next time one changes, and forever: each in a pair whose note was changed in Salesforce."""
    ids = {name: person.put(kind, name, number) for number, name in enumerate(("Once", "Forever"))}
    person.sync(kind)
    for record in ids.values():
        person.org.update(_OBJECT[kind], record, {"Description": "a note"}, by=person.me)
    person.ignore(kind, {"Once": IgnoreMode.ONCE, "Forever": IgnoreMode.FOREVER})
    wanted = {"Once": "ignored_once", "Forever": "ignored_forever"}

    def states() -> dict[str, str]:
        return {name: row["state"] for name, row in person.planned(kind).items()}

    assert states() == wanted, "in another process"
    assert person.run("rebuild", kind.value, "--yes")[0] == 0
    assert states() == wanted, "with a memory that was rebuilt"
    # paired anew: what is moved away and back has another id in Outlook
    away = person.box.add_folder("Elsewhere", person.folder(kind))
    for item in person.here(kind):
        moved = person.box.move(item.id, away)
        person.box.move(moved.id, person.folder(kind))
    assert states() == wanted, "with other ids in Outlook"
    # a change ends the one, which says what it was, and not the other
    for record in ids.values():
        person.org.update(_OBJECT[kind], record, {"Description": "another note"}, by=person.me)
    rows = person.planned(kind)
    assert rows["Forever"]["state"] == "ignored_forever"
    assert rows["Once"]["state"] != "ignored_once"
    assert "ignored until now: notes changed in Salesforce" in rows["Once"]["reason"]
    # and forever can be taken back
    told = json.loads(person.run("ignored", "--json")[1])["ignored"]
    (forever,) = [one["id"] for one in told if one["title"].endswith("Forever")]
    assert person.run("ignored", "--remove", forever)[0] == 0
    assert person.planned(kind)["Forever"]["state"] in ("ready", "undecided")
    assert person.run("ignored", "--remove", forever)[0] != 0


@KINDS
def test_the_bounds_of_what_is_suspected_are_those_of_the_process(person: Person, kind: Kind) -> None:
    """Three of six are deleted: nothing out of the way by default, a mass for whoever says so in the settings."""
    for number in range(6):
        person.put(kind, f"N{number}{number * 7919}", number)
    person.sync(kind)
    for item in person.here(kind)[:3]:
        person.box.delete(item.id)
    allowed = {"prevent_salesforce": []}
    others = {other.value: {"suspect_rows": 0, "suspect_percent": 0} for other in Kind if other is not kind}
    for values, state in (
        ({}, "ready"),
        ({"suspect_rows": 2, "suspect_percent": 50}, "ready"),
        ({"suspect_rows": 3, "suspect_percent": 0}, "ready"),
        ({"suspect_rows": 2, "suspect_percent": 49}, "prevented"),
    ):
        sections = {**others, kind.value: {**allowed, **values}}
        person.settings(**sections)
        rows = person.planned(kind)
        assert {row["recommended"] for row in rows.values()} == {"delete_from_salesforce"}
        assert {row["state"] for row in rows.values()} == {state}, values
    said = person.run("plan", kind.value)[1]
    assert "3 of 6 linked items would be deleted from Salesforce at once" in " ".join(said.split())
    # nothing opens it but its number: not apply --yes
    kept = person.config.with_name("plan.jsonl")
    assert person.run("plan", kind.value, "--out", str(kept))[0] == 0
    person.run("apply", str(kept), "--yes")
    assert len(person.org.rows(_OBJECT[kind])) == 6


async def test_the_bounds_are_set_in_configure_and_hold_the_next_plan(person: Person) -> None:
    for number in range(6):
        person.put(Kind.CALENDAR, f"N{number}{number * 7919}", number)
    person.sync(Kind.CALENDAR)
    for item in person.here(Kind.CALENDAR)[:3]:
        person.box.delete(item.id)
    assert {row["state"] for row in person.planned(Kind.CALENDAR).values()} == {"ready"}
    app = HandsyncApp(FileBackend(person.config, person.desk.state_dir))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, HomeScreen, "Outlook connected")
        await pilot.press("c")
        await until(pilot, ConfigureScreen, "Many deletes at once wait until you type their number")
        app.screen.query_one("#calendar-suspect_rows", Field).value = "1"
        app.screen.query_one("#calendar-suspect_percent", Field).value = "10"
        await pilot.pause()
        app.screen.query_one("#include").focus()
        await pilot.press("o")
        await until(pilot, HomeScreen, "Calendar")
    assert app.faults == []
    assert "suspect_rows = 1" in person.config.read_text()
    assert {row["state"] for row in person.planned(Kind.CALENDAR).values()} == {"prevented"}
