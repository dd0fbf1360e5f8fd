"""What happens to tasks in the week between act one and act two, situation by situation."""

from __future__ import annotations

from typing import Final

from sync_core.sandbox.world.people import ASSISTANT
from sync_core.sandbox.world.situations import (
    Change,
    Copy,
    Create,
    Deed,
    Delete,
    First,
    Move,
    Reassign,
    Remind,
    TaskSituation,
)

_BY_ASSISTANT: Final = {"last_modified_name": ASSISTANT.name}
# Salesforce holds 32,000 characters of notes (facts: salesforce B2)
_TOO_LONG: Final = "\n".join(f"{n:04}: valve {n} was closed, sealed and photographed by two people" for n in range(620))

_ESCAPE: Final = "Overdue \x1b]52;c;cm0gLXJmIH4=\x07 reminder \x1b[2J"
_BIDI: Final = "Open \u202etxt.exe\u202c for {customer} \u2066hidden\u2069"
_LONGEST: Final = ("Very long task that somebody pasted out of a mail without reading it, " * 4)[:254] + "."

CHANGED: Final = (
    # one side changed
    TaskSituation("salesforce_completed", "Salesforce: done", "Confirm the date with {contact}", day=1,
                  status="in_progress", percent=60, salesforce=(Change({"status": "completed"}),)),
    TaskSituation("salesforce_reopened", "Salesforce: completed too early, and open again",
                  "Check the invoice of {customer}", day=2, status="completed",
                  salesforce=(Change({"status": "in_progress"}),)),
    TaskSituation("salesforce_due", "Salesforce: due two days later", "Prices for {customer}", day=2,
                  salesforce=(Change(days=2),)),
    TaskSituation("salesforce_reminded", "Salesforce: the reminder was shown, and reads as none since",
                  "Fetch the keys", day=-3, remind="08:30", salesforce=(Remind(),)),
    TaskSituation("salesforce_own_status", "Salesforce: to a status that only this org has",
                  "Drawings from {customer}", day=4, status="in_progress",
                  salesforce=(Change(native={"Status": "Waiting on customer"}),)),
    TaskSituation("salesforce_from_one_side", "entered in Outlook, due date moved in Salesforce since",
                  "Ask {colleague} about the crane", First.OUTLOOK, day=3, salesforce=(Change(days=1),)),
    TaskSituation("outlook_completed", "Outlook: done", "Send the minutes to {contact}", day=1,
                  outlook=(Change({"status": "completed"}, native=_BY_ASSISTANT),)),
    TaskSituation("outlook_reopened", "Outlook: completed too early, and not even begun", "Clean the demo kit",
                  day=3, status="completed", outlook=(Change({"status": "not_started"}),)),
    TaskSituation("outlook_due", "Outlook: due three days later", "Offer for {customer}", day=1, begins=-4,
                  outlook=(Change(days=3),)),
    TaskSituation("outlook_due_removed", "Outlook: the due date was taken away", "Read the standard again", day=9,
                  outlook=(Change({"due": None}),)),
    TaskSituation("outlook_percent", "Outlook: further on, which Salesforce cannot hold", "Translate the data sheet",
                  day=12, status="in_progress", percent=20, outlook=(Change({"percent": 70}),)),
    TaskSituation("outlook_reminder", "Outlook: reminded two hours later", "Pick up {contact} at the station", day=5,
                  remind="07:30", outlook=(Change(later=120),)),
    TaskSituation("outlook_from_one_side", "entered in Salesforce, notes added in Outlook since",
                  "Prepare the audit at {customer}", First.SALESFORCE, day=6,
                  outlook=(Change(add="Take the torch along."),)),
    # both sides changed
    TaskSituation("merge_due_notes", "Salesforce: due later; Outlook: notes", "Spare parts list, {customer}", day=3,
                  salesforce=(Change(days=2),), outlook=(Change(add="Part 88 is out of stock."),)),
    TaskSituation("both_completed", "done on both sides", "Return the hire car", day=1, salesforce=(
                  Change({"status": "completed"}),), outlook=(Change({"status": "completed"}),)),
    TaskSituation("conflict_due", "both sides moved the due date, to different days", "Report on {customer}", day=2,
                  salesforce=(Change(days=1),), outlook=(Change(days=4, native=_BY_ASSISTANT),)),
    TaskSituation("conflict_status_more", "done in Salesforce; in Outlook it waits, and is urgent now",
                  "Licence key for {customer}", day=3, status="in_progress",
                  salesforce=(Change({"status": "completed"}),),
                  outlook=(Change({"status": "waiting", "priority": "high"}),)),
    # gone
    TaskSituation("gone_salesforce", "deleted in Salesforce", "Cancel the stand", day=5, salesforce=(Delete(),)),
    TaskSituation("gone_outlook", "deleted in Outlook", "Remind {colleague}", day=4, outlook=(Delete(),)),
    TaskSituation("gone_salesforce_changed_outlook", "deleted in Salesforce, done in Outlook",
                  "Test rig for {customer}", day=6, salesforce=(Delete(for_good=True),),
                  outlook=(Change({"status": "completed"}),)),
    TaskSituation("gone_outlook_changed_salesforce", "deleted in Outlook, moved in Salesforce", "Photo for the badge",
                  day=7, salesforce=(Change(days=2),), outlook=(Delete(for_good=True),)),
    TaskSituation("gone_both", "deleted on both sides", "Old to-do list", day=10, salesforce=(Delete(),),
                  outlook=(Delete(),)),
    # not seen, and yet not gone
    TaskSituation("out_of_window_outlook", "Outlook: put off by more than a year", "Paint the showroom", day=11,
                  outlook=(Change(calendar_days=420),)),
    TaskSituation("other_owner", "Salesforce: given to a colleague", "Call the new contact at {customer}", day=3,
                  salesforce=(Reassign(),)),
    TaskSituation("other_folder", "Outlook: moved to another list", "Sort the old drawings", First.SALESFORCE, day=8,
                  outlook=(Move("Someday"),)),
    TaskSituation("moved_and_back", "Outlook: moved away and back, so it has another id", "Label the shelves",
                  First.SALESFORCE, day=9, outlook=(Move("Someday", back=True),)),
    # settings and limits stand in the way
    TaskSituation("private_outlook", "Outlook: made private, and put off", "Talk to {colleague} about holidays",
                  day=6, outlook=(Change({"private": True}, days=3),)),
    TaskSituation("notes_too_long", "Outlook: notes that Salesforce cannot hold", "Valve protocol, {customer}",
                  day=4, outlook=(Change({"notes": _TOO_LONG}),)),
    # copies
    TaskSituation("copied_in_place", "Outlook: copied, with everything that programs noted on it",
                  "Checklist for {customer}", First.SALESFORCE, day=7, outlook=(Copy(),)),
)  # fmt: skip

NEW: Final = (
    TaskSituation("new_salesforce", "new in Salesforce", "Quote for {customer}", First.NOWHERE, day=2,
                  priority="high", notes="Twelve flow meters.", salesforce=(Create(),)),
    TaskSituation("new_salesforce_call", "a call was logged in Salesforce: no task to do",
                  "Call: {contact} has no time", First.NOWHERE, day=-1, status="completed",
                  salesforce=(Create(native={"TaskSubtype": "Call"}),)),
    TaskSituation("new_salesforce_completed", "entered in Salesforce when it was done already",
                  "Visited the trade fair", First.NOWHERE, day=-1, status="completed", salesforce=(Create(),)),
    TaskSituation("new_outlook", "new in Outlook", "Order lunch for {customer}", First.NOWHERE, day=3,
                  remind="10:00", outlook=(Create(),)),
    TaskSituation("new_outlook_no_due", "new in Outlook, without a due date", "Think about the newsletter",
                  First.NOWHERE, due=False, outlook=(Create(),)),
    TaskSituation("new_outlook_in_progress", "new in Outlook, begun and with categories", "Draft of the brochure",
                  First.NOWHERE, day=9, status="in_progress", percent=30, begins=-2,
                  outlook=(Create(native={"categories": ("Marketing",)}),)),
    TaskSituation("new_outlook_private", "a new private task in Outlook", "Renew the passport", First.NOWHERE,
                  day=14, private=True, outlook=(Create(),)),
    TaskSituation("new_twin", "entered on both sides by hand, alike", "Book the meeting room", First.NOWHERE, day=4,
                  salesforce=(Create(),), outlook=(Create(),)),
    TaskSituation("new_twin_different", "entered on both sides by hand, with two priorities", "Fix the projector",
                  First.NOWHERE, day=5, salesforce=(Create(),), outlook=(Create({"priority": "high"}),)),
    TaskSituation("new_likely", "entered on both sides by hand, in nearly the same words", "Call {contact} re. offer",
                  First.NOWHERE, day=3, salesforce=(Create(),),
                  outlook=(Create({"subject": "Call {contact} re offer"}),)),
    TaskSituation("new_duplicate", "entered once in Salesforce and, by mistake, twice in Outlook", "Charge the lamps",
                  First.NOWHERE, day=6, salesforce=(Create(),), outlook=(Create(twice=True),)),
    # hostile subjects
    TaskSituation("hostile_markup", "markup in the subject", "[/close] [bold red]Pay[/] [link=file:///etc/passwd]x[/]",
                  First.NOWHERE, day=2, outlook=(Create(),)),
    TaskSituation("hostile_escape", "escape sequences that write to the clipboard", _ESCAPE, First.NOWHERE, day=2,
                  salesforce=(Create(),)),
    TaskSituation("hostile_bidi", "text that runs backwards", _BIDI, First.NOWHERE, day=3, outlook=(Create(),)),
    TaskSituation("hostile_long", "as long as a subject can be", _LONGEST, First.NOWHERE, day=3,
                  salesforce=(Create(),)),
)  # fmt: skip

# what happens to tasks of `standing`, by the name of the situation there
LATER: Final[dict[str, tuple[Deed, ...]]] = {
    # nothing that Salesforce could hold
    "twin_in_progress": (Change(native={"categories": ("Tender", "Blue category")}),),
}
