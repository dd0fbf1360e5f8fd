"""What happens to contacts in the week between act one and act two, situation by situation."""

from __future__ import annotations

from datetime import date
from typing import Final

from sync_core.sandbox.world.contacts.standing import SHARED_ADDRESS
from sync_core.sandbox.world.contacts.values import Address
from sync_core.sandbox.world.people import ASSISTANT
from sync_core.sandbox.world.situations import (
    Change,
    ContactSituation,
    Copy,
    Create,
    Deed,
    Delete,
    First,
    Move,
    Reassign,
)

_BY_ASSISTANT: Final = {"last_modified_name": ASSISTANT.name}
_MOVED_TO: Final = Address("1 Temple Row", "Birmingham", "", "B2 5LG", "United Kingdom")

# names that terminals, markup readers, spreadsheets and editors have tripped over
_ESCAPE: Final = "Invoice\x1b]52;c;cm0gLXJmIH4=\x07\x1b[2J"
_BIDI: Final = "gpj.\u202efdp\u202c\u2066Smith\u2069"
_ZALGO: Final = "Z\u0351\u036b\u0343\u036a\u0302a\u0310\u0312\u0332\u0347l\u0348\u033b\u0356g\u0323\u0317o\u0328\u0337"
_EMOJI: Final = "\U0001f469\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f \U0001f1ec\U0001f1e7 \U0001f44d\U0001f3fd"
_LONGEST: Final = ("Wolfeschlegelsteinhausenbergerdorffwelchevoraltern" * 2)[:80]

CHANGED: Final = (
    # one side changed
    ContactSituation("salesforce_title", "Salesforce: another title", customer=5, fields={"title": "Buyer"},
                     salesforce=(Change({"title": "Head of purchasing"}),)),
    ContactSituation("salesforce_phone", "Salesforce: another mobile phone", customer=6,
                     fields={"mobile_phone": "+44 7700 900140"},
                     salesforce=(Change({"mobile_phone": "+44 7700 900141"}),)),
    ContactSituation("salesforce_renamed", "Salesforce: married", "Lydia Garth",
                     salesforce=(Change({"last": "Garth-Ellery"}),)),
    ContactSituation("salesforce_address", "Salesforce: the office moved", "Boris Tunney",
                     fields={"business": Address("9 Dock Street", "Hull", "", "HU1 3DZ", "United Kingdom")},
                     salesforce=(Change({"business": _MOVED_TO}),)),
    ContactSituation("salesforce_account", "Salesforce: works for another company now", "Ivy Rensburg",
                     fields={"company": "Oldmill Logistics"}, salesforce=(Change({"company": "Castellan Water"}),)),
    ContactSituation("salesforce_notes", "Salesforce: a line more in notes that are formatted in Outlook", customer=7,
                     fields={"notes": "Ask for the blue file."}, native_outlook={
                         "body": "<html><body><p>Ask for the <b>blue</b> file.</p></body></html>",
                         "body_type": "HTML"}, salesforce=(Change(add="\nNot on Fridays."),)),
    ContactSituation("salesforce_from_one_side", "entered in Outlook, title added in Salesforce since",
                     "Desmond Achebe", First.OUTLOOK, fields={"title": ""},
                     salesforce=(Change({"title": "Commissioning engineer"}),)),
    ContactSituation("outlook_title", "Outlook: another title", customer=8, fields={"title": "Night manager"},
                     outlook=(Change({"title": "Hotel manager"}, native=_BY_ASSISTANT),)),
    ContactSituation("outlook_phone_removed", "Outlook: the home phone was taken away, and the others stay",
                     customer=9, fields={"home_phone": "+44 1632 960150", "mobile_phone": "+44 7700 900151"},
                     native_outlook={"phones": {"Pager": "+44 1632 960152"}}, outlook=(Change({"home_phone": ""}),)),
    ContactSituation("outlook_email", "Outlook: another e-mail address", "Sanjay Rao",
                     fields={"email": "sanjay.rao@thistledown.example.org"},
                     outlook=(Change({"email": "s.rao@thistledown.example.org"}),)),
    ContactSituation("outlook_birthday", "Outlook: a birthday on 29 February", "Maeve Corrigan",
                     outlook=(Change({"birthday": date(1992, 2, 29)}),)),
    ContactSituation("outlook_from_one_side", "entered in Salesforce, notes added in Outlook since", "Petra Novotna",
                     First.SALESFORCE, outlook=(Change(add="Speaks Czech and German."),)),
    # both sides changed
    ContactSituation("merge_phone_title", "Salesforce: another phone; Outlook: another title", customer=10,
                     fields={"title": "Engineer", "mobile_phone": "+44 7700 900160"},
                     salesforce=(Change({"mobile_phone": "+44 7700 900161"}),),
                     outlook=(Change({"title": "Chief engineer"}),)),
    ContactSituation("both_alike", "both sides were changed to the same", customer=11, fields={"title": "Weaver"},
                     salesforce=(Change({"title": "Head of weaving"}),),
                     outlook=(Change({"title": "Head of weaving"}),)),
    ContactSituation("conflict_phone", "both sides changed the mobile phone, to different numbers", customer=0,
                     fields={"mobile_phone": "+44 7700 900170"},
                     salesforce=(Change({"mobile_phone": "+44 7700 900171"}),),
                     outlook=(Change({"mobile_phone": "+44 7700 900172"}, native=_BY_ASSISTANT),)),
    ContactSituation("conflict_title_more", "two titles, and Outlook has a department besides", "Edwin Marlow",
                     fields={"title": "Fitter"}, salesforce=(Change({"title": "Foreman"}),),
                     outlook=(Change({"title": "Shift leader", "department": "Workshop"}),)),
    # gone
    ContactSituation("gone_salesforce", "deleted in Salesforce", "Rhona Pike", salesforce=(Delete(),)),
    ContactSituation("gone_outlook", "deleted in Outlook", "Silas Benbow", outlook=(Delete(),)),
    ContactSituation("gone_outlook_for_good", "deleted in Outlook past the Deleted Items", "Cynthia Bray",
                     outlook=(Delete(for_good=True),)),
    ContactSituation("gone_salesforce_changed_outlook", "deleted in Salesforce, changed in Outlook", "Mungo Dale",
                     salesforce=(Delete(),), outlook=(Change({"mobile_phone": "+44 7700 900180"}),)),
    ContactSituation("gone_outlook_changed_salesforce", "deleted in Outlook, changed in Salesforce", "Ada Villiers",
                     salesforce=(Change({"title": "Partner"}),), outlook=(Delete(),)),
    ContactSituation("gone_both", "deleted on both sides", "Otto Preston", salesforce=(Delete(),),
                     outlook=(Delete(),)),
    # not seen, and yet not gone
    ContactSituation("other_owner", "Salesforce: given to a colleague", "Jasper Quinn", salesforce=(Reassign(),)),
    ContactSituation("other_folder", "Outlook: moved to another folder", "Verity Sharp", First.SALESFORCE,
                     outlook=(Move("Former"),)),
    ContactSituation("moved_and_back", "Outlook: moved away and back, so it has another id", "Conrad Abel",
                     First.SALESFORCE, outlook=(Move("Former", back=True),)),
    # settings and limits stand in the way
    ContactSituation("private_outlook", "Outlook: made private, with another title", "Nora Kilbride",
                     outlook=(Change({"private": True, "title": "Family friend"}),)),
    ContactSituation("last_name_removed", "Outlook: the last name was taken away: Salesforce refuses that",
                     "Barnaby Stott", outlook=(Change({"last": ""}),)),
    ContactSituation("email_broken", "Outlook: something that is no e-mail address", "Dilys Gower",
                     outlook=(Change({"email": "see notes"}),)),
    # copies
    ContactSituation("copied_in_place", "Outlook: copied, with everything that programs noted on it", "Magnus Herd",
                     First.SALESFORCE, outlook=(Copy(),)),
    ContactSituation("new_duplicate", "entered once in Salesforce and, by mistake, twice in Outlook", "Odile Renard",
                     First.NOWHERE, salesforce=(Create(),), outlook=(Create(twice=True),)),
)  # fmt: skip

NEW: Final = (
    ContactSituation("new_salesforce", "new in Salesforce", "Tilda Branwell", First.NOWHERE,
                     fields={"notes": "New lead: wants twelve flow meters."}, salesforce=(Create(),)),
    ContactSituation("new_salesforce_no_account", "new in Salesforce, without an account", "Ralph Snow",
                     First.NOWHERE, fields={"company": ""}, salesforce=(Create(),)),
    ContactSituation("new_outlook", "new in Outlook", "Keiko Mori", First.NOWHERE,
                     fields={"mobile_phone": "+44 7700 900190"}, outlook=(Create(),)),
    ContactSituation("new_outlook_no_last_name", "new in Outlook with a first name only", "Beppe,", First.NOWHERE,
                     fields={"company": "", "email": "beppe@example.net"}, outlook=(Create(),)),
    ContactSituation("new_outlook_private", "a new private contact in Outlook", "Dr Oswald Finch", First.NOWHERE,
                     fields={"company": "", "title": "Dentist", "private": True}, outlook=(Create(),)),
    ContactSituation("new_duplicate_rule", "new in Outlook, with the e-mail address of a colleague's contact",
                     "Yolanda Birch", First.NOWHERE, fields={"email": SHARED_ADDRESS}, outlook=(Create(),)),
    ContactSituation("new_twin", "entered on both sides by hand, alike", "Jocelyn Ferrer", First.NOWHERE,
                     salesforce=(Create(),), outlook=(Create(),)),
    ContactSituation("new_twin_blank", "entered on both sides by hand, the mobile phone only in Outlook",
                     "Evan Prosser", First.NOWHERE, salesforce=(Create(),),
                     outlook=(Create({"mobile_phone": "+44 7700 900191"}),)),
    ContactSituation("new_twin_different", "entered on both sides by hand, with two titles", "Selma Dietz",
                     First.NOWHERE, fields={"title": "Buyer"}, salesforce=(Create(),),
                     outlook=(Create({"title": "Purchasing"}),)),
    ContactSituation("new_likely", "entered on both sides by hand, with a nickname and another e-mail address",
                     "Katherine Ashdale", First.NOWHERE, salesforce=(Create(),),
                     outlook=(Create({"first": "Kate", "email": "kate.ashdale@example.net"}),)),
    # hostile names
    ContactSituation("hostile_markup", "markup in the name", "[/close] [bold]Sale[/]",
                     First.NOWHERE, fields={"title": "[link=file:///etc/passwd]here[/link]"}, outlook=(Create(),)),
    ContactSituation("hostile_action", "markup that would press keys", "[@click=app.quit]Click me[/]", First.NOWHERE,
                     salesforce=(Create(),)),
    ContactSituation("hostile_escape", "escape sequences that write to the clipboard", f"Nils {_ESCAPE}",
                     First.NOWHERE, salesforce=(Create(),)),
    ContactSituation("hostile_bidi", "a name that runs backwards", f"Agent {_BIDI}", First.NOWHERE,
                     outlook=(Create(),)),
    ContactSituation("hostile_zalgo", "letters with a tower of marks", f"Ludo {_ZALGO}", First.NOWHERE,
                     salesforce=(Create(),)),
    ContactSituation("hostile_emoji", "faces of doubtful width", _EMOJI, First.NOWHERE, outlook=(Create(),)),
    ContactSituation("hostile_formula", "a name that a spreadsheet would run", "=HYPERLINK(\"x\") +Smith",
                     First.NOWHERE, outlook=(Create(),)),
    ContactSituation("hostile_long", "as long as a last name can be", f"Hubert {_LONGEST}", First.NOWHERE,
                     salesforce=(Create(),)),
)  # fmt: skip

# what happens to contacts of `standing`, by the name of the situation there
LATER: Final[dict[str, tuple[Deed, ...]]] = {
    # nothing that Salesforce could hold
    "outlook_labels": (Change(native={"phones": {"Pager": "+44 1632 960219"}}),),
}
