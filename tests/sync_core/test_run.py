"""A run does what the confirmed rows said, and nothing else."""

import pytest
from support.build import OL, SF, fields
from support.model import World

from sync_core.errors import CancelledError, SideError, SignInError
from sync_core.plan import Action, Choice, State
from sync_core.question import Rules
from sync_core.report import Result
from sync_core.review import Review
from sync_core.sides import Operation


@pytest.fixture
def world() -> World:
    """Three synced pairs, and one item on each side that the other does not have."""
    world = World()
    for n in range(3):
        world.left.put(fields(subject=f"Both {n}"))
        world.right.put(fields(subject=f"Both {n}"))
    assert world.sync().clean
    assert len(world.books.links_by_id) == 3
    world.left.put(fields(subject="Only left", attachments=("kept here.pdf",)))
    world.right.put(fields(subject="Only right", attachments=("a.pdf",)))
    return world


def subjects(world: World) -> tuple[list, list]:
    return tuple(sorted(i.title for i in side.items.values()) for side in (world.left, world.right))


def test_links_write_nothing(world):
    assert world.left.writes == world.right.writes == []


def test_creates_across_and_then_has_nothing_to_do(world):
    """Promise 4: two syncs in a row, the second has nothing to do."""
    report = world.sync()
    assert report.clean
    assert subjects(world)[0] == subjects(world)[1]
    again = world.plan()
    assert (again.rows, again.in_sync) == ((), 5)


def test_outlook_items_we_make_carry_our_mark(world):
    world.sync()
    made = next(i for i in world.right.items.values() if i.title == "Only left")
    origin = next(i for i in world.left.items.values() if i.title == "Only left")
    assert made.mark.startswith(f"hs1:{origin.id}:")


def test_updates_write_only_the_changed_fields(world):
    world.left.edit("S0001", subject="Renamed")
    world.right.edit("O0001", location="York")
    assert world.sync().clean
    update = next(w for w in world.right.writes if w.operation is Operation.UPDATE)
    assert dict(update.fields) == {"subject": "Renamed"}
    assert world.left.items["S0001"].fields["location"] == "York"
    assert world.plan().rows == ()


def test_what_changed_after_the_review_is_not_overwritten(world):
    """Promise 2, on the side that is written and on the side the values come from."""
    world.left.edit("S0001", subject="Mine")
    world.left.edit("S0002", subject="Mine too")
    del world.left.items["S0003"]
    review = Review.of(world.plan())
    world.right.edit("O0001", notes="typed meanwhile")
    world.left.edit("S0002", subject="Changed my mind")
    world.right.edit("O0003", notes="still needed")
    report = world.run(review)
    assert report.number(Result.SKIPPED) == 3
    assert world.right.items["O0001"].fields["subject"] == "Both 0"
    assert world.right.items["O0002"].fields["subject"] == "Both 1"
    assert "O0003" in world.right.items
    messages = {row.message for row in report.rows if row.result is Result.SKIPPED}
    assert messages == {"changed in Outlook since you looked", "changed in Salesforce since you looked"}
    offered = {row.title: row.action for row in world.plan().rows}
    assert offered["Mine"] is Action.MERGE


def test_an_item_that_came_back_is_not_deleted(world):
    kept = world.left.items.pop("S0001")
    review = Review.of(world.plan())
    world.left.items["S0001"] = kept
    report = world.run(review)
    assert "O0001" in world.right.items
    assert [r.message for r in report.rows if r.result is Result.SKIPPED] == [
        "was gone from Salesforce when you looked, and is there again"
    ]


def test_deletes_run_last(world):
    del world.left.items["S0001"]
    world.sync()
    assert [w.operation for w in world.right.writes] == [Operation.CREATE, Operation.DELETE]


def test_prevented_at_the_last_door_too(world):
    """Invariant 18: no key press and no edited file gets past."""
    del world.left.items["S0001"]
    review = Review.of(world.plan())
    world.rules = Rules(private=True, prevented=frozenset({(OL, Operation.DELETE), (SF, Operation.CREATE)}))
    report = world.run(review)
    assert {w.operation for w in world.right.writes} == {Operation.CREATE}
    assert world.left.writes == []
    assert report.number(Result.FAILED) == 2


def test_a_refused_row_harms_no_other(world):
    """Invariant 16."""
    for n in (1, 2, 3):
        world.left.edit(f"S000{n}", subject=f"New {n}")
    world.right.refuse = lambda w: "too long" if w.fields.get("subject") == "New 2" else ""
    report = world.sync()
    assert [r.title for r in report.rows if r.result is Result.FAILED] == ["New 2"]
    assert world.right.items["O0003"].fields["subject"] == "New 3"
    again = world.plan()
    assert [r.title for r in again.rows] == ["New 2"]


def test_a_half_done_merge_is_finished_by_the_next_sync(world):
    world.left.edit("S0001", subject="Renamed")
    world.right.edit("O0001", location="York")
    world.right.refuse = lambda w: "not now" if w.operation is Operation.UPDATE else ""
    assert world.sync().number(Result.FAILED) == 1
    assert world.left.items["S0001"].fields["location"] == "York"
    world.right.refuse = lambda w: ""
    row = world.plan().rows[0]
    assert (row.action, [c.name for c in row.changes]) == (Action.UPDATE_IN_OUTLOOK, ["subject"])
    world.sync()
    assert world.plan().rows == ()


def test_the_baseline_is_what_each_side_kept(world):
    """Invariant 8: a server that normalises what it stores causes no echo."""
    world.right.normalise = lambda f: {**f, "notes": str(f["notes"])[:5]}
    world.left.edit("S0001", notes="a long explanation")
    assert world.sync().clean
    assert world.right.items["O0001"].fields["notes"] == "a lon"
    assert world.plan().rows == ()


def test_an_edit_between_write_and_read_back_is_not_swallowed(world):
    world.left.edit("S0001", subject="Renamed")
    review = Review.of(world.plan())
    honest = world.right.look

    def edited_meanwhile(kind, refs):
        if any(w.fields.get("subject") == "Renamed" for w in world.right.writes):
            world.right.edit("O0001", location="York")
            world.right.look = honest
        return honest(kind, refs)

    world.right.look = edited_meanwhile
    world.run(review)
    row = world.plan().rows[0]
    assert (row.action, [c.name for c in row.changes]) == (Action.UPDATE_IN_SALESFORCE, ["location"])


def test_cancel_keeps_what_was_done_and_offers_the_rest_again(world):
    asked = iter([False, True])
    report = world.run(Review.of(world.plan()), cancelled=lambda: next(asked, True))
    assert report.cancelled
    assert (report.number(Result.DONE), report.number(Result.NOT_STARTED)) == (1, 1)
    assert len(world.plan().rows) == 1


def failing(problem):
    def look(kind, refs):
        raise problem

    return look


def test_a_failing_side_fails_its_rows_only(world):
    for n in (1, 2, 3):
        world.left.edit(f"S000{n}", subject=f"New {n}")
    world.right.edit("O0001", location="York")
    review = Review.of(world.plan())
    honest, world.left.look = world.left.look, failing(SideError("Salesforce does not answer"))
    report = world.run(review)
    assert report.number(Result.FAILED) == len(report.rows)
    assert world.left.writes == world.right.writes == []
    world.left.look = honest
    assert world.run(review).clean


def test_a_lost_sign_in_ends_the_run(world):
    for n in (1, 2, 3):
        world.right.edit(f"O000{n}", subject=f"New {n}")
    review = Review.of(world.plan())
    world.left.look = failing(SignInError("the password was refused"))
    report = world.run(review)
    assert report.number(Result.DONE) == 0
    assert Result.NOT_STARTED in {r.result for r in report.rows}
    assert {r.message for r in report.rows} == {"the password was refused."}


def test_undecided_and_ignored_rows_write_nothing(world):
    """Invariant 5: the set of writes is the set of approved rows."""
    world.left.edit("S0001", subject="A")
    world.right.edit("O0001", subject="B")
    plan = world.plan()
    review = Review.of(plan)
    others = [r.id for r in plan.rows if r.state is State.READY]
    world.run(review.choose(others, Choice.NOTHING))
    assert world.left.writes == world.right.writes == []


def test_restoring_makes_a_new_link(world):
    del world.right.items["O0001"]
    plan = world.plan()
    row = next(r for r in plan.rows if r.linked)
    world.run(Review.of(plan).point([row.id], OL))
    assert world.plan().rows == ()
    assert ("S0001", "O0001") not in world.books.links_by_id
    assert len(world.books.links_by_id) == 5


def test_both_changed_alike_moves_the_baseline(world):
    world.left.edit("S0001", subject="Same")
    world.right.edit("O0001", subject="Same")
    world.sync()
    assert world.plan().in_sync == 5
    world.left.edit("S0001", subject="Both 0")
    assert world.plan().rows[0].action is Action.UPDATE_IN_OUTLOOK


def test_attachment_names_reach_salesforce_and_stay_out_of_outlook(world):
    world.sync()
    assert next(i for i in world.left.items.values() if i.title == "Only right").fields["attachments"] == ("a.pdf",)
    sent = next(w for w in world.right.writes if w.fields.get("subject") == "Only left")
    assert "attachments" not in sent.fields


def test_a_picked_pair_is_remembered_and_the_rest_is_left_alone():
    world = World()
    world.left.put(fields())
    world.right.put(fields())
    world.right.put(fields())
    review = Review.of(world.plan())
    row = next(r for r in review.rows() if r.left)
    picked = review.pick(row.id, review.candidates(row.id)[1].id)
    assert world.run(picked).clean
    assert len(world.books.links_by_id) == 1
    assert world.left.writes == world.right.writes == []
    again = world.plan()
    assert again.in_sync == 1
    assert [r.action for r in again.rows] == [Action.CREATE_IN_SALESFORCE]


# ---- looks in few requests: batches of three, six items in a look


@pytest.fixture
def seven() -> World:
    """Seven synced pairs."""
    world = World()
    for n in range(7):
        world.left.put(fields(subject=f"Both {n}"))
        world.right.put(fields(subject=f"Both {n}"))
    assert world.sync().clean
    return world


def watched(side) -> list[list[str]]:
    """The ids of every look at a side from now on."""
    asked: list[list[str]] = []
    honest = side.look

    def look(kind, refs):
        asked.append([ref.id for ref in refs])
        return honest(kind, refs)

    side.look = look
    return asked


def test_one_look_reads_what_a_batch_left_and_what_the_next_starts_from(seven):
    for n in range(1, 8):
        seven.left.edit(f"S000{n}", location="York")
    review = Review.of(seven.plan())
    left, right = watched(seven.left), watched(seven.right)
    assert seven.run(review).clean
    assert left == [[f"S000{n}" for n in (1, 2, 3, 4, 5, 6)], ["S0007"]]
    assert right == [
        ["O0001", "O0002", "O0003"],
        ["O0001", "O0002", "O0003", "O0004", "O0005", "O0006"],
        ["O0004", "O0005", "O0006", "O0007"],
        ["O0007"],
    ]
    assert seven.plan().rows == ()


def test_a_batch_is_remembered_before_the_next_is_sent(seven):
    for n in range(1, 8):
        seven.right.put(fields(subject=f"New {n}"))
    review = Review.of(seven.plan())
    known = []
    seven.left.before_write = lambda: known.append(len(seven.books.links_by_id))
    assert seven.run(review).clean
    assert known == [7, 10, 13]


def test_values_that_were_read_a_while_ago_are_read_again(seven):
    for n in range(1, 8):
        seven.left.edit(f"S000{n}", location="York")
    review = Review.of(seven.plan())
    # the server makes us wait with the first batch, and somebody goes on working
    seven.right.before_write = lambda: seven.left.edit("S0004", location="Leeds")
    report = seven.run(review, clock=iter(range(0, 1000, 31)).__next__)
    assert [row.title for row in report.rows if row.result is Result.SKIPPED] == ["Both 3"]
    assert seven.right.items["O0004"].fields["location"] != "York"


def test_what_is_typed_after_it_was_read_ahead_is_offered_by_the_next_plan(seven):
    for n in range(1, 8):
        seven.left.edit(f"S000{n}", location="York")
    review = Review.of(seven.plan())
    seven.right.before_write = lambda: seven.left.edit("S0004", location="Leeds")
    assert seven.run(review, clock=lambda: 0.0).clean
    row = seven.plan().rows[0]
    assert (row.action, [(c.name, c.left, c.right) for c in row.changes]) == (
        Action.UPDATE_IN_OUTLOOK,
        [("location", "Leeds", "York")],
    )


def test_deletes_are_looked_at_in_their_turn_on_both_sides(seven):
    kept = {f"S000{n}": seven.left.items.pop(f"S000{n}") for n in (1, 2, 3, 4)}
    review = Review.of(seven.plan())
    # it comes back while the first three are being deleted
    seven.right.before_write = lambda: seven.left.items.update(S0004=kept["S0004"])
    report = seven.run(review, clock=lambda: 0.0)
    assert [row.title for row in report.rows if row.result is Result.SKIPPED] == ["Both 3"]
    assert "O0004" in seven.right.items


def test_a_run_that_is_stopped_reads_back_what_it_wrote(seven):
    seven.right.normalise = lambda f: {**f, "location": str(f["location"]).upper()}
    for n in range(1, 8):
        seven.left.edit(f"S000{n}", location="York")
    asked = iter([False, True])
    report = seven.run(Review.of(seven.plan()), cancelled=lambda: next(asked, True))
    assert (report.number(Result.DONE), report.number(Result.NOT_STARTED)) == (3, 4)
    assert {row.message for row in report.rows if row.result is Result.DONE} == {
        "Outlook keeps location in a form of its own"
    }
    assert len(seven.plan().rows) == 4


def run_in_which_the_second_look_at_outlook(world, problem):
    """The report of a run of all seven changes; from then on the side is well again."""
    for n in range(1, 8):
        world.left.edit(f"S000{n}", location="York")
    review = Review.of(world.plan())
    honest, asked = world.right.look, []

    def look(kind, refs):
        asked.append(refs)
        if len(asked) == 2:
            raise problem
        return honest(kind, refs)

    world.right.look = look
    report = world.run(review)
    world.right.look = honest
    return report


def test_a_look_that_is_cut_short_leaves_what_was_written_done(seven):
    report = run_in_which_the_second_look_at_outlook(seven, CancelledError())
    assert report.cancelled
    assert (report.number(Result.DONE), report.number(Result.NOT_STARTED)) == (3, 4)
    assert {row.message for row in report.rows if row.result is Result.DONE} == {
        "done, but it could not be read back: the run was stopped"
    }
    assert len(seven.plan().rows) == 4


def test_a_look_that_fails_fails_its_batch_and_leaves_the_one_before_done(seven):
    report = run_in_which_the_second_look_at_outlook(seven, SideError("Outlook does not answer"))
    assert [row.result for row in report.rows] == [Result.DONE] * 3 + [Result.FAILED] * 3 + [Result.DONE]
    assert len(seven.plan().rows) == 3
