"""The days of a rule as dateutil finds them in its text, to hold ours against."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import islice

from dateutil.rrule import rrulestr


def by_dateutil(text: str, start: date, number: int) -> list[date]:
    """The first `number` days of a rule for a series that starts on a day, or all where there are fewer."""
    rule = rrulestr(text, dtstart=datetime.combine(start, time()))
    return [moment.date() for moment in islice(rule, number)]
