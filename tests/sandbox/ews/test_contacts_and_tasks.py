"""Contacts and tasks by the same table."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from exchangelib import Contact, EWSDate, Task
from exchangelib.indexed_properties import EmailAddress, PhoneNumber, PhysicalAddress


def test_a_contact_there_and_back(world, account):
    item = Contact(
        folder=account.contacts,
        given_name="Kim",
        surname="Lee",
        display_name="Kim Lee",
        company_name="Northwind",
        job_title="Buyer",
        body="met in Leeds",
        email_addresses=[EmailAddress(label="EmailAddress1", email="kim@example.org")],
        phone_numbers=[
            PhoneNumber(label="MobilePhone", phone_number="+44 1"),
            PhoneNumber(label="BusinessPhone", phone_number="+44 2"),
        ],
        physical_addresses=[PhysicalAddress(label="Business", street="1 High St", city="Leeds", zipcode="LS1")],
        birthday=EWSDate(1980, 5, 17),
    ).save()
    again = account.contacts.get(id=item.id)
    assert (again.given_name, again.company_name, again.body) == ("Kim", "Northwind", "met in Leeds")
    assert [entry.email for entry in again.email_addresses] == ["kim@example.org"]
    assert {(p.label, p.phone_number) for p in again.phone_numbers if p.phone_number} == {
        ("MobilePhone", "+44 1"),
        ("BusinessPhone", "+44 2"),
    }
    (address,) = [a for a in again.physical_addresses if a.city]
    assert (address.label, address.street, address.zipcode) == ("Business", "1 High St", "LS1")
    assert again.birthday == EWSDate(1980, 5, 17)
    again.phone_numbers = [PhoneNumber(label="MobilePhone", phone_number="+44 3")]
    again.save(update_fields=["phone_numbers"])
    assert world.box.get(item.id).fields["phones"] == {"MobilePhone": "+44 3"}
    again.physical_addresses = [PhysicalAddress(label="Business", street="2 High St", city="York")]
    again.save(update_fields=["physical_addresses"])
    assert world.box.get(item.id).fields["addresses"] == {"Business": {"Street": "2 High St", "City": "York"}}
    assert account.contacts.filter(surname="Lee").count() == 1


def test_one_phone_number_is_no_more_than_one(world):
    made = world.box.create(
        world.box.folder("contacts"),
        {"display_name": "Kim", "phones": {"MobilePhone": "1", "HomePhone": "2"}, "emails": {"EmailAddress1": "a@b.c"}},
    )
    more = (
        '<t:AdditionalProperties><t:IndexedFieldURI FieldURI="contacts:PhoneNumber" FieldIndex="HomePhone"/>'
        "</t:AdditionalProperties>"
    )
    request = (
        f"<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>{more}</m:ItemShape>"
        f'<m:ItemIds><t:ItemId Id="{made.id}"/></m:ItemIds></m:GetItem>'
    )
    (contact,) = world.post(request).iter("{*}Contact")
    assert [e.tag.rpartition("}")[2] for e in contact] == ["ItemId", "PhoneNumbers"]
    assert [(entry.get("Key"), entry.text) for entry in contact[1]] == [("HomePhone", "2")]


def test_a_task_there_and_back(world, account):
    item = Task(
        folder=account.tasks,
        subject="Send offer",
        due_date=EWSDate(2026, 12, 1),
        start_date=EWSDate(2026, 11, 25),
        status="InProgress",
        percent_complete=Decimal(50),
    ).save()
    again = account.tasks.get(id=item.id)
    assert (again.subject, again.status, again.percent_complete) == ("Send offer", "InProgress", 50)
    assert (again.due_date, again.start_date, again.is_complete) == (EWSDate(2026, 12, 1), EWSDate(2026, 11, 25), False)
    again.status = "Completed"
    again.save(update_fields=["status"])
    stored = world.box.get(item.id)
    assert (stored.fields["percent_complete"], stored.fields["is_complete"]) == (100, True)
    assert account.tasks.get(id=item.id).complete_date == datetime(2026, 11, 23, tzinfo=UTC)
    again.move_to_trash()
    assert world.box.items(world.box.folder("tasks")) == []


def test_what_every_task_has(world, account):
    made = world.box.create(world.box.folder("tasks"), {"subject": "Send offer"})
    item = account.tasks.get(id=made.id)
    assert (item.status, item.percent_complete, item.is_complete, item.reminder_is_set) == (
        "NotStarted",
        0,
        False,
        False,
    )
    request = (
        "<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>"
        f'<m:ItemIds><t:ItemId Id="{made.id}"/></m:ItemIds></m:GetItem>'
    )
    (task,) = world.post(request).iter("{*}Task")
    assert {"Status", "PercentComplete", "IsComplete", "ReminderIsSet"} <= {e.tag.rpartition("}")[2] for e in task}


def test_a_task_that_is_taken_back_is_not_started_at_all(world, account):
    made = world.box.create(
        world.box.folder("tasks"), {"subject": "x", "status": "InProgress", "percent_complete": 40.0}
    )
    item = account.tasks.get(id=made.id)
    item.status = "NotStarted"
    item.save(update_fields=["status"])
    assert made.fields["percent_complete"] == 0


@pytest.mark.parametrize(("folder", "kind"), [("contacts", "Contact"), ("tasks", "Task"), ("calendar", "CalendarItem")])
def test_the_folder_decides_what_is_made(world, folder, kind):
    values = {"subject": "x", "start": datetime(2026, 12, 1, tzinfo=UTC), "end": datetime(2026, 12, 2, tzinfo=UTC)}
    assert world.box.create(world.box.folder(folder), values if folder == "calendar" else {}).kind == kind


def test_deleting_a_task_needs_a_word_about_its_series(world):
    made = world.box.create(world.box.folder("tasks"), {"subject": "x"})
    request = f'<m:DeleteItem DeleteType="HardDelete"><m:ItemIds><t:ItemId Id="{made.id}"/></m:ItemIds></m:DeleteItem>'
    assert world.codes(request) == ["ErrorAffectedTaskOccurrencesRequired"]


@pytest.mark.parametrize("folder", ["contacts", "tasks"])
def test_saving_everything_is_carried_out(world, account, folder):
    names = {"given_name": "Kim", "display_name": "Kim", "phones": {"MobilePhone": "1"}} if folder == "contacts" else {}
    made = world.box.create(world.box.folder(folder), {"subject": "x", "body": "notes", **names})
    (item,) = getattr(account, folder).all().only("subject")
    item.subject = "y"
    if folder == "contacts":
        item.display_name = "Lee"
    item.save()
    assert made.fields["subject"] == "y"
    assert not {"body", "given_name"} & set(made.fields)
    assert not made.fields.get("phones")
