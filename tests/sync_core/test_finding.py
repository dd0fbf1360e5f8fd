"""Finding rows by words, and marking rows by what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.build import OL, SF, all_day, at, gone, item, left, link, only, picture, plan, right
from support.host import dates_in
from support.hostile import TEXTS

from sync_core import dates, datewords, finding
from sync_core.compare import Verdict
from sync_core.finding import Finder, Wanted
from sync_core.items import Kind, When
from sync_core.order import Order, arranged, heading
from sync_core.plan import Choice, Plan, Row, Situation
from sync_core.review import Review
from sync_core.selecting import Condition, having
from sync_core.sides import Operation

ZONE = "Europe/London"
# a Wednesday
TODAY = date(2026, 11, 25)
WEEKLY = When("2026-11-02T09:00:00Z", "2026-11-02T09:30:00Z", False, "FREQ=WEEKLY;BYDAY=MO", ZONE)


def found(rows: list[Row] | tuple[Row, ...], words: str) -> list[str]:
    return [row.title for row in Finder(ZONE, TODAY).find(rows, Wanted.of(words, TODAY))]


def sample() -> Plan:
    lefts = [
        left("L1", subject="Budget", when=at(25), location="Café Zürich", people=("Priya Shah",)),
        left("L2", subject="Trade fair", when=all_day(26, 28)),
        left("L3", subject="Stand-up", when=WEEKLY, series=True),
        left("L4", subject="Decision", when=at(24, month=12)),
    ]
    rights = [
        right("R1", subject="Budget", when=at(26), location="Café Zürich"),
        right("R5", subject="Night shift", when=When("2026-11-28T22:00:00Z", "2026-11-29T04:00:00Z")),
    ]
    links = [link("L1", "R1", subject="Budget", when=at(23), location="Café Zürich"), link("L9", "R9", subject="Old")]
    return plan(picture(SF, lefts, gone("L9")), picture(OL, [*rights, right("R9", subject="Old", when=at(23))]), links)


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("", ["Old", "Stand-up", "Budget", "Trade fair", "Night shift", "Decision"]),
        ("budget", ["Budget"]),
        ("ZURICH priya", ["Budget"]),
        ("zürich", ["Budget"]),
        ("today", ["Budget"]),
        ("tomorrow", ["Budget", "Trade fair"]),
        ("fri", ["Trade fair"]),
        ("sun", ["Night shift"]),
        ("mon", ["Old", "Stand-up"]),
        ("dec", ["Stand-up", "Decision"]),
        ("2026-12-24", ["Decision"]),
        ("2026-12", ["Stand-up", "Decision"]),
        ("24 dec", ["Decision"]),
        ("next week", ["Stand-up"]),
        ("this week night", ["Night shift"]),
        ("delete", ["Old"]),
        ("undecided", ["Budget"]),
        ("series", ["Stand-up"]),
        ("conflict", ["Budget"]),
        ("nowhere", []),
        ("budget dec", []),
    ],
)
def test_rows_are_found_by(words: str, titles: list[str]) -> None:
    rows = arranged(sample().rows, Order.TIME, ZONE)
    # the weekly series began on the second: it stands first
    assert sorted(found(rows, words)) == sorted(titles)


def test_a_day_can_be_typed_letter_by_letter_without_an_empty_page_on_the_way() -> None:
    rows = sample().rows
    for words in ("2026-12-24", "decision", "2026-11-25"):
        for end in range(1, len(words) + 1):
            assert found(rows, words[:end]), words[:end]


def test_the_finder_follows_decisions() -> None:
    review = Review.of(sample())
    row = next(row for row in review.rows() if row.title == "Decision")
    finder = Finder(ZONE, TODAY)
    finder.learn(review.rows())
    wanted = Wanted.of("nothing decision", TODAY)
    assert finder.find(review.rows(), wanted) == []
    after = review.choose([row.id], Choice.NOTHING)
    assert [r.title for r in finder.find(after.rows(), wanted)] == ["Decision"]


def test_a_row_is_looked_at_once_until_it_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of rows are looked through at every letter that is typed: what a row is found by is worked out once."""
    looked: list[str] = []
    whole = finding.entry_of

    def counted(row: Row, zone: str, today: date) -> finding.Entry:
        looked.append(row.title)
        return whole(row, zone, today)

    monkeypatch.setattr(finding, "entry_of", counted)
    rows = list(sample().rows)
    finder = Finder(ZONE, TODAY)
    finder.learn(rows)
    assert sorted(looked) == sorted(row.title for row in rows)
    for words in ("b", "bu", "bud", "today"):
        finder.find(rows, Wanted.of(words, TODAY))
    assert len(looked) == len(rows)
    other = [replace(row, reason="it is another one") if row.title == "Old" else row for row in rows]
    assert [row.title for row in finder.find(other, Wanted.of("another", TODAY))] == ["Old"]
    assert looked[len(rows) :] == ["Old"]


def test_a_series_is_found_by_the_days_that_either_side_has_it_on() -> None:
    tuesdays = When("2026-11-03T09:00:00Z", "2026-11-03T09:30:00Z", False, "FREQ=WEEKLY;BYDAY=TU", ZONE)
    here, there = left("L1", when=WEEKLY, series=True), right("R1", when=tuesdays, series=True)
    rows = plan([here], [there], [link("L1", "R1", when=WEEKLY)]).rows
    for words in ("mon", "tue", "2026-11-23", "2026-11-24", "next week"):
        assert len(found(rows, words)) == 1, words
    assert found(rows, "wed") == []
    # the day it began on is its own, however long ago that was, and however few of its days are looked at
    old = WEEKLY._replace(start="2019-03-04T09:00:00Z", end="2019-03-04T09:30:00Z")
    rows = plan([left("L1", when=old, series=True)], []).rows
    assert len(found(rows, "2019-03-04")) == 1
    assert found(rows, "2019-03-11") == []


def test_people_phones_and_due_dates() -> None:
    kim = item(Kind.CONTACTS, SF, "C1", first_name="Kim", last_name="Lee", business_phone="+44 20")
    assert found(plan([kim], [], kind=Kind.CONTACTS).rows, "lee +44") == ["Kim Lee"]
    task = item(Kind.TASKS, SF, "T1", subject="Offer", due="2026-11-27", status="in_progress")
    rows = plan([task], [], kind=Kind.TASKS).rows
    assert found(rows, "fri") == found(rows, "in progress") == found(rows, "27 nov") == ["Offer"]


@given(st.one_of(st.text(max_size=60), st.sampled_from(list(TEXTS.values()))))
def test_any_words_may_be_typed(words: str) -> None:
    found(sample().rows, words)


@given(st.text(max_size=30), st.text(max_size=30))
def test_more_words_never_find_more(one: str, two: str) -> None:
    rows = sample().rows
    if len(Wanted.of(f"{one} {two}", TODAY).terms) == len(Wanted.of(one, TODAY).terms) + len(
        Wanted.of(two, TODAY).terms
    ):
        assert set(found(rows, f"{one} {two}")) <= set(found(rows, one))


@pytest.mark.parametrize("subject", list(TEXTS.values()), ids=list(TEXTS))
def test_hostile_rows_are_found_by_their_harmless_words(subject: str) -> None:
    rows = plan([left(subject=f"{subject} needle")], []).rows
    assert len(found(rows, "needle")) == 1


STRANGE = (
    When("words", "words"),
    When("9999-12-31T23:00:00Z", "9999-12-31T23:30:00Z"),
    When("0001-01-01", "0001-01-01", True),
    WEEKLY._replace(recurrence="FREQ=NEVER"),
    None,
)


@pytest.mark.parametrize("when", STRANGE)
def test_strange_times_do_no_harm(when: When | None) -> None:
    rows = (replace(only(plan([left()], [])), left=left(when=when)),)
    for words in ("today", "dec", "budget"):
        found(rows, words)
    for order in Order:
        assert [heading(row, order, "Pacific/Apia") for row in arranged(rows, order, "Pacific/Apia")]


def titles(condition: Condition, review: Review, like: str = "") -> list[str]:
    rows = review.rows()
    row = next((row for row in rows if row.title == like), None)
    return sorted(review.row(row_id).title for row_id in having(rows, condition, row))


def test_rows_are_marked_by_what_they_have_in_common() -> None:
    review = Review.of(sample())
    assert titles(Condition.UNDECIDED, review) == ["Budget"]
    assert titles(Condition.DELETES, review) == ["Old"]
    assert titles(Condition.TO_OUTLOOK, review) == ["Decision", "Old", "Stand-up", "Trade fair"]
    assert titles(Condition.TO_SALESFORCE, review) == ["Night shift"]
    assert titles(Condition.SAME_REASON, review, "Decision") == ["Decision", "Stand-up", "Trade fair"]
    assert titles(Condition.LIKE_THIS, review, "Night shift") == ["Night shift"]
    assert titles(Condition.LIKE_THIS, review) == []
    assert titles(Condition.DECIDED, review) == []
    decision = next(row for row in review.rows() if row.title == "Decision")
    assert titles(Condition.DECIDED, review.choose([decision.id], Choice.NOTHING)) == ["Decision"]


def test_a_merge_goes_both_ways_and_what_is_blocked_goes_nowhere() -> None:
    row = only(plan([left(subject="A")], [right(location="B")], [link()]))
    assert having([row], Condition.TO_OUTLOOK) == having([row], Condition.TO_SALESFORCE) == [row.id]
    shut = replace(row, blocks={(OL, Operation.UPDATE): "prevented", (SF, Operation.UPDATE): "prevented"})
    assert having([shut], Condition.TO_OUTLOOK) == []


def test_the_same_reason_does_not_ask_for_the_same_name() -> None:
    rows = plan([left("L1", subject="A"), left("L2", subject="C", when=at(24))],
                [right("R1", subject="A"), right("R2", subject="A"), right("R3", subject="C", when=at(24)),
                 right("R4", subject="C", when=at(24))]).rows  # fmt: skip
    ours = [row for row in rows if row.left is not None]
    assert len(having(rows, Condition.SAME_REASON, ours[0])) >= len(ours)


def test_a_reason_is_the_same_whatever_it_calls_by_name_or_counts() -> None:
    row = only(plan([left(subject="A")], [right()], [link()]))
    one = replace(row, id="one", reason="“Budget” of 3 days", blocks={(OL, Operation.UPDATE): "waits for 2"})
    same = replace(row, id="same", reason="“Trade fair” of 14 days", blocks={(OL, Operation.UPDATE): "waits for 9"})
    other = replace(row, id="other", reason="“Budget” of 3 weeks", blocks={(OL, Operation.UPDATE): "waits for 2"})
    shut = replace(row, id="shut", reason="“Budget” of 3 days", blocks={(OL, Operation.UPDATE): "is over after 2"})
    assert having([one, same, other, shut], Condition.SAME_REASON, one) == ["one", "same"]
    assert having([one, same], Condition.SAME_REASON) == []


def test_like_this_one_means_how_it_came_about_and_what_happens_to_it() -> None:
    row = only(plan([left(subject="A")], [right()], [link()]))
    (change,) = [one for one in row.changes if one.verdict is not Verdict.SAME]
    equal = replace(change, name="notes", verdict=Verdict.SAME)
    others = {
        "another field": replace(row, changes=(replace(change, name="location"),)),
        "from the other side": replace(row, changes=(replace(change, verdict=Verdict.RIGHT),)),
        "nothing on the left": replace(row, left=None),
        "nothing on the right": replace(row, right=None),
        "not possible": replace(row, blocks={(OL, Operation.UPDATE): "prevented"}),
        "left alone": replace(row, choice=Choice.NOTHING),
        "come about otherwise": replace(row, situation=Situation.TAKEN_BACK),
    }
    alike = replace(row, id="with a field that is equal", changes=(change, equal))
    named = [replace(other, id=name) for name, other in others.items()]
    assert having([row, alike, *named], Condition.LIKE_THIS, row) == [row.id, alike.id]


def test_what_only_salesforce_has_is_not_like_what_only_outlook_has() -> None:
    """Not even when both are left alone, and nothing happens to either."""
    p = plan([left("L1", subject="A"), left("L2", subject="B", when=at(24))], [right("R3", subject="C", when=at(25))])
    review = Review.of(p)
    rows = review.choose([row.id for row in review.rows()], Choice.NOTHING).rows()
    marked = having(rows, Condition.LIKE_THIS, rows[0])
    assert [row.title for row in rows if row.id in marked] == ["A", "B"]
    marked = having(rows, Condition.LIKE_THIS, rows[-1])
    assert [row.title for row in rows if row.id in marked] == ["C"]


@pytest.mark.parametrize("order", list(Order))
def test_orders_lose_nothing_and_keep_headings_together(order: Order) -> None:
    rows = arranged(sample().rows, order, ZONE)
    assert sorted(row.id for row in rows) == sorted(row.id for row in sample().rows)
    headings = [heading(row, order, ZONE) for row in rows]
    runs = [one for n, one in enumerate(headings) if n == 0 or headings[n - 1] != one]
    assert len(runs) == len(set(runs))


def test_what_each_order_puts_first() -> None:
    rows = sample().rows
    assert arranged(rows, Order.SUBJECT, ZONE)[0].title == "Budget"
    assert [heading(row, Order.ACTION, ZONE) for row in arranged(rows, Order.ACTION, ZONE)][:2] == [
        "Conflict, needs a choice",
        "Delete from Outlook",
    ]
    changed = [replace(row, left=replace(row.left, changed_at=f"2026-11-2{n}T10:00:00Z"))
               for n, row in enumerate(r for r in rows if r.left is not None) if row.left is not None]  # fmt: skip
    assert [r.left.changed_at[8:10] for r in arranged(changed, Order.CHANGED, ZONE) if r.left] == [
        "23",
        "22",
        "21",
        "20",
    ]
    assert heading(changed[0], Order.CHANGED, ZONE) == date(2026, 11, 20)
    assert Order.CHANGED.next is Order.TIME


@pytest.fixture
def weeks() -> Iterator[Callable[[int], None]]:
    """Lets weeks begin on a day, 0 for Monday, for the time of a test."""
    before = dates.style()
    with dates_in(before):
        yield lambda first: dates.use(replace(before, first_day=first))


@pytest.mark.parametrize("first", [0, 5, 6])
@pytest.mark.parametrize("offset", range(7))
def test_words_for_weeks_know_the_day_that_weeks_begin_on(
    weeks: Callable[[int], None], first: int, offset: int
) -> None:
    weeks(first)
    today = date(2026, 11, 23) + timedelta(days=offset)
    (last, this, coming) = (datewords.days([which, "week"], today) for which in ("last", "this", "next"))
    assert last
    assert this
    assert coming
    ((start, end),) = this[0].ranges
    assert start.weekday() == first
    assert start <= today <= end
    assert (end - start).days == 6
    assert last[0].ranges == ((start - timedelta(days=7), start - timedelta(days=1)),)
    assert coming[0].ranges == ((end + timedelta(days=1), end + timedelta(days=7)),)
    # a weekday of a week is the one inside it
    for number, name in enumerate(dates.DAYS):
        inside = datewords.days(["this", name.casefold()], today)
        assert inside
        ((day, last_of_it),) = inside[0].ranges
        assert (day, day.weekday()) == (last_of_it, number)
        assert start <= day <= end


def test_the_filter_goes_by_the_day_that_weeks_begin_on(weeks: Callable[[int], None]) -> None:
    """Saturday 28 November to Sunday morning: with weeks from Sunday on, its end is in the next week."""
    rows = sample().rows
    weeks(0)
    assert "Night shift" not in found(rows, "next week")
    weeks(6)
    assert "Night shift" in found(rows, "next week")
