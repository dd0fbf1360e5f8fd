"""A run against both servers, taken back: through the real client libraries, over HTTP."""

from typing import Any

from sync_core.plan import Action, State
from sync_core.review import Review


def contents(desk: Any) -> tuple[list[str], list[str]]:
    """What both servers hold that we map, without ids and versions."""
    names = ("Subject", "StartDateTime", "EndDateTime", "Location", "Description", "ShowAs", "IsPrivate")
    left = [repr([row.get(name) for name in names]) for row in desk.sandbox.org.rows("Event")]
    box = desk.sandbox.mailbox
    keys = ("subject", "start", "end", "location", "body", "show_as", "sensitivity", "categories")
    right = [repr([item.fields.get(key) for key in keys]) for item in box.items(box.folder("calendar"))]
    return sorted(left), sorted(right)


def test_a_week_is_taken_back(desk: Any) -> None:
    desk.run()
    desk.sandbox.advance()
    before = contents(desk)
    report = desk.run()
    assert {row.action for row in report.rows} >= {
        Action.CREATE_IN_OUTLOOK,
        Action.CREATE_IN_SALESFORCE,
        Action.UPDATE_IN_OUTLOOK,
        Action.UPDATE_IN_SALESFORCE,
        Action.DELETE_FROM_OUTLOOK,
        Action.DELETE_FROM_SALESFORCE,
        Action.MERGE,
    }
    assert contents(desk) != before

    plan = desk.service.undo_plan(report.run_id)
    blocked = {row.title: row.why_not for row in plan.rows if row.state is not State.READY}
    assert blocked == {}
    back = desk.run(Review.of(plan))
    assert back.clean, [(row.title, row.message) for row in back.rows if row.message]
    assert contents(desk) == before
    assert desk.sandbox.exchange.outbox == [], "no attendee ever gets mail (promise 6)"
    assert desk.service.runs()[0].takes_back == report.run_id

    offered = [row for row in desk.plan().rows if row.state is State.READY and not row.quiet]
    assert offered == [], "what was taken back is not offered straight away"
