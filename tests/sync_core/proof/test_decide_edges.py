"""The edges of the decision table: what is asked for, what is known of what is out of sight, the order of a plan."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from support.build import (
    CAL,
    MADE_AT,
    OL,
    SF,
    SYNCED_AT,
    WINDOW,
    all_day,
    at,
    fields,
    gone,
    item,
    left,
    link,
    link_of,
    only,
    picture,
    plan,
    question,
    right,
)

from sync_core import order
from sync_core.compare import Baseline
from sync_core.decide import make_plan, unseen
from sync_core.items import Kind, SideName, When
from sync_core.pairing import Link, make_mark
from sync_core.plan import Action, Situation
from sync_core.sides import Fate, Limits, Operation, Reading, Ref, Sighting, Unreadable, Window

MARK = make_mark("L1", "n")
OLD = When("2025-01-01T10:00:00Z", "2025-01-01T11:00:00Z")
BOTH = pytest.mark.parametrize("side", list(SideName))

HERE = fields(notes="ours")
THERE = fields(notes="theirs")
KNOWN = Link(CAL, "L1", "R1", Baseline(HERE, THERE), MARK, SYNCED_AT)
ASK_LEFT, ASK_RIGHT = Ref("L1", known=HERE), Ref("R1", MARK, THERE)


@pytest.mark.parametrize(
    ("lefts", "rights", "asked"),
    [
        ([left("L1")], [right("R1")], ([], [])),
        ([left("L1")], [], ([], [ASK_RIGHT])),
        ([], [right("R1")], ([ASK_LEFT], [])),
        ([], [], ([ASK_LEFT], [ASK_RIGHT])),
        # under another id it may be the same one, or a copy
        ([left("L1")], [right("R9", mark=MARK)], ([], [ASK_RIGHT])),
    ],
)
def test_what_is_linked_and_not_listed_is_asked_for_with_what_it_held(
    lefts: list[Any], rights: list[Any], asked: tuple[list[Ref], list[Ref]]
) -> None:
    assert unseen([KNOWN], Reading(tuple(lefts)), Reading(tuple(rights)), WINDOW) == asked


@pytest.mark.parametrize(
    ("mark", "listed", "asked"),
    [
        (MARK, [right("R9", mark=MARK)], True),
        (MARK, [right("R9", mark=make_mark("L2", "n"))], False),
        (MARK, [right("R9")], False),
        (MARK, [], False),
        # what was never marked is not found by having no mark
        ("", [right("R9")], False),
    ],
)
def test_what_was_long_past_on_both_sides_is_asked_for_only_when_its_mark_turns_up(
    mark: str, listed: list[Any], asked: bool
) -> None:
    old = link(when=OLD, mark=mark)
    refs = unseen([old], Reading(()), Reading(tuple(listed)), WINDOW)
    assert [[one.id for one in some] for some in refs] == ([["L1"], ["R1"]] if asked else [[], []])


def test_one_that_need_not_be_asked_for_does_not_hide_the_next() -> None:
    refs = unseen([link("L8", "R8", when=OLD), link("L1", "R1")], Reading(()), Reading(()), WINDOW)
    assert [[one.id for one in some] for some in refs] == [["L1"], ["R1"]]


@pytest.mark.parametrize(
    ("first", "last", "asked"),
    [
        # a day more on both ends, as the zone may shift an edge
        ("2026-10-20", "2026-10-21", False),
        ("2026-10-20", "2026-10-22", True),
        ("2027-11-23", "2027-11-25", True),
        ("2027-11-24", "2027-11-25", False),
    ],
)
def test_the_edge_of_the_days_is_a_day_wider_for_what_is_asked(first: str, last: str, asked: bool) -> None:
    known = link(when=When(first, last, all_day=True))
    assert bool(unseen([known], Reading(()), Reading(()), WINDOW)[0]) is asked


@BOTH
def test_what_moved_away_on_one_side_only_is_asked_for(side: SideName) -> None:
    old, now = fields(when=OLD), fields()
    known = Link(CAL, "L1", "R1", Baseline(old, now) if side is SF else Baseline(now, old))
    assert unseen([known], Reading(()), Reading(()), WINDOW)[0] != []


@BOTH
def test_a_past_pair_that_was_asked_for_is_shown_and_one_that_was_not_is_counted(side: SideName) -> None:
    old = link(when=OLD)
    assert plan([], [], [old]).out_of_range == 1
    asked = {"L1" if side is SF else "R1": Sighting(Fate.MOVED)}
    sides = (picture(SF, [], asked), []) if side is SF else ([], picture(OL, [], asked))
    shown = plan(*sides, [old])
    assert (shown.out_of_range, only(shown).situation) == (0, Situation.OUT_OF_RANGE)
    # and nothing after it is lost
    more = plan(*sides, [link("L0", "R0", when=OLD), old, link("L2", "R2", when=OLD)])
    assert (more.out_of_range, len(more.rows)) == (2, 1)


@BOTH
def test_what_changed_meanwhile_is_told_by_what_its_own_side_held(side: SideName) -> None:
    """Each side has its own form of the notes: neither is a change by itself."""
    if side is SF:
        row = only(plan(picture(SF, [], gone("L1")), [right("R1", notes="theirs")], [KNOWN]))
    else:
        row = only(plan([left("L1", notes="ours")], picture(OL, [], gone("R1")), [KNOWN]))
    assert row.situation is Situation.GONE
    if side is SF:
        row = only(plan(picture(SF, [], gone("L1")), [right("R1", notes="ours")], [KNOWN]))
    else:
        row = only(plan([left("L1", notes="theirs")], picture(OL, [], gone("R1")), [KNOWN]))
    assert row.situation is Situation.GONE_CHANGED
    assert f"but notes changed in {side.other.label}" in row.reason


@pytest.mark.parametrize(
    ("known", "now", "changed"),
    [
        # names of files travel one way: never agreed on, nobody can say that they changed
        ({}, ("a.pdf",), False),
        ({"attachments": ("a.pdf",)}, ("a.pdf",), False),
        ({"attachments": ()}, ("a.pdf",), True),
    ],
)
def test_a_field_that_travels_one_way_has_changed_only_if_it_was_agreed_on(
    known: dict[str, Any], now: tuple[str, ...], changed: bool
) -> None:
    agreed = {name: value for name, value in fields().items() if name != "attachments"} | known
    pair = Link(CAL, "L1", "R1", Baseline(agreed, agreed))
    row = only(plan(picture(SF, [], gone("L1")), [right("R1", attachments=now)], [pair]))
    assert (row.situation is Situation.GONE_CHANGED) is changed


def test_a_field_that_travels_both_ways_and_was_never_agreed_on_has_changed() -> None:
    agreed = {name: value for name, value in fields().items() if name != "location"}
    pair = Link(CAL, "L1", "R1", Baseline(agreed, agreed))
    row = only(plan(picture(SF, [], gone("L1")), [right("R1")], [pair]))
    assert (row.situation, row.action) == (Situation.GONE_CHANGED, Action.CONFLICT)


@pytest.mark.parametrize(
    ("mark", "kept"),
    [
        ("", ""),
        (MARK, MARK),
        # no mark of ours, but what it carries
        ("elsewhere", "elsewhere"),
        # made from another one: it is not the mark of this pair
        (make_mark("L7", "n"), ""),
    ],
)
def test_a_pair_keeps_the_mark_unless_it_names_another(mark: str, kept: str) -> None:
    row = only(plan([left("L1")], [right("R1", mark=mark)]))
    assert (row.situation, row.mark) == (Situation.TWIN_EQUAL, kept)


def test_all_that_a_recommendation_brings_with_it_is_said() -> None:
    ours = picture(SF, [left(notes="new")])
    theirs = picture(OL, [replace(right(location="York"), formatted=True)])
    ours = replace(ours, description=replace(ours.description, notes={Operation.UPDATE: "one", Operation.CREATE: "no"}))
    theirs = replace(theirs, description=replace(theirs.description, notes={Operation.UPDATE: "two"}))
    row = only(plan(ours, theirs, [link()]))
    assert row.action is Action.MERGE
    assert row.reason.endswith(
        "; one; two; the formatting of the notes in Outlook is lost, as Salesforce has plain text"
    )
    assert row.remarks == {(SF, Operation.UPDATE): "one", (SF, Operation.CREATE): "no", (OL, Operation.UPDATE): "two"}


@BOTH
def test_a_doubtful_length_is_said_for_each_side_that_doubts(side: SideName) -> None:
    """A side that is sure does not keep the other from saying so, and what is there already is not left out."""
    unsure = picture(side, limits=Limits(doubtful_days=1), unwritable={"location": "hidden"})
    long = (left if side is OL else right)(when=all_day(1, 3))
    row = only(plan(*((unsure, [long]) if side is SF else ([long], unsure))))
    assert list(row.remarks) == [(side, Operation.CREATE)]
    assert row.remarks[side, Operation.CREATE] == (
        f"it lasts 3 days, which {side.label} refuses where multi-day events are switched off; "
        f"without location in {side.label}: hidden"
    )
    here = (left if side is SF else right)(when=all_day(1, 3))
    there = picture(side, [here], limits=Limits(doubtful_days=1), unwritable={"location": "hidden"})
    assert only(plan(*((there, []) if side is SF else ([], there)))).remarks == {}
    assert only(plan(*((there, [long]) if side is SF else ([long], there)))).remarks == {}


# ---- the order of a plan


def test_a_plan_is_in_the_order_of_the_calendar_whatever_was_listed_first() -> None:
    lefts = [
        left("L1", subject="a late one", when=at(25)),
        left("L2", subject="Early", when=at(23)),
        left("L3", subject="banana", when=at(24)),
        left("L4", subject="Apple", when=at(24)),
    ]
    rights = [right("R5", subject="theirs", when=at(22))]
    # gone on both sides: what was known of it says when it was, on either side
    gone_left, gone_right = gone("L6", "L7"), gone("R6", "R7")
    links = [
        Link(CAL, "L6", "R6", Baseline(fields(subject="six", when=all_day(24)), {})),
        Link(CAL, "L7", "R7", Baseline({}, fields(subject="seven", when=all_day(25)))),
    ]
    wanted = ["theirs", "Early", "six", "Apple", "banana", "seven", "a late one"]
    for some in permutations(lefts):
        p = plan(picture(SF, some, gone_left), picture(OL, rights, gone_right), links)
        assert [row.title for row in p.rows] == wanted


def test_tasks_are_in_the_order_of_their_days_and_those_without_one_come_last() -> None:
    tasks = [
        item(Kind.TASKS, SF, "L1", subject="b", due=None),
        item(Kind.TASKS, SF, "L2", subject="z", due="2026-11-23"),
        item(Kind.TASKS, SF, "L3", subject="A", due=None),
        item(Kind.TASKS, SF, "L4", subject="y", due="2026-12-01"),
    ]
    theirs = [item(Kind.TASKS, OL, "R5", subject="x", due="2026-11-24")]
    for some in permutations(tasks):
        assert [row.title for row in plan(some, theirs, kind=Kind.TASKS).rows] == ["z", "x", "y", "A", "b"]


def test_what_a_kept_time_cannot_be_told_by_comes_last() -> None:
    strange = Link(CAL, "L1", "R1", Baseline({"subject": "strange", "when": "soon"}, {}))
    p = plan(picture(SF, [left("L2")], gone("L1")), picture(OL, [], gone("R1")), [strange])
    assert [row.title for row in p.rows] == ["Budget 2027", "strange"]


# ---- the plan as a whole


def test_a_plan_says_what_it_was_made_of() -> None:
    asked = question([left("L1"), left("L2", subject="Two")], [right("R1")], [link()])
    p = make_plan(asked)
    assert (p.kind, p.made_at, p.window, p.in_sync) == (CAL, MADE_AT, WINDOW, 1)
    assert (p.left_account, p.right_account) == ("salesforce@example.com", "outlook@example.com")
    assert p.descriptions == {SF: asked.left.description, OL: asked.right.description}
    assert (p.notes, p.guards, p.takes_back, p.out_of_range) == ((), (), "", 0)
    assert make_plan(replace(asked, lost="memory was damaged")).notes == ("memory was damaged",)


def test_the_first_plan_does_not_call_new_what_was_always_there() -> None:
    assert only(plan([left()], [])).reason == "only in Salesforce"
    later = plan([left(), left("L2")], [right("R2")], [link("L2", "R2")])
    assert [row.reason for row in later.rows if row.left and row.left.id == "L1"] == [
        "new in Salesforce, not in Outlook"
    ]


@pytest.mark.parametrize(
    ("fresh", "lost", "doubtful", "situation"),
    [
        (True, "memory was damaged", (), Situation.FORGOTTEN),
        (False, "memory was damaged", (), Situation.NEW),
        (True, "", (), Situation.NEW),
        (False, "", ("L1",), Situation.FORGOTTEN),
        (False, "", ("L2",), Situation.NEW),
    ],
)
def test_after_memory_was_lost_nothing_is_simply_new(
    fresh: bool, lost: str, doubtful: tuple[str, ...], situation: Situation
) -> None:
    row = only(make_plan(replace(question([left()], []), fresh=fresh, lost=lost, doubtful=doubtful)))
    assert row.situation is situation
    if situation is Situation.FORGOTTEN:
        assert row.reason.startswith("only in Salesforce; whether it is new, or was deleted from Outlook")


@BOTH
def test_a_copy_of_which_the_first_is_not_here_is_asked_about(side: SideName) -> None:
    """Only in Outlook a mark can be copied."""
    if side is OL:
        row = only(plan([], [right("R1", mark=MARK)]))
        assert (row.situation, row.action) == (Situation.AMBIGUOUS, Action.CONFLICT)
        assert row.reason == (
            "which one? it carries our mark, as copies in Outlook do, and nothing here is what it was made from"
        )
        assert only(plan([], [right("R1", mark="elsewhere")])).situation is Situation.NEW
    else:
        assert only(plan([left("L1")], [])).situation is Situation.NEW


@pytest.mark.parametrize("known", [["L1", "R1"], ["L1"], ["R1"], []])
def test_a_pair_that_a_side_named_is_shown_as_far_as_both_are_known(known: list[str]) -> None:
    lefts = [left("L1", subject="Ours", when=at(20))] if "L1" in known else []
    rights = [right("R1", subject="Theirs", when=at(9))] if "R1" in known else []
    p = make_plan(replace(question(lefts, rights), named={("L1", "R1")}))
    both = known == ["L1", "R1"]
    assert {row.situation for row in p.rows} == ({Situation.LIKELY} if both else {Situation.NEW} if known else set())
    if both:
        assert sorted(row.reason for row in p.rows) == [
            f"a duplicate rule in Salesforce says that this is {other}; different: subject and when: "
            f"link the two (m), or change one of them{over}; nothing is done until you say"
            for other, over in (("“Ours” (Salesforce)", " and bring it over (<)"), ("“Theirs” (Outlook)", ""))
        ]


def test_what_looks_like_several_as_much_as_like_one_is_told_with_all_of_them() -> None:
    ours = left("L1", subject="Budget meeting")
    p = plan([ours], [right("R1", subject="Budget meetings"), right("R2", subject="Budget meetingz")])
    assert {(row.situation, row.action) for row in p.rows} == {(Situation.AMBIGUOUS, Action.CONFLICT)}
    assert [(row.title, row.reason, [one.id for one in row.rivals]) for row in p.rows] == [
        (
            "Budget meeting",
            (
                "which one? “Budget meetings” (Outlook), “Budget meetingz” (Outlook): 98% alike, each; "
                "different: subject; nothing is done until you say"
            ),
            ["R1", "R2"],
        ),
        *(
            (
                title,
                (
                    "which one? “Budget meeting” (Salesforce): 98% alike, which is as much like another; "
                    "different: subject; nothing is done until you say"
                ),
                ["L1"],
            )
            for title in ("Budget meetings", "Budget meetingz")
        ),
    ]


def test_a_named_item_is_known_also_where_it_was_only_asked_for() -> None:
    """It is outside the days of the sync: the one that was not created is still told which it is."""
    far = {"L1": Sighting(Fate.HERE, left("L1", when=at(1, month=1)))}
    asked = question(picture(SF, [], far), [right("R1")])
    row = only(make_plan(replace(asked, named={("L1", "R1")})))
    assert row.situation is Situation.LIKELY
    assert "“Budget 2027” (Salesforce), which is not among what you sync" in row.reason


# ---- what is not in sight


@BOTH
@pytest.mark.parametrize(
    ("fate", "there", "situation"),
    [
        (Fate.HERE, at(20), None),  # missed by the listing, in the days: as if it had been listed
        (Fate.HERE, at(1, month=1), Situation.OUT_OF_RANGE),
        (Fate.MOVED, at(20), Situation.OUT_OF_RANGE),
        (Fate.OTHER_OWNER, None, Situation.OUT_OF_RANGE),
        (Fate.MISSING, None, Situation.GONE_CHANGED),
        (Fate.DELETED, None, Situation.GONE),
        (Fate.UNREADABLE, None, Situation.UNREADABLE),
    ],
)
def test_what_the_fate_of_one_half_comes_to(
    side: SideName, fate: Fate, there: When | None, situation: Situation | None
) -> None:
    make = left if side is SF else right
    half = make("L1" if side is SF else "R1", when=there) if there else None
    seen = picture(side, [], {"L1" if side is SF else "R1": Sighting(fate, half)})
    sides = (seen, [right(when=at(20))]) if side is SF else ([left(when=at(20))], seen)
    p = plan(*sides, [link(when=at(20))])
    assert [row.situation for row in p.rows] == ([] if situation is None else [situation])
    assert p.in_sync == (1 if situation is None else 0)


@pytest.mark.parametrize(
    ("one", "other", "situation"),
    [
        (Fate.DELETED, Fate.DELETED, Situation.GONE_BOTH),
        (Fate.MISSING, Fate.MISSING, Situation.OUT_OF_RANGE),
        (Fate.MISSING, Fate.DELETED, Situation.OUT_OF_RANGE),
        (Fate.DELETED, Fate.MISSING, Situation.OUT_OF_RANGE),
        (Fate.DELETED, None, Situation.OUT_OF_RANGE),
        (Fate.DELETED, Fate.UNREADABLE, Situation.UNREADABLE),
        (Fate.UNREADABLE, Fate.DELETED, Situation.UNREADABLE),
        (Fate.MOVED, Fate.UNREADABLE, Situation.UNREADABLE),
    ],
)
def test_of_two_halves_out_of_sight_nothing_is_concluded_unless_both_are_proven_gone(
    one: Fate, other: Fate | None, situation: Situation
) -> None:
    there = {} if other is None else {"R1": Sighting(other)}
    row = only(plan(picture(SF, [], {"L1": Sighting(one)}), picture(OL, [], there), [link()]))
    assert (row.situation, row.action) == (situation, Action.NONE)
    assert (row.left, row.right, row.link_ids, row.title) == (None, None, ("L1", "R1"), "Budget 2027")


@BOTH
@pytest.mark.parametrize("fate", [Fate.DELETED, Fate.MISSING])
def test_a_side_that_was_not_read_completely_proves_nothing_gone(side: SideName, fate: Fate) -> None:
    seen = picture(side, [], {"L1" if side is SF else "R1": Sighting(fate)}, complete=False)
    row = only(plan(*((seen, [right()]) if side is SF else ([left()], seen)), [link()]))
    assert row.situation is Situation.OUT_OF_RANGE
    assert row.reason.startswith(f"{side.label} could not be read completely")
    # the other side may well have been
    whole = picture(side, [], {"L1" if side is SF else "R1": Sighting(fate)})
    torn = picture(side.other, [right()] if side is SF else [left()], complete=False)
    row = only(plan(*((whole, torn) if side is SF else (torn, whole)), [link()]))
    assert row.situation is (Situation.GONE if fate is Fate.DELETED else Situation.GONE_CHANGED)


@pytest.mark.parametrize("fate", [Fate.MOVED, Fate.ARCHIVED, Fate.HERE])
def test_an_id_that_outlook_still_has_elsewhere_is_not_taken_by_a_new_item(fate: Fate) -> None:
    """The item is there: what looks like it in the folder is another one."""
    there = picture(OL, [right("R9")], {"R1": Sighting(fate, right("R1", when=at(1, month=1)))})
    p = plan([left()], there, [link()])
    assert sorted(row.situation for row in p.rows) == [Situation.NEW, Situation.OUT_OF_RANGE]


@pytest.mark.parametrize("copies", [1, 2])
def test_what_answers_to_an_id_by_its_mark_is_the_one_that_carries_it_unless_several_do(copies: int) -> None:
    carrying = [right(f"R{n}", mark=MARK, when=at(20 + n)) for n in range(2, 2 + copies)]
    there = picture(OL, carrying, {"R1": Sighting(Fate.HERE, carrying[0])})
    p = plan([left("L1", when=at(22))], there, [link(mark=MARK, when=at(22))])
    linked = [row for row in p.rows if row.link_ids == ("L1", "R1")]
    if copies == 1:
        assert [row.right and row.right.id for row in linked] == ["R2"]
        assert linked[0].reason == "moved, and found again under another id: the link follows, nothing is written"
        assert linked[0].situation is Situation.SAME_CHANGE
    else:
        assert {row.situation for row in p.rows} != {Situation.SAME_CHANGE}


@pytest.mark.parametrize(
    ("fate", "under", "copies", "situation", "rivals"),
    [
        # it is elsewhere under its own id: what carries its mark is a copy
        (Fate.MOVED, "", 1, Situation.OUT_OF_RANGE, []),
        (Fate.MOVED, "R1", 1, Situation.OUT_OF_RANGE, []),
        (Fate.MOVED, "R1", 2, Situation.OUT_OF_RANGE, []),
        # an answer without an item may be about any of several
        (Fate.MOVED, "", 2, Situation.AMBIGUOUS, ["R2", "R3"]),
        (Fate.ARCHIVED, "", 3, Situation.AMBIGUOUS, ["R2", "R3", "R4"]),
        (Fate.HERE, "R2", 2, Situation.AMBIGUOUS, ["R2", "R3"]),
        (Fate.DELETED, "", 2, Situation.AMBIGUOUS, ["R2", "R3"]),
        (Fate.DELETED, "", 1, Situation.SAME_CHANGE, []),
    ],
)
def test_what_took_the_place_of_an_id_that_is_no_more(
    fate: Fate, under: str, copies: int, situation: Situation, rivals: list[str]
) -> None:
    carrying = [right(f"R{n}", mark=MARK) for n in range(2, 2 + copies)]
    seen = Sighting(fate, right(under, mark=MARK) if under else None)
    p = plan([left("L1")], picture(OL, carrying, {"R1": seen}), [link(mark=MARK)])
    (row,) = (row for row in p.rows if row.link_ids == ("L1", "R1"))
    assert (row.situation, [one.id for one in row.rivals]) == (situation, rivals)
    others = [row for row in p.rows if row.link_ids != ("L1", "R1")]
    assert {row.situation for row in others} <= {Situation.AMBIGUOUS}
    assert len(others) == (0 if situation is Situation.SAME_CHANGE else copies)


@pytest.mark.parametrize(("due", "here"), [("2026-11-27", True), ("2026-01-05", False), (None, True)])
def test_a_task_that_was_missed_by_the_listing_is_as_good_as_listed_when_it_is_due_in_the_days(
    due: str | None, here: bool
) -> None:
    seen = {"R1": Sighting(Fate.HERE, item(Kind.TASKS, OL, "R1", due=due))}
    p = plan(
        [item(Kind.TASKS, SF, "L1", due=due)],
        picture(OL, [], seen),
        [link_of(Kind.TASKS, due=due)],
        kind=Kind.TASKS,
    )
    assert [row.situation for row in p.rows] == ([] if here else [Situation.OUT_OF_RANGE])


# ---- what cannot be read


@BOTH
def test_an_unreadable_item_has_a_row_of_its_own_unless_a_linked_one_tells_of_it(side: SideName) -> None:
    strange = [Unreadable("L1" if side is SF else "R1", "Strange", "an unknown element"), Unreadable("X9", "Odd", "w")]
    known = [link()]
    seen = picture(side, [], {"L1" if side is SF else "R1": Sighting(Fate.UNREADABLE)}, unreadable=strange)
    other = [right()] if side is SF else [left()]
    sides = (seen, other) if side is SF else (other, seen)
    rows = plan(*sides, known).rows
    assert sorted(row.title for row in rows) == ["Budget 2027", "Odd"]
    assert {row.situation for row in rows} == {Situation.UNREADABLE}
    alone = plan(*((seen, []) if side is SF else ([], seen)))
    assert sorted((row.title, row.reason) for row in alone.rows) == [
        ("Odd", f"could not be read from {side.label}: w"),
        ("Strange", f"could not be read from {side.label}: an unknown element"),
    ]
    assert len({row.id for row in alone.rows}) == 2
    assert {row.kind for row in alone.rows} == {CAL}
    assert {(row.left, row.right, row.action) for row in alone.rows} == {(None, None, Action.NONE)}


@BOTH
@pytest.mark.parametrize("kind", list(Kind))
def test_an_unreadable_item_is_called_by_what_its_side_calls_it(side: SideName, kind: Kind) -> None:
    seen = picture(side, unreadable=[Unreadable("X1", "Priya Shah", "an unknown element")])
    row = only(plan(*((seen, []) if side is SF else ([], seen)), kind=kind))
    assert row.title == "Priya Shah"
    assert (dict(row.baseline.on(side)) != {}, dict(row.baseline.on(side.other))) == (True, {})
    if kind is Kind.CONTACTS:
        assert order.section(row, "UTC") == "P"


def test_the_same_id_on_both_sides_is_two_items() -> None:
    strange = [Unreadable("X1", "Strange", "why")]
    p = plan(picture(SF, [], unreadable=strange), picture(OL, [], unreadable=strange))
    assert len({row.id for row in p.rows}) == 2
    kinds = plan(picture(SF, [], unreadable=strange), [], kind=Kind.TASKS)
    assert only(kinds).id not in {row.id for row in p.rows}


# ---- pairs that were never linked, or have changed


@pytest.mark.parametrize(
    ("here", "there", "situation", "words"),
    [
        ({"subject": "A"}, {"subject": "B"}, Situation.CONFLICT, "both sides changed subject, each to something else"),
        (
            {"subject": "A"},
            {"location": "York"},
            Situation.CHANGED_BOTH,
            "subject changed in Salesforce and location changed in Outlook",
        ),
        ({"subject": "A"}, {"subject": "A", "notes": "new"}, Situation.CHANGED, "notes changed in Outlook"),
        ({"subject": "A"}, {"subject": "A"}, Situation.SAME_CHANGE, "subject changed alike on both sides"),
        (
            {"subject": "A", "notes": "n"},
            {"subject": "A", "notes": "n"},
            Situation.SAME_CHANGE,
            "subject and notes changed alike on both sides: nothing is written",
        ),
    ],
)
def test_what_both_sides_changed(here: dict[str, Any], there: dict[str, Any], situation: Situation, words: str) -> None:
    row = only(plan([left(**here)], [right(**there)], [link()]))
    assert row.situation is situation
    assert words in row.reason
    assert {change.name for change in row.changes} == {*here, *there}
    assert (row.link_ids, row.baseline) == (("L1", "R1"), link().baseline)


def test_a_twin_says_how_it_was_found() -> None:
    by_key = only(plan([left()], [right()]))
    assert by_key.reason.startswith("same subject, start and end on both sides, and equal")
    assert (by_key.link_ids, by_key.baseline, by_key.linked) == (("", ""), Baseline({}, {}), False)
    by_mark = only(plan([left("L1")], [right("R1", mark=MARK, subject="Renamed")]))
    assert by_mark.situation is Situation.TWIN_DIFFERENT
    assert by_mark.reason.startswith("carries our mark from an earlier sync, but subject differs")


def test_kinds_without_a_window_are_all_in_range() -> None:
    person = link_of(Kind.CONTACTS)
    p = plan([], [], [person], kind=Kind.CONTACTS)
    assert (p.out_of_range, len(p.rows)) == (0, 1)
    assert unseen([person], Reading(()), Reading(()), Window(WINDOW.first, WINDOW.first, "UTC"))[0] != []
