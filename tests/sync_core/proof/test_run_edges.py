"""What a run says and remembers, word by word and link by link."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from support.build import CAL, MADE_AT, OL, SF, at, fields, fields_of
from support.model import World

from sync_core.compare import NO_BASELINE
from sync_core.errors import SideError, SignInError
from sync_core.items import Kind, SideName
from sync_core.pairing import Link
from sync_core.plan import Action, Choice, Situation
from sync_core.question import Rules
from sync_core.report import Result, RowReport, RunProgress
from sync_core.review import Review
from sync_core.run import Run
from sync_core.sides import Fate, Operation, Outcome, Ref, Sighting
from sync_core.verify import same_content


@pytest.fixture
def world() -> World:
    """Four synced pairs, two of them marked."""
    world = World()
    for n in range(2):
        world.left.put(fields(subject=f"Made here {n}", when=at(n + 1)))
    for n in range(2):
        world.right.put(fields(subject=f"Made there {n}", when=at(n + 5)))
    assert world.sync().clean
    for side in (world.left, world.right):
        side.writes.clear()
    return world


def named(world: World, side: SideName, title: str):
    return next(i for i in world.side(side).items.values() if i.title == title)


def test_a_run_tells_how_far_it_is():
    world = World()
    for n in range(4):
        world.left.put(fields(subject=f"New {n}", when=at(n + 1)))
    world.left.put(fields(subject="Both", when=at(9)))
    world.right.put(fields(subject="Both", when=at(9)))
    world.right.put(fields(subject="Theirs", when=at(11)))
    told: list[RunProgress] = []
    run = Run(
        CAL, {SF: world.left, OL: world.right}, world.rules, world.books, world.journal, lambda: MADE_AT, lambda: "n",
        told.append, lambda: False,
    )  # fmt: skip
    report = run.execute(Review.of(world.plan()).rows())
    assert told == [
        RunProgress(1, 6, "remembering pairs"),
        RunProgress(1, 6, "writing to Salesforce"),
        RunProgress(2, 6, ""),
        RunProgress(2, 6, "writing to Outlook"),
        RunProgress(5, 6, "writing to Outlook"),
        RunProgress(6, 6, ""),
        RunProgress(6, 6, ""),
        RunProgress(6, 6, ""),
    ]
    assert (report.kind, report.started, report.finished, report.cancelled) == (CAL, MADE_AT, MADE_AT, False)
    rows = {r.title: r for r in report.rows}
    assert rows["Both"] == RowReport(rows["Both"].row_id, "Both", Action.LINK, Result.DONE, "")
    assert rows["Theirs"].action is Action.CREATE_IN_SALESFORCE


def test_deleting_is_called_deleting(world):
    del world.left.items["S0001"]
    told: list[str] = []
    Run(
        CAL, {SF: world.left, OL: world.right}, world.rules, world.books, world.journal, lambda: MADE_AT, lambda: "n",
        lambda p: told.append(p.what), lambda: False,
    ).execute(Review.of(world.plan()).rows())  # fmt: skip
    assert told == ["", "", "", "deleting from Outlook", ""]


def test_each_write_carries_what_was_read_just_before_and_all_of_the_item_across(world):
    here, there = named(world, SF, "Made here 0"), named(world, OL, "Made here 0")
    world.left.edit(here.id, notes="new")
    world.left.put(fields(subject="Fresh", when=at(20), attachments=("a.pdf",)))
    gone = named(world, SF, "Made there 1")
    del world.left.items[gone.id]
    world.sync()
    by_op = {w.operation: w for w in world.right.writes}
    update, create, delete = (by_op[op] for op in (Operation.UPDATE, Operation.CREATE, Operation.DELETE))
    assert (update.before, dict(update.fields)) == (there, {"notes": "new"})
    assert update.source == world.left.items[here.id].fields
    assert (create.before, create.source["attachments"]) == (None, ("a.pdf",))
    assert "attachments" not in create.fields
    assert delete.before is not None
    assert (delete.before.title, delete.fields, delete.source, delete.mark) == ("Made there 1", {}, {}, "")


def test_marks_are_put_where_there_is_none_and_left_where_there_is_one(world):
    marked, bare = named(world, OL, "Made here 0"), named(world, OL, "Made there 0")
    assert (bool(marked.mark), bare.mark) == (True, "")
    for title in ("Made here 0", "Made there 0"):
        world.left.edit(named(world, SF, title).id, notes="new")
    world.sync()
    assert world.right.items[marked.id].mark == marked.mark
    mine = named(world, SF, "Made there 0")
    assert world.right.items[bare.id].mark.startswith(f"hs1:{mine.id}:")
    links = {k.right_id: k.mark for k in world.books.links_by_id.values()}
    assert links[marked.id] == marked.mark
    assert links[bare.id] == world.right.items[bare.id].mark
    assert not [w.mark for w in world.left.writes if w.mark]


def test_what_a_server_did_besides_is_told(world):
    world.left.edit("S0001", notes="new")
    honest = world.right.write
    world.right.write = lambda kind, writes: [replace(o, note="and its reminder") for o in honest(kind, writes)]
    assert [r.message for r in world.sync().rows] == ["and its reminder"]


@pytest.mark.parametrize(
    ("outcome", "result", "message"),
    [
        (Outcome(False), Result.FAILED, "Outlook refused it without a reason"),
        (Outcome(False, error="too long"), Result.FAILED, "too long"),
        # what nobody answered is looked up
        (Outcome(False, unknown=True), Result.FAILED, "no answer came; it is as it was in Outlook"),
        (Outcome(False, unknown=True, error="cut off"), Result.FAILED, "cut off; it is as it was in Outlook"),
    ],
)
def test_what_was_not_done_is_said(world, outcome, result, message):
    world.left.edit("S0001", notes="new")
    world.right.write = lambda kind, writes: [outcome for _ in writes]
    links = dict(world.books.links_by_id)
    assert [(r.result, r.message) for r in world.sync().rows] == [(result, message)]
    assert world.books.links_by_id == links


@pytest.mark.parametrize(
    ("sighting", "message"),
    [
        (None, "could not be read again in Outlook, so nothing was written"),
        (Sighting(Fate.UNREADABLE), "could not be read again in Outlook, so nothing was written"),
        (Sighting(Fate.DELETED), "changed since you looked: it is no longer there in Outlook"),
        (Sighting(Fate.MOVED), "changed since you looked: it is no longer there in Outlook"),
        (Sighting(Fate.HERE), "changed since you looked: it is no longer there in Outlook"),
    ],
)
def test_why_a_row_is_skipped(world, sighting, message):
    world.left.edit("S0001", notes="new")
    review = Review.of(world.plan())
    world.right.look = lambda kind, refs: {} if sighting is None else {ref.id: sighting for ref in refs}
    assert [(r.result, r.message) for r in world.run(review).rows] == [(Result.SKIPPED, message)]
    assert world.right.writes == []


def test_another_run_was_here_before(world):
    world.left.put(fields(subject="Fresh", when=at(20)))
    review = Review.of(world.plan())
    world.run(review)
    assert [r.message for r in world.run(review).rows] == ["was synced by another run since you looked"]


def test_the_last_door_says_why(world):
    world.left.edit("S0001", notes="new")
    review = Review.of(world.plan())
    world.rules = Rules(private=True, prevented=frozenset({(OL, Operation.UPDATE)}))
    assert [r.message for r in world.run(review).rows] == ["prevented: no update in Outlook (Configure)"]


def test_a_stopped_run_says_so(world):
    world.left.edit("S0001", notes="new")
    report = world.run(Review.of(world.plan()), cancelled=lambda: True)
    assert report.cancelled
    assert [(r.result, r.message) for r in report.rows] == [(Result.NOT_STARTED, "the run was stopped before its turn")]


def test_what_cannot_be_read_back_is_remembered_as_it_was_confirmed(world):
    world.left.edit("S0001", notes="new")
    world.left.put(fields(subject="Fresh", when=at(20)))
    honest, calls = world.right.look, []

    def look(kind, refs):
        calls.append(refs)
        if len(calls) == 1:
            return honest(kind, refs)
        raise SideError("Outlook does not answer")

    review = Review.of(world.plan())
    world.right.look = look
    report = world.run(review)
    assert {r.result for r in report.rows} == {Result.DONE}
    assert {r.message for r in report.rows} == {"done, but it could not be read back: Outlook does not answer."}
    assert [ref.id for ref in calls[1]] == [w.before.id if w.before else "O0005" for w in world.right.writes]
    world.right.look = honest
    assert Review.of(world.plan()).counts().runnable == 0


def test_a_failing_request_fails_its_batch_and_a_lost_sign_in_the_rest(world):
    for n in range(4):
        world.left.put(fields(subject=f"New {n}", when=at(n + 11)))
    honest, calls = world.right.write, []

    def write(kind, writes):
        calls.append(len(writes))
        if len(calls) == 1:
            raise SideError("too busy")
        return honest(kind, writes)

    world.right.write = write
    report = world.sync()
    assert calls == [3, 1]
    assert [r.message for r in report.rows] == ["too busy; it was not created in Outlook"] * 3 + [""]

    def no_more(kind, writes):
        raise SignInError("the password was refused")

    world.right.write = no_more
    world.left.put(fields(subject="New 9", when=at(28)))
    report = world.sync()
    assert [r.result for r in report.rows] == [Result.FAILED] * 3 + [Result.NOT_STARTED]
    assert {r.message for r in report.rows} == {"the password was refused."}


def test_what_is_gone_on_both_sides_is_forgotten(world):
    left_id, right_id = next(iter(world.books.links_by_id))
    del world.left.items[left_id]
    del world.right.items[right_id]
    assert world.sync().rows == ()
    assert (left_id, right_id) not in world.books.links_by_id
    assert len(world.books.links_by_id) == 3


def test_a_link_follows_what_came_back_under_another_id(world):
    old = named(world, OL, "Made here 0")
    world.right.items.pop(old.id)
    moved = world.right.put(old.fields, mark=old.mark)
    assert world.sync().rows == ()
    known = world.books.links_by_id["S0001", moved.id]
    assert ("S0001", old.id) not in world.books.links_by_id
    assert (known.mark, known.baseline.right, known.synced_at) == (old.mark, moved.fields, MADE_AT)


def test_a_change_to_what_came_back_is_written_and_its_link_follows(world):
    old = named(world, OL, "Made here 0")
    world.right.items.pop(old.id)
    moved = world.right.put({**old.fields, "notes": "x"}, mark=old.mark)
    assert world.sync().clean
    assert set(world.books.links_by_id) >= {("S0001", moved.id)}
    assert ("S0001", old.id) not in world.books.links_by_id
    assert world.left.items["S0001"].fields["notes"] == "x"


def test_what_we_made_is_agreed_on_as_a_whole():
    """The company does not travel to Salesforce, and is no difference afterwards."""
    world = World.of(Kind.CONTACTS)
    world.right.put(fields_of(Kind.CONTACTS, company="Acme"))
    assert world.sync().clean
    known = next(iter(world.books.links_by_id.values()))
    assert (known.baseline.left["company"], known.baseline.right["company"]) == ("", "Acme")
    assert world.plan().rows == ()


def test_half_a_merge_is_remembered_as_half(world):
    world.left.edit("S0001", subject="Renamed")
    there = named(world, OL, "Made here 0")
    world.right.edit(there.id, location="York")
    world.right.refuse = lambda write: "no"
    report = world.sync()
    assert [(r.action, r.result) for r in report.rows] == [(Action.MERGE, Result.FAILED)]
    base = world.books.links_by_id["S0001", there.id].baseline
    assert (base.left["location"], base.right["location"]) == ("York", "York")
    assert (base.left["subject"], base.right["subject"]) == ("Made here 0", "Made here 0")


def test_a_choice_against_a_fields_way_is_kept_until_it_changes():
    world = World.of(Kind.CONTACTS)
    world.left.put(fields_of(Kind.CONTACTS, company="Acme", title="A"))
    world.right.put(fields_of(Kind.CONTACTS, title="B"))
    row = world.plan().rows[0]
    world.rules = Rules(private=True, prevented=frozenset({(OL, Operation.UPDATE)}))
    world.run(Review.of(world.plan()).choose([row.id], Choice.MERGE_OUTLOOK))
    world.rules = Rules(private=True)
    again = world.plan().rows
    assert [[c.name for c in r.changes] for r in again] == [["company"]], "what was prevented is still wanted"


def test_unknown_fields_say_nothing():
    assert same_content({"a": 1, "b": 2}, {"a": 1})
    assert same_content({"a": 1}, {"a": 1, "b": 2})
    assert not same_content({"a": 1}, {"a": 2})


def test_what_is_asked_before_a_write(world):
    """The item under its id and its mark; what is gone under the link's, with what both had agreed on."""
    there = named(world, OL, "Made here 0")
    gone_left, gone_right = named(world, SF, "Made there 1"), named(world, OL, "Made here 1")
    known = {title: named(world, OL, title) for title in ("Made here 1", "Made there 1")}
    world.left.edit("S0001", notes="new")
    del world.left.items[gone_left.id]
    del world.right.items[gone_right.id]
    review = Review.of(world.plan())
    asked: dict[SideName, list[Ref]] = {SF: [], OL: []}
    for side in (world.left, world.right):
        honest = side.look
        side.look = lambda kind, refs, honest=honest, name=side.name: asked[name].extend(refs) or honest(kind, refs)
    world.run(review)
    base = {k.left_id: k.baseline for k in review_links(review)}
    assert Ref("S0001") in asked[SF]
    assert Ref(there.id, there.mark) in asked[OL]
    assert Ref(gone_left.id, "", base[gone_left.id].left) in asked[SF]
    right_base = base["S0002"].right
    assert Ref(gone_right.id, known["Made here 1"].mark, right_base) in asked[OL]


def review_links(review: Review):
    return [Link(r.kind, *r.link_ids, r.baseline, r.mark) for r in review.plan.rows if r.linked]


def test_what_was_made_is_read_back_by_its_mark_too(world):
    world.left.put(fields(subject="Fresh", when=at(20)))
    asked: list[Ref] = []
    honest = world.right.look
    world.right.look = lambda kind, refs: asked.extend(refs) or honest(kind, refs)
    world.sync()
    assert asked == [Ref("O0005", world.right.items["O0005"].mark)]
    assert re.fullmatch(r"hs1:S0005:\d+", world.right.items["O0005"].mark)


def test_salesforce_gets_no_marks(world):
    world.right.put(fields(subject="Fresh", when=at(20)))
    world.right.edit("O0001", notes="x")
    world.sync()
    assert [(w.operation, w.mark) for w in world.left.writes] == [(Operation.UPDATE, ""), (Operation.CREATE, "")]


def test_each_of_several_deletes_is_forgotten(world):
    for title in ("Made here 0", "Made here 1"):
        del world.left.items[named(world, SF, title).id]
    assert world.sync().clean
    assert len(world.books.links_by_id) == 2
    assert world.plan().rows == ()


def test_a_row_of_another_run_keeps_no_other_from_being_settled(world):
    early = world.left.put(fields(subject="Early", when=at(1, 5)))
    left_id, right_id = next(iter(world.books.links_by_id))
    del world.left.items[left_id]
    del world.right.items[right_id]
    review = Review.of(world.plan())
    world.books.links_by_id[early.id, "elsewhere"] = Link(CAL, early.id, "elsewhere", NO_BASELINE)
    world.run(review)
    assert (left_id, right_id) not in world.books.links_by_id


def test_a_merge_on_servers_that_write_their_own_way_leaves_no_echo(world):
    world.left.normalise = lambda f: {**f, "notes": str(f["notes"]).upper()}
    world.right.normalise = lambda f: {**f, "location": str(f["location"]).upper()}
    there = named(world, OL, "Made here 0")
    for side in (world.left, world.right):
        for item_id in list(side.items):
            side.edit(item_id)
    world.sync()
    world.left.edit("S0001", location="York")
    world.right.edit(there.id, notes="new")
    assert [r.action for r in world.sync().rows] == [Action.MERGE]
    assert world.left.items["S0001"].fields["notes"] == "NEW"
    assert world.right.items[there.id].fields["location"] == "YORK"
    assert world.plan().rows == ()


def test_twins_of_which_one_half_was_refused_are_not_known_yet():
    world = World()
    world.left.put(fields(location="", notes="mine"))
    world.right.put(fields(location="York", notes=""))
    world.right.refuse = lambda write: "no"
    assert [r.result for r in world.sync().rows] == [Result.FAILED]
    assert world.books.links_by_id == {}
    assert world.left.items["S0001"].fields["location"] == "York"


def test_a_link_that_is_made_anew_keeps_its_mark(world):
    world.books.links_by_id.clear()
    assert world.sync().clean
    marks = {k.right_id: k.mark for k in world.books.links_by_id.values()}
    assert marks == {i.id: i.mark for i in world.right.items.values()}
    assert any(marks.values())


@pytest.mark.parametrize("side", list(SideName))
def test_what_is_unchanged_is_told_by_its_own_sides_baseline(world, side):
    """The other half is gone, and this side keeps what it got in its own way."""
    world.side(side).normalise = lambda f: {**f, "notes": str(f["notes"]).upper()}
    item = named(world, side.other, "Made here 0")
    world.side(side.other).edit(item.id, notes="new")
    world.sync()
    del world.side(side.other).items[item.id]
    assert [r.situation for r in world.plan().rows] == [Situation.GONE]
