"""What a side says of an operation stands on the row before it happens, and only where it is true."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.build import OL, SF, all_day, at, left, link, only, picture, question, right

from sync_core.decide import make_plan
from sync_core.items import Item, SideName
from sync_core.plan import Action, Plan, State
from sync_core.question import Picture
from sync_core.sides import Limits

UNSURE = Limits(longest_days=14, doubtful_days=1)
WORDS = "which Salesforce refuses where multi-day events are switched off"


def salesforce(*items: Item, limits: Limits = UNSURE, **options: Any) -> Picture:
    return picture(SF, items, limits=limits, **options)


def planned(*args: Any, **options: Any) -> Plan:
    return make_plan(question(*args, **options))


def test_a_length_that_may_be_refused_is_said_of_a_new_event() -> None:
    row = only(planned(salesforce(), [right(when=all_day(1, 3))]))
    assert f"it lasts 3 days, {WORDS}" in row.reason
    assert row.action is Action.CREATE_IN_SALESFORCE
    # a day is no doubt, and neither is what Outlook gets
    assert WORDS not in only(planned(salesforce(), [right(when=all_day(1))])).reason
    assert WORDS not in only(planned(salesforce(left(when=all_day(1, 3))), [])).reason
    known = replace(UNSURE, doubtful_days=None)
    assert WORDS not in only(planned(salesforce(limits=known), [right(when=all_day(1, 3))])).reason


def test_a_length_that_may_be_refused_is_said_of_a_changed_time_only() -> None:
    longer = only(planned(salesforce(left()), [right(when=all_day(1, 3))], [link()]))
    assert longer.action is Action.UPDATE_IN_SALESFORCE
    assert f"it lasts 3 days, {WORDS}" in longer.reason
    known = link(when=all_day(1, 3))
    other = only(planned(salesforce(left(when=all_day(1, 3))), [right(when=all_day(1, 3), subject="New")], [known]))
    assert other.action is Action.UPDATE_IN_SALESFORCE
    assert WORDS not in other.reason
    alike = planned(salesforce(left(when=all_day(2, 4))), [right(when=all_day(2, 4), subject="New")], [known])
    assert WORDS not in only(alike).reason


@pytest.mark.parametrize(("most", "because"), [(14, ""), (1, "multi-day events are switched off in this org")])
def test_a_length_that_is_refused_for_certain_blocks_its_row(most: int, because: str) -> None:
    limits = Limits(longest_days=most, longest_because=because)
    row = only(planned(salesforce(limits=limits), [right(when=all_day(1, 20))]))
    assert row.state is State.PREVENTED
    assert row.why_not == f"it lasts 20 days, Salesforce holds events of up to {most}" + (
        f": {because}" if because else ""
    )


@pytest.mark.parametrize("side", list(SideName))
def test_what_a_new_item_will_not_have_is_said_with_the_reason(side: SideName) -> None:
    closed = picture(
        side, unwritable={"location": "hidden", "notes": "hidden", "reminder": "read-only", "private": "hidden"}
    )
    items = [right() if side is SF else left()]
    sides = (closed, items) if side is SF else (items, closed)
    row = only(planned(*sides))
    # a flag that is off is nothing to go without
    assert (
        f"without location and notes in {side.label}: hidden; without reminder in {side.label}: read-only" in row.reason
    )
    assert "private" not in row.reason
    bare = right(location="", notes="", reminder=None) if side is SF else left(location="", notes="", reminder=None)
    sides = (closed, [bare]) if side is SF else ([bare], closed)
    assert "without" not in only(planned(*sides)).reason


def test_what_never_travels_there_is_no_loss() -> None:
    """The names of files do not flow to Outlook, whoever may write what."""
    closed = picture(OL, unwritable={"attachments": "read-only"})
    assert "without" not in only(planned([left(attachments=("a.pdf",))], closed)).reason


def test_what_is_there_already_is_blocked_and_not_told_as_left_out() -> None:
    closed = picture(SF, [left()], unwritable={"location": "hidden"})
    row = only(planned(closed, [right(location="York")], [link()]))
    assert (row.state, row.why_not) == (State.PREVENTED, "location is hidden")
    assert "without" not in row.reason


def test_what_a_new_item_cannot_be_made_without_blocks_the_create_alone() -> None:
    def nameless(fields: Any) -> str:
        return "" if fields.get("subject") else "an event needs a subject"

    limits = Limits(refuses_new=nameless)
    row = only(planned([left(subject="", when=at(9))], picture(OL, limits=limits)))
    assert (row.state, row.why_not) == (State.PREVENTED, "an event needs a subject")
    row = only(planned([left(subject="")], picture(OL, [right()], limits=limits), [link()]))
    assert row.action is Action.UPDATE_IN_OUTLOOK
