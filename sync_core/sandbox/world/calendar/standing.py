"""What is there in act one and stays as it is: the furniture of two calendars that were never compared."""

from __future__ import annotations

from typing import Final

from sync_core.sandbox.world.people import ASSISTANT, COLLEAGUES, OWNER
from sync_core.sandbox.world.situations import First, Series, Situation

_LONG: Final = "\n\n".join(
    f"{n}. The gauge at measuring point {n} was read twice, before and after it was cleaned. The difference stayed"
    " below the limit of the data sheet. The customer asked for the raw values, they go out with the report."
    for n in range(1, 31)
)
_HTML: Final = (
    "<html><head><style>p { margin: 0 }</style></head><body><p>Please read <b>chapter 3</b> before we meet.</p>"
    '<p>Coffee is there, lunch is not.</p><p><a href="https://intranet.example.com/offsite">Directions</a></p></body></html>'
)
_OTHERS: Final = COLLEAGUES[1]

STANDING: Final = (
    Situation("twin_all_day", "an all-day event that both sides have", "Trade fair, {city}", day=6, at="",
              reminder=None, show_as="out_of_office", location="Exhibition centre, hall 2, stand 14"),
    Situation("twin_multi_day", "an event of three days that both sides have", "Regional sales meeting", day=12,
              at="", length=3, reminder=None, show_as="out_of_office", location="Conference hotel, {city}"),
    Situation("twin_overnight", "a timed event that ends on the next day", "Night shift calibration, {customer}",
              day=9, at="21:30", minutes=540, location="{city} plant"),
    Situation("twin_long_notes", "a report of several pages in the notes on both sides", "Final report, {customer}",
              day=3, at="15:00", notes=_LONG),
    Situation("twin_umlauts", "letters from elsewhere, the same on both sides",
              "Café Größenwahn mit Zoë – naïve façade, Łódź", day=4, at="16:30", minutes=45,
              location="Malmö høst, 東京"),
    Situation("twin_no_subject", "somebody forgot the subject", "", day=2, at="17:30", minutes=15, reminder=None),
    Situation("twin_new_york", "a meeting entered in the time zone of New York", "Call with the New York office",
              day=5, at="14:00", minutes=60, native_outlook={"start_zone": "Eastern Standard Time",
              "end_zone": "Eastern Standard Time"}),
    Situation("twin_custom_zone", "an old Outlook wrote a time zone of its own",
              "Call with {contact} (old calendar)", day=8, at="09:30", minutes=30,
              native_outlook={"start_zone": "tzone://Microsoft/Custom", "end_zone": "tzone://Microsoft/Custom"}),
    Situation("twin_long_ago", "an equal pair three weeks ago", "Kick-off, {customer}", day=-15, at="11:00"),
    Situation("twin_far_future", "an equal pair ten months ahead", "Contract ends, {customer}", far=300, at="",
              reminder=None, show_as="free"),
    Situation("twin_zero_minutes", "an event without length", "Offer expires, {customer}", day=10, at="12:00",
              minutes=0, show_as="free"),
    Situation("twin_categories", "an equal pair with categories on the Outlook side", "Fire drill", day=7,
              at="11:00", minutes=20, native_outlook={"categories": ("Blue category", "Office")}),
    Situation("different_location", "the same meeting with two places: which one is right?",
              "Kitchen talk with {colleague}", day=2, at="09:00", minutes=30, location="Room 4",
              also={"location": "Canteen"}),
    Situation("different_notes", "the same meeting with different notes", "Handover with {colleague}", day=3,
              at="13:00", minutes=45, notes="Keys, phone list, open orders.",
              also={"notes": "Bring the laptop back."}),
    Situation("different_reminder", "the same meeting, reminded an hour and a quarter of an hour before", "Dentist",
              day=11, at="08:30", minutes=45, reminder=60, also={"reminder": 15}),
    Situation("different_blank", "the same meeting, and only Outlook knows where", "Supplier day", day=13,
              at="10:30", minutes=180, location="", also={"location": "{city}, old customs house"}),
    Situation("duplicate_outlook", "once in Salesforce, twice in Outlook", "Team lunch", day=4, at="12:30",
              copies=(1, 2)),
    Situation("duplicate_both", "twice on both sides", "Weekly numbers", day=1, at="08:30", minutes=15, copies=(2,
              2)),
    Situation("salesforce_only", "entered in Salesforce only", "Introductory call, {customer}", First.SALESFORCE,
              day=1, at="11:30", minutes=30, notes="They found us at the trade fair."),
    Situation("salesforce_all_day", "an all-day event in Salesforce only", "Inventory", First.SALESFORCE, day=14,
              at="", length=2, reminder=None),
    Situation("salesforce_private", "a private event in Salesforce only", "Doctor", First.SALESFORCE, day=5,
              at="08:00", minutes=45, private=True),
    Situation("salesforce_colleague", "a colleague's event: not ours", "Visit by auditors", First.SALESFORCE, day=2,
              at="14:00", colleague=True),
    Situation("salesforce_past", "long past, and archived by Salesforce", "Old contract, {customer}",
              First.SALESFORCE, far=-420, at="10:00"),
    Situation("salesforce_far", "too far in the future for the window", "Licence audit, {customer}",
              First.SALESFORCE, far=500, at="10:00"),
    Situation("salesforce_series", "a series that was made in Salesforce", "Stand-up sales", First.SALESFORCE,
              day=-5, at="08:45", minutes=15, series=Series("Weekly", ("Tuesday",), count=4), reminder=None),
    Situation("outlook_only", "entered in Outlook only", "Collect the demo kit", First.OUTLOOK, day=1, at="16:00",
              minutes=30, location="Goods-in"),
    Situation("outlook_html", "notes with formatting", "Offsite preparation", First.OUTLOOK, day=8, at="14:00",
              minutes=90, location="Room 12", native_outlook={"body": _HTML, "body_type": "HTML"}),
    Situation("outlook_private", "a private event in Outlook only", "Parents' evening", First.OUTLOOK, day=6,
              at="18:30", minutes=90, private=True),
    Situation("outlook_confidential", "marked confidential", "Salary round", First.OUTLOOK, day=9, at="16:00",
              native_outlook={"sensitivity": "Confidential"}),
    Situation("outlook_tentative", "only tentatively accepted", "Possible visit by {customer}", First.OUTLOOK,
              day=10, at="14:30", show_as="tentative"),
    Situation("outlook_attachments", "with two files, of which only the names may travel",
              "Tender opening, {customer}", First.OUTLOOK, day=5, at="10:00", minutes=90,
              native_outlook={"attachments": [("Tender 2291.pdf", 482_113, "application/pdf", False),
              ("Prices (final, really).xlsx", 38_220, "application/vnd.ms-excel", False), ("logo.png", 2_101,
              "image/png", True)]}),
    Situation("outlook_invited", "a meeting that a colleague organises", "Product road map", First.OUTLOOK, day=3,
              at="10:00", minutes=90, location="Room 12", native_outlook={"organizer": tuple(_OTHERS),
              "my_response": "Accept", "is_meeting": True, "required_attendees": [(*OWNER, "Accept"),
              (*COLLEAGUES[2], "Accept")], "optional_attendees": [(*COLLEAGUES[3], "Tentative")]}),
    Situation("outlook_unanswered", "an invitation that nobody has answered yet", "Works council information",
              First.OUTLOOK, day=7, at="15:00", show_as="tentative", native_outlook={"organizer": tuple(ASSISTANT),
              "my_response": "NoResponseReceived", "is_meeting": True, "required_attendees": [(*OWNER, "Unknown")]}),
    Situation("outlook_organised", "a meeting with guests from outside", "Acceptance test, {customer}",
              First.OUTLOOK, day=11, at="09:00", minutes=180, location="{city} plant",
              native_outlook={"is_meeting": True, "required_attendees": [("{contact}", "{contact_smtp}", "Accept"),
              (*COLLEAGUES[4], "Unknown")]}),
    Situation("outlook_weekly", "a weekly series: one meeting moved, one cancelled", "Stand-up", First.OUTLOOK,
              day=-20, at="09:15", minutes=15, reminder=5, series=Series("Weekly", ("Monday", "Thursday"), count=60,
              moved=((9, 45, "Room 4"),), deleted=(11,))),
    Situation("outlook_monthly", "a monthly series without an end", "Month-end closing", First.OUTLOOK, day=-18,
              at="15:30", minutes=60, series=Series("AbsoluteMonthly", moved=((2, -90, ""),), deleted=(4,))),
    Situation("outlook_far", "far outside the window", "Lease of the van ends", First.OUTLOOK, far=800, at="",
              reminder=None, show_as="free"),
    Situation("outlook_other_folder", "in another calendar of the mailbox", "Van inspection", First.OUTLOOK, day=4,
              at="07:30", minutes=30, folder="Team"),
)  # fmt: skip
