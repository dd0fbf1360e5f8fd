"""The made-up company: who works there, whom it deals with, its mailbox and its org, before anything is entered."""

from __future__ import annotations

from datetime import date
from typing import Final

from sync_core.sandbox.ews.store import Exchange, Folder
from sync_core.sandbox.salesforce.store import Actor, Org
from sync_core.sandbox.world import people
from sync_core.sandbox.world.clock import WorldClock
from sync_core.sandbox.world.native import Zone


class Company:
    """The stage on which the chapters of the story play: two stores, `today`, and the people.

    `exchange` and `org` must be empty and share `clock`. `zone` (an IANA name) is where its people work.
    """

    def __init__(self, exchange: Exchange, org: Org, clock: WorldClock, *, today: date, zone: str) -> None:
        self.exchange: Final = exchange
        self.org: Final = org
        self.clock: Final = clock
        self.today: Final = today
        self.zone: Final = Zone(zone)
        self.mailbox = exchange.add_mailbox(people.OWNER.smtp, people.OWNER.name)
        self.calendars = self._calendars()
        self.user_id = org.add_user(people.OWNER.name, people.OWNER.smtp, people.OWNER.smtp, zone)
        self.colleagues = [org.add_user(each.name, each.smtp, each.smtp, zone) for each in people.COLLEAGUES]
        # the ids of accounts by name, and of the customers' contact persons by the customer's name
        self.accounts: dict[str, str] = {}
        self.customer_contacts: dict[str, str] = {}

    def _calendars(self) -> dict[str, Folder]:
        calendar = self.mailbox.folder("calendar")
        team = self.mailbox.add_folder("Team", calendar)
        for _ in range(2):
            # a name that is there twice, as in shared mailboxes
            self.mailbox.add_folder("Projects", calendar)
        self.mailbox.add_folder("Birthdays", calendar)
        for guest, level in ((people.ASSISTANT, "editor"), (people.TEAM, "reviewer")):
            box = self.exchange.add_mailbox(guest.smtp, guest.name)
            self.exchange.share(
                guest.smtp, people.OWNER.smtp, "editor" if level == "editor" else "reviewer", box.folder("calendar").id
            )
        return {"": calendar, "Team": team}

    def person(self, user_id: str) -> Actor:
        """Somebody at the screen of Salesforce: shown an alert about duplicates, people save all the same."""
        return Actor(user_id, allow_duplicates=True)

    def furnish(self) -> None:
        """Enters the customers into Salesforce, once: accounts, and whom one meets there."""
        for customer in people.CUSTOMERS:
            if customer.name in self.accounts:
                continue
            site = f"https://www.{customer.contact.smtp.rpartition('@')[2]}"
            account = self.account(customer.name, BillingCity=customer.city, Website=site)
            first, _, last = customer.contact.name.rpartition(" ")
            self.customer_contacts[customer.name] = self.org.create(
                "Contact",
                {"FirstName": first, "LastName": last, "Email": customer.contact.smtp, "AccountId": account},
                by=self.user_id,
            )

    def account(self, name: str, **fields: str) -> str:
        """The id of the account of this name; it is made when there is none yet."""
        if name not in self.accounts:
            self.accounts[name] = self.org.create("Account", {"Name": name, **fields}, by=self.user_id)
        return self.accounts[name]
