"""What an item means stays what it means, on both real protocols: contacts, tasks and events, sentence by sentence.

Each test goes from the settings through fetch, plan and run to what the two servers hold in the end.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from support.servers import Servers

from sync_core.items import Kind
from sync_core.plan import Action, Row, Situation, State
from sync_core.report import Result, RunReport
from sync_core.review import Review
from sync_core.sandbox.ews.recurrence import Recurrence

START = datetime(2026, 11, 25, 10, tzinfo=UTC)
DAY = timedelta(days=1)


class Both(Servers):
    """Both servers, empty, with all three processes on, and short ways to look at them."""

    def __init__(self, desk: Any) -> None:
        super().__init__(desk, *Kind)
        self.delete_customers()

    def row(self, kind: Kind) -> Row:
        (row,) = self.loud(kind)
        return row

    def row_of(self, title: str) -> Row:
        return next(row for row in self.plan(Kind.CALENDAR).rows if row.title == title)

    def sync(self, kind: Kind) -> RunReport:
        """Runs what is recommended; afterwards there is nothing left to do."""
        report: RunReport = self.desk.run_of(Review.of(self.plan(kind)))
        assert report.clean, [row.message for row in report.rows]
        assert [row.reason for row in self.loud(kind)] == []
        assert self.desk.sandbox.exchange.outbox == []
        return report

    def record(self, sobject: str) -> dict[str, Any]:
        (found,) = self.org.rows(sobject)
        return dict(found)

    def change(self, sobject: str, **fields: Any) -> None:
        self.org.update(sobject, self.record(sobject)["Id"], fields, by=self.me)

    def stored(self, folder: str) -> Any:
        (found,) = self.box.items(self.box.folder(folder))
        return found

    def outlook(self, folder: str, **fields: Any) -> Any:
        return self.box.create(self.box.folder(folder), fields)

    def event(self, subject: str = "Visit", **fields: Any) -> Any:
        times = {"start": START, "end": START + timedelta(hours=1), "reminder_is_set": False}
        return self.outlook("calendar", subject=subject, **{**times, **fields})

    def person(self, **fields: Any) -> Any:
        names = {"given_name": "Zoë", "surname": "Berg", "display_name": "Zoë Berg", "file_as": "Berg, Zoë"}
        return self.outlook("contacts", **{**names, **fields})


@pytest.fixture
def both(open_desk: Callable[..., Any]) -> Both:
    return Both(open_desk(world="empty"))


# ---- contacts


PHONES = {
    "BusinessPhone": "1", "BusinessPhone2": "2", "MobilePhone": "3", "HomePhone": "4", "OtherTelephone": "5",
    "BusinessFax": "6", "AssistantPhone": "7", "CarPhone": "8", "Pager": "9",
}  # fmt: skip
ADDRESSES = {
    "Business": {"Street": "1 High Street", "City": "Leeds", "CountryOrRegion": "UK"},
    "Home": {"Street": "2 Low Street", "City": "York"},
    "Other": {"Street": "3 Side Street", "City": "Bath"},
}
EMAILS = {"EmailAddress1": "zoe@example.org", "EmailAddress2": "z@example.com", "EmailAddress3": "home@example.net"}


def test_every_field_of_a_contact_reaches_salesforce_and_comes_back(both: Both) -> None:
    """Names, salutation, suffix, title, department, e-mail, six phones, two addresses, birthday, notes."""
    fields = {
        "job_title": "Buyer", "department": "Façades", "generation": "Jr.", "assistant_name": "Kim",
        "body": "Mornings.",
    }  # fmt: skip
    both.person(
        **fields, phones=PHONES, addresses=ADDRESSES, emails=EMAILS, birthday=datetime(1980, 2, 29, 11, 59, tzinfo=UTC)
    )
    assert both.row(Kind.CONTACTS).action is Action.CREATE_IN_SALESFORCE
    both.sync(Kind.CONTACTS)
    made = both.record("Contact")
    wanted = {
        "FirstName": "Zoë", "LastName": "Berg", "Title": "Buyer", "Department": "Façades", "AssistantName": "Kim",
        "Email": "zoe@example.org", "Phone": "1", "MobilePhone": "3", "HomePhone": "4", "OtherPhone": "5", "Fax": "6",
        "AssistantPhone": "7", "MailingStreet": "1 High Street", "MailingCity": "Leeds", "MailingCountry": "UK",
        "OtherStreet": "3 Side Street", "OtherCity": "Bath", "Birthdate": date(1980, 2, 29), "Description": "Mornings.",
    }  # fmt: skip
    assert {name: made[name] for name in wanted} == wanted
    # and back: each is changed in Salesforce, and what Outlook has besides stays as it was
    both.change(
        "Contact", Phone="01", MobilePhone=None, MailingCity="Hull", Email="zoe@example.com", Birthdate="1984-02-29",
        Salutation="Dr.", Title="Head buyer",
    )  # fmt: skip
    assert both.row(Kind.CONTACTS).action is Action.UPDATE_IN_OUTLOOK
    both.sync(Kind.CONTACTS)
    held = both.stored("contacts").fields
    assert held["phones"] == {**{k: v for k, v in PHONES.items() if k != "MobilePhone"}, "BusinessPhone": "01"}
    assert held["addresses"] == {**ADDRESSES, "Business": {**ADDRESSES["Business"], "City": "Hull"}}
    assert held["emails"] == {**EMAILS, "EmailAddress1": "zoe@example.com"}
    assert held["birthday"].date() == date(1984, 2, 29)
    assert held["job_title"] == "Head buyer"


def test_the_company_is_shown_and_matched_and_never_written_to_the_account(both: Both) -> None:
    account = both.org.create("Account", {"Name": "Acme"}, by=both.me)
    both.org.create("Contact", {"FirstName": "Zoë", "LastName": "Berg", "AccountId": account}, by=both.me)
    both.person(given_name="ZOE", surname="berg", company_name="acme", job_title="Buyer")
    # first + last name + company, case and accent folded
    row = both.row(Kind.CONTACTS)
    assert row.left is not None
    assert row.right is not None
    assert "same e-mail, or same name and company, on both sides" in row.reason
    both.desk.run_of(Review.of(both.plan(Kind.CONTACTS)).point([row.id], row.left.side.other))
    both.box.update(both.stored("contacts").id, {"company_name": "Acme Ltd"})
    both.desk.run_of(Review.of(both.plan(Kind.CONTACTS)))
    assert {one["Name"] for one in both.org.rows("Account") if one["Id"] == account} == {"Acme"}


def test_a_contact_without_an_account_is_said_to_be_private(both: Both) -> None:
    both.person(company_name="Acme", emails={"EmailAddress1": "zoe@acme.example"})
    both.org.create("Account", {"Name": "Acme", "Website": "www.acme.example"}, by=both.me)
    assert "it will be private to you, as it gets no account" in both.row(Kind.CONTACTS).reason
    both.sync(Kind.CONTACTS)
    assert both.record("Contact")["AccountId"] is None


@pytest.mark.parametrize("match", ["domain", "name"])
def test_an_account_is_chosen_when_exactly_one_fits_and_it_is_wanted(both: Both, match: str) -> None:
    account = both.org.create("Account", {"Name": "Acme", "Website": "www.acme.example"}, by=both.me)
    both.person(company_name="Acme", emails={"EmailAddress1": "zoe@acme.example"})
    both.desk.configure("salesforce", account_match=match)
    assert "it gets the one account with" in both.row(Kind.CONTACTS).reason
    both.desk.run_of(Review.of(both.plan(Kind.CONTACTS)))
    assert both.record("Contact")["AccountId"] == account


def test_what_the_org_has_no_field_for_is_said_before_the_run(both: Both) -> None:
    """Whether there is a suffix is the org's own choice (facts: salesforce B3); nothing is cut off silently."""
    both.person(generation="Jr.", job_title="Buyer")
    assert "without suffix in Salesforce: " in both.row(Kind.CONTACTS).reason
    both.org.hide_fields("Contact", "Title")
    both.desk.restart()
    reason = both.row(Kind.CONTACTS).reason
    assert "without title in Salesforce: hidden from you by the org's field-level security" in reason
    both.sync(Kind.CONTACTS)
    assert both.stored("contacts").fields["generation"] == "Jr."
    assert both.stored("contacts").fields["job_title"] == "Buyer"


@pytest.mark.parametrize(("reach", "seen"), [("mine", ["Mine"]), ("all", ["Mine", "Theirs"])])
def test_whose_contacts(both: Both, reach: str, seen: list[str]) -> None:
    colleague = both.org.add_user("Sam Ek", "sam@example.org", "sam@example.org")
    both.org.create("Contact", {"LastName": "Mine"}, by=both.me)
    both.org.create("Contact", {"LastName": "Theirs"}, by=colleague)
    both.desk.configure("salesforce", contacts=reach)
    assert sorted(row.title for row in both.plan(Kind.CONTACTS).rows) == seen


# ---- tasks


def test_what_salesforce_cannot_hold_of_a_task_is_never_erased(both: Both) -> None:
    """Start date, percent complete, categories, actual work: no update from the other side touches them."""
    own = {
        "start_date": datetime(2026, 11, 20, tzinfo=UTC), "percent_complete": 40.0, "status": "InProgress",
        "categories": ("Customers",), "actual_work": 90,
    }  # fmt: skip
    both.outlook("tasks", subject="Send offer", due_date=datetime(2026, 12, 1, tzinfo=UTC), body="figures", **own)
    both.sync(Kind.TASKS)
    for change in (
        {"Subject": "Send the offer"}, {"ActivityDate": "2026-12-04"}, {"Priority": "High"}, {"Description": "more"},
        {"IsReminderSet": True, "ReminderDateTime": "2026-12-03T09:00:00Z"}, {"ActivityDate": None},
    ):  # fmt: skip
        both.change("Task", **change)
        assert both.row(Kind.TASKS).action is Action.UPDATE_IN_OUTLOOK
        both.sync(Kind.TASKS)
    held = both.stored("tasks").fields
    assert {name: held[name] for name in own} == own
    assert (held["subject"], held["body"].strip()) == ("Send the offer", "more")


def test_status_and_priority_go_through_the_orgs_own_tables(both: Both) -> None:
    both.org.create("Task", {"Subject": "Call", "Status": "Waiting on someone else", "Priority": "Low"}, by=both.me)
    both.sync(Kind.TASKS)
    task = both.stored("tasks")
    assert task.fields["status"] == "WaitingOnOthers"
    both.box.update(task.id, {"status": "Completed", "importance": "High"})
    both.sync(Kind.TASKS)
    assert (both.record("Task")["Status"], both.record("Task")["Priority"]) == ("Completed", "High")


def test_nothing_but_tasks(both: Both) -> None:
    """Logged mails and calls are tasks in Salesforce, too: only TaskSubtype = Task crosses."""
    for subtype in ("Task", "Email", "Call"):
        both.org.create("Task", {"Subject": subtype, "TaskSubtype": subtype}, by=both.me)
    assert [row.title for row in both.plan(Kind.TASKS).rows] == ["Task"]


def test_a_private_task_stays_out_and_is_said_to_be_seen_if_it_is_let_in(both: Both) -> None:
    both.outlook("tasks", subject="Surprise", sensitivity="Private")
    row = both.row(Kind.TASKS)
    assert (row.state, row.action) == (State.PREVENTED, Action.NONE)
    assert "private in Outlook" in row.why_not
    both.desk.configure("tasks", private=True)
    assert "colleagues may see it there" in both.row(Kind.TASKS).reason


# ---- events


@pytest.mark.parametrize("zone", ["tzone://Microsoft/Custom", "Customized Time Zone", "Mid-Atlantic Standard Time"])
def test_an_unknown_zone_breaks_no_page(both: Both, zone: str) -> None:
    both.event("Odd", start_zone=zone, end_zone=zone)
    both.event("Known", start=START + DAY, end=START + DAY + timedelta(hours=1), start_zone="Romance Standard Time")
    both.sync(Kind.CALENDAR)
    assert {row["Subject"]: row["StartDateTime"] for row in both.org.rows("Event")} == {
        "Odd": START,
        "Known": START + DAY,
    }


@pytest.mark.parametrize(
    ("start", "end"),
    [
        # the hour that is there twice in London, and the one that is not
        ("2026-10-25T00:30", "2026-10-25T01:30"),
        ("2026-10-25T01:30", "2026-10-25T02:30"),
        ("2027-03-28T00:30", "2027-03-28T01:30"),
        # across the change
        ("2026-10-24T22:00", "2026-10-25T02:00"),
    ],
)
def test_clock_changes(both: Both, start: str, end: str) -> None:
    times = {"start": datetime.fromisoformat(f"{start}Z"), "end": datetime.fromisoformat(f"{end}Z")}
    both.event(**times, start_zone="GMT Standard Time", end_zone="GMT Standard Time")
    both.org.create(
        "Event", {"Subject": "There", "StartDateTime": f"{start}:00Z", "EndDateTime": f"{end}:00Z"}, by=both.me
    )
    both.sync(Kind.CALENDAR)
    for row in both.org.rows("Event"):
        assert (row["StartDateTime"], row["EndDateTime"]) == (times["start"], times["end"])
    for item in both.box.items(both.box.folder("calendar")):
        assert (item.fields["start"], item.fields["end"]) == (times["start"], times["end"])


def test_the_last_day_of_an_all_day_event_is_the_same_on_both_sides(both: Both) -> None:
    """Outlook's end is exclusive, Salesforce's inclusive (facts: salesforce B1); and the other way round."""
    first = datetime(2026, 12, 24, tzinfo=UTC)
    both.event("Fair", start=first, end=first + 3 * DAY, is_all_day=True, start_zone="UTC")
    both.org.create(
        "Event",
        {
            "Subject": "Trip",
            "IsAllDayEvent": True,
            "StartDateTime": "2027-06-07T00:00:00Z",
            "EndDateTime": "2027-06-09T00:00:00Z",
        },
        by=both.me,
    )
    both.sync(Kind.CALENDAR)
    fair = next(row for row in both.org.rows("Event") if row["Subject"] == "Fair")
    assert (fair["StartDateTime"], fair["EndDateTime"]) == (first, first + 2 * DAY)
    trip = next(i for i in both.box.items(both.box.folder("calendar")) if i.fields["subject"] == "Trip")
    assert trip.fields["end"] - trip.fields["start"] == 3 * DAY


def test_fourteen_days_are_the_most_and_the_row_says_so_before_the_run(both: Both) -> None:
    first = datetime(2026, 12, 1, tzinfo=UTC)
    both.event("Sabbatical", start=first, end=first + 15 * DAY, is_all_day=True, start_zone="UTC")
    both.event("Trip", start=first, end=first + 14 * DAY, is_all_day=True, start_zone="UTC")
    rows = {row.title: row for row in both.plan(Kind.CALENDAR).rows}
    assert rows["Sabbatical"].why_not == "it lasts 15 days, Salesforce holds events of up to 14"
    # an org that has not shown one yet may have them switched off
    assert "it lasts 14 days, which Salesforce refuses where multi-day events are switched off" in rows["Trip"].reason
    both.desk.run_of(Review.of(both.plan(Kind.CALENDAR)))
    # now it has one
    both.event("Second", start=first, end=first + 3 * DAY, is_all_day=True, start_zone="UTC")
    (second,) = [row for row in both.plan(Kind.CALENDAR).rows if row.title == "Second"]
    assert "switched off" not in second.reason
    assert second.action is Action.CREATE_IN_SALESFORCE


def test_an_org_without_multi_day_events_is_answered_before_the_next_run(both: Both) -> None:
    both.org.multiday_events = False
    first = datetime(2026, 12, 1, tzinfo=UTC)
    both.event("Fair", start=first, end=first + 3 * DAY, is_all_day=True, start_zone="UTC")
    both.event("Short")
    assert "which Salesforce refuses where multi-day events are switched off" in both.row_of("Fair").reason
    report = both.desk.run_of(Review.of(both.plan(Kind.CALENDAR)))
    results = {row.title: row for row in report.rows}
    assert results["Short"].result is Result.DONE
    assert "multi-day events are switched off" in results["Fair"].message
    again = both.row_of("Fair")
    assert (again.state, again.recommended) == (State.PREVENTED, Action.CREATE_IN_SALESFORCE)
    assert again.why_not == (
        "it lasts 3 days, Salesforce holds events of up to 1: multi-day events are switched off in this org"
    )


@pytest.mark.parametrize(
    ("shown", "word"), [("Tentative", "tentative"), ("WorkingElsewhere", "working elsewhere"), ("NoData", "unknown")]
)
def test_what_salesforce_has_no_word_for_is_kept(both: Both, shown: str, word: str) -> None:
    """And said once, when it crosses."""
    both.event(show_as=shown)
    said = f"“{word}” in Outlook is busy in Salesforce, which has no such choice"
    assert both.row(Kind.CALENDAR).reason == f"only in Outlook; {said}"
    both.sync(Kind.CALENDAR)
    assert both.record("Event")["ShowAs"] == "Busy"
    both.change("Event", Subject="Visit, moved", Location="York")
    assert said not in both.row(Kind.CALENDAR).reason
    both.sync(Kind.CALENDAR)
    assert both.stored("calendar").fields["show_as"] == shown
    # what else changes in Outlook says nothing of it either
    both.box.update(both.stored("calendar").id, {"location": "Leeds"})
    assert said not in both.row(Kind.CALENDAR).reason
    both.sync(Kind.CALENDAR)
    # whoever changes it in Salesforce means it
    both.change("Event", ShowAs="Free")
    assert said not in both.row(Kind.CALENDAR).reason
    both.sync(Kind.CALENDAR)
    assert both.stored("calendar").fields["show_as"] == "Free"
    # and back again, it is said once more
    both.box.update(both.stored("calendar").id, {"show_as": shown})
    assert said in both.row(Kind.CALENDAR).reason
    both.sync(Kind.CALENDAR)
    assert both.record("Event")["ShowAs"] == "Busy"


def test_a_new_text_for_a_formatted_body_is_said_to_lose_the_formatting(both: Both) -> None:
    body = "<html><body><p>Bring <b>figures</b>.</p></body></html>"
    both.event(body=body, body_type="HTML")
    both.sync(Kind.CALENDAR)
    assert both.record("Event")["Description"] == "Bring figures."
    # anything else leaves it alone, and says nothing
    both.change("Event", Location="York")
    assert "formatting" not in both.row(Kind.CALENDAR).reason
    both.sync(Kind.CALENDAR)
    assert "<b>figures</b>" in both.stored("calendar").fields["body"]
    both.change("Event", Description="Bring nothing.")
    assert (
        "the formatting of the notes in Outlook is lost, as Salesforce has plain text" in both.row(Kind.CALENDAR).reason
    )
    both.sync(Kind.CALENDAR)
    assert "Bring nothing." in both.stored("calendar").fields["body"]


def test_names_of_attachments_stand_in_a_block_of_their_own(both: Both) -> None:
    """Delimited, never flowing back to Outlook, and changing only when the names change."""
    files = [("offer.pdf", 10, "application/pdf", False), ("logo.png", 10, "image/png", True)]
    both.event(body="Bring figures.", attachments=files)
    both.sync(Kind.CALENDAR)
    described = both.record("Event")["Description"]
    assert described.startswith("Bring figures.")
    assert "offer.pdf" in described
    assert "logo.png" not in described, "a picture of the text is no attachment"
    stamp = both.record("Event")["LastModifiedDate"]
    both.sync(Kind.CALENDAR)
    assert both.record("Event")["LastModifiedDate"] == stamp
    # a text typed above the block reaches Outlook, the block does not
    both.change("Event", Description=described.replace("Bring figures.", "Bring nothing."))
    both.sync(Kind.CALENDAR)
    held = both.stored("calendar")
    assert "Bring nothing." in held.fields["body"]
    assert "offer.pdf" not in held.fields["body"]
    assert "offer.pdf" in both.record("Event")["Description"]
    # and the block follows the names
    both.box.update(held.id, {"attachments": [("other.pdf", 10, "application/pdf", False)]})
    both.sync(Kind.CALENDAR)
    assert "other.pdf" in both.record("Event")["Description"]
    assert "offer.pdf" not in both.record("Event")["Description"]
    assert both.record("Event")["Description"].startswith("Bring nothing.")


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ({"required_attendees": (("Ada", "ada@example.org", "Accept"),), "is_meeting": True}, "has attendees"),
        (
            {
                "organizer": ("Priya Nair", "priya@example.org"), "is_meeting": True, "my_response": "Accept",
                "required_attendees": (("Robin", "robin.ashdown@fernhollow.example.com", "Accept"),),
            },
            "a meeting of Priya Nair: only its organizer can change it",
        ),
    ],
)  # fmt: skip
def test_meetings_have_rules_that_the_row_explains(both: Both, people: dict[str, Any], words: str) -> None:
    """They reach Salesforce; nothing is ever written to them in Outlook, and nobody gets mail."""
    meeting = both.event("Kick-off", **people)
    both.sync(Kind.CALENDAR)
    both.change("Event", Subject="Kick-off, moved")
    row = both.row(Kind.CALENDAR)
    assert (row.recommended, row.action, row.state) == (Action.UPDATE_IN_OUTLOOK, Action.NONE, State.PREVENTED)
    assert words in row.why_not
    both.desk.run_of(Review.of(both.plan(Kind.CALENDAR)))
    both.org.delete("Event", both.record("Event")["Id"], by=both.me)
    row = both.row(Kind.CALENDAR)
    assert (row.situation, row.action) == (Situation.GONE, Action.NONE)
    assert words in row.why_not
    both.desk.run_of(Review.of(both.plan(Kind.CALENDAR)))
    assert both.box.items(both.box.folder("calendar"))[0].id == meeting.id
    assert both.desk.sandbox.exchange.outbox == []


def test_series_that_never_end_go_through_plan_and_run(both: Both) -> None:
    """As one row each, whatever becomes of it; an ordinary event beside them is done."""
    pattern = Recurrence("Daily", date(2026, 11, 25), interval=2)
    both.event("For ever there", recurrence=pattern, start_zone="GMT Standard Time", end_zone="GMT Standard Time")
    both.org.create(
        "Event",
        {
            "Subject": "For ever here", "StartDateTime": "2026-11-26T15:00:00Z", "DurationInMinutes": 30,
            "Recurrence2PatternText": "RRULE:FREQ=WEEKLY;BYDAY=TH",
        },
        by=both.me,
    )  # fmt: skip
    both.event("Ordinary")
    rows = {row.title: row for row in both.plan(Kind.CALENDAR).rows}
    assert set(rows) == {"For ever there", "For ever here", "Ordinary"}
    report = both.desk.run_of(Review.of(both.plan(Kind.CALENDAR)))
    results = {row.title: row for row in report.rows}
    assert results["Ordinary"].result is Result.DONE
    for title in ("For ever there", "For ever here"):
        assert rows[title].why_not or results[title].result is Result.DONE, results[title].message
    assert both.desk.sandbox.exchange.outbox == []
