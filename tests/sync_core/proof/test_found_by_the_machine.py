"""What the machine has found, each as the small story it came down to."""

from __future__ import annotations

import pytest
from support.build import (
    CAL,
    MADE_AT,
    OL,
    SF,
    at,
    fields_of,
    gone,
    item,
    left,
    link,
    link_of,
    only,
    picture,
    plan,
    right,
)
from support.model import World

from sync_core.compare import NO_BASELINE, Baseline, Verdict, compare, merged_baseline
from sync_core.items import Item, Kind, When
from sync_core.pairing import Link, make_mark, pair
from sync_core.plan import Action, Choice, Situation, State
from sync_core.question import Rules
from sync_core.review import Review
from sync_core.sides import Fate, Limits, Operation, Sighting

LAST_YEAR = When("2025-11-23T10:00:00Z", "2025-11-23T11:00:00Z")
WEEKLY = When("2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z", False, "FREQ=WEEKLY;BYDAY=WE;COUNT=4", "Asia/Tokyo")


def test_a_copy_of_an_old_event_is_a_new_thing():
    """The original has left the window on both sides; its copy next week carries the same mark."""
    world = World()
    world.left.put({**fields_of(CAL), "when": at(20)})
    world.sync()
    world.right.put({**fields_of(CAL), "when": at(27)}, mark=world.right.items["O0001"].mark)
    for side in (world.left, world.right):
        side.edit(f"{side.name.value[0].upper()}0001", when=LAST_YEAR)
    copies = [r for r in world.plan().rows if r.right and r.right.id == "O0002"]
    assert [(r.situation, r.link_ids) for r in copies] == [(Situation.AMBIGUOUS, ("", ""))]
    world.run(Review.of(world.plan()).choose([copies[0].id], Choice.TO_SALESFORCE))
    assert len(world.left.items) == 2
    assert ("S0001", "O0001") in world.books.links_by_id


def test_a_mark_that_two_links_claim_tells_nothing():
    """Copies that were linked by their key after a lost memory: one is deleted, the other is moved."""
    mark = make_mark("L9", "n")
    links = [link("L1", "R1", mark=mark), link("L2", "R2", mark=mark, subject="Two")]
    moved = right("R3", mark=mark, subject="Two")
    found = pair(CAL, [left("L1"), left("L2", subject="Two")], [moved], links, gone={"R1", "R2"})
    assert {(p.link.left_id, p.right.id if p.right else "") for p in found if p.link} == {("L1", ""), ("L2", "R3")}


def test_a_mark_of_another_item_is_not_kept_as_the_links_own():
    p = plan([left("L5")], [right("R1", mark=make_mark("L1", "n"))])
    assert only(p).mark == ""
    own = make_mark("L5", "n")
    assert only(plan([left("L5")], [right("R1", mark=own)])).mark == own


def test_after_a_lost_memory_a_copy_that_became_a_thing_of_its_own_is_not_doubled():
    mark = make_mark("L1", "n")
    lefts = [left("L1"), left("L2", when=at(27))]
    rights = [right("R1", mark=mark), right("R2", mark=mark, when=at(27))]
    found = {(r.left.id, r.right.id): r.recommended for r in plan(lefts, rights).rows}
    assert found == {("L1", "R1"): Action.LINK, ("L2", "R2"): Action.LINK}


def test_an_item_with_the_key_of_one_in_question_is_in_question_too():
    mark = make_mark("L1", "n")
    copies = [right("R1", mark=mark, when=at(25)), right("R2", mark=mark, when=at(26))]
    p = plan([left("L1", when=at(24)), left("L2", when=at(26))], copies)
    assert {r.recommended for r in p.rows} == {Action.CONFLICT}


def test_what_was_typed_in_a_field_that_travels_one_way_is_not_typed_over():
    """The company goes from Salesforce to Outlook only."""
    theirs = fields_of(Kind.CONTACTS, company="Acme")
    for mine in ("", "Northwind"):
        found = compare(Kind.CONTACTS, NO_BASELINE, fields_of(Kind.CONTACTS, company=mine), theirs)
        assert "company" not in {c.name for c in found}
    filled = compare(Kind.CONTACTS, NO_BASELINE, theirs, fields_of(Kind.CONTACTS))
    assert {c.name: c.verdict for c in filled}["company"] is Verdict.LEFT
    agreed = Baseline(theirs, theirs)
    renamed = fields_of(Kind.CONTACTS, company="Acme Ltd")
    assert [c.verdict for c in compare(Kind.CONTACTS, agreed, renamed, theirs)] == [Verdict.LEFT]
    assert compare(Kind.CONTACTS, agreed, renamed, fields_of(Kind.CONTACTS, company="My friends")) == ()


def test_a_field_decided_against_its_way_stays_decided():
    world = World.of(Kind.CONTACTS)
    world.left.put(fields_of(Kind.CONTACTS, company="Acme", title="A"))
    world.right.put(fields_of(Kind.CONTACTS, company="", title="B"))
    review = Review.of(world.plan())
    world.run(review.choose([review.plan.rows[0].id], Choice.TO_SALESFORCE))
    assert world.plan().rows == ()
    world.left.edit("S0001", company="Acme Ltd")
    assert only(world.plan()).action is Action.UPDATE_IN_OUTLOOK


def test_unreadable_is_said_first_on_whatever_side():
    away = {"L1": Sighting(Fate.HERE, left(when=LAST_YEAR)), "R1": Sighting(Fate.UNREADABLE)}
    other = {"L1": Sighting(Fate.UNREADABLE), "R1": Sighting(Fate.HERE, right(when=LAST_YEAR))}
    for seen in (away, other):
        row = only(plan(picture(SF, [], {"L1": seen["L1"]}), picture(OL, [], {"R1": seen["R1"]}), [link()]))
        assert row.situation is Situation.UNREADABLE


def test_what_looks_like_the_lost_one_may_have_been_made_for_a_new_one():
    """A run was cut off after it had made L2 for R2; L1, which looked the same, is deleted."""
    lefts = picture(SF, [left("L2", notes="new")], gone("L1"))
    p = plan(lefts, [right("R1"), right("R2", notes="new")], [link()])
    by_right = {r.right.id: r for r in p.rows if r.right}
    assert by_right["R1"].recommended is Action.DELETE_FROM_OUTLOOK
    assert (by_right["R2"].left.id, by_right["R2"].recommended) == ("L2", Action.LINK)


def test_contacts_with_nothing_but_a_name_are_asked_about_and_never_doubled():
    def nameless(side, item_id: str, **values) -> Item:
        return item(Kind.CONTACTS, side, item_id, first_name="", email="", business_phone="", **values)

    lefts = [nameless(SF, "L1", notes="a"), nameless(SF, "L2", notes="b")]
    rights = [nameless(OL, "R1", notes="c"), nameless(OL, "R2", notes="d")]
    p = plan(lefts, rights, kind=Kind.CONTACTS)
    assert {r.state for r in p.rows} == {State.UNDECIDED}
    twins = plan([nameless(SF, "L1")], [nameless(OL, "R1")], kind=Kind.CONTACTS)
    assert only(twins).recommended is Action.LINK


def test_a_task_without_a_subject_is_found_again_and_not_doubled():
    blank = {"subject": "", "notes": "call him"}
    found = plan(
        [item(Kind.TASKS, SF, "L1", **blank)],
        picture(OL, [item(Kind.TASKS, OL, "R9", **blank)], gone("R1")),
        [link_of(Kind.TASKS, **blank)],
        kind=Kind.TASKS,
    )
    assert only(found).situation is Situation.SAME_CHANGE
    apart = plan([item(Kind.TASKS, SF, "L1", **blank)], [item(Kind.TASKS, OL, "R1", subject="")], kind=Kind.TASKS)
    assert {r.state for r in apart.rows} == {State.UNDECIDED}


def test_candidates_are_of_the_other_side():
    mark = make_mark("L1", "n")
    copies = [right("R1", mark=mark, when=at(25)), right("R2", mark=mark, when=at(26))]
    review = Review.of(plan([left("L1")], copies))
    one = next(r for r in review.rows() if r.right)
    assert [r.left.id for r in review.candidates(one.id)] == ["L1"]


def _linked_with_a_company_of_outlooks_own() -> World:
    """The company travels from Salesforce to Outlook: typed in Outlook, the two never agree on it."""
    world = World.of(Kind.CONTACTS)
    world.right.put(fields_of(Kind.CONTACTS, company="Acme"))
    world.sync()
    world.books.links_by_id.clear()
    world.sync()
    assert world.plan().rows == ()
    return world


def test_a_company_that_only_outlook_has_is_no_change_when_the_other_half_is_gone():
    for deleted, action in ((SF, Action.DELETE_FROM_OUTLOOK), (OL, Action.DELETE_FROM_SALESFORCE)):
        world = _linked_with_a_company_of_outlooks_own()
        world.side(deleted).items.clear()
        row = only(world.plan())
        assert (row.situation, row.recommended) == (Situation.GONE, action)


def test_a_company_typed_anew_in_outlook_is_a_change_when_the_other_half_is_gone():
    world = _linked_with_a_company_of_outlooks_own()
    world.left.items.clear()
    world.right.edit("O0001", company="Northwind")
    row = only(world.plan())
    assert (row.situation, row.recommended) == (Situation.GONE_CHANGED, Action.CONFLICT)
    assert "company" in row.reason


def test_a_company_of_outlooks_own_is_kept_whatever_salesforce_comes_to_say():
    world = _linked_with_a_company_of_outlooks_own()
    world.left.edit("S0001", company="Northwind")
    assert world.plan().rows == ()
    # nor when Salesforce did not tell the company at first: it was never brought there by us
    base = Baseline({}, fields_of(Kind.CONTACTS, company="Acme"))
    here, there = (fields_of(Kind.CONTACTS, company=c) for c in ("", "Acme"))
    assert "company" not in {c.name for c in compare(Kind.CONTACTS, base, here, there)}


def test_names_of_attachments_that_were_never_agreed_on_are_no_change():
    base = merged_baseline(CAL, NO_BASELINE, fields_of(CAL, attachments=["a"]), fields_of(CAL, attachments=["b"]), {})
    assert (base.left["attachments"], "attachments" in base.right) == (("a",), False)
    lefts = picture(SF, [], gone("L1"))
    link = Link(CAL, "L1", "R1", base)
    assert only(plan(lefts, [right(attachments=["c"])], [link])).recommended is Action.DELETE_FROM_OUTLOOK


def test_the_half_of_a_decided_merge_that_is_prevented_is_asked_about_again():
    """Notes were decided for Salesforce, and Outlook may not be given them; the place that only Outlook has crosses."""
    world = World(rules=Rules(prevented=frozenset({(OL, Operation.UPDATE)})))
    world.left.put(fields_of(CAL, notes="ours", location=""))
    world.right.put(fields_of(CAL, notes="theirs", location="York"))
    review = Review.of(world.plan())
    (row,) = review.choose([review.plan.rows[0].id], Choice.MERGE_SALESFORCE).rows()
    assert (row.action, row.state) == (Action.UPDATE_IN_SALESFORCE, State.READY)
    assert "updating in Outlook is prevented" in row.why_not
    assert world.run(review.choose([row.id], Choice.MERGE_SALESFORCE)).clean
    assert world.left.items["S0001"].fields["location"] == "York"
    assert world.right.items["O0001"].fields["notes"] == "theirs"
    again = only(world.plan())
    assert (again.situation, again.linked, [c.name for c in again.changes]) == (Situation.CONFLICT, True, ["notes"])
    assert world.left.items["S0001"].fields["notes"] == "ours"


def a_series_of_which_single_events_cross(world: World) -> None:
    """A series in Outlook that Salesforce cannot hold, and what crossed of it; then somebody deletes the series."""
    world.left.limits = Limits(series_zone="Europe/London", fixed_pattern=True, no_changed_occurrences="")
    world.right.put({**fields_of(CAL), "when": WEEKLY})
    review = Review.of(world.plan())
    assert world.run(review.as_single_events([review.rows()[0].id], MADE_AT)).clean
    world.right.items.clear()


@pytest.mark.parametrize(("by_hand", "remembered"), [(False, True), (False, False), (True, True)])
def test_a_series_that_crosses_whole_is_not_taken_for_one_of_which_single_events_cross(by_hand, remembered):
    """It looks exactly like a series that somebody deleted, of which single events crossed."""
    world = World()
    a_series_of_which_single_events_cross(world)
    world.left.items.clear()
    world.books.links_by_id.clear()
    world.left.put({**fields_of(CAL), "when": WEEKLY})
    if by_hand:
        # somebody made it on both sides: it carries no mark of ours
        there = world.right.put({**fields_of(CAL), "when": WEEKLY})
        world.books.links_by_id[("S0005", there.id)] = link("S0005", there.id, when=WEEKLY)
    assert world.sync().clean
    assert [i.series for i in (*world.left.items.values(), *world.right.items.values())] == [True, True]
    if not remembered:
        world.books.links_by_id.clear()
        assert [r.recommended for r in world.plan().rows] == [Action.LINK]
    for _ in range(2):
        assert world.sync().clean
    assert (len(world.left.items), len(world.right.items)) == (1, 1)


def a_series_with_one_half_away(world: World) -> None:
    """Made in Outlook, brought across whole; then Outlook can hold no such series any more, and lacks it."""
    world.right.limits = Limits(series_zone="Europe/London", fixed_pattern=True, no_changed_occurrences="")
    world.right.put({**fields_of(CAL), "when": WEEKLY})
    assert world.sync().clean


def test_a_series_of_which_single_events_cross_is_not_deleted_with_its_lost_half():
    """Somebody deleted it in Outlook; a person says that its occurrences shall cross as single events."""
    world = World()
    a_series_with_one_half_away(world)
    world.right.items.clear()
    review = Review.of(world.plan())
    assert world.run(review.as_single_events([review.rows()[0].id], MADE_AT)).clean
    for _ in range(2):
        assert [r for r in world.plan().rows if r.action is not Action.NONE] == []
        assert world.sync().clean
    assert (len(world.left.items), len(world.right.items)) == (1, 4)


def test_no_single_events_are_offered_where_the_other_half_is_out_of_sight():
    """It was moved to another folder and comes back: its occurrences would lie beside it."""
    world = World()
    a_series_with_one_half_away(world)
    world.right.take_away("O0001", Fate.MOVED)
    assert [(r.situation, r.offer) for r in world.plan().rows] == [(Situation.OUT_OF_RANGE, None)]
