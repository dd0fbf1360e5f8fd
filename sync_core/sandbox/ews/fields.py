"""The table of properties: what an item of each kind consists of, on the wire and in the store.

One row per property. The letters in `rights` say what a client may do with it:
c set it when it creates an item, u set it later, d delete it, a append to it, q use it in a restriction or sort order,
f see it in FindItem, D part of the shape Default, A part of the shape AllProperties.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Field:
    """One property. `name` is its name in the store, `kind` says how `codec` reads and writes it."""

    uri: str
    name: str
    kind: str
    rights: str

    @property
    def element(self) -> str:
        """The element's name: the part of the URI behind the colon."""
        return self.uri.partition(":")[2]

    def may(self, letter: str) -> bool:
        """Whether a client has this right."""
        return letter in self.rights


@dataclass(frozen=True, slots=True)
class ItemKind:
    """One kind of item: its element, schema type, item class, and the prefixes of its properties' URIs.

    `borrowed` are properties of another prefix that it has, too. What clients cannot make is only read.
    """

    element: str
    schema_type: str
    item_class: str
    folder_class: str
    prefixes: tuple[str, ...]
    borrowed: tuple[str, ...] = ()
    made_by_clients: bool = True


KINDS: Final = {
    kind.element: kind
    for kind in (
        ItemKind("CalendarItem", "CalendarItemType", "IPM.Appointment", "IPF.Appointment", ("item", "calendar")),
        ItemKind("Contact", "ContactItemType", "IPM.Contact", "IPF.Contact", ("item", "contacts")),
        ItemKind("Task", "TaskType", "IPM.Task", "IPF.Task", ("item", "task")),
        # lists of people lie among the contacts (facts: exchange A.11); Outlook makes them
        ItemKind("DistributionList", "DistributionListType", "IPM.DistList", "IPF.Contact", ("item",
                 "distributionlist"), ("contacts:DisplayName", "contacts:FileAs"), made_by_clients=False),
    )
}  # fmt: skip

_ITEM = """
item:ItemId                     item_id             item_id     qfDA
item:ParentFolderId             parent_folder_id    folder_id   fA
item:ItemClass                  item_class          text        cuqfA
item:Subject                    subject             text        cudaqfDA
item:Sensitivity                sensitivity         enum        cuqfDA
item:Body                       body                body        cudaqA
item:Attachments                attachments         attachments A
item:DateTimeReceived           received            datetime    qfA
item:Size                       size                int         qfA
item:Categories                 categories          strings     cudqfA
item:Importance                 importance          enum        cuqfA
item:InReplyTo                  in_reply_to         text        cudqfA
item:IsSubmitted                is_submitted        bool        fA
item:IsDraft                    is_draft            bool        fA
item:IsFromMe                   is_from_me          bool        fA
item:IsResend                   is_resend           bool        fA
item:IsUnmodified               is_unmodified       bool        fA
item:DateTimeSent               sent                datetime    qfA
item:DateTimeCreated            created             datetime    qfA
item:ReminderDueBy              reminder_due_by     datetime    cudqfA
item:ReminderIsSet              reminder_is_set     bool        cuqfA
item:ReminderNextTime           reminder_next_time  datetime    fA
item:ReminderMinutesBeforeStart reminder_minutes    int         cuqfA
item:DisplayCc                  display_cc          text        qfA
item:DisplayTo                  display_to          text        qfA
item:HasAttachments             has_attachments     bool        qfDA
item:Culture                    culture             text        cudqfA
item:EffectiveRights            effective_rights    rights      fA
item:LastModifiedName           last_modified_name  text        qfA
item:LastModifiedTime           last_modified       datetime    qfA
item:IsAssociated               is_associated       bool        qfA
item:TextBody                   text_body           text_body   f
"""
_CALENDAR = """
calendar:UID                        uid                     text        cufA
calendar:RecurrenceId               recurrence_id           datetime    fA
calendar:DateTimeStamp              stamp                   datetime    fA
calendar:Start                      start                   datetime    cuqfDA
calendar:End                        end                     datetime    cuqfDA
calendar:OriginalStart              original_start          datetime    fA
calendar:IsAllDayEvent              is_all_day              bool        cuqfA
calendar:LegacyFreeBusyStatus       show_as                 enum        cuqfDA
calendar:Location                   location                text        cudqfDA
calendar:When                       when                    text        cudqfA
calendar:IsMeeting                  is_meeting              bool        qfA
calendar:IsCancelled                is_cancelled            bool        qfA
calendar:IsRecurring                is_recurring            bool        qfA
calendar:MeetingRequestWasSent      request_was_sent        bool        fA
calendar:IsResponseRequested        is_response_requested   bool        cuqfA
calendar:CalendarItemType           item_type               enum        fDA
calendar:MyResponseType             my_response             enum        qfA
calendar:Organizer                  organizer               recipient   fDA
calendar:RequiredAttendees          required_attendees      attendees   cudaA
calendar:OptionalAttendees          optional_attendees      attendees   cudaA
calendar:Resources                  resources               attendees   cudaA
calendar:Duration                   duration                text        fA
calendar:AppointmentReplyTime       reply_time              datetime    fA
calendar:AppointmentSequenceNumber  sequence                int         fA
calendar:AppointmentState           state                   int         fA
calendar:Recurrence                 recurrence              recurrence  cudA
calendar:FirstOccurrence            first_occurrence        occurrence  A
calendar:LastOccurrence             last_occurrence         occurrence  A
calendar:ModifiedOccurrences        modified_occurrences    occurrences A
calendar:DeletedOccurrences         deleted_occurrences     deletions   A
calendar:MeetingTimeZone            meeting_zone            ignored     cud
calendar:StartTimeZone              start_zone              zone        cudA
calendar:EndTimeZone                end_zone                zone        cudA
calendar:ConferenceType             conference_type         int         cuqfA
calendar:AllowNewTimeProposal       allow_new_time          bool        cuqfA
calendar:IsOnlineMeeting            is_online_meeting       bool        qfA
calendar:MeetingWorkspaceUrl        workspace_url           text        cudqfA
calendar:NetShowUrl                 net_show_url            text        cudqfA
calendar:IsOrganizer                is_organizer            bool        fA
calendar:StartTimeZoneId            start_zone_id           text        A
calendar:EndTimeZoneId              end_zone_id             text        A
"""
_CONTACT = """
contacts:FileAs             file_as             text        cudqfDA
contacts:FileAsMapping      file_as_mapping     enum        cudqfA
contacts:DisplayName        display_name        text        cudqfDA
contacts:GivenName          given_name          text        cudqfA
contacts:Initials           initials            text        cudqfA
contacts:MiddleName         middle_name         text        cudqfA
contacts:Nickname           nickname            text        cudqfA
contacts:CompanyName        company_name        text        cudqfDA
contacts:EmailAddresses     emails              emails      fDA
contacts:PhysicalAddresses  addresses           addresses   fDA
contacts:PhoneNumbers       phones              phones      fDA
contacts:AssistantName      assistant_name      text        cudqfA
contacts:Birthday           birthday            datetime    cudqfA
contacts:BusinessHomePage   business_homepage   text        cudqfA
contacts:Children           children            strings     cudqfA
contacts:Companies          companies           strings     cudqfA
contacts:Department         department          text        cudqfA
contacts:Generation         generation          text        cudqfA
contacts:ImAddresses        im_addresses        phones      fDA
contacts:JobTitle           job_title           text        cudqfA
contacts:Manager            manager             text        cudqfA
contacts:Mileage            mileage             text        cudqfA
contacts:OfficeLocation     office              text        cudqfA
contacts:PostalAddressIndex postal_index        enum        cudqfA
contacts:Profession         profession          text        cudqfA
contacts:SpouseName         spouse_name         text        cudqfA
contacts:Surname            surname             text        cudqfA
contacts:WeddingAnniversary wedding_anniversary datetime    cudqfA
"""
_TASK = """
task:ActualWork         actual_work         int         cudqfA
task:AssignedTime       assigned_time       datetime    fA
task:BillingInformation billing             text        cudqfA
task:ChangeCount        change_count        int         fA
task:Companies          companies           strings     cudqfA
task:CompleteDate       complete_date       datetime    cudqfA
task:Contacts           contacts            strings     cudqfA
task:DueDate            due_date            datetime    cudqfDA
task:IsComplete         is_complete         bool        qfDA
task:IsRecurring        is_recurring        bool        qfA
task:IsTeamTask         is_team_task        bool        fA
task:Mileage            mileage             text        cudqfA
task:Owner              owner               text        qfA
task:PercentComplete    percent_complete    float       cuqfDA
task:Recurrence         recurrence          recurrence  cudA
task:StartDate          start_date          datetime    cudqfDA
task:Status             status              enum        cuqfDA
task:StatusDescription  status_description  text        qfA
task:TotalWork          total_work          int         cudqfA
"""
_LIST = """
distributionlist:Members members members A
"""


def _rows(text: str) -> list[Field]:
    return [Field(*line.split()) for line in text.strip().splitlines()]


FIELDS: Final = {field.uri: field for text in (_ITEM, _CALENDAR, _CONTACT, _TASK, _LIST) for field in _rows(text)}


@cache
def fields_of(kind: str) -> dict[str, Field]:
    """The properties of a kind of item by element name."""
    known = KINDS[kind]
    return {
        field.element: field
        for field in FIELDS.values()
        if field.uri.partition(":")[0] in known.prefixes or field.uri in known.borrowed
    }
