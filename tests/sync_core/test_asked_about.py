"""Rows that ask which one it is: what each of several of one name is told apart by, and who has its place already."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.build import SF, at, event, item, left_first, link, link_of, plan, right

from sync_core.items import Item, Kind, SideName
from sync_core.pairing import make_mark
from sync_core.plan import Action, Plan, Row, Situation

LIKE_ANOTHER = "like another one of that name in all that is read"


def planned(mine: list[Item], theirs: list[Item], **options: Any) -> Plan:
    """The plan for items of either side: `mine` may be Salesforce's or Outlook's."""
    return plan(*left_first(mine[0].side, mine, theirs), **options)


def rows_of(p: Plan) -> dict[str, Row]:
    return {half.id: row for row in p.rows if (half := row.left or row.right) is not None}


@pytest.mark.parametrize("side", list(SideName))
def test_several_of_one_name_that_could_be_one_across_say_which_each_of_them_is(side: SideName) -> None:
    mine = [event(side, "1", notes="About the lease."), event(side, "2", notes="About the roof.")]
    rows = rows_of(planned(mine, [event(side.other, "3", notes="With figures.")]))
    assert {row.situation for row in rows.values()} == {Situation.AMBIGUOUS}
    one = f"which one? it could be “Budget 2027” ({side.other.label}); never paired by chance; this one: "
    assert rows["1"].reason == f"{one}notes “About the lease.”"
    assert rows["2"].reason == f"{one}notes “About the roof.”"
    # where it is the only one of its name, nothing has to be told
    assert "this one" not in rows["3"].reason


@pytest.mark.parametrize("side", list(SideName))
def test_of_several_that_are_alike_in_all_each_says_so(side: SideName) -> None:
    rows = rows_of(planned([event(side, "1"), event(side, "2")], [event(side.other, "3")]))
    assert rows["1"].reason.endswith(f"; this one: {LIKE_ANOTHER}")
    assert rows["2"].reason.endswith(f"; this one: {LIKE_ANOTHER}")
    assert rows["3"].reason.endswith("; nothing that is read tells them apart")


@pytest.mark.parametrize("side", list(SideName))
def test_several_that_are_as_much_alike_are_told_apart_by_the_users_own_hour(side: SideName) -> None:
    """In July it is an hour later in London than in Greenwich."""
    mine = [event(side, str(n), when=at(20, hour, 7)) for n, hour in ((1, 9), (2, 11))]
    rows = rows_of(planned(mine, [event(side.other, "3", when=at(20, 10, 7))]))
    assert {row.action for row in rows.values()} == {Action.CONFLICT}
    assert "which is as much like another" in rows["1"].reason
    assert "; this one: 20 Jul 2026, 10:00 to 11:00; nothing is done until you say" in rows["1"].reason
    assert "; this one: 20 Jul 2026, 12:00 to 13:00; nothing is done until you say" in rows["2"].reason
    assert f"({side.label}, 20 Jul 2026, 10:00 to 11:00), “Budget 2027” ({side.label}, 20 Jul" in rows["3"].reason


@pytest.mark.parametrize("side", list(SideName))
def test_only_items_of_one_name_that_could_be_the_same_ones_are_told_apart(side: SideName) -> None:
    """Another name, or somebody else across, is told apart already."""
    mine = [event(side, "1", subject="Lunch"), event(side, "2"), event(side, "3")]
    theirs = [event(side.other, "4", subject="Lunch"), event(side.other, "5", subject="lunch"), event(side.other, "6")]
    rows = rows_of(planned(mine, theirs))
    assert "this one" not in rows["1"].reason
    assert all("this one" in rows[name].reason for name in ("2", "3"))
    # two of one name on two days, each of which could be two of its own day
    mine = [event(side, "1"), event(side, "2", when=at(25))]
    theirs = [event(side.other, str(n), when=at(day), notes=f"{n}") for n, day in ((3, 23), (4, 23), (5, 25), (6, 25))]
    rows = rows_of(planned(mine, theirs))
    assert [len(rows[name].rivals) for name in "123456"] == [2, 2, 1, 1, 1, 1]
    assert ["this one" in rows[name].reason for name in "123456"] == [False, False, True, True, True, True]
    assert rows["6"].reason.endswith("this one: notes “6”")


def test_a_pair_of_which_nothing_but_copies_is_in_sight_says_which_they_are() -> None:
    mark = make_mark("L1", "n")
    copies = [right("R1", mark=mark, notes="About the lease."), right("R2", mark=mark, notes="About the roof.")]
    rows = plan([], copies, [link("L1", "R9", mark=mark)]).rows
    named = [f"“Budget 2027” (Outlook, notes “About the {what}.”)" for what in ("lease", "roof")]
    copy = "which one? it carries the same mark as {}, as copies in Outlook do; this one: notes “About the {}.”"
    assert {row.right.id if row.right else row.link_ids: row.reason for row in rows} == {
        ("L1", "R9"): f"which one? it could be {', '.join(named)}; never paired by chance",
        "R1": copy.format(named[1], "lease"),
        "R2": copy.format(named[0], "roof"),
    }


@pytest.mark.parametrize("side", list(SideName))
def test_a_contact_whose_address_another_ones_twin_has_is_asked_about_and_may_be_brought_over(side: SideName) -> None:
    first, second = item(Kind.CONTACTS, side, "1"), item(Kind.CONTACTS, side, "2", first_name="Ann", last_name="Lee")
    p = planned(
        [first, second],
        [item(Kind.CONTACTS, side.other, "3")],
        links=[link_of(Kind.CONTACTS, *left_first(side, "1", "3"))],
        kind=Kind.CONTACTS,
    )
    row = rows_of(p)["2"]
    assert (len(p.rows), row.situation, row.action, row.rivals) == (1, Situation.AMBIGUOUS, Action.CONFLICT, ())
    assert row.reason == (
        f"“Priya Shah” in {side.other.label} has the same e-mail address and is another contact's twin already: "
        f"a second one there? bring it over ({'>' if side is SF else '<'}), or leave it out"
    )


@pytest.mark.parametrize("side", list(SideName))
def test_a_task_by_the_name_of_a_recurring_one_across_is_asked_about(side: SideName) -> None:
    recurring = replace(item(Kind.TASKS, side.other, "2", due="2026-12-03"), series=True)
    row = rows_of(planned([item(Kind.TASKS, side, "1")], [recurring], kind=Kind.TASKS))["1"]
    assert (row.situation, row.action, row.rivals) == (Situation.AMBIGUOUS, Action.CONFLICT, ())
    assert row.reason.startswith(f"an occurrence of the recurring task “Send the offer” in {side.other.label}, or one ")
