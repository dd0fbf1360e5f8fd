"""Series that the other side cannot hold: their occurrences cross as single events, move and vanish with them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.calendars import IN_TOKYO, Empty

from sync_core import filed, planfile
from sync_core.plan import Action, IgnoreMode, Singles, Situation, State
from sync_core.review import Review
from sync_core.sandbox.ews.recurrence import ModifiedOccurrence, Recurrence

ODD = "RRULE:FREQ=MONTHLY;BYDAY=2TU,4TU;COUNT=6"


@pytest.fixture
def both(open_desk: Any) -> Empty:
    return Empty(open_desk(world="empty", zone="Europe/London"))


def starts(both: Empty, subject: str) -> list[datetime]:
    return [row["StartDateTime"] for row in both.events(subject)]


def test_the_row_says_why_and_offers_its_occurrences(both: Empty) -> None:
    both.in_tokyo()
    row = both.only()
    assert (row.recommended, row.state) == (Action.CREATE_IN_SALESFORCE, State.PREVENTED)
    assert row.why_not == (
        "Salesforce cannot hold: its time zone, Asia/Tokyo: a new series there is in yours, Europe/London"
    )
    assert row.reason == (
        "only in Outlook; its 5 occurrences of these days can cross as single events (menu), or leave it out"
    )
    review = both.as_single_events()
    assert {r.action for r in review.rows()} == {Action.CREATE_IN_SALESFORCE}
    assert len(review.rows()) == 5
    assert review.rows()[0].reason == "one occurrence of a series in Outlook: it crosses as a single event"


@pytest.mark.slow
def test_a_series_that_is_left_out_stays_out_whatever_becomes_of_it(both: Empty) -> None:
    master = both.in_tokyo()
    plan = both.desk.plan()
    ids = [row.id for row in plan.rows]
    both.desk.service.keep_ignores(Review.of(plan).ignore(ids, IgnoreMode.FOREVER, "2026-11-23T08:00:00Z"))
    both.box.update(master.id, {"location": "Room 9", "deleted_occurrences": [IN_TOKYO + timedelta(weeks=1)]})
    both.desk.restart()
    assert (both.only().state, both.only().action) == (State.IGNORED_FOREVER, Action.NONE)
    assert both.desk.run().rows == ()
    assert both.events("Tokyo call") == []


def test_occurrences_cross_and_a_second_sync_has_nothing_to_do(both: Empty) -> None:
    both.in_tokyo()
    assert both.desk.run(both.as_single_events()).clean
    assert starts(both, "Tokyo call") == [IN_TOKYO + timedelta(weeks=n) for n in range(5)]
    assert not any(row["IsRecurrence2"] for row in both.events("Tokyo call"))
    both.in_step()
    assert both.desk.plan().in_sync == 5
    both.desk.restart()
    both.in_step()


def test_they_move_with_their_series(both: Empty) -> None:
    master = both.in_tokyo()
    both.desk.run(both.as_single_events())
    both.box.update(master.id, {"start": IN_TOKYO + timedelta(hours=1), "end": IN_TOKYO + timedelta(hours=2)})
    both.box.update(master.id, {"location": "Room 9"})
    plan = both.desk.plan()
    assert {row.action for row in plan.rows} == {Action.UPDATE_IN_SALESFORCE}
    assert len(plan.rows) == 5
    assert both.desk.run().clean
    assert starts(both, "Tokyo call")[2] == IN_TOKYO + timedelta(weeks=2, hours=1)
    assert {row["Location"] for row in both.events("Tokyo call")} == {"Room 9"}
    both.in_step()


def test_they_vanish_with_their_series_and_with_its_days(both: Empty) -> None:
    master = both.in_tokyo()
    both.desk.run(both.as_single_events())
    both.box.update(master.id, {"deleted_occurrences": [IN_TOKYO + timedelta(weeks=1)]})
    row = both.only()
    assert (row.situation, row.action) == (Situation.GONE, Action.DELETE_FROM_SALESFORCE)
    assert both.desk.run().clean
    assert len(starts(both, "Tokyo call")) == 4
    both.in_step()

    both.box.delete(master.id)
    plan = both.desk.plan()
    assert [row.recommended for row in plan.rows] == [Action.DELETE_FROM_SALESFORCE] * 4
    # a side that shows nothing at all is suspected
    review = Review.of(plan).confirm(0, "4")
    assert both.desk.run(review).clean
    assert starts(both, "Tokyo call") == []
    both.in_step()


def test_a_new_pattern_brings_new_events_and_takes_old_ones_away(both: Empty) -> None:
    master = both.in_tokyo()
    both.desk.run(both.as_single_events())
    pattern = Recurrence("Weekly", date(2026, 11, 25), days=("Wednesday",), interval=2, count=4)
    both.box.update(master.id, {"recurrence": pattern})
    actions = sorted(row.action.value for row in both.desk.plan().rows)
    assert actions == ["create_in_salesforce", "delete_from_salesforce", "delete_from_salesforce"]
    assert both.desk.run().clean
    assert starts(both, "Tokyo call") == [IN_TOKYO + timedelta(weeks=n) for n in (0, 2, 4, 6)]
    both.in_step()


def test_what_happens_to_a_single_event_happens_to_its_occurrence(both: Empty) -> None:
    master = both.in_tokyo()
    both.desk.run(both.as_single_events())
    first, second, *_ = both.events("Tokyo call")
    both.org.delete("Event", first["Id"], by=both.me)
    later = {"StartDateTime": second["StartDateTime"] + timedelta(hours=2), "DurationInMinutes": 60}
    both.org.update("Event", second["Id"], {**later, "Location": "Annexe"}, by=both.me)
    plan = both.desk.plan()
    assert [(row.action, row.why_not) for row in plan.rows] == [
        (Action.DELETE_FROM_OUTLOOK, ""),
        (Action.UPDATE_IN_OUTLOOK, ""),
    ]
    report = both.desk.run()
    assert report.clean, [row.message for row in report.rows]
    fields = both.box.get(master.id).fields
    assert [moment.date() for moment in fields["deleted_occurrences"]] == [date(2026, 11, 25)]
    (changed,) = fields["modified_occurrences"]
    assert changed.original_start == IN_TOKYO + timedelta(weeks=1)
    assert changed.changes["start"] == IN_TOKYO + timedelta(weeks=1, hours=2)
    assert changed.changes["location"] == "Annexe"
    assert len(both.masters()) == 1
    both.in_step()


def test_a_lost_memory_doubles_nothing(both: Empty, tmp_path: Path) -> None:
    both.in_tokyo()
    both.desk.run(both.as_single_events())
    both.desk.restart()
    both.desk.state_dir = tmp_path / "another host"
    plan = both.desk.plan()
    singles = [row for row in plan.rows if row.offer is None]
    assert {row.action for row in singles} == {Action.CONFLICT}
    assert "an occurrence of the series “Tokyo call” in Outlook" in singles[0].reason
    # left alone, nothing is written; with the offer taken again, they are linked
    assert both.desk.run(Review.of(plan)).clean
    assert len(both.events("Tokyo call")) == 5
    review = both.as_single_events()
    assert {row.action for row in review.rows()} == {Action.LINK}
    assert both.desk.run(review).clean
    both.in_step()


def test_the_choice_is_listed_and_can_be_taken_back(both: Empty) -> None:
    both.in_tokyo()
    both.desk.run(both.as_single_events())
    ((_, kept),) = both.desk.service.ignored()
    assert (kept.mode, kept.title) == (Singles.OCCURRENCES, "Tokyo call")
    assert both.desk.service.remove_ignore(kept.row_id)
    plan = both.desk.plan()
    # nothing is deleted for it: the events in Salesforce are asked about
    assert {row.action for row in plan.rows} <= {Action.NONE, Action.CONFLICT}
    assert both.desk.run(Review.of(plan)).clean
    assert len(both.events("Tokyo call")) == 5


def test_a_review_takes_the_offer_back(both: Empty) -> None:
    both.in_tokyo()
    before = Review.of(both.desk.plan())
    review = both.as_single_events()
    assert review.said == "“Tokyo call”: occurrences as single events"
    assert [row.id for row in review.undo().rows()] == [row.id for row in before.rows()]
    assert [row.id for row in review.reset([review.rows()[2].id]).rows()] == [row.id for row in before.rows()]
    assert review.undo().redo().rows() == review.rows()


def test_a_plan_file_takes_the_offer(both: Empty) -> None:
    both.in_tokyo()
    plan = both.desk.plan()
    document = json.loads(planfile.dumps(planfile.plan_to_json(plan)))
    (row,) = document["rows"]
    assert row["series"] == "whole"
    row["series"] = "single_events"
    path = both.desk.state_dir.parent / "plan.json"
    path.write_text(json.dumps(document))
    (read,) = planfile.read_plan_file(path)
    review, refusals = filed.decide(read, both.desk.plan())
    assert refusals == []
    assert both.desk.run(review).clean
    assert len(both.events("Tokyo call")) == 5
    # and once it is done, the file has nothing more to say
    _, refusals = filed.decide(read, both.desk.plan())
    assert [refusal.why for refusal in refusals] == ["no longer there, or already in step"]


# ---- from Salesforce to Outlook


def odd(both: Empty) -> None:
    both.in_salesforce("Pipeline", Recurrence2PatternText=ODD)


def in_calendar(both: Empty, subject: str) -> list[datetime]:
    items = both.box.items(both.box.folder("calendar"))
    return sorted(item.fields["start"] for item in items if item.fields["subject"] == subject)


def test_occurrences_of_a_salesforce_series_cross(both: Empty) -> None:
    odd(both)
    assert both.only().offer is not None
    assert both.desk.run(both.as_single_events()).clean
    days = [row["StartDateTime"] for row in both.events("Pipeline")]
    assert in_calendar(both, "Pipeline") == days
    both.in_step()
    # what changes in the series changes in all of them
    first = both.events("Pipeline")[0]
    both.org.update("Event", first["Id"], {"Subject": "Pipeline review"}, by=both.me)
    assert {row.action for row in both.desk.plan().rows} == {Action.UPDATE_IN_OUTLOOK}
    assert both.desk.run().clean
    assert in_calendar(both, "Pipeline review") == days
    both.in_step()


def test_an_occurrence_that_is_deleted_goes_on_the_other_side_too(both: Empty) -> None:
    odd(both)
    both.desk.run(both.as_single_events())
    events = both.events("Pipeline")
    both.org.delete("Event", events[2]["Id"], by=both.me)
    single = next(
        i for i in both.box.items(both.box.folder("calendar")) if i.fields["start"] == events[3]["StartDateTime"]
    )
    both.box.delete(single.id)
    assert sorted(row.action.value for row in both.desk.plan().rows) == [
        "delete_from_outlook",
        "delete_from_salesforce",
    ]
    assert both.desk.run().clean
    left = [row["StartDateTime"] for row in both.events("Pipeline")]
    assert left == in_calendar(both, "Pipeline")
    assert len(left) == 4
    both.in_step()


def test_the_first_occurrence_may_go_though_its_series_goes_by_it(both: Empty) -> None:
    odd(both)
    both.desk.run(both.as_single_events())
    both.org.delete("Event", both.events("Pipeline")[0]["Id"], by=both.me)
    plan = both.desk.plan()
    assert [row.action for row in plan.rows if row.action is not Action.NONE] == [Action.DELETE_FROM_OUTLOOK]
    assert both.desk.run().clean
    assert in_calendar(both, "Pipeline") == [row["StartDateTime"] for row in both.events("Pipeline")]
    both.in_step()


def test_one_changed_event_in_outlook_cannot_change_one_occurrence_in_salesforce(both: Empty) -> None:
    odd(both)
    both.desk.run(both.as_single_events())
    single = both.box.items(both.box.folder("calendar"))[0]
    both.box.update(single.id, {"location": "Annexe"})
    row = both.only()
    assert (row.recommended, row.state) == (Action.UPDATE_IN_SALESFORCE, State.PREVENTED)
    assert row.why_not == "one occurrence of a series: Salesforce cannot change it without the others"


def test_marks_bring_the_choice_back(both: Empty, tmp_path: Path) -> None:
    odd(both)
    both.desk.run(both.as_single_events())
    both.desk.restart()
    both.desk.state_dir = tmp_path / "another host"
    plan = both.desk.plan()
    assert {row.action for row in plan.rows} == {Action.LINK}
    assert both.desk.run().clean
    both.in_step()


# ---- a series that can cross, but for its changed occurrences


def moved(both: Empty) -> tuple[Any, datetime]:
    when = datetime(2026, 12, 2, 8, 30, tzinfo=UTC)
    entry = ModifiedOccurrence(when, {"start": when + timedelta(hours=1), "end": when + timedelta(hours=2)})
    return both.in_outlook(modified_occurrences=[entry]), when


def rows_of(review: Review) -> list[tuple[Action, bool]]:
    return [(row.action, bool(row.right and row.right.series)) for row in review.rows()]


def test_changed_occurrences_cross_beside_their_series(both: Empty) -> None:
    _, when = moved(both)
    row = both.only()
    assert row.why_not == "Salesforce cannot hold: 1 changed occurrence"
    assert "its changed occurrence can cross as single events, and the rest as a series" in row.reason
    review = both.as_single_events()
    assert rows_of(review) == [(Action.CREATE_IN_SALESFORCE, True), (Action.CREATE_IN_SALESFORCE, False)]
    report = both.desk.run(review)
    assert report.clean, [r.message for r in report.rows]
    on_the_day = [row for row in both.events("Stand-up") if row["StartDateTime"].date() == when.date()]
    assert [(row["StartDateTime"], row["IsRecurrence2"]) for row in on_the_day] == [(when + timedelta(hours=1), False)]
    assert len([row for row in both.events("Stand-up") if row["IsRecurrence2"]]) > 50
    both.in_step()


def test_an_occurrence_that_is_changed_later_on(both: Empty) -> None:
    master = both.in_outlook()
    assert both.desk.run().clean
    when = datetime(2026, 12, 2, 8, 30, tzinfo=UTC)
    entry = ModifiedOccurrence(when, {"start": when + timedelta(hours=1), "end": when + timedelta(hours=2)})
    both.box.update(master.id, {"modified_occurrences": [entry]})
    row = both.only()
    assert (row.recommended, row.state) == (Action.UPDATE_IN_SALESFORCE, State.PREVENTED)
    review = both.as_single_events()
    assert rows_of(review) == [(Action.UPDATE_IN_SALESFORCE, True), (Action.CREATE_IN_SALESFORCE, False)]
    assert both.desk.run(review).clean
    both.in_step()

    # the next one that is changed needs no more asking, and the first one may go
    other = datetime(2026, 12, 4, 8, 30, tzinfo=UTC)
    second = ModifiedOccurrence(other, {"start": other + timedelta(hours=3), "end": other + timedelta(hours=4)})
    both.box.update(master.id, {"modified_occurrences": [second], "deleted_occurrences": [when]})
    assert sorted(row.action.value for row in both.desk.plan().rows) == [
        "create_in_salesforce",
        "delete_from_salesforce",
        "update_in_salesforce",
    ]
    assert both.desk.run().clean
    both.in_step()


def test_an_occurrence_that_salesforce_moves_is_not_made_there_again(both: Empty) -> None:
    """It is a part of the series on both sides then, though Outlook's others cross by themselves."""
    both.in_salesforce(Recurrence2PatternText="RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=6")
    assert both.desk.run().clean
    hour = timedelta(hours=1)
    when = both.events("Jour fixe")[2]["StartDateTime"]
    entry = ModifiedOccurrence(when, {"start": when + hour, "end": when + 2 * hour})
    both.box.update(both.masters()["Jour fixe"].id, {"modified_occurrences": [entry]})
    assert both.desk.run(both.as_single_events()).clean
    both.in_step()

    record = both.events("Jour fixe")[3]
    for hours in (1, 3):
        later = record["StartDateTime"] + hours * hour
        times = {"StartDateTime": later, "ActivityDateTime": later, "EndDateTime": later + hour}
        both.alone(record["Id"], **times)
        assert both.only().action is Action.UPDATE_IN_OUTLOOK
        assert both.desk.run().clean
        both.in_step()
        assert len(both.events("Jour fixe")) == 6
        starts = [one.changes["start"] for one in both.masters()["Jour fixe"].fields["modified_occurrences"]]
        assert sorted(starts) == [when + hour, later]


def test_a_changed_occurrence_that_is_as_before_stays_a_single_event(both: Empty) -> None:
    master, when = moved(both)
    both.desk.run(both.as_single_events())
    both.box.update(master.id, {"modified_occurrences": []})
    row = both.only()
    assert row.action is Action.UPDATE_IN_SALESFORCE
    assert both.desk.run().clean
    assert when in starts(both, "Stand-up")
    both.in_step()
