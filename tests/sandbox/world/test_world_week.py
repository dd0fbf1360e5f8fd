"""Act two: what a week does to both sides, natively, deed by deed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sync_core.sandbox.world import CHANGED, LATER, MOST_DELETES, NEW, STANDING, Situation, delete_most
from sync_core.sandbox.world.situations import Change, Copy, Create, Delete, First, Move, Occurrence, Reassign

STORY = {s.name: s for s in (*CHANGED, *STANDING, *NEW)}
ALL_DEEDS = [
    pytest.param(situation, side, deed, id=f"{situation.name}-{side}-{number}")
    for situation in STORY.values()
    for side in ("salesforce", "outlook")
    for number, deed in enumerate(
        (*getattr(situation, side), *(LATER.get(situation.name, ()) if side == "outlook" else ()))
    )
]


@pytest.fixture
def synced(tell: Callable[..., Any]) -> Any:
    """A world in which somebody brought what was one-sided across, by hand and natively, with a note on the copies."""
    told = tell()
    world = told.world
    for entry in world.calendar.entries:
        situation = entry.situation
        if situation.first is First.SALESFORCE and not situation.colleague and situation.series is None:
            item = world.mailbox.create(
                world.calendar.folders[""],
                {
                    "subject": entry.things["outlook"].subject,
                    "start": entry.things["outlook"].moment(world.zone),
                    "end": entry.things["outlook"].moment(world.zone) + timedelta(hours=1),
                    "location": entry.things["outlook"].location,
                    "extended": {("c0ffee00-0000-4000-8000-000000000001", "mark"): situation.name},
                },
            )
            assert entry.ids["outlook"] == []
            assert item.id
        if situation.first is First.OUTLOOK and situation.series is None and not situation.folder:
            start = entry.things["salesforce"].moment(world.zone)
            subject = entry.things["salesforce"].subject
            fields = {"Subject": subject, "StartDateTime": start, "EndDateTime": start + timedelta(hours=1)}
            world.org.create("Event", fields, by=world.user_id)
    return told


def test_everything_happens_when_act_one_was_synced(synced: Any) -> None:
    report = synced.advance()
    assert report.skipped == []
    done = {(line["situation"], line["side"]) for line in report.happened}
    assert done == {(param.values[0].name, param.values[1]) for param in ALL_DEEDS}  # type: ignore[attr-defined]


def test_without_a_sync_only_what_needs_one_is_left_out(told: Any) -> None:
    report = told.advance()
    skipped = {(line["situation"], line["side"]) for line in report.skipped}
    one_sided = {
        (name, side)
        for name, s in STORY.items()
        for side in ("salesforce", "outlook")
        if s.first in (First.SALESFORCE, First.OUTLOOK) and s.first.value != side and getattr(s, side)
    }
    assert skipped == one_sided
    assert {line["why"] for line in report.skipped} == {"the event is not there"}


@pytest.mark.parametrize(("situation", "side", "deed"), ALL_DEEDS)
def test_each_deed_can_be_seen_on_its_side(synced: Any, situation: Situation, side: str, deed: Any) -> None:
    before = _look(synced, situation, side)
    synced.advance()
    after = _look(synced, situation, side)
    match deed:
        case Change() | Occurrence():
            assert after["events"] != before["events"]
        case Delete():
            assert len(before["events"]) == 1
            assert after["events"] == []
            assert len(after["bin"]) == (0 if deed.for_good else 1)
        case Move():
            assert set(after["ids"]).isdisjoint(before["ids"])
            assert len(after["events"]) == (1 if deed.back else 0)
            assert len(after["Team"]) == (0 if deed.back else 1)
        case Copy():
            assert len(after["events"]) == len(before["events"]) + 1
            assert after["marks"][0] == after["marks"][1]
            assert after["marks"][0]
        case Reassign():
            assert len(before["events"]) == 1
            assert after["events"] == []
        case Create():
            assert before["events"] == []
            assert len(after["events"]) == (2 if deed.twice else 1)


def _look(told: Any, situation: Situation, side: str) -> dict[str, Any]:
    """What a side has under the subject that the situation has now."""
    entry = told.entry(situation.name)
    if side == "salesforce":
        subject = entry.things["salesforce"].subject
        rows = [row for row in told.rows() if (row["Subject"] or "").strip() == subject.strip()]
        gone = [r for r in told.world.org.rows("Event", deleted=True) if r["IsDeleted"] and r["Subject"] == subject]
        return {"events": [{k: v for k, v in r.items() if k != "SystemModstamp"} for r in rows], "bin": gone}
    subject = entry.things["outlook"].subject

    def named(folder: str) -> list[Any]:
        return [item for item in told.items(folder) if _is(item, subject)]

    here = named("calendar")
    return {
        "events": [{k: v for k, v in i.native().items() if k != "last_modified"} for i in here],
        "ids": [i.id for i in here],
        "marks": [dict(i.extended) for i in here],
        "bin": named("deleteditems"),
        "Team": named("Team"),
    }


def _is(item: Any, subject: str) -> bool:
    # Exchange cannot hold what XML cannot
    return bool(item.fields.get("subject", "") == "".join("?" if ord(c) < 32 else c for c in subject))


def test_both_change_alike_and_differently(told: Any) -> None:
    told.advance()
    left, right = told.left(told.row("both_alike")), told.right(told.item("both_alike"))
    assert left == right
    assert left["location"] == "Room 12"
    left, right = told.left(told.row("conflict_when")), told.right(told.item("conflict_when"))
    assert right["when"][0] - left["when"][0] == timedelta(minutes=30)
    left, right = told.left(told.row("merge_subject_when")), told.right(told.item("merge_subject_when"))
    assert {name for name in left if left[name] != right[name]} == {"subject", "when"}


def test_limits_of_salesforce_are_passed(told: Any) -> None:
    told.advance()
    assert len(str(told.item("notes_too_long").fields["body"])) > 32_000
    leave = told.right(told.item("new_outlook_three_weeks"))["when"]
    assert (leave[1] - leave[0]).days + 1 == 21


def test_hostile_subjects_arrive_as_they_are(told: Any) -> None:
    told.advance()
    subjects = {str(row["Subject"]) for row in told.rows()} | {str(i.fields.get("subject")) for i in told.items()}
    everything = "\n".join(subjects)
    for piece in ("[/close]", "[@click=app.quit]", "\x1b]52;c;", "\x9b31m", "\u202e", "\u200d", "\ufe0f", "\u0351"):
        assert piece in everything
    assert max(map(len, subjects)) == 255


def test_reassigned_events_belong_to_a_colleague(told: Any) -> None:
    told.advance()
    assert told.row("other_owner")["OwnerId"] in told.world.colleagues


def test_a_series_changes_in_one_meeting_and_as_a_whole(told: Any) -> None:
    told.advance()
    weekly = told.item("outlook_weekly").fields
    assert len(weekly["modified_occurrences"]) == 2
    assert len(weekly["deleted_occurrences"]) == 2
    assert told.item("outlook_monthly").fields["subject"].startswith("Month-end closing, finance")


def test_what_happened_lies_within_the_week(told: Any) -> None:
    """Changes carry moments of the week that went by, in order, and the clock has caught up."""
    before = told.world.clock()
    told.advance()
    after = told.world.clock()
    assert timedelta(days=6.9) < after - before < timedelta(days=7.1)
    moments = {row["LastModifiedDate"] for row in told.rows() if row["LastModifiedDate"] > before}
    moments |= {item.fields["last_modified"] for item in told.items() if item.fields["last_modified"] > before}
    assert len(moments) > 20
    assert all(moment < after for moment in moments)


@pytest.mark.slow
@pytest.mark.parametrize("size", [None, 3000])
def test_a_week_is_no_mass_deletion(tell: Callable[..., Any], size: int | None) -> None:
    told = tell(size=size)
    report = told.advance()
    for side in ("salesforce", "outlook"):
        gone = [line for line in report.happened if line["side"] == side and line["did"].startswith("deleted")]
        assert 3 <= len(gone) <= MOST_DELETES


def test_more_weeks_are_everyday_weeks(told: Any) -> None:
    told.advance()
    before = told.dump()
    report = told.advance()
    assert report.week == 2
    assert report.happened
    assert report.skipped == []
    assert told.dump() != before
    for _ in range(5):
        told.advance()


@pytest.mark.parametrize("side", ["salesforce", "outlook"])
def test_a_mass_deletion_on_demand(told: Any, side: Any) -> None:
    before = {"salesforce": len(told.rows()), "outlook": len(told.items())}
    delete_most(told.world, side)
    after = {"salesforce": len(told.rows()), "outlook": len(told.items())}
    other = "outlook" if side == "salesforce" else "salesforce"
    assert after[side] < before[side] * 0.25
    assert after[other] == before[other]
