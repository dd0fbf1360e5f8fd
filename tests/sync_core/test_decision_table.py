"""What a sync decides: every row of the decision table, over all three kinds and from both sides.

A case is told from the side on which something happened. Its mirror image is the same case with the sides swapped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from support.build import at, gone, item, link_of, picture, plan, question

from sync_core.compare import Baseline
from sync_core.decide import make_plan
from sync_core.ignores import ignore_for
from sync_core.items import FIELDS, Flow, Item, Kind, SideName
from sync_core.pairing import Link
from sync_core.plan import Action, IgnoreMode, Plan, Row, Situation, State
from sync_core.sides import Fate, Sighting

SF, OL = SideName
KINDS = pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
ORIGINS = pytest.mark.parametrize("side", list(SideName), ids=lambda side: f"from {side.value}")
# two fields of each kind that nobody pairs by, and values that nobody else has
FIRST = {Kind.CALENDAR: "notes", Kind.CONTACTS: "notes", Kind.TASKS: "notes"}
SECOND = {Kind.CALENDAR: "location", Kind.CONTACTS: "title", Kind.TASKS: "priority"}
OTHER: dict[Kind, tuple[Any, Any]] = {
    Kind.CALENDAR: ("York", "Leeds"),
    Kind.CONTACTS: ("Buyer", "Head of sales"),
    Kind.TASKS: ("high", "low"),
}
# the same thing to a person, with no exact key in common
LIKE: dict[Kind, dict[str, Any]] = {
    Kind.CALENDAR: {"when": at(24)},
    Kind.CONTACTS: {"email": "p@example.org", "company": "Acme"},
    Kind.TASKS: {"due": "2026-11-30"},
}
ELSE: dict[Kind, dict[str, Any]] = {
    Kind.CALENDAR: {"subject": "Offsite", "when": at(9)},
    Kind.CONTACTS: {"first_name": "Ben", "last_name": "Odd", "email": "ben@example.org", "business_phone": ""},
    Kind.TASKS: {"subject": "Tax", "due": "2026-12-09"},
}
CREATE = {OL: Action.CREATE_IN_OUTLOOK, SF: Action.CREATE_IN_SALESFORCE}
UPDATE = {OL: Action.UPDATE_IN_OUTLOOK, SF: Action.UPDATE_IN_SALESFORCE}
DELETE = {OL: Action.DELETE_FROM_OUTLOOK, SF: Action.DELETE_FROM_SALESFORCE}


@dataclass(frozen=True)
class Scene:
    """A pair of items of one kind, told from the side `mine`: what is there, what is linked, what was answered."""

    kind: Kind
    mine: SideName

    def item(self, side: SideName, number: int = 1, **values: Any) -> Item:
        return item(self.kind, side, f"{'L' if side is SF else 'R'}{number}", **values)

    def here(self, number: int = 1, **values: Any) -> Item:
        return self.item(self.mine, number, **values)

    def there(self, number: int = 1, **values: Any) -> Item:
        return self.item(self.mine.other, number, **values)

    @property
    def link(self) -> Link:
        return link_of(self.kind)

    def plan(
        self,
        here: list[Item],
        there: list[Item],
        links: list[Link] | None = None,
        seen: dict[str, Sighting] | None = None,
        seen_there: dict[str, Sighting] | None = None,
        **options: Any,
    ) -> Plan:
        """The plan; `seen` are the answers of my side about single items, `complete` is about my side."""
        complete = options.pop("complete", True)
        mine = picture(self.mine, here, seen, complete=complete)
        theirs = picture(self.mine.other, there, seen_there)
        sides = (mine, theirs) if self.mine is SF else (theirs, mine)
        return plan(*sides, links or [], kind=self.kind, **options)

    def id(self, side: SideName) -> str:
        return "L1" if side is SF else "R1"

    def gone(self) -> dict[str, Sighting]:
        return gone(self.id(self.mine))

    def fate(self, fate: Fate, it: Item | None = None) -> dict[str, Sighting]:
        return {self.id(self.mine): Sighting(fate, it)}


def only(p: Plan) -> Row:
    assert len(p.rows) == 1, [(r.situation, r.title, r.reason) for r in p.rows]
    return p.rows[0]


@dataclass(frozen=True)
class Line:
    """A line of the table: how it comes about, and what is then recommended, in which situation, and why."""

    what: str
    make: Callable[[Scene], Plan]
    situation: Situation
    recommended: Callable[[SideName], Action]
    because: Callable[[Scene], str]


def always(action: Action) -> Callable[[SideName], Action]:
    return lambda side: action


def other(scene: Scene, number: int = 0) -> dict[str, Any]:
    return {SECOND[scene.kind]: OTHER[scene.kind][number]}


LINES = (
    Line(
        "changed, unchanged: update the other side",
        lambda s: s.plan([s.here(notes="new")], [s.there()], [s.link]),
        Situation.CHANGED,
        lambda side: UPDATE[side.other],
        lambda s: f"notes changed in {s.mine.label} since the last sync on 16 Nov 2026",
    ),
    Line(
        "changed, changed to the same: nothing is written",
        lambda s: s.plan([s.here(notes="new")], [s.there(notes="new")], [s.link]),
        Situation.SAME_CHANGE,
        always(Action.NONE),
        lambda s: "notes changed alike on both sides: nothing is written",
    ),
    Line(
        "changed, changed in other fields: merge",
        lambda s: s.plan([s.here(notes="new")], [s.there(**other(s))], [s.link]),
        Situation.CHANGED_BOTH,
        always(Action.MERGE),
        lambda s: f"notes changed in {s.mine.label}",
    ),
    Line(
        "changed, changed in the same field to something else: conflict",
        lambda s: s.plan([s.here(notes="new")], [s.there(notes="newer")], [s.link]),
        Situation.CONFLICT,
        always(Action.CONFLICT),
        lambda s: "both sides changed notes, each to something else",
    ),
    Line(
        "changed in two fields, of which the other side changed one: conflict",
        lambda s: s.plan([s.here(notes="new", **other(s))], [s.there(notes="newer")], [s.link]),
        Situation.CONFLICT,
        always(Action.CONFLICT),
        lambda s: "both sides changed notes, each to something else",
    ),
    Line(
        "gone, unchanged: delete on the other side",
        lambda s: s.plan([], [s.there()], [s.link], s.gone()),
        Situation.GONE,
        lambda side: DELETE[side.other],
        lambda s: f"deleted in {s.mine.label} since the last sync on 16 Nov 2026, unchanged in {s.mine.other.label}",
    ),
    Line(
        "gone, changed: conflict between restoring and deleting",
        lambda s: s.plan([], [s.there(notes="new")], [s.link], s.gone()),
        Situation.GONE_CHANGED,
        always(Action.CONFLICT),
        lambda s: f"but notes changed in {s.mine.other.label}: restore or delete?",
    ),
    Line(
        "gone, gone: the link is forgotten",
        lambda s: s.plan([], [], [s.link], s.gone(), gone(s.id(s.mine.other))),
        Situation.GONE_BOTH,
        always(Action.NONE),
        lambda s: "deleted on both sides",
    ),
    *(
        Line(
            f"not seen, as it is {fate.value}: nothing is written",
            lambda s, fate=fate: s.plan([], [s.there(notes="new")], [s.link], s.fate(fate)),
            Situation.OUT_OF_RANGE if fate is not Fate.UNREADABLE else Situation.UNREADABLE,
            always(Action.NONE),
            lambda s, words=words: f"in {s.mine.label} it {words}",
        )
        for fate, words in (
            (Fate.MOVED, "was moved to another folder"),
            (Fate.OTHER_OWNER, "belongs to somebody else now"),
            (Fate.ARCHIVED, "is archived"),
            (Fate.HERE, "is outside the days of this sync"),
            (Fate.UNREADABLE, "could not be read"),
        )
    ),
    Line(
        "not seen in a reading that was not complete: nothing is written",
        lambda s: s.plan([], [s.there()], [s.link], s.gone(), complete=False),
        Situation.OUT_OF_RANGE,
        always(Action.NONE),
        lambda s: f"{s.mine.label} could not be read completely",
    ),
    Line(
        "not seen and not asked: nothing is written",
        lambda s: s.plan([], [s.there()], [s.link]),
        Situation.OUT_OF_RANGE,
        always(Action.NONE),
        lambda s: "nothing is concluded from its absence",
    ),
    Line(
        "not to be seen any more, for a reason nobody knows: a person is asked",
        lambda s: s.plan([], [s.there()], [s.link], s.fate(Fate.MISSING)),
        Situation.GONE_CHANGED,
        always(Action.CONFLICT),
        lambda s: f"not to be seen in {s.mine.label} any more",
    ),
    Line(
        "none, new: create on the other side",
        lambda s: s.plan([s.here()], []),
        Situation.NEW,
        lambda side: CREATE[side.other],
        lambda s: f"only in {s.mine.label}",
    ),
    Line(
        "none, new, where others are linked: create on the other side",
        lambda s: replace_rows(s.plan([s.here(), s.here(2, **ELSE[s.kind])], [s.there()], [s.link])),
        Situation.NEW,
        lambda side: CREATE[side.other],
        lambda s: f"new in {s.mine.label}, not in {s.mine.other.label}",
    ),
    Line(
        "none, unique twin, equal: link",
        lambda s: s.plan([s.here()], [s.there()]),
        Situation.TWIN_EQUAL,
        always(Action.LINK),
        lambda s: "and equal: the pair is remembered, nothing is written",
    ),
    Line(
        "none, unique twin, different: differences are shown",
        lambda s: s.plan([s.here(notes="new")], [s.there(notes="newer")]),
        Situation.TWIN_DIFFERENT,
        always(Action.CONFLICT),
        lambda s: "but notes differs; never synced before, so nobody knows which is right",
    ),
    Line(
        "none, unique twin, blank here: may be filled from the other side",
        lambda s: s.plan([s.here(notes="")], [s.there()]),
        Situation.TWIN_DIFFERENT,
        lambda side: UPDATE[side],
        lambda s: "notes is blank on one side and filled from the other",
    ),
)


def replace_rows(p: Plan) -> Plan:
    """A plan of which only the rows that are to be looked at are left."""
    return replace(p, rows=tuple(row for row in p.rows if not row.linked))


@KINDS
@ORIGINS
@pytest.mark.parametrize("line", LINES, ids=lambda line: line.what)
def test_a_line_of_the_table(line: Line, kind: Kind, side: SideName) -> None:
    scene = Scene(kind, side)
    row = only(line.make(scene))
    assert row.situation is line.situation
    assert row.recommended is row.action is line.recommended(side)
    assert line.because(scene) in row.reason
    assert (row.state is State.UNDECIDED) == (row.recommended is Action.CONFLICT)


@KINDS
def test_in_step_is_counted_and_not_shown(kind: Kind) -> None:
    scene = Scene(kind, SF)
    p = scene.plan([scene.here()], [scene.there()], [scene.link])
    assert (p.rows, p.in_sync) == ((), 1)


@KINDS
@ORIGINS
def test_a_pair_that_both_lost_out_of_sight_is_counted(kind: Kind, side: SideName) -> None:
    """Out of the window by all we know, on both sides: not asked for, counted; a contact is never out of it."""
    scene = Scene(kind, side)
    away = {Kind.CALENDAR: {"when": at(5, month=1)}, Kind.TASKS: {"due": "2026-01-05"}}.get(kind, {})
    p = scene.plan([], [], [link_of(kind, **away)])
    if away:
        assert (p.rows, p.out_of_range) == ((), 1)
    else:
        assert only(p).situation is Situation.OUT_OF_RANGE


@KINDS
def test_back_under_another_id_it_is_linked_again_and_then_as_above(kind: Kind) -> None:
    """A move gives an Outlook item another id (facts: exchange A.8); Salesforce keeps its own."""
    link = link_of(kind, mark="hs1:L1:n")
    for values, action, situation in (
        ({}, Action.NONE, Situation.SAME_CHANGE),
        ({"notes": "new"}, Action.UPDATE_IN_SALESFORCE, Situation.CHANGED),
    ):
        back = item(kind, OL, "R9", mark="hs1:L1:n", **values)
        sides = picture(SF, [item(kind, SF, "L1")]), picture(OL, [back], gone("R1"))
        row = only(plan(*sides, [link], kind=kind))
        assert (row.situation, row.recommended) == (situation, action)
        assert row.right is not None
        assert row.right.id == "R9"


@KINDS
@ORIGINS
def test_several_candidates_are_never_paired_by_chance(kind: Kind, side: SideName) -> None:
    scene = Scene(kind, side)
    # alike to the last field, as two of a kind on one side are
    p = scene.plan([scene.here()], [scene.there(1), scene.there(2)])
    assert {(r.situation, r.recommended, r.state) for r in p.rows} == {
        (Situation.AMBIGUOUS, Action.CONFLICT, State.UNDECIDED)
    }
    assert len(p.rows) == 3
    assert all("which one?" in r.reason for r in p.rows)


@KINDS
def test_copies_that_carry_our_mark_are_asked_about(kind: Kind) -> None:
    link = link_of(kind, mark="hs1:L1:n")
    lefts = [item(kind, SF, "L1")]
    copy = item(kind, OL, "R2", mark="hs1:L1:n", **ELSE[kind])
    row = only(plan(lefts, [item(kind, OL, "R1", mark="hs1:L1:n"), copy], [link], kind=kind))
    assert (row.situation, row.recommended) == (Situation.AMBIGUOUS, Action.CONFLICT)
    assert "as copies in Outlook do" in row.reason
    # the original is gone, and two carry its mark
    two = [item(kind, OL, f"R{n}", mark="hs1:L1:n") for n in (2, 3)]
    p = plan(picture(SF, lefts), picture(OL, two, gone("R1")), [link], kind=kind)
    assert {(r.situation, r.recommended) for r in p.rows} == {(Situation.AMBIGUOUS, Action.CONFLICT)}


@KINDS
@ORIGINS
def test_a_likely_twin_is_proposed_with_a_score_and_what_differs(kind: Kind, side: SideName) -> None:
    scene = Scene(kind, side)
    p = scene.plan([scene.here()], [scene.there(**LIKE[kind])])
    assert {(r.situation, r.recommended) for r in p.rows} == {(Situation.LIKELY, Action.CONFLICT)}
    assert all("% alike; different: " in r.reason for r in p.rows)


@KINDS
@ORIGINS
def test_a_no_that_was_said_before_stays_quiet_while_nothing_changed(kind: Kind, side: SideName) -> None:
    scene = Scene(kind, side)
    row = only(scene.plan([scene.here(notes="new")], [scene.there(notes="newer")], [scene.link]))
    for mode, state in ((IgnoreMode.ONCE, State.IGNORED_ONCE), (IgnoreMode.FOREVER, State.IGNORED_FOREVER)):
        ignores = {row.id: ignore_for(row, mode, "2026-11-20T08:00:00Z")}
        same = only(scene.plan([scene.here(notes="new")], [scene.there(notes="newer")], [scene.link], ignores=ignores))
        assert (same.action, same.state) == (Action.NONE, state)
        moved = only(
            scene.plan([scene.here(notes="third")], [scene.there(notes="newer")], [scene.link], ignores=ignores)
        )
        if mode is IgnoreMode.FOREVER:
            assert moved.state is state
        else:
            assert moved.state is State.UNDECIDED
            assert f"ignored until now: notes changed in {side.label}" in moved.reason


@KINDS
@ORIGINS
def test_what_only_one_side_knows_is_no_change(kind: Kind, side: SideName) -> None:
    """A value that a server did not tell is unknown, and not cleared."""
    scene = Scene(kind, side)
    known = scene.here()
    for f in FIELDS[kind]:
        silent = replace(known, fields={n: v for n, v in known.fields.items() if n != f.name})
        p = scene.plan([silent], [scene.there()], [scene.link])
        assert (p.rows, p.in_sync) == ((), 1), f.name


@KINDS
@ORIGINS
def test_what_a_server_makes_of_a_value_is_no_change(kind: Kind, side: SideName) -> None:
    """Each side is compared with its own baseline, so that echoes of our own writes never show up."""
    scene = Scene(kind, side)
    mine, theirs = scene.here(notes="BRING FIGURES"), scene.there(notes="Bring figures")
    left, right = (mine, theirs) if side is SF else (theirs, mine)
    link = replace(scene.link, baseline=Baseline(left.fields, right.fields))
    assert scene.plan([mine], [theirs], [link]).in_sync == 1
    row = only(scene.plan([scene.here(notes="BRING THEM")], [theirs], [link]))
    assert row.recommended is UPDATE[side.other]


@KINDS
def test_swapping_the_sides_swaps_the_plan(kind: Kind) -> None:
    """Of fields that travel both ways; what travels one way cannot be its own mirror image."""
    assert any(f.flow is Flow.BOTH for f in FIELDS[kind])
    for line in LINES:
        mine, theirs = (only(line.make(Scene(kind, side))) for side in (SF, OL))
        assert mine.situation is theirs.situation
        assert theirs.recommended is line.recommended(OL)


@KINDS
def test_the_order_of_a_listing_means_nothing(kind: Kind) -> None:
    lefts = [item(kind, SF, f"L{n}") for n in (1, 2)] + [item(kind, SF, "L3", **ELSE[kind])]
    rights = [item(kind, OL, f"R{n}") for n in (1, 2)]
    assert make_plan(question(lefts, rights, kind=kind)) == make_plan(question(lefts[::-1], rights[::-1], kind=kind))
