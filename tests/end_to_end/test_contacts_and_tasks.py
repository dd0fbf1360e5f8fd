"""Contacts and tasks from settings to both servers: first sync, second sync, changes, what we do not map, refusals."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from support.host import settings_file
from support.watching import start_sync, until

from sync_core.items import Kind, SideName
from sync_core.plan import Action, Choice, IgnoreMode, Plan, Row, Situation, State
from sync_core.report import Result, RunReport
from sync_core.review import Review
from sync_core.service import Service
from tui.app import HandsyncApp
from tui.backend import FileBackend
from tui.screens.home import HomeScreen
from tui.screens.run import RunScreen
from tui.screens.summary import SummaryScreen


class Office:
    """A desk whose owner has contacts and tasks switched on, on both sides something, and nothing synced so far."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        self.org, self.box, self.me = desk.sandbox.org, desk.sandbox.mailbox, desk.sandbox.user_id
        desk.configure("contacts", include=True)
        desk.configure("tasks", include=True)

    @property
    def service(self) -> Service:
        service: Service = self.desk.service
        return service

    def plan(self, kind: Kind) -> Plan:
        return self.service.plan(kind, lambda p: None, lambda: False)

    def run(self, review: Review) -> RunReport:
        return self.service.run(review, lambda p: None, lambda: False)

    def sync(self, kind: Kind) -> RunReport:
        report = self.run(Review.of(self.plan(kind)))
        assert report.clean, [row for row in report.rows if row.message]
        return report

    def contact(self, last: str, **fields: Any) -> str:
        record_id: str = self.org.create("Contact", {"LastName": last, **fields}, by=self.me)
        return record_id

    def task(self, subject: str, **fields: Any) -> str:
        record_id: str = self.org.create("Task", {"Subject": subject, **fields}, by=self.me)
        return record_id

    def outlook(self, folder: str, **fields: Any) -> Any:
        return self.box.create(self.box.folder(folder), fields)

    def person(self, given: str, surname: str, **fields: Any) -> Any:
        names = {"display_name": f"{given} {surname}", "file_as": f"{surname}, {given}"}
        return self.outlook("contacts", given_name=given, surname=surname, **names, **fields)

    def stored(self, folder: str, **wanted: str) -> Any:
        """The one item of a folder with these values."""
        found = [
            item
            for item in self.box.items(self.box.folder(folder))
            if all(item.fields.get(name) == value for name, value in wanted.items())
        ]
        assert len(found) == 1, found
        return found[0]

    def record(self, sobject: str, **wanted: str) -> dict[str, Any]:
        found = [row for row in self.org.rows(sobject) if all(row.get(name) == value for name, value in wanted.items())]
        assert len(found) == 1, found
        record: dict[str, Any] = found[0]
        return record


def row(plan: Plan, title: str) -> Row:
    return next(row for row in plan.rows if row.title == title)


def row_of(review: Review, title: str) -> Row:
    return next(row for row in review.rows() if row.title == title)


def loud(plan: Plan) -> list[tuple[str, Action, State, str]]:
    return [(row.title, row.action, row.state, row.reason) for row in plan.rows if not row.quiet]


@pytest.fixture
def office(open_desk: Any) -> Office:
    office = Office(open_desk(world="empty"))
    # the company's customers, who are there for the events to be about
    for customer in office.org.rows("Contact"):
        office.org.delete("Contact", str(customer["Id"]), by=office.me)
    office.contact("Lee", FirstName="Kim", Email="kim@example.org", Phone="+44 113 496 0000", Birthdate="1980-05-17")
    office.person("Zoë", "Ångström", phones={"MobilePhone": "07700 900001"}, categories=("Customers",))
    office.contact("Hill", FirstName="Nia", Email="nia@example.org", Title="Buyer")
    office.person("Nia", "Hill", emails={"EmailAddress1": "nia@example.org"}, job_title="Buyer")
    office.task("Send offer", ActivityDate="2026-12-01", Status="In Progress", Priority="High")
    office.outlook("tasks", subject="Call back", body="about the offer")
    return office


def test_contacts_and_tasks_reach_the_other_side_and_the_second_sync_has_nothing_to_do(office: Office) -> None:
    contacts, tasks = office.plan(Kind.CONTACTS), office.plan(Kind.TASKS)
    assert {row.title: row.action for row in contacts.rows} == {
        "Kim Lee": Action.CREATE_IN_OUTLOOK,
        "Zoë Ångström": Action.CREATE_IN_SALESFORCE,
        "Nia Hill": Action.LINK,
    }
    assert {row.title: row.action for row in tasks.rows} == {
        "Send offer": Action.CREATE_IN_OUTLOOK,
        "Call back": Action.CREATE_IN_SALESFORCE,
    }
    office.sync(Kind.CONTACTS)
    office.sync(Kind.TASKS)
    assert office.record("Contact", LastName="Ångström")["MobilePhone"] == "07700 900001"
    assert office.stored("contacts", surname="Lee").fields["birthday"].date().isoformat() == "1980-05-17"
    assert office.record("Task", Subject="Call back")["Description"] == "about the offer"
    assert office.stored("tasks", subject="Send offer").fields["status"] == "InProgress"
    for kind in (Kind.CONTACTS, Kind.TASKS):
        again = office.plan(kind)
        assert loud(again) == []
        assert again.in_sync == {Kind.CONTACTS: 3, Kind.TASKS: 2}[kind]
    assert office.desk.sandbox.exchange.outbox == []


def test_each_process_has_its_own_memory_of_ignores_and_runs(office: Office) -> None:
    """The folders differ, and so do the pairs of accounts and folders that memory goes by."""
    for kind in (Kind.CONTACTS, Kind.TASKS):
        plan = office.plan(kind)
        one = next(row for row in plan.rows if row.action is Action.CREATE_IN_OUTLOOK)
        review = Review.of(plan).ignore([one.id], IgnoreMode.FOREVER, "2026-11-23T08:00:00Z")
        office.service.keep_ignores(review)
    office.sync(Kind.CONTACTS)
    office.desk.restart()
    assert {(kind, entry.title) for kind, entry in office.service.ignored()} == {
        (Kind.CONTACTS, "Kim Lee"),
        (Kind.TASKS, "Send offer"),
    }
    assert office.service.last_run(Kind.CONTACTS) is not None
    assert office.service.last_run(Kind.TASKS) is None
    for _, entry in office.service.ignored():
        assert office.service.remove_ignore(entry.row_id)
    assert office.service.ignored() == []
    assert row(office.plan(Kind.CONTACTS), "Kim Lee").action is Action.CREATE_IN_OUTLOOK


def test_changes_flow_both_ways(office: Office) -> None:
    office.sync(Kind.CONTACTS)
    office.sync(Kind.TASKS)
    kim = office.record("Contact", LastName="Lee")
    office.org.update("Contact", kim["Id"], {"Phone": "+44 20 7946 0000"}, by=office.me)
    office.box.update(office.stored("contacts", surname="Lee").id, {"job_title": "Head of purchasing"})
    office.box.update(
        office.stored("tasks", subject="Call back").id, {"due_date": datetime(2026, 12, 4, 11, tzinfo=UTC)}
    )
    offer = office.record("Task", Subject="Send offer")
    office.org.update("Task", offer["Id"], {"Status": "Completed"}, by=office.me)

    contacts, tasks = office.plan(Kind.CONTACTS), office.plan(Kind.TASKS)
    assert [(title, action) for title, action, _, _ in loud(contacts)] == [("Kim Lee", Action.MERGE)]
    assert {title: action for title, action, _, _ in loud(tasks)} == {
        "Call back": Action.UPDATE_IN_SALESFORCE,
        "Send offer": Action.UPDATE_IN_OUTLOOK,
    }
    office.sync(Kind.CONTACTS)
    office.sync(Kind.TASKS)
    assert office.record("Contact", LastName="Lee")["Title"] == "Head of purchasing"
    assert office.stored("contacts", surname="Lee").fields["phones"]["BusinessPhone"] == "+44 20 7946 0000"
    assert office.record("Task", Subject="Call back")["ActivityDate"] == date(2026, 12, 4)
    assert office.stored("tasks", subject="Send offer").fields["status"] == "Completed"
    assert loud(office.plan(Kind.CONTACTS)) == loud(office.plan(Kind.TASKS)) == []


def test_what_we_do_not_map_survives(office: Office) -> None:
    office.sync(Kind.CONTACTS)
    before = office.stored("contacts", surname="Ångström")
    zoe = office.record("Contact", LastName="Ångström")
    office.org.update("Contact", zoe["Id"], {"Department": "Façades"}, by=office.me)
    office.sync(Kind.CONTACTS)
    after = office.stored("contacts", surname="Ångström")
    assert after.fields["department"] == "Façades"
    assert after.fields["categories"] == before.fields["categories"] == ("Customers",)


def test_a_duplicate_rule_stops_its_row_and_no_other(office: Office) -> None:
    """A colleague has the same contact, which this user's sync leaves alone; the org's rule finds it."""
    colleague = office.org.add_user("Sam Ek", "sam@example.org", "sam@example.org")
    names = {"LastName": "Angstrom", "Email": "zoe@example.org"}
    office.org.create("Contact", names, by=colleague)
    office.org.duplicate_rules["Contact"] = "block"
    zoe = office.stored("contacts", surname="Ångström")
    office.box.update(zoe.id, {"emails": {"EmailAddress1": "zoe@example.org"}})
    report = office.run(Review.of(office.plan(Kind.CONTACTS)))
    results = {one.title: one for one in report.rows}
    assert results["Zoë Ångström"].result is Result.FAILED
    assert "is there already; the next comparison offers to link the two" in results["Zoë Ångström"].message
    assert report.sentence.endswith("one of them is there already: the next comparison offers to link it")
    assert {one.result for title, one in results.items() if title != "Zoë Ångström"} == {Result.DONE}
    assert len(results) == 3


def test_what_a_duplicate_rule_names_is_offered_to_be_linked(office: Office) -> None:
    """In the next plan, after a restart too; it is not created again meanwhile."""
    colleague = office.org.add_user("Sam Ek", "sam@example.org", "sam@example.org")
    theirs = office.org.create("Contact", {"LastName": "Angstrom", "Email": "zoe@example.org"}, by=colleague)
    office.org.duplicate_rules["Contact"] = "block"
    office.box.update(
        office.stored("contacts", surname="Ångström").id, {"emails": {"EmailAddress1": "zoe@example.org"}}
    )
    office.run(Review.of(office.plan(Kind.CONTACTS)))
    office.desk.restart()
    zoe = row(office.plan(Kind.CONTACTS), "Zoë Ångström")
    assert (zoe.situation, zoe.action) == (Situation.LIKELY, Action.CONFLICT)
    assert "a duplicate rule in Salesforce says that this is “Angstrom”" in zoe.reason
    assert "which is not among what you sync" in zoe.reason
    assert zoe.reason.endswith("change one of them and bring it over (<), or leave it out")

    # now it is this user's, and nothing but the rule's word says that the two are the same
    office.org.update("Contact", theirs, {"OwnerId": office.me, "Email": "z@example.org"}, by=colleague)
    plan = office.plan(Kind.CONTACTS)
    zoe = row(plan, "Zoë Ångström")
    assert "different: first name, last name, e-mail and mobile phone" in zoe.reason
    review = Review.of(plan)
    (other,) = review.candidates(zoe.id)
    review = review.pick(zoe.id, other.id)
    joined = row_of(review, "Angstrom")
    assert [change.name for change in joined.changes if change.left != change.right][:2] == ["first_name", "last_name"]
    assert office.run(review.choose([joined.id], Choice.TO_SALESFORCE)).clean
    assert office.record("Contact", Id=theirs)["LastName"] == "Ångström"
    assert loud(office.plan(Kind.CONTACTS)) == []


def test_what_a_duplicate_rule_stopped_is_changed_and_brought_over(office: Office) -> None:
    """Changed, it is like nobody: the way that its row tells is open."""
    colleague = office.org.add_user("Sam Ek", "sam@example.org", "sam@example.org")
    office.org.create("Contact", {"LastName": "Angstrom", "Email": "zoe@example.org"}, by=colleague)
    office.org.duplicate_rules["Contact"] = "block"
    zoe = office.stored("contacts", surname="Ångström").id
    office.box.update(zoe, {"emails": {"EmailAddress1": "zoe@example.org"}})
    office.run(Review.of(office.plan(Kind.CONTACTS)))
    office.box.update(zoe, {"emails": {"EmailAddress1": "zoe@example.com"}})
    plan = office.plan(Kind.CONTACTS)
    assert office.run(Review.of(plan).point([row(plan, "Zoë Ångström").id], SideName.SALESFORCE)).clean
    assert office.record("Contact", LastName="Ångström")["Email"] == "zoe@example.com"
    assert loud(office.plan(Kind.CONTACTS)) == []


def test_a_completion_reaches_a_task_whose_status_is_the_orgs_own(office: Office) -> None:
    task = office.task("Check the contract", ActivityDate="2026-12-02", Status="Under review")
    office.sync(Kind.TASKS)
    stored = office.stored("tasks", subject="Check the contract")
    assert stored.fields["status"] == "InProgress"
    assert loud(office.plan(Kind.TASKS)) == []
    office.box.update(stored.id, {"status": "Completed", "percent_complete": 100})
    office.sync(Kind.TASKS)
    assert office.record("Task", Id=task)["Status"] == "Completed"


def test_contacts_are_never_deleted_from_salesforce_unless_somebody_allows_it(office: Office) -> None:
    office.sync(Kind.CONTACTS)
    office.sync(Kind.TASKS)
    office.box.delete(office.stored("contacts", surname="Hill").id, "nowhere")
    office.box.delete(office.stored("tasks", subject="Send offer").id, "nowhere")
    contact = row(office.plan(Kind.CONTACTS), "Nia Hill")
    assert (contact.recommended, contact.state) == (Action.DELETE_FROM_SALESFORCE, State.PREVENTED)
    # no key press gets past: neither the arrow nor the run
    review = Review.of(office.plan(Kind.CONTACTS))
    assert review.reset([contact.id]).counts().runnable == 0
    assert office.run(review).rows == ()
    office.record("Contact", LastName="Hill")
    # tasks have no such rule
    assert row(office.plan(Kind.TASKS), "Send offer").action is Action.DELETE_FROM_SALESFORCE
    office.sync(Kind.TASKS)
    assert [task["Subject"] for task in office.org.rows("Task")] == ["Call back"]
    # allowed, it happens
    office.desk.configure("contacts", prevent_salesforce=[])
    office.sync(Kind.CONTACTS)
    assert "Hill" not in [contact["LastName"] for contact in office.org.rows("Contact")]


def test_check_says_how_every_process_is(office: Office) -> None:
    said = [(finding.what, finding.ok, finding.sentence) for finding in office.service.check()]
    outlook = [entry for entry in said if entry[0].startswith("Outlook")]
    assert [what for what, _, _ in outlook] == ["Outlook", "Outlook, contacts", "Outlook, tasks"]
    assert all(ok for _, ok, _ in said)
    assert outlook[1][2].endswith("Contacts.")
    # one account in Salesforce, said once
    assert [what for what, _, _ in said if what.startswith("Salesforce")] == ["Salesforce"]

    office.org.deny("Contact", "delete")
    office.desk.configure("outlook", tasks="Tasks/Nowhere")
    said = [(finding.what, finding.sentence) for finding in office.service.check() if not finding.ok]
    assert [what for what, _ in said] == ["Salesforce, contacts, delete", "Outlook, tasks"]
    assert "Nowhere" in said[1][1]


def all_switched_on(office: Office, directory: Path) -> Path:
    """Settings for the office's servers, with all three processes on."""
    given = office.desk.sandbox.settings_toml()
    switched_on = "\n[contacts]\ninclude = true\n\n[tasks]\ninclude = true\n"
    return settings_file(directory, given if "[contacts]" in given else given + switched_on)


@pytest.mark.slow
async def test_start_sync_takes_a_person_through_all_three(open_desk: Any, tmp_path: Path) -> None:
    office = Office(open_desk(world="empty", today=None))
    office.person("Zoë", "Ångström")
    office.outlook("tasks", subject="Call back")
    customers = len(office.org.rows("Contact"))
    app = HandsyncApp(FileBackend(all_switched_on(office, tmp_path), tmp_path / "state"))
    async with app.run_test(size=(80, 24)) as pilot:
        # nothing in the calendars; the contacts are run by themselves
        await start_sync(pilot, "one after the other", "[1 Calendar in step] 2 Contacts")
        await pilot.press("2", "o", "t")
        await until(pilot, RunScreen, "Run Contacts")
        await until(pilot, RunScreen, "done.")
        await pilot.press("escape")
        # tasks are looked at, and left
        await until(pilot, SummaryScreen, "2 Tasks")
        await pilot.press("escape")
        await until(pilot, HomeScreen, "[x] Tasks")
        await until(pilot, HomeScreen, "Outlook connected")
    assert app.faults == []
    assert len(office.org.rows("Contact")) == customers + 1
    assert office.org.rows("Task") == []
    assert office.desk.sandbox.exchange.outbox == []


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_the_command_line_takes_all_three(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: Any
) -> None:
    from sync_core.cli import main

    config = all_switched_on(office, tmp_path)
    monkeypatch.setenv("HANDSYNC_CONFIG", str(config))
    monkeypatch.setenv("HANDSYNC_STATE_DIR", str(tmp_path / "state"))
    kept = tmp_path / "plan.jsonl"
    assert main(["plan", "calendar", "contacts", "tasks", *words, "--out", str(kept)]) == 0
    said = capsys.readouterr().out
    if not words:
        assert "All contacts." in said
        assert "Create in Outlook: Kim Lee" in said
        assert "Of: kim@example.org" in said
        assert "1 December 2026: 1 row" in said
        assert "No due date" in said
    assert main(["apply", str(kept), "--yes"]) == 0
    assert "Contacts: 3 done." in capsys.readouterr().out
    assert main(["apply", str(kept), "--yes"]) in (3, 4)
