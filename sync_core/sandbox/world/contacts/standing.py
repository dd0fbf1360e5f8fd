"""What is there in act one and stays as it is: the furniture of two address books that were never compared."""

from __future__ import annotations

from datetime import date
from typing import Final

from sync_core.sandbox.world.contacts.values import Address
from sync_core.sandbox.world.situations import ContactSituation, First

_HTML: Final = (
    "<html><body><p>Prefers <b>mail</b> to phone.</p><p>Two sons, plays the <i>bassoon</i>.</p>"
    '<p><a href="https://www.example.org/kiln">Site plan</a></p></body></html>'
)
_LEGACY: Final = "EX:/o=Fernhollow/ou=Exchange Administrative Group/cn=Recipients/cn=meterworks"
# whose e-mail address a colleague's contact has, and a new contact in act two as well
SHARED_ADDRESS: Final = "yolanda.birch@quayside.example.org"

STANDING: Final = (
    ContactSituation("twin_full", "an equal pair with a value in every field", customer=1, fields={
        "salutation": "Ms.", "title": "Head of laboratory", "department": "Quality", "mobile_phone": "+44 7700 900101",
        "home_phone": "+44 1632 960102", "other_phone": "+44 1632 960103", "fax": "+44 1632 960104",
        "assistant_phone": "+44 1632 960105", "assistant_name": "Colin Petty",
        "business": Address("Unit 7\nWharf Road", "Leeds", "West Yorkshire", "LS1 4AP", "United Kingdom"),
        "other": Address("12 Mill Lane", "Otley", "West Yorkshire", "LS21 3AB", "United Kingdom"),
        "birthday": date(1979, 5, 17), "notes": "Met at the trade fair.\nLikes punctual deliveries."}),
    ContactSituation("twin_name_company", "an equal pair without an e-mail address: name and company say who it is",
                     "Moira Tennant", fields={"email": ""}),
    ContactSituation("twin_case", "the same name and company, in Outlook in capitals", "Graham Poole",
                     fields={"email": "", "company": "Tannoch Brewery"},
                     also={"first": "GRAHAM", "last": "POOLE", "company": "TANNOCH BREWERY"}),
    ContactSituation("twin_accents", "the same name, in Outlook without its accents", "Noémie Lefèvre",
                     fields={"email": "", "company": "Quillfeather Press"},
                     also={"first": "Noemie", "last": "Lefevre"}),
    ContactSituation("twin_email_case", "the same e-mail address, in Outlook in capitals", "Stellan Krook",
                     fields={"email": "stellan.krook@halden.example.org"},
                     also={"email": "Stellan.Krook@Halden.example.org"}),
    ContactSituation("twin_no_account", "without an account in Salesforce, with a company in Outlook",
                     "Bettina Farrow", native_salesforce={"AccountId": None}),
    ContactSituation("twin_leap_day", "born on 29 February", "Lorcan Feeney", fields={"birthday": date(1988, 2, 29)}),
    ContactSituation("twin_last_name_only", "a last name and nothing before it, and no company", "Reception",
                     fields={"email": "reception@pennyroyal.example.org", "company": "", "title": ""}),
    ContactSituation("different_title", "the same person with two titles: which one is right?", "Hester Maddox",
                     fields={"title": "Buyer"}, also={"title": "Chief buyer"}),
    ContactSituation("different_blank_phone", "the same person, and only Outlook has the mobile phone",
                     "Rafael Ibarra", also={"mobile_phone": "+44 7700 900119"}),
    ContactSituation("different_blank_both", "each side knows something that the other does not", "Ottilie Frank",
                     fields={"department": "Research"}, also={"department": "", "home_phone": "+44 1632 960120"}),
    ContactSituation("different_email", "the same name and company with two e-mail addresses", "Cormac Healy",
                     fields={"company": "Selwood Clinics"}, also={"email": "c.healy@selwood.example.org"}),
    # more than one fits
    ContactSituation("duplicate_outlook", "once in Salesforce, twice in Outlook", "Winifred Okoro", copies=(1, 2)),
    ContactSituation("duplicate_salesforce", "two people in Salesforce with the same e-mail address, once in Outlook",
                     "Sales Desk", fields={"email": "sales@ardent.example.org"}, copies=(2, 1)),
    # what Outlook has beyond that, and a sync must leave alone
    ContactSituation("outlook_labels", "an equal pair with phones and e-mail addresses in Outlook that nothing maps",
                     customer=2, native_outlook={
                         "phones": {"Pager": "+44 1632 960210", "CarPhone": "+44 1632 960211", "BusinessPhone2":
                                    "+44 1632 960212", "HomePhone2": "+44 1632 960213", "HomeFax": "+44 1632 960214"},
                         "emails": {"EmailAddress2": "ewan.private@example.net", "EmailAddress3": "ewan@example.com"},
                         "im_addresses": {"ImAddress1": "sip:ewan@example.net"}}),
    ContactSituation("outlook_extras", "an equal pair with a home address, a suffix and categories in Outlook",
                     customer=3, native_outlook={
                         "addresses": {"Home": {"Street": "3 Orchard Close", "City": "Clevedon", "PostalCode":
                                                "BS21 7AA", "CountryOrRegion": "United Kingdom"}},
                         "generation": "PhD", "middle_name": "J.", "nickname": "Nell", "spouse_name": "Owen",
                         "manager": "Ruth Pym", "office": "B 2.14", "categories": ("Key customer", "Green category"),
                         "business_homepage": "https://www.example.org/selwood"}),
    ContactSituation("outlook_html", "notes with formatting in Outlook, the same words in Salesforce", customer=4,
                     fields={"notes": "Prefers mail to phone.\n\nTwo sons, plays the bassoon.\n\nSite plan"},
                     native_outlook={"body": _HTML, "body_type": "HTML"}),
    # on one side only
    ContactSituation("salesforce_only", "entered in Salesforce only", "Ingrid Solberg", First.SALESFORCE),
    ContactSituation("salesforce_no_account", "in Salesforce only, without an account", "Percy Lamb",
                     First.SALESFORCE, fields={"company": ""}),
    ContactSituation("salesforce_colleague", "a colleague's contact: not ours", "Ursula Beck", First.SALESFORCE,
                     colleague=True),
    ContactSituation("colleague_same_email", "a colleague's contact, whose e-mail address we shall meet again",
                     "Yolanda Birch", First.SALESFORCE, fields={"email": SHARED_ADDRESS}, colleague=True),
    ContactSituation("outlook_only", "entered in Outlook only", "Felix Amsel", First.OUTLOOK,
                     fields={"mobile_phone": "+44 7700 900123", "notes": "Card from the fair."}),
    ContactSituation("outlook_no_last_name", "a first name only: Salesforce refuses it", "Gino,", First.OUTLOOK,
                     fields={"company": "Ristorante al Porto", "email": "gino@alporto.example.org"}),
    ContactSituation("outlook_company_only", "a company without a person", "Harbour Taxi", First.OUTLOOK,
                     fields={"first": "", "last": "", "company": "Harbour Taxi", "email": "", "title": ""}),
    ContactSituation("outlook_private", "a private contact in Outlook", "Aunt Maud", First.OUTLOOK,
                     fields={"company": "", "title": "", "email": "maud@example.net", "private": True}),
    ContactSituation("outlook_confidential", "marked confidential", "Denise Vale", First.OUTLOOK,
                     native_outlook={"sensitivity": "Confidential"}),
    ContactSituation("outlook_ex_address", "its e-mail address is a name inside the Exchange organisation",
                     "Arthur Mote", First.OUTLOOK, native_outlook={"emails": {"EmailAddress1": _LEGACY}}),
    ContactSituation("outlook_list", "a list of people, which is no contact", "Lunch club", First.OUTLOOK,
                     members=(("Felix Amsel", "felix.amsel@example.org"), ("Denise Vale", "denise.vale@example.org"))),
    ContactSituation("outlook_two_accounts", "its company is the name of two accounts", "Sidney Croft", First.OUTLOOK,
                     fields={"company": "Northgate Holdings", "email": "sidney.croft@northgate.example.org"}),
    ContactSituation("outlook_bad_email", "an e-mail address that is none: Salesforce refuses it", "Trudi Bohm",
                     First.OUTLOOK, fields={"email": "trudi (at) lumenfield"}),
    ContactSituation("outlook_long_phone", "a phone number that Salesforce cannot hold", "Nikhil Dasgupta",
                     First.OUTLOOK, fields={"business_phone":
                                            "+44 1632 960321, ask for the boiler house, extension 4471 or 4472"}),
    ContactSituation("outlook_other_folder", "in another folder of the mailbox", "Horace Wimple", First.OUTLOOK,
                     folder="Former"),
)  # fmt: skip
