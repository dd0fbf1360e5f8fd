"""The mass-change guard (invariant 13): where it begins, what it holds, and that it goes on until somebody answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.build import OL, SF, at, gone, left, link, picture, question, right

from sync_core.decide import make_plan
from sync_core.items import Item, SideName
from sync_core.pairing import Link
from sync_core.plan import Action, Guard, Plan
from sync_core.question import Rules
from sync_core.review import Review
from sync_core.sides import Operation, Unreadable

BOTH = pytest.mark.parametrize("side", list(SideName))
RULES = Rules(private=True)


def names(n: int) -> dict[str, Any]:
    return {"subject": f"Number {n}", "when": at(1 + n % 28, 8 + n % 7)}


def pairs(number: int) -> tuple[list[Item], list[Item], list[Link]]:
    numbers = range(number)
    lefts, rights = [left(f"L{n}", **names(n)) for n in numbers], [right(f"R{n}", **names(n)) for n in numbers]
    return lefts, rights, [link(f"L{n}", f"R{n}", **names(n)) for n in numbers]


def deleted(side: SideName, number: int, of: int, *, strange: bool = False, rules: Rules = RULES, **more: Any) -> Plan:
    """Of so many pairs in step, the first ones are gone from a side."""
    lefts, rights, links = pairs(of)
    ids = [item.id for item in (lefts if side is SF else rights)[:number]]
    listed = (lefts if side is SF else rights)[number:]
    unread = [Unreadable("X", "Strange", "broken")] if strange else []
    seen = picture(side, listed, gone(*ids), unreadable=unread)
    q = question(seen if side is SF else lefts, seen if side is OL else rights, links, rules=rules)
    return make_plan(replace(q, **more))


@BOTH
@pytest.mark.parametrize(
    ("number", "of", "rows", "percent", "held"),
    [
        (10, 20, 10, 20, False),  # not more rows than the bound
        (11, 20, 10, 20, True),
        (11, 55, 10, 20, False),  # a fifth of the links, and not more
        (11, 54, 10, 20, True),
        (4, 20, 3, 20, False),
        (5, 20, 3, 20, True),
        (5, 20, 3, 25, False),
        (3, 4, 2, 90, False),
    ],
)
def test_a_mass_of_deletes_waits(side, number, of, rows, percent, held):
    """More rows than the bound, and more of the links than their share; both are settings of the process."""
    p = deleted(side, number, of, rules=Rules(private=True, suspect_rows=rows, suspect_percent=percent))
    away = Action.DELETE_FROM_OUTLOOK if side is SF else Action.DELETE_FROM_SALESFORCE
    assert [r.recommended for r in p.rows] == [away] * number
    assert p.guards == ((Guard(side.other, Operation.DELETE, number, of),) if held else ())
    assert {r.action for r in p.rows} == {Action.NONE if held else away}


@BOTH
@pytest.mark.parametrize(
    ("number", "strange", "held"),
    [(2, False, True), (1, False, False), (2, True, False)],
)
def test_a_side_that_shows_nothing_is_not_believed(side, number, strange, held):
    """One that was deleted is a deletion; and a side that shows what cannot be read is no empty one."""
    p = deleted(side, number, number, strange=strange)
    assert [(g.side, g.count) for g in p.guards] == ([(side.other, number)] if held else [])


def test_the_side_from_which_it_would_be_deleted_may_be_full():
    """It is the side without the items that shows nothing, and not the other one."""
    lefts, rights, links = pairs(4)
    p = make_plan(question(lefts, picture(OL, [], gone(*(r.id for r in rights))), links))
    assert [(g.side, g.count, g.of) for g in p.guards] == [(SF, 4, 4)]
    # here each side lacks other ones, and both show something
    q = question(picture(SF, lefts[:2], gone("L2", "L3")), picture(OL, rights[2:], gone("R0", "R1")), links)
    assert make_plan(q).guards == ()


@BOTH
def test_what_was_held_before_stays_held_until_somebody_answers(side):
    """A run of the rest makes it no likelier, though by now it is no mass any more."""
    known = frozenset({("L0", "R0")})
    p = deleted(side, 2, 20, suspected=known)
    assert p.guards == (Guard(side.other, Operation.DELETE, 2, 20),)
    assert {r.action for r in p.rows} == {Action.NONE}
    opened = Review.of(p).confirm(0, "2")
    assert opened.counts().writes == 2
    # something else that was held is no reason
    assert deleted(side, 2, 20, suspected=frozenset({("L9", "R9")})).guards == ()


@BOTH
def test_a_change_that_was_held_before_stays_held_and_a_delete_of_another_row_does_not(side):
    lefts, rights, links = pairs(20)
    changed = lefts if side is SF else rights
    changed[0] = replace(changed[0], fields={**changed[0].fields, "notes": "new"})
    other = picture(side, changed[:19], gone(("L" if side is SF else "R") + "19"))
    q = question(other if side is SF else lefts, other if side is OL else rights, links)
    p = make_plan(replace(q, suspected=frozenset({("L0", "R0")})))
    assert p.guards == (Guard(side.other, Operation.UPDATE, 1, 20),)
    held = {r.link_ids: r.held is not None for r in p.rows}
    assert held == {("L0", "R0"): True, ("L19", "R19"): False}
    # and an ignored row waits for nobody
    p = make_plan(replace(q, suspected=frozenset({("L19", "R19")})))
    assert p.guards == (Guard(side.other, Operation.DELETE, 1, 20),)


def test_a_new_pair_is_not_held_with_the_changes_of_known_ones():
    """Everything changed at once is said of what was known: a blank that is filled for a new twin is no part of it."""
    lefts, rights, links = pairs(12)
    new = [replace(item, fields={**item.fields, "notes": "new"}) for item in lefts]
    twin_left, twin_right = left("L99", when=at(30), location=""), right("R99", when=at(30))
    twin_left = replace(twin_left, fields={**twin_left.fields, "notes": "Bring figures."})
    p = make_plan(question([*new, twin_left], [*rights, twin_right], links))
    assert p.guards == (Guard(OL, Operation.UPDATE, 12, 12),)
    assert {r.link_ids == ("", ""): r.held is None for r in p.rows} == {False: False, True: True}
