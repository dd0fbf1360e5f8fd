"""The main job, for real: two weeks of a made-up company over both protocols."""

from collections import Counter

from sync_core.plan import Action, Choice, IgnoreMode, Situation, State
from sync_core.review import Review


def actions(plan) -> Counter:
    return Counter(row.action for row in plan.rows if row.state is State.READY)


def outbox(desk) -> list:
    return list(desk.sandbox.exchange.outbox)


def test_first_sync_then_a_week_later(desk):
    first = desk.plan()
    assert not any(row.recommended.value.startswith("delete") for row in first.rows)
    assert {Action.LINK, Action.CREATE_IN_OUTLOOK, Action.CREATE_IN_SALESFORCE} <= set(actions(first))
    report = desk.run()
    assert report.clean, [r for r in report.rows if r.message]

    second = desk.plan()
    assert {row.action for row in second.rows} <= {Action.NONE, Action.CONFLICT}, "nothing left but what is undecided"
    assert second.in_sync == len(report.rows)

    desk.sandbox.advance()
    monday = desk.plan()
    assert set(actions(monday)) >= set(Action) - {Action.NONE, Action.CONFLICT}, "every action occurs"
    situations = {row.situation for row in monday.rows}
    never = {Situation.UNREADABLE, Situation.TAKEN_BACK, Situation.FORGOTTEN}
    assert situations >= set(Situation) - never, "every situation occurs"
    assert {row.state for row in monday.rows} >= {State.READY, State.PREVENTED, State.UNDECIDED}
    report = desk.run(Review.of(monday))
    assert report.clean, [r for r in report.rows if r.message]

    after = desk.plan()
    assert {row.action for row in after.rows} <= {Action.NONE, Action.CONFLICT}
    assert outbox(desk) == [], "no attendee ever gets mail (promise 6)"


def test_memory_survives_a_restart_and_losing_it_deletes_and_doubles_nothing(desk, tmp_path):
    desk.run()
    desk.restart()
    assert {row.action for row in desk.plan().rows} <= {Action.NONE, Action.CONFLICT}
    desk.restart()
    desk.state_dir = tmp_path / "another host"
    plan = desk.plan()
    assert set(actions(plan)) <= {Action.LINK, Action.NONE}, "everything is found again on both sides"


def test_conflicts_can_be_decided_either_way(desk):
    desk.run()
    desk.sandbox.advance()
    review = Review.of(desk.plan())
    conflicts = [r.id for r in review.rows() if r.state is State.UNDECIDED and r.situation is not Situation.AMBIGUOUS]
    for number, row_id in enumerate(conflicts):
        review = review.choose([row_id], Choice.TO_OUTLOOK if number % 2 else Choice.TO_SALESFORCE)
    report = desk.run(review)
    assert report.clean, [r for r in report.rows if r.message]
    left = [r for r in desk.plan().rows if r.state is State.UNDECIDED]
    assert {r.situation for r in left} <= {Situation.AMBIGUOUS}


def test_ignoring_several_rows_survives_a_restart(desk):
    review = Review.of(desk.plan())
    conflicts = [r.id for r in review.rows() if r.situation is Situation.TWIN_DIFFERENT and r.state is State.UNDECIDED]
    assert len(conflicts) >= 2
    review = review.ignore(conflicts[:1], IgnoreMode.ONCE, "2026-11-23T09:00:00Z")
    review = review.ignore(conflicts[1:], IgnoreMode.FOREVER, "2026-11-23T09:00:00Z")
    desk.run(review)
    desk.restart()
    assert {i.row_id for _, i in desk.service.ignored()} == set(conflicts)
    states = {r.id: r.state for r in desk.plan().rows}
    assert states[conflicts[0]] is State.IGNORED_ONCE
    assert {states[i] for i in conflicts[1:]} == {State.IGNORED_FOREVER}
    assert desk.service.remove_ignore(conflicts[1])
    assert {r.id: r.state for r in desk.plan().rows}[conflicts[1]] is State.UNDECIDED
    # several at once, and all of it undone
    taken = desk.service.take_back([*conflicts, "nothing"])
    assert {i.row_id for _, i in taken} == {i for i in conflicts if i != conflicts[1]}
    assert desk.service.ignored() == []
    assert desk.service.ignore_again(taken) == len(taken)
    # what is ignored anew by now stays as it is
    assert desk.service.ignore_again(taken) == 0
    desk.restart()
    assert sorted(i.row_id for _, i in desk.service.ignored()) == sorted(i.row_id for _, i in taken)


def test_prevented_operations_never_happen(desk):
    desk.run()
    desk.sandbox.advance()
    everything = ["create", "update", "delete"]
    desk.configure("calendar", include=True, prevent_outlook=everything)
    before = desk.sandbox.outlook_server
    desk.forget_requests()
    plan = desk.plan()
    assert {row.recommended for row in plan.rows if row.state is State.PREVENTED} >= {
        Action.CREATE_IN_OUTLOOK,
        Action.UPDATE_IN_OUTLOOK,
        Action.DELETE_FROM_OUTLOOK,
    }
    assert desk.run(Review.of(plan)).clean
    assert not {"CreateItem", "UpdateItem", "DeleteItem", "MoveItem"} & set(before.operations())


def test_private_items_stay_out_unless_asked_for(desk):
    private = [r for r in desk.plan().rows if "private" in r.why_not]
    assert private
    assert {r.state for r in private} == {State.PREVENTED}
    desk.configure("calendar", private=True)
    wanted = {r.id for r in private}
    assert {r.state for r in desk.plan().rows if r.id in wanted} == {State.READY}
    assert desk.run().clean
    assert {row.action for row in desk.plan().rows} <= {Action.NONE, Action.CONFLICT}


def test_a_mass_deletion_is_suspected(desk):
    desk.run()
    desk.sandbox.delete_most("outlook")
    plan = desk.plan()
    assert plan.guards
    held = [r for r in plan.rows if r.recommended is Action.DELETE_FROM_SALESFORCE]
    assert {r.state for r in held} == {State.PREVENTED}
    desk.forget_requests()
    desk.run(Review.of(plan))
    assert "DELETE composite/sobjects" not in desk.sandbox.salesforce_server.operations()
    plan = desk.plan()
    review = Review.of(plan).confirm(0, str(plan.guards[0].count))
    report = desk.run(review)
    assert report.clean
    assert len(report.rows) >= plan.guards[0].count


def test_a_second_sync_with_nothing_to_do_is_cheap(open_desk):
    desk = open_desk(size=200, validate_replies=False)
    desk.run()
    desk.restart()
    desk.forget_requests()
    desk.plan()
    assert desk.requests()["salesforce"] <= 6
    assert desk.requests()["outlook"] <= 8
