"""A reminder that has fired is nobody's change; a later one that somebody sets across is brought over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.build import OL, SF, event, left_first, link, link_of, only, plan
from support.build import item as item_of

from sync_core.items import Item, Kind, SideName, Value
from sync_core.plan import Action, Situation, effect

TO = {SF: Action.UPDATE_IN_SALESFORCE, OL: Action.UPDATE_IN_OUTLOOK}


def fired(side: SideName, minutes: int = 15) -> Item:
    """An event whose side no longer says when it reminds, as it has done so."""
    return replace(event(side, f"{side.value}-1", without=["reminder"]), spent={"reminder": minutes})


def across(side: SideName, reminder: Value) -> Item:
    return event(side, f"{side.value}-1", reminder=reminder)


def pair_of(here: Item, there: Item) -> tuple[list[Item], list[Item]]:
    return left_first(here.side, [here], [there])


@pytest.mark.parametrize("side", list(SideName))
@pytest.mark.parametrize(
    ("minutes", "now"),
    [
        (15, 15),
        (15, None),  # somebody took it away there: it has fired, there is nothing to take away here
        (30, 45),  # what fired was never agreed on: which of the two was wanted, nobody knows
        (30, 15),
    ],
)
def test_a_reminder_that_has_fired_is_no_change(side, minutes, now):
    p = plan(*pair_of(fired(side, minutes), across(side.other, now)), [link("salesforce-1", "outlook-1")])
    assert (p.rows, p.in_sync) == ((), 1)


@pytest.mark.parametrize("side", list(SideName))
def test_a_new_reminder_across_is_brought_over(side):
    p = plan(*pair_of(fired(side), across(side.other, 45)), [link("salesforce-1", "outlook-1")])
    row = only(p)
    assert (row.situation, row.action) == (Situation.CHANGED, TO[side])
    assert [(c.name, c.baseline) for c in row.changes] == [("reminder", 15)]
    assert dict(effect(row).to_left if side is SF else effect(row).to_right) == {"reminder": 45}


@pytest.mark.parametrize("side", list(SideName))
def test_only_the_reminder_that_was_agreed_with_that_side_counts(side):
    """Each side keeps its own form of a value: what the other one had says nothing of this one."""
    known = link("salesforce-1", "outlook-1")
    base = {**known.baseline.on(side), "reminder": 20}
    mine, theirs = fired(side, 20), across(side.other, 45)
    baseline = replace(known.baseline, **{"left" if side is SF else "right": base})
    assert [c.name for c in only(plan(*pair_of(mine, theirs), [replace(known, baseline=baseline)])).changes] == [
        "reminder"
    ]


def test_nothing_is_said_of_a_fired_reminder_before_the_first_sync():
    row = only(plan([fired(SF)], [across(OL, 45)]))
    assert row.situation is Situation.TWIN_EQUAL
    assert "reminder" not in {c.name for c in row.changes}


def test_the_reminder_of_a_task_that_has_fired_is_no_change_either():
    moment = "2026-11-27T08:00:00Z"
    asked = item_of(Kind.TASKS, SF, "L1")
    gone = replace(
        asked,
        fields={n: v for n, v in asked.fields.items() if n != "reminder"},
        spent={"reminder": moment},
    )
    there = item_of(Kind.TASKS, OL, "R1")
    assert plan([gone], [there], [link_of(Kind.TASKS)], kind=Kind.TASKS).rows == ()
    later = item_of(Kind.TASKS, OL, "R1", reminder="2026-11-30T08:00:00Z")
    row = only(plan([gone], [later], [link_of(Kind.TASKS)], kind=Kind.TASKS))
    assert (row.action, effect(row).to_left) == (
        Action.UPDATE_IN_SALESFORCE,
        {"reminder": "2026-11-30T08:00:00Z"},
    )
