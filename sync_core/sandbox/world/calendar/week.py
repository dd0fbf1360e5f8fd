"""What happens in the week between act one and act two, situation by situation."""

from __future__ import annotations

from typing import Final

from sync_core.sandbox.world.people import ASSISTANT, COLLEAGUES, OWNER
from sync_core.sandbox.world.situations import (
    Change,
    Copy,
    Create,
    Deed,
    Delete,
    First,
    Move,
    Occurrence,
    Reassign,
    Situation,
)

# Salesforce holds 32,000 characters of notes (facts: Event.Description)
_TOO_LONG: Final = "\n".join(
    f"{n:04}: pressure 4.2 bar, temperature 21.3 °C, no leak found, seal renewed" for n in range(620)
)
_BY_ASSISTANT: Final = {"last_modified_name": ASSISTANT.name}

# subjects that terminals, markup readers and editors have tripped over
_ESCAPE: Final = "Invoice \x1b]52;c;cm0gLXJmIH4=\x07 overdue \x1b[2J"
_C1: Final = "Invoice\x9b31m overdue \x9d0;owned\x9c"
_BIDI: Final = "Offer \u202etxt.exe\u202c for {customer} \u2066hidden\u2069"
# a family joined by ZWJ, a heart with VS16, a flag, a skin tone, a keycap
_EMOJI: Final = (
    "Party \U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \u2764\ufe0f \U0001f1ec\U0001f1e7"
    " \U0001f44d\U0001f3fd 5\ufe0f\u20e3"
)
_ZALGO: Final = (
    "Z\u0351\u036b\u0343\u036a\u0302a\u0310\u0312\u0332\u0347l\u0348\u033b\u0356g\u0323\u0317o\u0328\u0337 meeting"
)
_LONGEST: Final = ("Very long subject that somebody pasted out of a mail without reading it, " * 4)[:254] + "."

CHANGED: Final = (
    # one side changed
    Situation("salesforce_moved", "Salesforce: an hour later", "Quarterly review, {customer}", day=1, at="10:00",
              location="{city}", salesforce=(Change(later=60),)),
    Situation("salesforce_place", "Salesforce: another room", "Price talk with {contact}", day=2, at="11:00",
              location="Room 4", salesforce=(Change({"location": "Meeting room Humber"}),)),
    Situation("salesforce_renamed", "Salesforce: another subject", "Call {customer}", day=3, at="09:30", minutes=30,
              salesforce=(Change({"subject": "Call {customer} about the reorder"}),)),
    Situation("salesforce_notes", "Salesforce: a line more in the notes", "Service contract, {customer}", day=4,
              at="13:30", notes="Offer 7731 is with them.",
              salesforce=(Change(add="\nThey want to decide by Friday."),)),
    Situation("salesforce_from_one_side", "entered in Outlook, moved in Salesforce since", "Loan unit to {customer}",
              First.OUTLOOK, day=2, at="15:30", minutes=30, salesforce=(Change(days=1),)),
    Situation("outlook_moved", "Outlook: to the next day", "Site visit, {customer}", day=3, at="14:00", minutes=120,
              location="{city}", outlook=(Change(days=1, native=_BY_ASSISTANT),)),
    Situation("outlook_longer", "Outlook: half an hour longer", "Review of the order book", day=5, at="11:30",
              outlook=(Change(longer=30),)),
    Situation("outlook_place", "Outlook: now online", "Demo for {customer}", day=6, at="10:00", minutes=90,
              location="{city}", outlook=(Change({"location": "Online"}, native=_BY_ASSISTANT),)),
    Situation("outlook_reminder", "Outlook: reminded two hours before", "Train to {city}", day=6, at="07:10",
              minutes=130, outlook=(Change({"reminder": 120}),)),
    Situation("outlook_free", "Outlook: shown as free", "Webinar on flow meters", day=7, at="16:00",
              outlook=(Change({"show_as": "free"}),)),
    Situation("outlook_emptied", "Outlook: the place was taken away", "Coffee with {contact}", day=8, at="10:30",
              minutes=30, location="Station café", outlook=(Change({"location": ""}),)),
    Situation("outlook_from_one_side", "entered in Salesforce, place added in Outlook since",
              "First visit, {customer}", First.SALESFORCE, day=7, at="13:00", minutes=90,
              outlook=(Change({"location": "{city}, gate 3"}),)),
    # both sides changed
    Situation("merge_place_notes", "Salesforce: another place; Outlook: notes", "Workshop with {customer}", day=2,
              at="13:00", minutes=120, location="Room 12", salesforce=(Change({"location": "Room 4"}),),
              outlook=(Change(add="Flip chart is broken, bring paper."),)),
    Situation("merge_subject_when", "Salesforce: renamed; Outlook: moved", "Budget {year}", day=4, at="10:00",
              location="Room 4", salesforce=(Change({"subject": "Budget {year}, second draft"}),),
              outlook=(Change(later=30),)),
    Situation("both_alike", "both sides were changed to the same", "Sales training", day=5, at="14:00", minutes=120,
              location="Room 4", salesforce=(Change({"location": "Room 12"}),),
              outlook=(Change({"location": "Room 12"}),)),
    Situation("conflict_when", "both sides moved it, to different times", "Delivery talk, {customer}", day=1,
              at="14:00", location="Room 4", salesforce=(Change(later=60),), outlook=(Change(later=90,
              native=_BY_ASSISTANT),)),
    Situation("conflict_place_more", "two places, and Outlook has notes besides",
              "Interview, {colleague} and candidate", day=3, at="16:00", location="Room 4",
              salesforce=(Change({"location": "Room 12"}),), outlook=(Change({"location": "Online"},
              add="CV is in the folder."),)),
    Situation("conflict_notes", "both sides wrote into the notes", "Complaint, {customer}", day=9, at="11:00",
              notes="Gauge 12 shows too little.", salesforce=(Change(add="\nReplacement sent on Tuesday."),),
              outlook=(Change(add="\nThey will send it back first."),)),
    # gone
    Situation("gone_salesforce", "deleted in Salesforce", "Cancelled visit, {customer}", day=5, at="09:00",
              salesforce=(Delete(),)),
    Situation("gone_salesforce_purged", "deleted in Salesforce and purged from the recycle bin",
              "Test entry from the import", day=8, at="15:00", salesforce=(Delete(for_good=True),)),
    Situation("gone_outlook", "deleted in Outlook", "Call {contact} back", day=2, at="10:30", minutes=15,
              outlook=(Delete(),)),
    Situation("gone_outlook_for_good", "deleted in Outlook past the Deleted Items", "Hold: maybe {customer}", day=6,
              at="13:30", outlook=(Delete(for_good=True),)),
    Situation("gone_salesforce_changed_outlook", "deleted in Salesforce, moved in Outlook",
              "Rollout meeting, {customer}", day=7, at="09:00", salesforce=(Delete(),), outlook=(Change(later=120),)),
    Situation("gone_outlook_changed_salesforce", "deleted in Outlook, changed in Salesforce",
              "Upgrade talk, {customer}", day=9, at="13:00", salesforce=(Change(add="New prices are approved."),),
              outlook=(Delete(),)),
    Situation("gone_both", "deleted on both sides", "Summer party committee", day=10, at="16:00",
              salesforce=(Delete(),), outlook=(Delete(),)),
    # not seen, and yet not gone
    Situation("out_of_window_outlook", "Outlook: put off by more than a year", "Showroom opening", day=11,
              at="10:00", outlook=(Change(calendar_days=420),)),
    Situation("out_of_window_salesforce", "Salesforce: put off by two years", "Machine test, {customer}", day=12,
              at="11:00", salesforce=(Change(calendar_days=730),)),
    Situation("archived_salesforce", "Salesforce: dated back so far that it is archived", "Old minutes, {customer}",
              day=-10, at="10:00", salesforce=(Change(calendar_days=-400),)),
    Situation("other_folder", "Outlook: moved to another calendar", "Van booking", First.SALESFORCE, day=5,
              at="08:00", minutes=30, outlook=(Move("Team"),)),
    Situation("other_folder_unmarked", "Outlook: moved to another calendar, and no program ever noted anything on it",
              "Van inspection, {city}", day=9, at="07:30", minutes=30, outlook=(Move("Team"),)),
    Situation("moved_and_back", "Outlook: moved away and back, so it has another id", "Sample delivery, {customer}",
              First.SALESFORCE, day=10, at="09:00", outlook=(Move("Team", back=True),)),
    Situation("moved_and_back_unmarked", "Outlook: the same, and no program ever noted anything on it",
              "Sample return, {customer}", day=11, at="09:00", outlook=(Move("Team", back=True),)),
    Situation("moved_and_changed", "Outlook: moved away and back, and another place",
              "Phone conference, {customer}", First.SALESFORCE, day=12, at="14:00", location="Room 4",
              outlook=(Move("Team", back=True), Change({"location": "Room 12"}))),
    Situation("other_owner", "Salesforce: given to a colleague", "Account review, {customer}", day=13, at="09:30",
              salesforce=(Reassign(),)),
    # settings and limits stand in the way
    Situation("private_outlook", "Outlook: made private", "Talk with {colleague} about the summer", day=8,
              at="17:00", minutes=30, outlook=(Change({"private": True}),)),
    Situation("private_salesforce", "Salesforce: made private", "Physiotherapy", day=9, at="08:00", minutes=45,
              salesforce=(Change({"private": True}),)),
    Situation("notes_too_long", "Outlook: notes that Salesforce cannot hold", "Leak test protocol, {customer}",
              day=4, at="09:00", outlook=(Change({"notes": _TOO_LONG}),)),
    Situation("meeting_moved", "a colleague's meeting was moved by the colleague", "Complaints board", First.OUTLOOK,
              day=2, at="16:30", minutes=45, location="Room 12", outlook=(Change(later=-30,
              native={"last_modified_name": COLLEAGUES[2].name}),),
              native_outlook={"organizer": tuple(COLLEAGUES[2]), "my_response": "Accept", "is_meeting": True,
              "required_attendees": [(*OWNER, "Accept")]}),
    Situation("meeting_changed_salesforce", "a colleague's meeting was changed in Salesforce", "Safety briefing",
              First.OUTLOOK, day=6, at="15:30", minutes=30, salesforce=(Change({"location": "Workshop"}),),
              native_outlook={"organizer": tuple(COLLEAGUES[3]), "my_response": "Accept", "is_meeting": True,
              "required_attendees": [(*OWNER, "Accept")]}),
    # copies
    Situation("copied_in_place", "Outlook: copied onto the same time, with everything that programs noted on it",
              "Cost estimate, {customer}", First.SALESFORCE, day=11, at="13:30", outlook=(Copy(),)),
    Situation("copied_to_next_week", "Outlook: copied to the next week", "Tool check with {colleague}",
              First.SALESFORCE, day=4, at="08:00", minutes=30, outlook=(Copy(days=5),)),
    Situation("new_duplicate", "entered once in Salesforce and, by mistake, twice in Outlook",
              "Visit of the inspector", First.NOWHERE, day=9, at="10:00", salesforce=(Create(),),
              outlook=(Create(twice=True),)),
)  # fmt: skip

NEW: Final = (
    Situation("new_salesforce", "new in Salesforce", "Call with {contact}", First.NOWHERE, day=1, at="11:30",
              minutes=30, notes="New lead: wants twelve flow meters.", salesforce=(Create(),)),
    Situation("new_salesforce_all_day", "a new all-day event in Salesforce", "Trade fair, {city}, day for dealers",
              First.NOWHERE, day=7, at="", reminder=None, salesforce=(Create(),)),
    Situation("new_salesforce_private", "a new private event in Salesforce", "Optician", First.NOWHERE, day=3,
              at="17:30", minutes=30, private=True, salesforce=(Create(),)),
    Situation("new_outlook", "new in Outlook", "Site visit, {customer}, boiler house", First.NOWHERE, day=1,
              at="13:00", minutes=90, location="{city}", outlook=(Create(),)),
    Situation("new_outlook_multi_day", "three new days in Outlook", "Installation, {customer}", First.NOWHERE,
              day=15, at="", length=3, reminder=None, show_as="out_of_office", outlook=(Create(),)),
    Situation("new_outlook_private", "a new private event in Outlook", "School concert", First.NOWHERE, day=4,
              at="18:00", minutes=90, private=True, outlook=(Create(),)),
    Situation("new_outlook_invited", "a new invitation", "1:1 {colleague}", First.NOWHERE, day=1, at="16:00",
              minutes=30, outlook=(Create(native={"organizer": tuple(COLLEAGUES[1]), "my_response": "Accept",
              "is_meeting": True, "required_attendees": [(*OWNER, "Accept")]}),)),
    Situation("new_outlook_attachment", "new in Outlook, with a file", "Drawings with {contact}", First.NOWHERE,
              day=5, at="15:00", outlook=(Create(native={"attachments": [("Plan B, rev. 3.dwg", 1_204_880,
              "application/acad", False)]}),)),
    Situation("new_outlook_three_weeks", "longer than Salesforce allows", "Parental leave", First.NOWHERE, day=18,
              at="", length=21, reminder=None, show_as="out_of_office", outlook=(Create(),)),
    Situation("new_twin", "entered on both sides by hand, alike", "Oral exam of the apprentice", First.NOWHERE,
              day=6, at="09:00", salesforce=(Create(),), outlook=(Create(),)),
    Situation("new_twin_blank", "entered on both sides by hand, the place only in Outlook", "Dinner with {contact}",
              First.NOWHERE, day=3, at="19:00", minutes=120, salesforce=(Create(),),
              outlook=(Create({"location": "Harbour inn"}),)),
    Situation("new_twin_different", "entered on both sides by hand, with two places", "Car service", First.NOWHERE,
              day=10, at="07:45", minutes=30, location="Dealer", salesforce=(Create(),),
              outlook=(Create({"location": "Home"}),)),
    Situation("new_likely", "entered on both sides by hand, in nearly the same words", "Lunch with {contact}",
              First.NOWHERE, day=3, at="12:00", minutes=60, salesforce=(Create(),),
              outlook=(Create({"subject": "Lunch w. {contact}"}),)),
    Situation("new_outlook_odd_zone", "left over from an old migration, in a time zone that nobody knows",
              "Migrated item 00417", First.NOWHERE, day=2,
              outlook=(Create(native={"start_zone": "tzone://Migration/7", "end_zone": "tzone://Migration/7"}),)),
    # hostile subjects
    Situation("hostile_markup", "markup in the subject",
              "[/close] [bold red]Sale[/] [link=file:///etc/passwd]here[/link]", First.NOWHERE, day=2, at="08:00",
              minutes=15, location="[reverse]", outlook=(Create(),)),
    Situation("hostile_action", "markup that would press keys",
              "[@click=app.quit]Click me[/] [@click=screen.run]or me[/]", First.NOWHERE, day=2, at="08:15",
              minutes=15, salesforce=(Create(),)),
    Situation("hostile_escape", "escape sequences that write to the clipboard", _ESCAPE, First.NOWHERE, day=2,
              at="08:30", minutes=15, salesforce=(Create(),)),
    Situation("hostile_c1", "the same in the upper control characters", _C1, First.NOWHERE, day=2, at="08:45",
              minutes=15, outlook=(Create(),)),
    Situation("hostile_bidi", "text that runs backwards", _BIDI, First.NOWHERE, day=3, at="08:00", minutes=15,
              outlook=(Create(),)),
    Situation("hostile_emoji", "faces of doubtful width", _EMOJI, First.NOWHERE, day=3, at="08:15", minutes=15,
              outlook=(Create(),)),
    Situation("hostile_zalgo", "letters with a tower of marks", _ZALGO, First.NOWHERE, day=3, at="08:30", minutes=15,
              salesforce=(Create(),)),
    Situation("hostile_long", "as long as a subject can be", _LONGEST, First.NOWHERE, day=3, at="08:45", minutes=15,
              salesforce=(Create(),)),
)  # fmt: skip

# what happens to events of `standing`, by the name of the situation there
LATER: Final[dict[str, tuple[Deed, ...]]] = {
    "outlook_weekly": (Occurrence(3, later=30, location="Canteen"), Occurrence(5, gone=True)),
    "outlook_monthly": (Change({"subject": "Month-end closing, finance and sales"}),),
    # Salesforce shares it with us: the difference that a person ignored for good goes on to change
    "different_notes": (Change(add="\nAnd the badge."),),
}
