"""What is said of two contacts that are one by an address beyond the first: Outlook has up to three of each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.build import OL, SF, item, only, plan

from sync_core.items import Item, Kind, SideName

BY_ADDRESS = "one e-mail address of several is the same on both sides"
BY_FIRST = "same e-mail, or same name and company, on both sides"


def contact(side: SideName, email: str, *others: str) -> Item:
    return replace(item(Kind.CONTACTS, side, f"{side.value}-1", email=email), addresses=others)


@pytest.mark.parametrize(
    ("here", "there", "said"),
    [
        (["kim@northwind.example"], ["kim.lee@example.org", "kim@northwind.example"], BY_ADDRESS),
        (["kim.lee@example.org", "kim@northwind.example"], ["kim@northwind.example"], BY_ADDRESS),
        (["a@x.example", "kim@x.example"], ["b@x.example", "kim@x.example"], BY_ADDRESS),
        # the first address is the same, whatever others there are
        (["kim@x.example"], ["kim@x.example"], BY_FIRST),
        (["kim@x.example"], ["kim@x.example", "b@x.example"], BY_FIRST),
        # they are one by their name: no address is the same
        (["a@x.example"], ["b@x.example", "c@x.example"], BY_FIRST),
        ([""], ["b@x.example", "c@x.example"], BY_FIRST),
        # two ways to write one first address
        (["gross@x.example"], ["groß@x.example"], BY_FIRST),
    ],
)
def test_two_contacts_say_what_they_were_taken_for_one_by(here, there, said):
    row = only(plan([contact(SF, *here)], [contact(OL, *there)], kind=Kind.CONTACTS))
    assert row.left is not None
    assert row.right is not None
    assert row.reason.startswith(said)
