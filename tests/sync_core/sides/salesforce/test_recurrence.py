"""Patterns of series in words."""

from __future__ import annotations

from typing import Any

import pytest

from sync_core.sides.salesforce.recurrence import in_words


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("RRULE:FREQ=DAILY", "every day"),
        ("RRULE:FREQ=DAILY;INTERVAL=3;COUNT=5", "every 3 days, 5 times"),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;WKST=SU", "every week on Monday, Wednesday and Friday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20270131T090000Z", "every 2 weeks on Tuesday, until 2027-01-31"),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=15", "every month on day 15"),
        ("RRULE:FREQ=MONTHLY;BYDAY=TH;BYSETPOS=-1", "every month on the last Thursday"),
        ("RRULE:FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday"),
        ("RRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=5", "every year on day 5 in November"),
        ("RRULE:FREQ=SOMETIMES", "repeats (RRULE:FREQ=SOMETIMES)"),
        ("RRULE:", "repeats (RRULE:)"),
        ("", "repeats"),
    ],
)
def test_lightning(pattern: str, words: str) -> None:
    """The subset of RRULE that Salesforce writes (B1, IsRecurrence2); anything else never fails."""
    assert in_words({"IsRecurrence2": True, "Recurrence2PatternText": pattern}) == words


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"RecurrenceType": "RecursDaily", "RecurrenceInterval": 2}, "every 2 days"),
        ({"RecurrenceType": "RecursEveryWeekday"}, "every weekday"),
        (
            {"RecurrenceType": "RecursWeekly", "RecurrenceInterval": 1, "RecurrenceDayOfWeekMask": 2 + 32},
            "every week on Monday and Friday",
        ),
        ({"RecurrenceType": "RecursMonthly", "RecurrenceDayOfMonth": 3}, "every month on day 3"),
        (
            {"RecurrenceType": "RecursMonthlyNth", "RecurrenceInstance": "Last", "RecurrenceDayOfWeekMask": 4},
            "every month on the last Tuesday",
        ),
        (
            {"RecurrenceType": "RecursYearly", "RecurrenceDayOfMonth": 24, "RecurrenceMonthOfYear": "December"},
            "every year on 24 December",
        ),
        (
            {
                "RecurrenceType": "RecursYearlyNth",
                "RecurrenceInstance": "First",
                "RecurrenceDayOfWeekMask": 2,
                "RecurrenceMonthOfYear": "May",
                "RecurrenceEndDateOnly": "2030-05-31",
            },
            "every year on the first Monday in May, until 2030-05-31",
        ),
        ({"RecurrenceType": "RecursSomehow"}, "repeats"),
        ({"RecurrenceActivityId": "x"}, "repeats"),
    ],
)
def test_classic(row: dict[str, Any], words: str) -> None:
    """Classic series (B1, IsRecurrence)."""
    assert in_words({"IsRecurrence": True, **row}) == words
