"""The sandbox as others meet it: over HTTP with the real clients, and as a command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from exchangelib import BASIC, DELEGATE, Account, Configuration, Credentials, EWSDateTime, EWSTimeZone
from exchangelib.protocol import FailFast, close_connections
from exchangelib.version import Build, Version
from exchangelib.winzone import MS_TIMEZONE_TO_IANA_MAP

from sync_core.sandbox.running import Sandbox, start_sandbox

ROOT = Path(__file__).parents[3]


@pytest.fixture
def account(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """The person's mailbox, through exchangelib."""
    for odd in ("tzone://Microsoft/Custom", "tzone://Migration/7"):
        # exchangelib gives up on a whole page otherwise (facts: exchange 0.9)
        monkeypatch.setitem(MS_TIMEZONE_TO_IANA_MAP, odd, "Etc/UTC")
    outlook = sandbox.connection()["outlook"]
    config = Configuration(
        service_endpoint=outlook["service_endpoint"],
        credentials=Credentials(outlook["username"], outlook["password"]),
        auth_type=BASIC,
        version=Version(build=Build(15, 2)),
        retry_policy=FailFast(),
    )
    yield Account(
        outlook["primary_smtp_address"],
        config=config,
        autodiscover=False,
        access_type=DELEGATE,
        default_timezone=EWSTimeZone("Europe/London"),
    )
    close_connections()


def query(sandbox: Sandbox, soql: str) -> list[dict[str, Any]]:
    """The rows of a query over REST."""
    salesforce = sandbox.connection()["salesforce"]
    answer = requests.get(
        f"{salesforce['instance_url']}/services/data/v62.0/query",
        params={"q": soql},
        headers={"Authorization": f"Bearer {salesforce['access_token']}"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["done"]
    return list(answer.json()["records"])


def test_exchangelib_reads_both_acts_and_every_reply_keeps_to_the_schema(sandbox: Sandbox, account: Account) -> None:
    first = {item.id for item in account.calendar.all()}
    assert len(first) == len(sandbox.mailbox.items(sandbox.world.calendar.folders[""]))
    sandbox.advance()
    items = list(account.calendar.all())
    assert not [item for item in items if isinstance(item, Exception)]
    assert {item.id for item in items} == {
        item.id for item in sandbox.mailbox.items(sandbox.world.calendar.folders[""])
    }
    assert {item.id for item in items} != first
    answers = [line for line in sandbox.outlook_server.log if line.status != 200]
    assert answers == []


@pytest.mark.parametrize(("folder", "more"), [("contacts", {"DistributionList"}), ("tasks", set())])
def test_contacts_and_tasks_keep_to_the_schema_in_both_acts(
    sandbox: Sandbox, account: Account, folder: str, more: set[str]
) -> None:
    """Every property of every item, as exchangelib asks for them; a reply that breaks the schema would be a 500."""
    place = getattr(account, folder)
    for _ in range(2):
        stored = sandbox.mailbox.items(sandbox.mailbox.folder(folder))
        items = list(place.all())
        assert not [item for item in items if isinstance(item, Exception)]
        assert {item.id for item in items} == {item.id for item in stored}
        kind = "Contact" if folder == "contacts" else "Task"
        assert {type(item).__name__ for item in items} == {kind} | more
        sandbox.advance()
    assert [line for line in sandbox.outlook_server.log if line.status != 200] == []


def test_what_only_outlook_has_of_contacts_and_tasks_comes_over_the_wire(sandbox: Sandbox, account: Account) -> None:
    people = {item.display_name: item for item in account.contacts.all()}
    club = people["Lunch club"]
    assert [member.mailbox.email_address for member in club.members] == [
        "felix.amsel@example.org",
        "denise.vale@example.org",
    ]
    labels = {entry.label: entry.phone_number for entry in people["Ewan Geddes"].phone_numbers}
    assert labels["Pager"] == "+44 1632 960210"
    assert {entry.label for entry in people["Helen Marsh"].physical_addresses if entry.city} == {"Home"}
    tasks = {item.subject: item for item in account.tasks.all()}
    begun = next(item for subject, item in tasks.items() if (subject or "").startswith("Write the tender"))
    assert (begun.percent_complete, set(begun.categories)) == (40, {"Tender", "Red category"})
    assert tasks["Back up the laptop"].is_recurring


@pytest.mark.parametrize("sobject", ["Contact", "Task"])
def test_salesforce_answers_with_the_same_contacts_and_tasks(sandbox: Sandbox, sobject: str) -> None:
    rows = query(sandbox, f"SELECT Id, OwnerId, Description FROM {sobject} ORDER BY Id")
    stored = [row for row in sandbox.org.rows(sobject) if not row.get("IsArchived")]
    assert {row["Id"] for row in rows} == {row["Id"] for row in stored}


def test_the_calendar_view_unfolds_series(sandbox: Sandbox, account: Account) -> None:
    start = EWSDateTime(2026, 10, 24, tzinfo=EWSTimeZone("UTC"))
    seen = list(account.calendar.view(start=start, end=start + timedelta(days=395), max_items=1000))
    kinds = {item.type for item in seen}
    assert kinds == {"Single", "Occurrence", "Exception"}
    standups = [item for item in seen if item.subject == "Stand-up"]
    assert len(standups) > 20
    assert "Lease of the van ends" not in {item.subject for item in seen}


def test_salesforce_answers_with_the_same_world(sandbox: Sandbox) -> None:
    rows = query(sandbox, "SELECT Id, Subject, OwnerId FROM Event ORDER BY Id")
    mine = [row for row in rows if row["OwnerId"] == sandbox.user_id]
    stored = [r for r in sandbox.org.rows("Event") if r["OwnerId"] == sandbox.user_id and not r["IsArchived"]]
    assert {row["Id"] for row in mine} == {row["Id"] for row in stored}
    assert query(sandbox, "SELECT Id FROM Account")


def test_hostile_subjects_come_over_the_wire_whole(sandbox: Sandbox, account: Account) -> None:
    sandbox.advance()
    left = "\n".join(str(row["Subject"]) for row in query(sandbox, "SELECT Subject FROM Event"))
    right = "\n".join(str(item.subject) for item in account.calendar.all())
    for piece in ("[@click=app.quit]", "\x1b]52;c;", "\u0351"):
        assert piece in left
    for piece in ("[/close]", "\x9b31m", "\u202e", "\u200d", "\ufe0f"):
        assert piece in right


def test_shared_calendars_and_names_that_are_there_twice(sandbox: Sandbox, account: Account) -> None:
    names = [folder.name for folder in account.calendar.children]
    assert sorted(names) == ["Birthdays", "Projects", "Projects", "Team"]
    assert len(sandbox.exchange.mailboxes) == 3


def test_credentials_are_random_and_needed(sandbox: Sandbox) -> None:
    with start_sandbox(world="empty") as other:
        ours, theirs = sandbox.connection(), other.connection()
    assert ours["salesforce"]["access_token"] != theirs["salesforce"]["access_token"]
    assert ours["outlook"]["password"] != theirs["outlook"]["password"]
    assert ours["control"].rpartition("/")[2] != theirs["control"].rpartition("/")[2]
    wrong = requests.post(ours["outlook"]["service_endpoint"], auth=("robin", "wrong"), timeout=10)
    assert wrong.status_code == 401
    url = f"{ours['salesforce']['instance_url']}/services/data/v62.0/query"
    assert requests.get(url, params={"q": "SELECT Id FROM Event"}, timeout=10).status_code == 401


def test_everything_listens_on_loopback_only(sandbox: Sandbox) -> None:
    connection = sandbox.connection()
    for url in (connection["control"], connection["outlook"]["service_endpoint"], sandbox.salesforce_server.url):
        assert url.startswith("http://127.0.0.1:")


def test_client_credentials_get_a_token(sandbox: Sandbox) -> None:
    answer = requests.post(
        f"{sandbox.salesforce_server.url}/services/oauth2/token",
        data={
            "grant_type": "client_credentials",
            "client_id": sandbox.client_id,
            "client_secret": sandbox.client_secret,
        },
        timeout=10,
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["access_token"]


def test_the_settings_name_the_same_servers(sandbox: Sandbox) -> None:
    settings = tomllib.loads(sandbox.settings_toml())
    connection = sandbox.connection()
    assert settings["calendar"]["include"] is True
    assert not {"contacts", "tasks"} & set(settings)
    all_of_them = tomllib.loads(sandbox.settings_toml(("calendar", "contacts", "tasks")))
    assert all(all_of_them[process]["include"] is True for process in ("calendar", "contacts", "tasks"))
    for section in ("salesforce", "outlook"):
        assert connection[section].items() <= settings[section].items()


def test_an_empty_world_goes_by_the_day() -> None:
    with start_sandbox(world="empty", today=date(2026, 11, 23)) as running:
        assert running.org.rows("Event") == []
        running.advance()
        assert running.exchange.clock().date() in (date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24))


def test_close_frees_the_ports() -> None:
    running = start_sandbox(world="empty")
    url = running.salesforce_server.url
    running.close()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=2)


def test_every_situation_can_be_looked_up_by_name(sandbox: Sandbox) -> None:
    for chapter in sandbox.world.chapters:
        told = {entry.situation.name for entry in chapter.entries}
        assert {s.name for s in (*chapter.standing, *chapter.changed, *chapter.new)} <= told


# -- as a command --------------------------------------------------------------------------------------------------


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sync_core.sandbox", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def line_of(child: subprocess.Popen[str]) -> dict[str, Any]:
    assert child.stdout is not None
    found: dict[str, Any] = json.loads(child.stdout.readline())
    return found


def test_one_line_of_json_then_it_serves_until_a_signal() -> None:
    child = start("--size", "20", "--seed", "3", "--today", "2026-11-23")
    try:
        connection = line_of(child)
        assert set(connection) == {"salesforce", "outlook", "control"}
        assert set(connection["salesforce"]) == {"instance_url", "access_token"}
        assert set(connection["outlook"]) == {"service_endpoint", "username", "password", "primary_smtp_address"}
        state = requests.get(connection["control"] + "/state", timeout=10).json()
        assert state["today"] == "2026-11-23"
        assert 15 <= sum(item["folder"] == "calendar" for item in state["outlook"]) <= 25
        os.kill(child.pid, signal.SIGTERM)
        assert child.wait(timeout=10) == 0
    finally:
        child.kill()
        out, errors = child.communicate()
    assert out == ""
    assert errors == ""


def test_it_ends_when_standard_input_does_if_asked() -> None:
    child = start("--until-stdin-closes", "--size", "5")
    try:
        line_of(child)
        assert child.poll() is None
        child.communicate("", timeout=10)
        assert child.returncode == 0
    finally:
        child.kill()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--size", "-3"], "-3 is not a number of events"),
        (["--size", "many"], "many is not a number of events"),
        (["--today", "23.11.2026"], "23.11.2026 is not a day"),
        (["--zone", "Mars/Olympus"], "there is no time zone Mars/Olympus"),
        (["--nonsense"], "unrecognized arguments"),
    ],
)
def test_wrong_arguments_get_a_sentence(arguments: list[str], said: str) -> None:
    child = start(*arguments)
    out, errors = child.communicate(timeout=20)
    assert child.returncode == 2
    assert said in errors
    assert "Traceback" not in errors
    assert out == ""


@pytest.mark.slow
def test_it_starts_fast() -> None:
    """Well under a second of its own work; the clock on the wall also counts what else the machine does."""
    before = os.times()
    child = start("--until-stdin-closes")
    begun = time.monotonic()
    line_of(child)
    took = time.monotonic() - begun
    child.communicate("", timeout=10)
    after = os.times()
    assert after.children_user - before.children_user < 1.0
    assert took < 10


def test_the_clock_is_a_week_behind_until_the_world_lives_on(sandbox: Sandbox) -> None:
    with start_sandbox() as running:
        assert timedelta(days=6.9) < datetime.now(UTC) - running.exchange.clock() < timedelta(days=7.1)
        running.advance()
        assert abs(datetime.now(UTC) - running.exchange.clock()) < timedelta(minutes=5)
