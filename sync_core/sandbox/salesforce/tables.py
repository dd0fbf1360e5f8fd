"""The objects of the org, one field table each (facts B1 to B3; lengths marked as recalled there are recalled here)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sync_core.sandbox.salesforce.fields import Field, SObject, audit, identity, table, text, writable

_FLAG: Final[dict[str, object]] = {"nillable": False, "default": False}
_ZONES: Final = ("Europe/London", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Etc/UTC")
CLASSIC_TYPES: Final = (
    "RecursDaily",
    "RecursEveryWeekday",
    "RecursMonthly",
    "RecursMonthlyNth",
    "RecursWeekly",
    "RecursYearly",
    "RecursYearlyNth",
)
INSTANCES: Final = ("First", "Second", "Third", "Fourth", "Last")
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _activity_links() -> list[Field]:
    return [
        writable("WhoId", "reference", "Name ID", length=18, targets=("Contact", "Lead"), relationship="Who"),
        writable("WhatId", "reference", "Related To ID", length=18, targets=("Account",), relationship="What"),
    ]


def _owner() -> Field:
    return writable(
        "OwnerId", "reference", "Assigned To ID", length=18, nillable=False, default="", targets=("User",),
        relationship="Owner",
    )  # fmt: skip


def _notes() -> Field:
    # not filterable: facts B1
    return writable("Description", "textarea", "Description", length=32_000, filterable=False, sortable=False)


def _classic_recurrence() -> list[Field]:
    create: dict[str, object] = {"update": False}
    return [
        Field("RecurrenceActivityId", "reference", "Recurrence Activity ID", 18, targets=("Event",)),
        writable("IsRecurrence", "boolean", "Create Recurring Series of Events", **_FLAG | create),
        writable("RecurrenceStartDateTime", "datetime", "Recurrence Start", **create),
        writable("RecurrenceEndDateOnly", "date", "Recurrence End", **create),
        writable("RecurrenceTimeZoneSidKey", "picklist", "Recurrence Time Zone", length=40, choices=_ZONES, **create),
        writable("RecurrenceType", "picklist", "Recurrence Type", length=40, choices=CLASSIC_TYPES, restricted=True,
                 **create),
        writable("RecurrenceInterval", "int", "Recurrence Interval", length=9, **create),
        writable("RecurrenceDayOfWeekMask", "int", "Recurrence Day of Week Mask", length=9, **create),
        writable("RecurrenceDayOfMonth", "int", "Recurrence Day of Month", length=9, **create),
        writable("RecurrenceInstance", "picklist", "Recurrence Instance", length=40, choices=INSTANCES,
                 restricted=True, **create),
        writable("RecurrenceMonthOfYear", "picklist", "Recurrence Month of Year", length=40, choices=MONTHS,
                 restricted=True, **create),
    ]  # fmt: skip


def event() -> SObject:
    """Event (facts B1)."""
    return SObject("Event", "00U", table([
        *identity(),
        *_activity_links(),
        text("Subject", 255, "Subject", type="combobox", choices=("Call", "Email", "Meeting", "Other")),
        text("Location", 255, "Location"),
        writable("IsAllDayEvent", "boolean", "All-Day Event", **_FLAG),
        writable("ActivityDateTime", "datetime", "Due Date Time"),
        writable("ActivityDate", "date", "Due Date Only"),
        writable("DurationInMinutes", "int", "Duration", length=8),
        writable("StartDateTime", "datetime", "Start Date Time"),
        writable("EndDateTime", "datetime", "End Date Time"),
        Field("EndDate", "date", "End Date", since=46),
        _notes(),
        Field("AccountId", "reference", "Account ID", 18, targets=("Account",), relationship="Account"),
        _owner(),
        writable("IsPrivate", "boolean", "Private", **_FLAG),
        writable("ShowAs", "picklist", "Show Time As", length=40, choices=("Busy", "OutOfOffice", "Free"),
                 restricted=True, default="Busy"),
        Field("IsChild", "boolean", "Is Child", nillable=False, default=False),
        Field("IsGroupEvent", "boolean", "Is Group Event", nillable=False, default=False),
        Field("GroupEventType", "picklist", "Group Event Type", 40, choices=("0", "1", "2", "3"), restricted=True,
              default="0"),
        *audit(),
        Field("IsArchived", "boolean", "Archived", nillable=False, default=False),
        *_classic_recurrence(),
        writable("ReminderDateTime", "datetime", "Reminder Date/Time"),
        writable("IsReminderSet", "boolean", "Reminder Set", **_FLAG),
        writable("EventSubtype", "picklist", "Event Subtype", length=40, update=False, choices=("Event",),
                 restricted=True, default="Event"),
        Field("IsRecurrence2Exclusion", "boolean", "Historical Event, Not Following Recurrence", nillable=False,
              default=False, since=44),
        # createable from v52 (facts B1)
        writable("Recurrence2PatternText", "textarea", "Recurrence Pattern", length=512, update=False,
                 filterable=False, sortable=False, since=44, create_since=52),
        Field("Recurrence2PatternVersion", "picklist", "Pattern Version", 40, choices=("1", "2"), since=44),
        Field("IsRecurrence2", "boolean", "Repeat", nillable=False, default=False, since=44),
        Field("IsRecurrence2Exception", "boolean", "Is Exception", nillable=False, default=False, since=44),
        Field("Recurrence2PatternStartDate", "datetime", "Recurrence Pattern Start Date", since=44),
        Field("Recurrence2PatternTimeZone", "string", "Recurrence Pattern Time Zone Reference", 255, since=44),
        Field("IsClientManaged", "boolean", "Is Client Managed", nillable=False, default=False),
        Field("ClientGuid", "string", "Client GUID", 128),
    ]), name_field="Subject")  # fmt: skip


def task() -> SObject:
    """Task (facts B2)."""
    return SObject("Task", "00T", table([
        *identity(),
        *_activity_links(),
        text("Subject", 255, "Subject", type="combobox", choices=("Call", "Email", "Send Letter", "Other")),
        writable("ActivityDate", "date", "Due Date Only"),
        writable("Status", "picklist", "Status", length=255, nillable=False, default="Not Started",
                 choices=("Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred")),
        writable("Priority", "picklist", "Priority", length=255, nillable=False, default="Normal",
                 choices=("High", "Normal", "Low")),
        Field("IsHighPriority", "boolean", "High Priority", nillable=False, default=False),
        _owner(),
        _notes(),
        Field("AccountId", "reference", "Account ID", 18, targets=("Account",), relationship="Account"),
        Field("IsClosed", "boolean", "Closed", nillable=False, default=False),
        *audit(),
        Field("IsArchived", "boolean", "Archived", nillable=False, default=False),
        Field("CompletedDateTime", "datetime", "Completed Date", since=43),
        writable("ReminderDateTime", "datetime", "Reminder Date/Time"),
        writable("IsReminderSet", "boolean", "Reminder Set", **_FLAG),
        Field("RecurrenceActivityId", "reference", "Recurrence Activity ID", 18, targets=("Task",)),
        Field("IsRecurrence", "boolean", "Create Recurring Series of Tasks", nillable=False, default=False),
        writable("TaskSubtype", "picklist", "Task Subtype", length=40, update=False, restricted=True, default="Task",
                 choices=("Task", "Email", "ListEmail", "Cadence", "Call", "LinkedIn")),
    ]), name_field="Subject")  # fmt: skip


def contact() -> SObject:
    """Contact (facts B3)."""
    return SObject("Contact", "003", table([
        *identity(),
        writable("AccountId", "reference", "Account ID", length=18, targets=("Account",), relationship="Account"),
        text("LastName", 80, "Last Name", nillable=False),
        text("FirstName", 40, "First Name"),
        writable("Salutation", "picklist", "Salutation", length=40, choices=("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.")),
        Field("Name", "string", "Full Name", 121, nillable=False),
        text("MailingStreet", 255, "Mailing Street", type="textarea"),
        text("MailingCity", 40, "Mailing City"),
        text("MailingState", 80, "Mailing State/Province"),
        text("MailingPostalCode", 20, "Mailing Zip/Postal Code"),
        text("MailingCountry", 80, "Mailing Country"),
        text("OtherStreet", 255, "Other Street", type="textarea"),
        text("OtherCity", 40, "Other City"),
        text("OtherState", 80, "Other State/Province"),
        text("OtherPostalCode", 20, "Other Zip/Postal Code"),
        text("OtherCountry", 80, "Other Country"),
        text("Phone", 40, "Business Phone", type="phone"),
        text("Fax", 40, "Business Fax", type="phone"),
        text("MobilePhone", 40, "Mobile Phone", type="phone"),
        text("HomePhone", 40, "Home Phone", type="phone"),
        text("OtherPhone", 40, "Other Phone", type="phone"),
        text("AssistantPhone", 40, "Asst. Phone", type="phone"),
        text("Email", 80, "Email", type="email"),
        text("Title", 128, "Title"),
        text("Department", 80, "Department"),
        text("AssistantName", 40, "Assistant's Name"),
        writable("Birthdate", "date", "Birthdate"),
        _notes(),
        _owner(),
        *audit(),
    ]))  # fmt: skip


def account() -> SObject:
    """Account, as far as events, tasks and contacts point to it."""
    return SObject("Account", "001", table([
        *identity(),
        text("Name", 255, "Account Name", nillable=False),
        text("Phone", 40, "Account Phone", type="phone"),
        text("Website", 255, "Website", type="url"),
        text("BillingCity", 40, "Billing City"),
        _notes(),
        _owner(),
        *audit(),
    ]))  # fmt: skip


def user() -> SObject:
    """User, read-only over the API: users are made with `Org.add_user`."""
    return SObject("User", "005", table([
        Field("Id", "id", "User ID", 18, nillable=False),
        Field("Username", "string", "Username", 80, nillable=False),
        Field("LastName", "string", "Last Name", 80, nillable=False),
        Field("FirstName", "string", "First Name", 40),
        Field("Name", "string", "Full Name", 121, nillable=False),
        Field("Email", "email", "Email", 128, nillable=False),
        Field("Alias", "string", "Alias", 8, nillable=False),
        Field("IsActive", "boolean", "Active", nillable=False, default=True),
        Field("TimeZoneSidKey", "picklist", "Time Zone", 40, nillable=False, choices=_ZONES),
        Field("LocaleSidKey", "picklist", "Locale", 40, nillable=False, default="en_GB"),
        Field("LanguageLocaleKey", "picklist", "Language", 40, nillable=False, default="en_US"),
        Field("UserType", "picklist", "User Type", 40, default="Standard"),
        *audit(),
    ]), createable=False, updateable=False, deletable=False)  # fmt: skip


def lead() -> SObject:
    """Lead: the other sort of person that WhoId of an activity may name (facts B1). Only what makes one."""
    return SObject("Lead", "00Q", table([
        *identity(),
        text("FirstName", 40, "First Name"),
        text("LastName", 80, "Last Name", nillable=False),
        Field("Name", "string", "Full Name", 121),
        text("Company", 255, "Company", nillable=False),
        writable("Email", "email", "Email", length=80),
        text("Phone", 40, "Phone"),
        _owner(),
        *audit(),
    ]))  # fmt: skip


def event_relation() -> SObject:
    """EventRelation: who is invited to an event. Readable; made by `Org.invite` (facts B1: do not write it)."""
    return SObject("EventRelation", "0RE", table([
        *identity(),
        Field("EventId", "reference", "Event ID", 18, nillable=False, targets=("Event",), relationship="Event"),
        Field("RelationId", "reference", "Relation ID", 18, nillable=False, targets=("User", "Contact"),
              relationship="Relation"),
        Field("Status", "picklist", "Status", 40, choices=("New", "Accepted", "Declined", "Maybe"), default="New"),
        Field("Response", "string", "Comment", 255),
        Field("RespondedDate", "datetime", "Response Date"),
        Field("IsInvitee", "boolean", "Is Invitee", nillable=False, default=True),
        *audit(),
    ]), name_field="Id", createable=False, updateable=False, deletable=False)  # fmt: skip


def attachment() -> SObject:
    """Attachment, the older kind of file on a record (facts B4). Readable only: the sandbox keeps no bodies."""
    return SObject("Attachment", "00P", table([
        *identity(),
        writable("ParentId", "reference", "Parent ID", length=18, nillable=False, update=False,
                 targets=("Event", "Task", "Contact", "Account"), relationship="Parent"),
        text("Name", 255, "File Name", nillable=False),
        text("ContentType", 120, "Content Type"),
        Field("BodyLength", "int", "Body Length", 9, default=0),
        _owner(),
        *audit(),
    ]), createable=False, updateable=False)  # fmt: skip


def content_document_link() -> SObject:
    """ContentDocumentLink: a file linked to a record. Readable only, under a filter (facts B4)."""
    return SObject("ContentDocumentLink", "06A", table([
        *identity(),
        Field("LinkedEntityId", "reference", "Linked Entity ID", 18, nillable=False,
              targets=("Event", "Task", "Contact", "Account"), relationship="LinkedEntity"),
        Field("ContentDocumentId", "reference", "ContentDocument ID", 18, nillable=False),
        Field("ShareType", "picklist", "Share Type", 40, choices=("V", "C", "I"), restricted=True),
        Field("Visibility", "picklist", "Visibility", 40, choices=("AllUsers", "InternalUsers"), restricted=True),
        Field("SystemModstamp", "datetime", "System Modstamp", nillable=False),
    ]), name_field="Id", createable=False, updateable=False, deletable=False)  # fmt: skip


def _status_table(name: str, prefix: str, flag: str, label: str) -> SObject:
    return SObject(name, prefix, table([
        Field("Id", "id", "Record ID", 18, nillable=False),
        Field("MasterLabel", "string", "Master Label", 255),
        Field("ApiName", "string", "API Name", 255, since=39),
        Field("SortOrder", "int", "Sort Order", 9),
        Field("IsDefault", "boolean", "Is Default", nillable=False, default=False),
        Field(flag, "boolean", label, nillable=False, default=False),
        *audit(),
    ]), name_field="MasterLabel", createable=False, updateable=False, deletable=False)  # fmt: skip


def organization() -> SObject:
    """Organization: one row, about the org itself."""
    return SObject("Organization", "00D", table([
        Field("Id", "id", "Organization ID", 18, nillable=False),
        Field("Name", "string", "Name", 80, nillable=False),
        Field("IsSandbox", "boolean", "Is Sandbox", nillable=False, default=True),
        Field("OrganizationType", "picklist", "Edition", 40, default="Enterprise Edition"),
        Field("TimeZoneSidKey", "picklist", "Time Zone", 40, choices=_ZONES, default="Europe/London"),
        *audit(),
    ]), createable=False, updateable=False, deletable=False)  # fmt: skip


_MAKERS: Final[tuple[Callable[[], SObject], ...]] = (
    account,
    attachment,
    contact,
    content_document_link,
    event,
    event_relation,
    lead,
    organization,
    task,
    lambda: _status_table("TaskPriority", "0YX", "IsHighPriority", "High Priority"),
    lambda: _status_table("TaskStatus", "01X", "IsClosed", "Closed"),
    user,
)

# what the Name of a polymorphic relationship (Who, What, Owner) can be asked for
NAME_FIELDS: Final = ("Id", "Name", "Type", "FirstName", "LastName", "Email", "Phone", "Title", "Username", "Alias")


def schema() -> dict[str, SObject]:
    """A fresh set of all objects by name: an org may add and hide fields in its own."""
    return {made.name: made for made in (make() for make in _MAKERS)}
