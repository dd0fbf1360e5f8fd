"""Series: patterns, views, changed and deleted occurrences."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from exchangelib import CalendarItem, EWSDate, EWSDateTime, EWSTimeZone
from exchangelib.errors import (
    ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange,
    ErrorCalendarOccurrenceIsDeletedFromRecurrence,
    ErrorItemNotFound,
    ErrorOccurrenceCrossingBoundary,
)
from exchangelib.recurrence import (
    AbsoluteMonthlyPattern,
    AbsoluteYearlyPattern,
    DailyPattern,
    RelativeMonthlyPattern,
    RelativeYearlyPattern,
    WeeklyPattern,
)
from exchangelib.recurrence import (
    Recurrence as ClientRecurrence,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_core.sandbox.ews.recurrence import ModifiedOccurrence, Recurrence

BERLIN = EWSTimeZone("Europe/Berlin")
UTC_ZONE = EWSTimeZone("UTC")
ONLY = ("subject", "start", "end", "type")


def days(recurrence: Recurrence, limit: int = 5) -> list[str]:
    return [day.isoformat() for _, day in zip(range(limit), recurrence.dates(), strict=False)]


@pytest.mark.parametrize(
    ("recurrence", "expected"),
    [
        (Recurrence("Daily", date(2026, 11, 24), interval=3, count=2), ["2026-11-24", "2026-11-27"]),
        (
            Recurrence("Weekly", date(2026, 11, 24), days=("Monday", "Tuesday"), end=date(2026, 12, 1)),
            ["2026-11-24", "2026-11-30", "2026-12-01"],
        ),
        # every second week: which weeks these are depends on the day a week begins with
        (
            Recurrence("Weekly", date(2026, 11, 24), 2, ("Tuesday", "Sunday"), "Sunday", count=4),
            ["2026-11-24", "2026-12-06", "2026-12-08", "2026-12-20"],
        ),
        (
            Recurrence("Weekly", date(2026, 11, 24), 2, ("Tuesday", "Sunday"), "Monday", count=4),
            ["2026-11-24", "2026-11-29", "2026-12-08", "2026-12-13"],
        ),
        (
            Recurrence("AbsoluteMonthly", date(2026, 12, 31), day_of_month=31, count=4),
            ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"],
        ),
        (
            Recurrence("RelativeMonthly", date(2026, 11, 1), days=("Weekday",), index="Last", count=3),
            ["2026-11-30", "2026-12-31", "2027-01-29"],
        ),
        (
            Recurrence("RelativeMonthly", date(2026, 11, 1), 2, days=("Thursday",), index="Second", count=2),
            ["2026-11-12", "2027-01-14"],
        ),
        (
            Recurrence("AbsoluteYearly", date(2027, 1, 1), day_of_month=29, month="February", count=2),
            ["2027-02-28", "2028-02-29"],
        ),
        (
            Recurrence("RelativeYearly", date(2026, 1, 1), days=("Sunday",), index="Last", month="March", count=2),
            ["2026-03-29", "2027-03-28"],
        ),
    ],
)
def test_patterns(recurrence, expected):
    assert days(recurrence) == expected
    assert recurrence.problem() is None


@given(
    st.sampled_from(
        [
            Recurrence("Daily", date(2026, 1, 1), interval=2),
            Recurrence("Weekly", date(2026, 1, 1), days=("Friday", "Monday")),
            Recurrence("AbsoluteMonthly", date(2026, 1, 1), day_of_month=30),
            Recurrence("RelativeMonthly", date(2026, 1, 1), days=("WeekendDay",), index="First"),
        ]
    ),
    st.integers(1, 50),
)
@settings(max_examples=40)
def test_dates_rise_and_end_with_the_count(recurrence, count):
    from dataclasses import replace

    found = list(replace(recurrence, count=count).dates())
    assert len(found) == count
    assert found == sorted(set(found))
    assert found == list(replace(recurrence, end=found[-1]).dates())


@pytest.mark.parametrize(
    "pattern",
    [
        DailyPattern(interval=2),
        WeeklyPattern(interval=1, weekdays=["Tuesday", "Thursday"], first_day_of_week="Monday"),
        AbsoluteMonthlyPattern(interval=1, day_of_month=24),
        RelativeMonthlyPattern(interval=1, weekday="Tuesday", week_number="Fourth"),
        AbsoluteYearlyPattern(day_of_month=24, month="November"),
        RelativeYearlyPattern(weekday="Tuesday", week_number="Fourth", month="November"),
    ],
)
@pytest.mark.parametrize("limit", [{}, {"number": 4}, {"end": EWSDate(2030, 1, 1)}])
def test_every_pattern_survives_the_way_there_and_back(account, pattern, limit):
    recurrence = ClientRecurrence(pattern=pattern, start=EWSDate(2026, 11, 24), **limit)
    item = CalendarItem(
        folder=account.calendar,
        subject="Series",
        start=EWSDateTime(2026, 11, 24, 10, tzinfo=BERLIN),
        end=EWSDateTime(2026, 11, 24, 11, tzinfo=BERLIN),
        recurrence=recurrence,
    ).save()
    again = account.calendar.get(id=item.id)
    assert again.recurrence == recurrence
    assert again.type == "RecurringMaster"
    assert again.first_occurrence.start == item.start
    assert (again.last_occurrence is None) == (not limit)


@pytest.fixture
def series(world):
    """Every weekday at ten in Berlin, from before the clocks change to after it."""
    return world.box.create(
        world.box.folder("calendar"),
        {
            "subject": "Stand-up",
            "start": datetime(2026, 10, 22, 8, tzinfo=UTC),
            "end": datetime(2026, 10, 22, 8, 15, tzinfo=UTC),
            "start_zone": "W. Europe Standard Time",
            "recurrence": Recurrence(
                "Weekly", date(2026, 10, 22), days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"), count=5
            ),
        },
    )


def view(account, first: datetime, last: datetime, **options):
    start, end = EWSDateTime.from_datetime(first), EWSDateTime.from_datetime(last)
    return list(account.calendar.view(start=start, end=end, **{"max_items": 1000, **options}).only(*ONLY))


def all_of(account):
    return view(account, datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def test_a_view_shows_occurrences_and_not_the_master(account, series):
    found = all_of(account)
    # ten o'clock stays ten o'clock when summer time ends on 25 October
    assert [item.start.strftime("%d %H:%M") for item in found] == [
        "22 08:00",
        "23 08:00",
        "26 09:00",
        "27 09:00",
        "28 09:00",
    ]
    assert {item.type for item in found} == {"Occurrence"}
    assert len({item.id for item in found}) == 5
    assert [item.type for item in account.calendar.all().only("type")] == ["RecurringMaster"]


def test_a_view_ends_where_it_ends(account, series):
    found = view(account, datetime(2026, 10, 23, 8, 15, tzinfo=UTC), datetime(2026, 10, 27, 9, tzinfo=UTC))
    assert [item.start.day for item in found] == [26]
    assert len(view(account, datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC), max_items=2)) == 2


def test_a_changed_occurrence_becomes_an_exception(world, account, series):
    key = series.change_key
    third = all_of(account)[2]
    occurrence = account.calendar.get(id=third.id)
    occurrence.subject = "Stand-up, longer"
    occurrence.start += timedelta(hours=20)
    occurrence.end += timedelta(hours=20)
    occurrence.save(update_fields=["subject", "start", "end"])
    assert series.change_key != key
    found = all_of(account)
    assert [item.start.strftime("%d %H") for item in found] == ["22 08", "23 08", "27 05", "27 09", "28 09"]
    assert (found[2].type, found[2].subject) == ("Exception", "Stand-up, longer")
    assert found[2].id == third.id
    master = account.calendar.get(id=series.id)
    (changed,) = master.modified_occurrences
    assert changed.id == third.id
    assert changed.original_start == third.start
    assert changed.start == third.start + timedelta(hours=20)
    # seen from a window it was moved out of, and one it was moved into
    assert view(account, datetime(2026, 10, 26, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC)) == []
    assert len(view(account, datetime(2026, 10, 27, tzinfo=UTC), datetime(2026, 10, 28, tzinfo=UTC))) == 2


@pytest.mark.parametrize("hours", [24, 30, -96, 23.9])
def test_an_occurrence_cannot_pass_its_neighbours(world, account, series, hours):
    occurrence = account.calendar.get(id=all_of(account)[2].id)
    occurrence.start += timedelta(hours=hours)
    occurrence.end += timedelta(hours=hours)
    with pytest.raises(ErrorOccurrenceCrossingBoundary):
        occurrence.save(update_fields=["start", "end"])
    assert "modified_occurrences" not in series.fields


def test_a_deleted_occurrence_is_gone_and_known_to_the_master(world, account, series):
    second = all_of(account)[1]
    account.calendar.get(id=second.id).move_to_trash()
    assert [item.start.day for item in all_of(account)] == [22, 26, 27, 28]
    assert not world.box.items(world.box.folder("deleteditems"))
    (gone,) = account.calendar.get(id=series.id).deleted_occurrences
    assert gone.start == second.start
    with pytest.raises(ErrorItemNotFound):
        account.calendar.get(id=second.id).refresh()


def test_occurrences_by_index_and_back_to_the_master(account, series):
    master = account.calendar.get(id=series.id)
    third = master.occurrence(3)
    third.refresh()
    assert third.start == datetime(2026, 10, 26, 9, tzinfo=UTC)
    assert third.recurrence is None
    back = third.recurring_master()
    back.refresh()
    assert back.id == series.id
    third.delete()
    with pytest.raises(ErrorCalendarOccurrenceIsDeletedFromRecurrence):
        master.occurrence(3).refresh()
    with pytest.raises(ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange):
        master.occurrence(6).refresh()


def test_native_exceptions_look_the_same(world, account, series):
    world.box.update(
        series.id,
        {
            "modified_occurrences": [
                ModifiedOccurrence(datetime(2026, 10, 23, 8, tzinfo=UTC), {"location": "Room 12", "subject": "Moved"})
            ],
            "deleted_occurrences": [datetime(2026, 10, 22, 8, tzinfo=UTC)],
        },
    )
    first = all_of(account)[0]
    assert (first.type, first.subject) == ("Exception", "Moved")
    assert account.calendar.get(id=first.id).location == "Room 12"
    master = account.calendar.get(id=series.id)
    assert master.first_occurrence.start == datetime(2026, 10, 23, 8, tzinfo=UTC)
    assert world.box.get(series.id).native()["modified_occurrences"] == [
        {"original_start": "2026-10-23T08:00:00Z", "changes": {"location": "Room 12", "subject": "Moved"}}
    ]


def test_a_new_pattern_forgets_the_exceptions_of_the_old_one(world, account, series):
    all_of(account)[1].delete()
    master = account.calendar.get(id=series.id)
    master.subject = "Renamed"
    master.save(update_fields=["subject"])
    assert len(series.fields["deleted_occurrences"]) == 1
    master.recurrence = ClientRecurrence(pattern=DailyPattern(interval=1), start=EWSDate(2026, 10, 22), number=2)
    master.save(update_fields=["recurrence"])
    assert "deleted_occurrences" not in series.fields
    assert [item.start.day for item in all_of(account)] == [22, 23]


def test_a_series_begins_with_its_first_occurrence(account):
    item = CalendarItem(
        folder=account.calendar,
        subject="Fridays",
        start=EWSDateTime(2026, 11, 24, 10, tzinfo=BERLIN),
        end=EWSDateTime(2026, 11, 24, 11, tzinfo=BERLIN),
        recurrence=ClientRecurrence(
            pattern=WeeklyPattern(interval=1, weekdays=["Friday"]), start=EWSDate(2026, 11, 24), number=3
        ),
    ).save()
    assert account.calendar.get(id=item.id).start == EWSDateTime(2026, 11, 27, 10, tzinfo=BERLIN)


def test_an_endless_series_is_quick_to_view_years_later(world, account):
    world.box.create(
        world.box.folder("calendar"),
        {
            "subject": "For ever",
            "start": datetime(2010, 1, 1, 8, tzinfo=UTC),
            "end": datetime(2010, 1, 1, 9, tzinfo=UTC),
            "recurrence": Recurrence("Daily", date(2010, 1, 1)),
        },
    )
    found = view(account, datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 4, tzinfo=UTC))
    assert [item.start.day for item in found] == [1, 2, 3]


def test_a_damaged_event_without_times_is_in_no_view(world, account):
    day = datetime(2026, 11, 2, 9, tzinfo=UTC)
    damaged = world.box.create(world.box.folder("calendar"), {"subject": "Torn", "start": day, "end": day})
    del damaged.fields["start"]
    assert all_of(account) == []
