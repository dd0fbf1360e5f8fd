"""A review in progress as something to keep, and what becomes of it when both sides were read anew."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.build import CAL, OL, SF, gone, left, link, picture, plan, right

from sync_core.draft import NO_DRAFT, Draft, Kept, draft_of, from_json, resume, to_json
from sync_core.items import When
from sync_core.memory import Memory
from sync_core.plan import Action, Choice, FieldChoice, IgnoreMode, Plan, State
from sync_core.remembered import Remembered
from sync_core.review import Review
from sync_core.sides import Description, Limits

NOW = "2026-11-22T09:05:00Z"


def world(**changes: str) -> Plan:
    """A conflict (A), an update (U), a new item on each side, and a deletion; `changes` are new subjects, by id."""
    lefts = [
        left("L1", subject=changes.get("L1", "A")),
        left("L2", subject=changes.get("L2", "Only left")),
        left("L3", subject="Gone there"),
        left("L5", subject=changes.get("L5", "U2")),
    ]
    rights = [
        right("R1", subject=changes.get("R1", "B")),
        right("R4", subject=changes.get("R4", "Only right"), location="Leeds"),
        right("R5", subject="U"),
    ]
    links = [link("L1", "R1"), link("L3", "R3", subject="Gone there"), link("L5", "R5", subject="U")]
    return plan(lefts, picture(OL, rights, gone("R3")), links)


def ids(review: Review) -> dict[str, str]:
    return {row.title: row.id for row in review.rows()}


def decided() -> Review:
    """Every sort of decision once: A to Outlook, the update not this time, an ignore, a restoration."""
    review = Review.of(world())
    named = ids(review)
    review = review.point([named["A"]], OL)
    review = review.choose([named["U2"]], Choice.NOTHING)
    review = review.ignore([named["Only left"]], IgnoreMode.ONCE, NOW)
    return review.choose([named["Gone there"]], Choice.TO_OUTLOOK)


def stored(review: Review) -> Draft:
    """A draft that went to disk and came back."""
    return from_json(json.loads(json.dumps(to_json(draft_of(review, NOW)))))


def test_a_draft_comes_back_from_disk_as_it_was():
    draft = draft_of(decided(), NOW)
    assert draft.decisions == 4
    assert stored(decided()) == draft
    assert (draft.kind, draft.saved_at, draft.made_at) == (CAL, NOW, decided().plan.made_at)


def test_where_nothing_changed_every_decision_holds():
    before = decided()
    found = resume(world(), stored(before))
    assert (found.kept, found.changed, found.gone) == (4, 0, 0)
    assert [(row.action, row.state) for row in found.review.rows()] == [(r.action, r.state) for r in before.rows()]
    assert found.review.ignores() == before.ignores()
    assert found.review.said == "4 decisions kept"
    assert not found.review.can_undo
    assert not found.review.can_redo


def test_a_row_that_changed_is_not_decided_and_waits():
    """The person had said "not this time": what is recommended now must not happen behind their back."""
    found = resume(world(L5="U3"), stored(decided()))
    assert (found.kept, found.changed, found.gone) == (3, 1, 0)
    row = found.review.row(ids(found.review)["U3"])
    assert row.recommended is Action.UPDATE_IN_OUTLOOK
    assert (row.action, row.state) == (Action.CONFLICT, State.UNDECIDED)
    assert row.reason.endswith("(it changed after you had decided: do nothing this time)")
    assert "1 row changed since" in found.sentence


@pytest.mark.parametrize(
    ("decide", "action"),
    [
        (lambda review, row: review.reset([row]), Action.UPDATE_IN_OUTLOOK),
        (lambda review, row: review.choose([row], Choice.TO_SALESFORCE), Action.UPDATE_IN_SALESFORCE),
        (lambda review, row: review.choose([row], Choice.NOTHING), Action.NONE),
    ],
)
def test_it_is_decided_again_like_any_other(decide, action):
    review = resume(world(L5="U3"), stored(decided())).review
    row_id = ids(review)["U3"]
    after = decide(review, row_id)
    assert (after.row(row_id).action, after.row(row_id).state) == (action, State.READY)
    assert after.row(row_id).reason == review.plan.rows[[r.id for r in review.plan.rows].index(row_id)].reason
    assert after.undo().row(row_id).state is State.UNDECIDED
    # and so it is remembered when the line drops once more
    again = resume(world(L5="U3"), stored(after)).review
    assert (again.row(row_id).action, again.row(row_id).state) == (action, State.READY)


def test_a_row_that_waits_still_waits_after_another_interruption():
    once = resume(world(L5="U3"), stored(decided())).review
    twice = resume(world(L5="U3"), stored(once))
    assert (twice.kept, twice.changed) == (3, 1)
    row = twice.review.row(ids(twice.review)["U3"])
    assert row.state is State.UNDECIDED
    assert row.reason.count("it changed after you had decided: do nothing this time") == 1


def test_what_is_in_step_by_now_is_done():
    found = resume(world(R1="A"), stored(decided()))
    assert (found.kept, found.changed, found.gone) == (3, 0, 1)
    assert found.sentence == "3 decisions kept, 1 done or gone"


def test_an_item_that_is_in_another_row_now_takes_the_question_along():
    """What was new is a pair by now: it is another row, about the same item."""
    before = Review.of(world())
    before = before.choose([ids(before)["Only left"]], Choice.NOTHING)
    rights = [right("R1", subject="B"), right("R9", subject="Only left", location="Leeds")]
    fresh = plan([left("L1", subject="A"), left("L2", subject="Only left")], rights, [link("L1", "R1")])
    found = resume(fresh, stored(before))
    assert (found.kept, found.changed, found.gone) == (0, 1, 0)
    row = found.review.row(ids(found.review)["Only left"])
    assert row.right is not None
    assert row.outdated == "do nothing this time"


def twins() -> Plan:
    rights = [right("R1", subject="Sync", location="Leeds"), right("R2", subject="Sync", notes="x")]
    return plan([left("L1", subject="Sync")], rights)


def test_which_one_holds_with_what_was_decided_about_the_pair():
    review = Review.of(twins())
    asks = next(row for row in review.rows() if row.left is not None)
    other = review.candidates(asks.id)[0]
    review = review.pick(asks.id, other.id)
    (joined,) = review.joined
    review = review.choose([joined], Choice.TO_SALESFORCE)
    found = resume(twins(), stored(review))
    assert (found.kept, found.changed) == (2, 0)
    assert found.review.row(joined).action is review.row(joined).action
    assert len(found.review.rows()) == len(review.rows())
    changed = resume(plan([left("L1", subject="Sync", notes="new")], _rights(twins())), stored(review))
    assert changed.review.joined == {}
    assert changed.kept == 0
    assert changed.changed >= 1
    assert not changed.review.counts().writes


def _rights(of: Plan):
    return [row.right for row in of.rows if row.right is not None]


def test_an_earlier_ignore_that_was_taken_back_stays_taken_back():
    quiet = Review.of(world())
    row_id = ids(quiet)["Only left"]
    new, _ = quiet.ignore([row_id], IgnoreMode.FOREVER, NOW).ignores()
    rows = tuple(replace(row, ignored=new.get(row.id)) for row in world().rows)
    known = replace(world(), rows=rows)
    review = Review.of(known).reset([row_id])
    found = resume(known, stored(review))
    assert found.review.ignores() == ({}, {row_id})
    assert found.review.row(row_id).state is State.READY


def test_what_lets_a_mass_change_through_is_asked_anew():
    lefts = [left(f"L{n}", subject=f"S{n}") for n in range(30)]
    links = [link(f"L{n}", f"R{n}", subject=f"S{n}") for n in range(30)]
    rights = [right(f"R{n}", subject=f"S{n}") for n in range(10)]
    suspected = plan(lefts, picture(OL, rights, gone(*(f"R{n}" for n in range(10, 30)))), links)
    (guard,) = suspected.guards
    review = Review.of(suspected).confirm(0, str(guard.count))
    assert review.counts().writes == guard.count
    held = next(row.id for row in suspected.rows if row.held)
    found = resume(suspected, stored(review.choose([held], Choice.TO_OUTLOOK)))
    assert found.kept == 1
    assert found.review.counts().writes == 0
    assert found.review.confirmed == frozenset()


def test_what_was_never_decided_is_no_decision():
    review = Review.of(world())
    row_id = ids(review)["U2"]
    assert draft_of(review, NOW).decisions == 0
    back = review.choose([row_id], Choice.NOTHING).choose([row_id], Choice.RECOMMENDED)
    assert draft_of(back, NOW).decisions == 0
    assert draft_of(back.undo(), NOW).decisions == 1


@pytest.mark.parametrize(
    "damage",
    [
        None,
        [],
        {},
        {"format": 2},
        {"format": 1, "process": "mail", "made_at": "", "saved_at": "", "rows": [], "picks": []},
        {"format": 1, "process": "calendar", "made_at": 1, "saved_at": "", "rows": [], "picks": []},
        {"format": 1, "process": "calendar", "made_at": "", "saved_at": "", "rows": [1], "picks": []},
        {"format": 1, "process": "calendar", "made_at": "", "saved_at": "", "rows": [{"id": "a"}], "picks": []},
        {"format": 1, "process": "calendar", "made_at": "", "saved_at": "", "rows": [], "picks": [[1, 2]]},
        {
            "format": 1,
            "process": "calendar",
            "made_at": "",
            "saved_at": "",
            "picks": [],
            "rows": [{"id": "a", "items": ["b", "c"], "choice": "delete everything"}],
        },
        {
            "format": 1,
            "process": "calendar",
            "made_at": "",
            "saved_at": "",
            "picks": [],
            "rows": [{"id": ["a"], "items": ["b", "c"], "choice": "nothing"}],
        },
    ],
)
def test_what_is_no_draft_is_refused(damage):
    with pytest.raises(NO_DRAFT):
        from_json(damage)


_CHOICES = st.lists(st.tuples(st.integers(0, 4), st.sampled_from([*Choice, *IgnoreMode])), max_size=8)
_CHANGES = st.dictionaries(st.sampled_from(["L1", "L2", "L5", "R1", "R4"]), st.sampled_from(["new", "other"]))


@given(_CHOICES, _CHANGES)
def test_nothing_is_ever_written_that_was_neither_recommended_then_nor_decided_on_what_is_there(said, changes):
    review = Review.of(world())
    rows = [row.id for row in review.plan.rows]
    for at, what in said:
        row_id = rows[at % len(rows)]
        review = review.choose([row_id], what) if isinstance(what, Choice) else review.ignore([row_id], what, NOW)
    fresh = world(**changes)
    found = resume(fresh, stored(review))
    assert found.kept + found.changed + found.gone == draft_of(review, NOW).decisions
    touched = {row.row_id for row in draft_of(review, NOW).rows}
    planned = {row.id: row for row in fresh.rows}
    for row in found.review.rows():
        if row.id in found.review.outdated:
            assert row.action in (Action.CONFLICT, Action.NONE)
        elif row.id not in touched or (planned[row.id].quiet and row.quiet):
            assert row == planned[row.id]
        else:
            assert (row.action, row.state) == (review.row(row.id).action, review.row(row.id).state)
    # what was kept once is kept again
    assert resume(fresh, stored(found.review)).review.rows() == found.review.rows()


class _Known:
    """The memory of a pair that is known already."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def known_memory(self, kind: object) -> Memory | None:
        return self.memory if kind is CAL else None


def remembered(memory: Memory) -> Remembered:
    found = Remembered()
    found._open = _Known(memory)  # type: ignore[assignment]
    return found


def test_a_draft_is_private_on_disk_and_can_be_forgotten(tmp_path: Path):
    memory = Memory(tmp_path, "a|b")
    memory.put_record("draft/other", {"x": 1})
    service = remembered(memory)
    assert service.draft(CAL) is None
    draft = draft_of(decided(), NOW)
    service.keep_draft(draft)
    memory.close()
    assert remembered(Memory(tmp_path, "a|b")).draft(CAL) == draft
    assert memory.path.stat().st_mode & 0o077 == 0
    service.drop_draft(CAL)
    service.drop_draft(CAL)
    assert service.draft(CAL) is None
    assert memory.record("draft/other") == {"x": 1}


def test_a_review_without_decisions_leaves_no_draft(tmp_path: Path):
    service = remembered(Memory(tmp_path, "a|b"))
    service.keep_draft(draft_of(decided(), NOW))
    service.keep_draft(draft_of(Review.of(world()), NOW))
    assert service.draft(CAL) is None


def test_a_draft_that_makes_no_sense_is_none(tmp_path: Path):
    memory = Memory(tmp_path, "a|b")
    memory.put_record("draft/calendar", {"format": 99})
    assert remembered(memory).draft(CAL) is None
    kept = Kept("a", "b", "c", "d", Choice.NOTHING)
    memory.put_record("draft/calendar", {**to_json(Draft(CAL, NOW, NOW, (kept,))), "process": "tasks"})
    assert remembered(memory).draft(CAL) is None


def test_fields_that_were_decided_one_by_one_are_kept():
    lefts, rights = [left("L1", subject="A", location="Hall")], [right("R1", subject="B", location="Room 7")]
    both = plan(lefts, rights, [link("L1", "R1")])
    (row,) = both.rows
    review = Review.of(both).choose_field(row.id, "subject", FieldChoice(None, "C"))
    review = review.choose_field(row.id, "location", FieldChoice(OL))
    found = resume(both, stored(review))
    assert found.kept == 1
    assert found.review.row(row.id) == review.row(row.id)
    assert found.review.row(row.id).action is Action.MERGE
    ignored = stored(review.ignore([row.id], IgnoreMode.ONCE, NOW))
    assert resume(both, ignored).review.row(row.id) == review.ignore([row.id], IgnoreMode.ONCE, NOW).row(row.id)
    # what was typed is longer than the side holds by now: nothing of the row is taken over
    short = Description(OL, "priya", "o", Limits(lengths={"subject": 0}))
    less = resume(replace(both, descriptions={OL: short}), stored(review))
    assert (less.kept, less.changed) == (0, 1)
    assert less.review.row(row.id).outdated == "subject typed: C, location from Outlook"
    assert less.review.row(row.id).state is State.UNDECIDED


def test_a_decision_in_words():
    assert Kept("a", "b", "c", "d", Choice.TO_OUTLOOK).words(CAL) == "use Salesforce"
    assert Kept("a", "b", "c", "d", mode=IgnoreMode.FOREVER).words(CAL) == "ignore forever"


WEEKLY = When("2026-11-23T01:00:00Z", "2026-11-23T02:00:00Z", False, "FREQ=WEEKLY;BYDAY=MO;COUNT=3", "Asia/Tokyo")
NO_TOKYO = Limits(series_zone="Europe/London", fixed_pattern=True, no_changed_occurrences="")


def with_series(*titles: str, limits: Limits = NO_TOKYO) -> Plan:
    """A series in Outlook per title, in a zone that a new Salesforce series cannot have."""
    items = [
        right(f"R{n}", subject=title, when=WEEKLY, exceptions="", series=True) for n, title in enumerate(titles, 1)
    ]
    return plan(picture(SF, (), limits=limits), items)


def test_a_series_that_changed_since_it_was_to_cross_as_single_events_waits_to_be_decided_again():
    review = Review.of(with_series("Tokyo call", "Osaka call", "Kyoto call"))
    review = review.as_single_events([row.id for row in review.plan.rows], NOW)
    found = resume(with_series("Tokyo call", "Osaka call, put off"), stored(review))
    assert (found.kept, found.changed, found.gone) == (1, 1, 1)
    row = next(row for row in found.review.rows() if row.title == "Osaka call, put off")
    assert row.reason.endswith("(it changed after you had decided: its occurrences as single events)")
    assert found.sentence == "1 decision kept, 1 row changed since: to be decided again, 1 done or gone"
    # and it still waits when the line drops once more
    again = resume(with_series("Tokyo call", "Osaka call, put off"), stored(found.review))
    assert (again.kept, again.changed, again.gone) == (1, 1, 0)


def test_a_series_that_can_cross_as_it_is_by_now_waits_to_be_decided_again():
    review = Review.of(with_series("Tokyo call"))
    review = review.as_single_events([row.id for row in review.plan.rows], NOW)
    found = resume(with_series("Tokyo call", limits=Limits(series_zone="Asia/Tokyo")), stored(review))
    assert (found.kept, found.changed, found.gone) == (0, 1, 0)
    assert [row.state for row in found.review.rows()] == [State.UNDECIDED]
