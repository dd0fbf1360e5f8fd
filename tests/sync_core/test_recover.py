"""What became of writes that nobody answered: told by what both sides hold, row by row, and remembered no further."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.build import CAL, MADE_AT, OL, SF, fields
from support.model import World

from sync_core.errors import SideError
from sync_core.intent import Done, Intent
from sync_core.items import Item, SideName, When
from sync_core.journal import RunHead, RunRecord
from sync_core.plan import Action, IgnoreMode, row_id
from sync_core.recover import Change, Doubt, bookkeeping, doubts_of, keep, sentence, settle, settle_unfinished
from sync_core.report import Result
from sync_core.sides import Fate, Operation, Outcome, Ref, Sought

LATER = "2026-11-22T10:00:00Z"
HEAD = RunHead("r1", CAL, MADE_AT)
CREATED_IN = {SF: Action.CREATE_IN_SALESFORCE, OL: Action.CREATE_IN_OUTLOOK}
UPDATED_IN = {SF: Action.UPDATE_IN_SALESFORCE, OL: Action.UPDATE_IN_OUTLOOK}
DELETED_FROM = {SF: Action.DELETE_FROM_SALESFORCE, OL: Action.DELETE_FROM_OUTLOOK}
BOTH = pytest.mark.parametrize("side", list(SideName))


@pytest.fixture
def world() -> World:
    """One pair in step, made in Salesforce: S0001 and O0001."""
    world = World()
    world.left.put(fields(subject="Pair"))
    assert world.sync().clean
    world.books.kept.clear()
    return world


def update(world: World, side: SideName, **values: Any) -> Intent:
    """New values for one half of the pair, which the other half has already."""
    known = world.books.links_by_id["S0001", "O0001"]
    written = values or {"notes": "new"}
    return Intent(
        0,
        row_id(CAL, "S0001", "O0001"),
        CAL,
        "Pair",
        UPDATED_IN[side],
        world.left.items["S0001"],
        world.right.items["O0001"],
        written if side is SF else {},
        written if side is OL else {},
        known.baseline,
        ("S0001", "O0001"),
        known.mark,
    )


def create(side: SideName, *, mark: str = "hs1:S7:n", key: str = "key") -> Intent:
    source = Item(CAL, side.other, "S7" if side is OL else "O7", "1", fields(subject="Fresh"))
    new = dict(fields(subject="Fresh"))
    return Intent(
        0,
        "row",
        CAL,
        "Fresh",
        CREATED_IN[side],
        source if side is OL else None,
        source if side is SF else None,
        new if side is SF else {},
        new if side is OL else {},
        mark=mark,
        key=key,
    )


def delete(world: World, side: SideName) -> Intent:
    """The other half is gone already."""
    one = replace(update(world, side), action=DELETED_FROM[side], to_left={}, to_right={})
    return replace(one, left=None) if side is OL else replace(one, right=None)


def cut_off(world: World, intent: Intent, *, sent: bool = True, answer: Outcome | None = None) -> Done:
    """A run of one row that ended in the middle, looked up; what is settled of the row."""
    log = world.journal.begin(HEAD, [intent])
    for side in intent.needs:
        if sent:
            log.sent(side, [intent.number], MADE_AT)
        if answer is not None:
            log.answered(side, [(intent.number, answer)])
    assert settle_unfinished(CAL, world.sides, world.books, world.journal, LATER) == 1
    record = world.journal.load(HEAD.id)
    assert record is not None
    head = record.head
    assert (head.settled_later, head.finished) == (True, LATER)
    assert head.sentence == f"cut off; 1 {record.done[0].result.value.replace('_', ' ')}"
    assert world.journal.unfinished() == []
    assert settle_unfinished(CAL, world.sides, world.books, world.journal, LATER) == 0
    return record.done[0]


# one write


@BOTH
def test_a_write_that_arrived_is_remembered(world, side):
    """Invariant 10: nothing is repeated; the baseline moves for what a side was seen to hold."""
    intent = update(world, side)
    here = world.side(side)
    item_id = next(iter(here.items))
    here.edit(item_id, notes="new")
    world.side(side.other).edit(next(iter(world.side(side.other).items)), notes="new")
    intent = replace(intent, left=world.left.items["S0001"] if side is OL else intent.left)
    intent = replace(intent, right=world.right.items["O0001"] if side is SF else intent.right)
    done = cut_off(world, intent)
    assert (done.result, done.message, done.ids) == (Result.DONE, "", {side: item_id})
    link = world.books.links_by_id["S0001", "O0001"]
    assert (link.baseline.left["notes"], link.baseline.right["notes"], link.synced_at) == ("new", "new", LATER)
    assert not world.plan().rows


@BOTH
def test_a_write_that_did_not_arrive_is_offered_again(world, side):
    intent = update(world, side)
    before = dict(world.books.links_by_id)
    done = cut_off(world, intent)
    assert (done.result, done.message, done.ids) == (Result.NOT_STARTED, f"it is as it was in {side.label}", {})
    assert world.books.links_by_id == before


@BOTH
def test_a_series_whose_rule_is_in_other_words_by_now_is_as_it_was(side):
    """ "12 times" and "until 8 February" are the same days: a server that prefers the one has changed nothing."""
    first = When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", False, "FREQ=WEEKLY;COUNT=12", "Europe/London")
    world = World()
    world.left.put(fields(when=first))
    assert world.sync().clean
    world.books.kept.clear()
    intent = update(world, side, when=first._replace(recurrence="FREQ=WEEKLY;COUNT=13"))
    world.side(side).edit(intent.old_id(side), when=first._replace(recurrence="FREQ=WEEKLY;UNTIL=20270208"))
    done = cut_off(world, intent)
    assert (done.result, done.message) == (Result.NOT_STARTED, f"it is as it was in {side.label}")


@BOTH
def test_what_somebody_typed_over_it_is_not_taken_for_ours(world, side):
    """Invariant 11: what is not as it was sent may be somebody else's work by now."""
    intent = update(world, side)
    here = world.side(side)
    here.edit(next(iter(here.items)), notes="somebody's")
    done = cut_off(world, intent)
    assert done.result is Result.DIFFERENT
    assert done.message == f"{side.label} holds something else than was sent"
    link = world.books.links_by_id["S0001", "O0001"]
    assert link.baseline.on(side)["notes"] == "Bring figures."
    assert [r.recommended for r in world.plan().rows] == [UPDATED_IN[side.other]]


@BOTH
def test_half_of_what_was_sent_is_agreed_on_and_the_rest_asked_about(world, side):
    intent = update(world, side, notes="new", location="York")
    here, there = world.side(side), world.side(side.other)
    here.edit(next(iter(here.items)), notes="new", location="Leeds")
    there.edit(next(iter(there.items)), notes="new", location="York")
    left, right = world.left.items["S0001"], world.right.items["O0001"]
    intent = replace(intent, left=left) if side is OL else replace(intent, right=right)
    cut_off(world, intent)
    base = world.books.links_by_id["S0001", "O0001"].baseline
    assert (base.left["notes"], base.right["notes"]) == ("new", "new")
    assert (base.left["location"], base.right["location"]) == ("Room 4", "Room 4")


@pytest.mark.parametrize("fate", [Fate.UNREADABLE, Fate.MOVED])
@BOTH
def test_what_cannot_be_seen_cannot_be_told(world, side, fate):
    intent = update(world, side)
    world.side(side).take_away(next(iter(world.side(side).items)), fate)
    before = dict(world.books.links_by_id)
    done = cut_off(world, intent)
    words = "it cannot be read in" if fate is Fate.UNREADABLE else "it is no longer there in"
    assert (done.result, done.message) == (Result.UNKNOWN, f"{words} {side.label}")
    assert world.books.links_by_id == before


def test_an_id_of_which_a_side_says_nothing_cannot_be_told(world):
    intent = update(world, OL)
    world.right.look = lambda kind, refs: {}  # type: ignore[method-assign]
    assert cut_off(world, intent).result is Result.UNKNOWN


@BOTH
def test_a_delete_that_arrived_is_forgotten_and_one_that_did_not_is_offered_again(world, side):
    intent = delete(world, side)
    world.side(side.other).items.clear()
    done = cut_off(world, intent)
    assert (done.result, done.message) == (Result.NOT_STARTED, f"it is still in {side.label}")
    assert set(world.books.links_by_id) == {("S0001", "O0001")}
    item_id = next(iter(world.side(side).items))
    world.side(side).items.clear()
    world.books.kept.clear()
    done = cut_off(world, intent)
    assert (done.result, done.message, done.ids) == (Result.DONE, "", {side: item_id})
    assert not world.books.links_by_id


def test_a_deleted_item_of_which_nobody_knows_stays_in_doubt(world):
    intent = delete(world, OL)
    world.right.take_away("O0001", Fate.UNREADABLE)
    assert cut_off(world, intent).result is Result.UNKNOWN
    assert world.books.links_by_id


@BOTH
def test_what_was_created_is_found_by_its_name(world, side):
    """Invariant 10: an item that was made without an answer is linked, and not made twice."""
    world.side(side.other).put(fields(subject="Fresh"), item_id="S7" if side is OL else "O7")
    made = world.side(side).put(fields(subject="Fresh"), mark="hs1:S7:n")
    done = cut_off(world, create(side))
    assert (done.result, done.ids) == (Result.DONE, {side: made.id})
    assert done.after[side] == made.fields
    ids = ("S7", made.id) if side is OL else (made.id, "O7")
    assert world.books.links_by_id[ids].baseline.on(side) == made.fields
    assert not [r for r in world.plan().rows if "create" in r.recommended]


@BOTH
def test_what_was_not_created_is_offered_again(world, side):
    links = set(world.books.links_by_id)
    done = cut_off(world, create(side))
    assert (done.result, done.message) == (Result.NOT_STARTED, f"it was not created in {side.label}")
    assert set(world.books.links_by_id) == links


def test_which_of_several_was_created_cannot_be_told(world):
    for _ in range(3):
        world.right.put(fields(subject="Fresh"), mark="hs1:S7:n")
    done = cut_off(world, create(OL))
    assert (done.result, done.ids) == (Result.UNKNOWN, {})
    assert done.message == "3 items in Outlook could be the one that was created"


def test_what_belongs_to_another_pair_was_not_created_by_this_row(world):
    """Two rows that make the same thing each get their own; what memory knows is nobody's new item."""
    same = [replace(create(SF), number=n, row_id=f"row{n}") for n in range(3)]
    same = [replace(one, right=replace(one.right, id=f"O7{one.number}")) for one in same]
    known = world.left.put(fields(subject="Fresh"))
    link = world.books.links_by_id["S0001", "O0001"]
    world.books.links_by_id = {(known.id, "O0001"): replace(link, left_id=known.id)}
    made = world.left.put(fields(subject="Fresh"))
    log = world.journal.begin(HEAD, same)
    log.sent(SF, range(3), MADE_AT)
    settle_unfinished(CAL, world.sides, world.books, world.journal, LATER)
    record = world.journal.load(HEAD.id)
    assert record is not None
    assert {n: (d.result, d.ids) for n, d in record.done.items()} == {
        0: (Result.DONE, {SF: made.id}),
        1: (Result.NOT_STARTED, {}),
        2: (Result.NOT_STARTED, {}),
    }
    assert record.head.sentence == "cut off; 1 done, 2 not started"


def test_what_is_asked(world):
    """A create by the name it was given, as of the run's start; anything else by its id, its mark and what is known."""
    found: list[Sought] = []
    asked: list[Ref] = []
    world.left.find = lambda kind, sought: found.extend(sought) or [() for _ in sought]  # type: ignore[method-assign]
    world.right.find = lambda kind, sought: found.extend(sought) or [() for _ in sought]  # type: ignore[method-assign]
    world.right.look = lambda kind, refs: asked.extend(refs) or {}  # type: ignore[method-assign]
    cut_off(world, create(SF))
    world.books.kept.clear()
    cut_off(world, create(OL))
    world.books.kept.clear()
    intent = update(world, OL)
    cut_off(world, intent)
    new = fields(subject="Fresh")
    assert found == [Sought("key", new, MADE_AT), Sought("hs1:S7:n", new, MADE_AT)]
    assert asked == [Ref("O0001", intent.mark, intent.baseline.right)]


# rows that were answered, or were never sent


def test_what_was_never_sent_did_not_happen(world):
    done = cut_off(world, update(world, OL), sent=False)
    assert (done.result, done.message) == (Result.NOT_STARTED, "the run was cut off before its turn")


def test_what_was_refused_failed(world):
    done = cut_off(world, update(world, OL), answer=Outcome(False, error="it is too long"))
    assert (done.result, done.message, done.ids) == (Result.FAILED, "it is too long", {})


def test_what_was_answered_is_read_back(world):
    intent = update(world, OL)
    world.right.edit("O0001", notes="NEW")
    done = cut_off(world, intent, answer=Outcome(True, "O0001"))
    assert (done.result, done.ids) == (Result.DIFFERENT, {OL: "O0001"})
    # the answer said that it was done: what it holds now was not there before
    assert cut_off_again(world, intent, "Bring figures.") is Result.DIFFERENT


def cut_off_again(world: World, intent: Intent, notes: str) -> Result:
    world.books.kept.clear()
    world.right.edit("O0001", notes=notes)
    return cut_off(world, intent, answer=Outcome(True, "O0001")).result


def test_a_delete_that_was_answered_is_not_asked_about(world):
    intent = delete(world, OL)
    world.right.look = lambda kind, refs: pytest.fail("nothing is in doubt")  # type: ignore[method-assign]
    done = cut_off(world, intent, answer=Outcome(True, "O0001"))
    assert (done.result, done.ids, done.message) == (Result.DONE, {OL: "O0001"}, "")
    assert not world.books.links_by_id


def merge(world: World) -> Intent:
    return replace(update(world, OL), action=Action.MERGE, to_left={"location": "York"}, to_right={"notes": "new"})


def test_half_a_merge_is_told_by_halves(world):
    """What arrived is agreed on, and what did not is offered again."""
    world.left.edit("S0001", location="York")
    world.right.edit("O0001", location="York")
    intent = replace(merge(world), right=world.right.items["O0001"])
    log = world.journal.begin(HEAD, [intent])
    log.sent(SF, [0], MADE_AT)
    settle_unfinished(CAL, world.sides, world.books, world.journal, LATER)
    record = world.journal.load(HEAD.id)
    assert record is not None
    done = record.done[0]
    assert (done.result, done.message, done.ids) == (Result.NOT_STARTED, "done in Salesforce only", {SF: "S0001"})
    base = world.books.links_by_id["S0001", "O0001"].baseline
    assert (base.left["location"], base.right["location"]) == ("York", "York")
    assert base.right["notes"] == "Bring figures."


def test_all_that_is_to_be_told_of_half_a_merge_is_one_sentence(world):
    """Which half was done comes first; what it holds, and what became of the other half, after it."""
    intent = merge(world)
    log = world.journal.begin(HEAD, [intent])
    for side in SideName:
        log.sent(side, [0], MADE_AT)
    log.answered(SF, [(0, Outcome(True, "S0001"))])
    world.left.edit("S0001", location="YORK")
    settle_unfinished(CAL, world.sides, world.books, world.journal, LATER)
    record = world.journal.load(HEAD.id)
    assert record is not None
    assert (record.done[0].result, record.done[0].ids) == (Result.NOT_STARTED, {SF: "S0001"})
    assert record.done[0].message == (
        "done in Salesforce only; Salesforce holds something else than was sent; it is as it was in Outlook"
    )


def test_the_worse_half_of_a_merge_is_what_became_of_it(world):
    world.left.edit("S0001", location="York")
    world.right.take_away("O0001", Fate.UNREADABLE)
    intent = replace(merge_of(world), number=0)
    done = cut_off(world, intent)
    assert (done.result, done.message) == (Result.UNKNOWN, "it cannot be read in Outlook")
    assert done.ids == {SF: "S0001"}


def merge_of(world: World) -> Intent:
    known = world.books.links_by_id["S0001", "O0001"]
    there = world.right.away["O0001"][1]
    return Intent(
        0, "row", CAL, "Pair", Action.MERGE, world.left.items["S0001"], there, {"location": "York"}, {"notes": "new"},
        known.baseline, ("S0001", "O0001"), known.mark,
    )  # fmt: skip


def test_what_a_half_was_refused_for_is_said_beside_what_the_other_came_to(world):
    intent = merge(world)
    log = world.journal.begin(HEAD, [intent])
    log.sent(SF, [0], MADE_AT)
    log.answered(SF, [(0, Outcome(False, error="it is too long."))])
    log.sent(OL, [0], MADE_AT)
    settle_unfinished(CAL, world.sides, world.books, world.journal, LATER)
    record = world.journal.load(HEAD.id)
    assert record is not None
    assert record.done[0].result is Result.FAILED
    assert record.done[0].message == "it is too long; it is as it was in Outlook"


@pytest.mark.parametrize(
    ("answer", "sent", "ask", "never", "ids", "errors"),
    [
        (None, False, {}, {OL}, {}, []),
        (None, True, {OL: Operation.UPDATE}, set(), {}, []),
        (Outcome(True, "O9"), True, {OL: Operation.UPDATE}, set(), {OL: "O9"}, []),
        (Outcome(False, unknown=True), True, {OL: Operation.UPDATE}, set(), {}, []),
        (Outcome(False, error="no"), True, {}, {OL}, {}, ["no"]),
    ],
)
def test_what_is_in_doubt(world, answer, sent, ask, never, ids, errors):
    intent = update(world, OL)
    log = world.journal.begin(HEAD, [intent])
    if sent:
        log.sent(OL, [0], MADE_AT)
    if answer is not None:
        log.answered(OL, [(0, answer)])
    record = world.journal.load(HEAD.id)
    assert record is not None
    assert doubts_of(record) == [Doubt(record.intents[0], ask, frozenset(never), ids, {}, errors)]


def test_several_runs_that_were_cut_off_are_settled_each_by_itself(world):
    intent = update(world, OL)
    for run_id in ("r1", "r2"):
        world.journal.begin(replace(HEAD, id=run_id), [intent])
    assert settle_unfinished(CAL, world.sides, world.books, world.journal, LATER) == 2
    assert {h.id: h.sentence for h in world.journal.heads()} == dict.fromkeys(("r1", "r2"), "cut off; 1 not started")


def test_where_a_side_cannot_be_read_nothing_is_settled(world):
    def fails(kind, refs):
        raise SideError("Outlook does not answer")

    world.journal.begin(HEAD, [update(world, OL)]).sent(OL, [0], MADE_AT)
    world.right.look = fails  # type: ignore[method-assign]
    with pytest.raises(SideError):
        settle_unfinished(CAL, world.sides, world.books, world.journal, LATER)
    assert [h.id for h in world.journal.unfinished()] == ["r1"]


def test_a_look_that_is_not_the_last_leaves_what_it_cannot_tell(world):
    """In the middle of a run a side may be looked at again later."""
    intent = update(world, OL)
    world.right.take_away("O0001", Fate.UNREADABLE)
    log = world.journal.begin(HEAD, [intent, replace(intent, number=1)])
    doubts = [Doubt(intent, {OL: Operation.UPDATE}), Doubt(replace(intent, number=1), {}, frozenset({OL}))]
    first = settle(CAL, world.sides, world.books, log, doubts, MADE_AT, LATER, final=False)
    assert [(d.number, d.result) for d in first] == [(1, Result.NOT_STARTED)]
    record = world.journal.load(HEAD.id)
    assert record is not None
    assert set(record.done) == {1}
    last = settle(CAL, world.sides, world.books, log, doubts, MADE_AT, LATER)
    assert [d.number for d in last] == [0, 1]


def test_results_in_words():
    assert sentence([]) == "nothing was done"
    results = [Result.DONE, Result.UNKNOWN, Result.DONE, Result.DIFFERENT]
    assert sentence(results) == "2 done, 1 done differently, 1 unknown"


# what a row leaves in the books


def test_nothing_confirmed_changes_nothing(world):
    assert bookkeeping(update(world, OL), {}, {}, LATER) == Change()


def test_a_new_pair_of_which_one_half_is_not_there_is_not_known_yet(world):
    both = replace(merge(world), link_ids=("", ""))
    assert bookkeeping(both, {SF: "S0001"}, {}, LATER) == Change()
    known = bookkeeping(both, {SF: "S0001", OL: "O0001"}, {}, LATER)
    assert [(k.left_id, k.right_id) for k in known.put] == [("S0001", "O0001")]
    assert (known.drop, known.ignores) == ([], [])


def test_a_link_whose_half_has_another_id_takes_the_place_of_the_old_one(world):
    intent = update(world, OL)
    moved = replace(intent, right=replace(intent.right, id="O9")) if intent.right else intent
    change = bookkeeping(moved, {OL: "O9"}, {}, LATER)
    assert [(k.left_id, k.right_id, k.synced_at) for k in change.put] == [("S0001", "O9", LATER)]
    assert [(k.left_id, k.right_id) for k in change.drop] == [("S0001", "O0001")]
    same = bookkeeping(intent, {OL: "O0001"}, {}, LATER)
    assert same.drop == []


def test_a_change_of_the_books_is_kept_whole(world):
    link = world.books.links_by_id["S0001", "O0001"]
    keep(world.books, CAL, Change([replace(link, right_id="O2")], [link]))
    assert set(world.books.links_by_id) == {("S0001", "O2")}
    keep(world.books, CAL, Change())
    assert set(world.books.links_by_id) == {("S0001", "O2")}


@BOTH
def test_what_was_taken_back_stays_so_until_it_changes(world, side):
    """Promise 7: the next plan must not offer at once what a person has just taken back."""
    back = replace(delete(world, side), takes_back=True)
    item_id = next(iter(world.side(side).items))
    there_id = next(iter(world.side(side.other).items))
    kept = world.side(side.other).items[there_id]
    back = replace(back, left=kept) if side is OL else replace(back, right=kept)
    change = bookkeeping(back, {side: item_id}, {}, LATER)
    [ignore] = change.ignores
    assert (ignore.mode, ignore.since) == (IgnoreMode.ONCE, LATER)
    # the pair is forgotten: what is left is a row of its own
    assert ignore.row_id == (row_id(CAL, there_id, "") if side is OL else row_id(CAL, "", there_id))
    assert [ignore.left_digest, ignore.right_digest] == ([kept.digest, ""] if side is OL else ["", kept.digest])
    assert bookkeeping(replace(back, takes_back=False), {side: item_id}, {}, LATER).ignores == []


@BOTH
def test_what_came_back_is_quiet_until_it_changes(world, side):
    """The pair is whole again, and as it was; the reason for which it was deleted may still be there."""
    intent = replace(delete(world, side.other), action=CREATED_IN[side], takes_back=True, restores="old")
    held = fields(subject="Pair")
    intent = replace(intent, to_left=held if side is SF else {}, to_right=held if side is OL else {})
    change = bookkeeping(intent, {side: "back"}, {side: {**held, "notes": "as the server has it"}}, LATER)
    ids = ("back", "O0001") if side is SF else ("S0001", "back")
    [ignore], [link] = change.ignores, change.put
    assert (link.left_id, link.right_id) == ids
    assert ignore.row_id == row_id(CAL, *ids)
    mine = Item(CAL, side, "back", "", {**held, "notes": "as the server has it"})
    assert (ignore.left_digest if side is SF else ignore.right_digest) == mine.digest
    assert bookkeeping(replace(intent, restores=""), {side: "back"}, {}, LATER).ignores == []


def test_a_pair_of_which_nothing_is_left_needs_no_ignore(world):
    intent = replace(delete(world, OL), right=None, takes_back=True)
    assert bookkeeping(intent, {OL: "O0001"}, {}, LATER).ignores == []


def test_a_record_without_rows_has_no_doubts():
    assert doubts_of(RunRecord(HEAD, ())) == []


def test_several_rows_of_one_run_are_all_remembered(world):
    """Two that were taken back without an answer: both are linked, and both are quiet until they change."""
    rows = []
    for n in range(2):
        held = fields(subject=f"Back {n}")
        here = world.left.put(held)
        made = world.right.put(held, mark=f"hs1:{here.id}:n")
        rows.append(
            Intent(
                n,
                f"row{n}",
                CAL,
                "",
                Action.CREATE_IN_OUTLOOK,
                here,
                None,
                to_right=dict(held),
                mark=made.mark,
                takes_back=True,
                restores=f"old{n}",
            )
        )
    log = world.journal.begin(HEAD, rows)
    log.sent(OL, [0, 1], MADE_AT)
    settle_unfinished(CAL, world.sides, world.books, world.journal, LATER)
    assert {("S0002", "O0002"), ("S0003", "O0003")} <= set(world.books.links_by_id)
    assert set(world.books.ignores) == {row_id(CAL, "S0002", "O0002"), row_id(CAL, "S0003", "O0003")}
    [first, second] = sorted(world.books.ignores.values(), key=lambda i: i.left_id)
    assert (first.left_id, first.right_id, first.since, first.reason) == ("S0002", "O0002", LATER, "taken back")
    assert (first.left_digest, second.right_digest) == (rows[0].left.digest, rows[1].left.digest)


def test_two_deletes_of_one_run_are_both_forgotten(world):
    world.left.put(fields(subject="Another"))
    assert world.sync().clean
    rows = []
    for n, ids in enumerate(sorted(world.books.links_by_id)):
        known = world.books.links_by_id[ids]
        there = world.right.items[ids[1]]
        rows.append(
            Intent(n, f"r{n}", CAL, "", Action.DELETE_FROM_OUTLOOK, None, there, baseline=known.baseline, link_ids=ids)
        )
    world.left.items.clear()
    world.right.items.clear()
    world.journal.begin(HEAD, rows).sent(OL, [0, 1], MADE_AT)
    settle_unfinished(CAL, world.sides, world.books, world.journal, LATER)
    assert not world.books.links_by_id


def test_which_of_two_was_created_cannot_be_told_either(world):
    for _ in range(2):
        world.left.put(fields(subject="Fresh"))
    done = cut_off(world, create(SF))
    assert done.message == "2 items in Salesforce could be the one that was created"


def test_what_both_halves_came_to_is_said_in_one_sentence(world):
    world.left.take_away("S0001", Fate.MOVED)
    world.right.take_away("O0001", Fate.UNREADABLE)
    known = world.books.links_by_id["S0001", "O0001"]
    here, there = world.left.away["S0001"][1], world.right.away["O0001"][1]
    intent = Intent(
        0,
        "row",
        CAL,
        "",
        Action.MERGE,
        here,
        there,
        {"location": "x"},
        {"notes": "y"},
        known.baseline,
        ("S0001", "O0001"),
    )
    done = cut_off(world, intent)
    assert done.message == "it is no longer there in Salesforce; it cannot be read in Outlook"
    both = replace(intent, left=here, right=there)
    for side, item_id in ((world.left, "S0001"), (world.right, "O0001")):
        side.bring_back(item_id)
    world.left.edit("S0001", location="x")
    world.right.edit("O0001", notes="y")
    world.books.kept.clear()
    log = world.journal.begin(HEAD, [both])
    for side in SideName:
        log.sent(side, [0], MADE_AT)
        log.answered(side, [(0, Outcome(True, both.old_id(side)))])
    settle_unfinished(CAL, world.sides, world.books, world.journal, LATER)
    record = world.journal.load(HEAD.id)
    assert record is not None
    assert (record.done[0].result, record.done[0].message) == (Result.DONE, "")
