"""Recurring series, purely: patterns, what each side can hold of them, their words, their days and what differs.

Nothing here knows a clock, a server or an item. A series has a pattern, the local day (or moment) of its first event,
and a time zone of its own in which its clock time stays the same.
"""

from __future__ import annotations

from sync_core.recurrence.ews import EwsRecurrence, ews_cannot, from_ews, to_ews
from sync_core.recurrence.exceptions import NOTHING, ChangedOccurrence, Exceptions, Moment
from sync_core.recurrence.expansion import days, first_day, last_day, same_occurrences
from sync_core.recurrence.normal import anchored
from sync_core.recurrence.pattern import Day, Frequency, Pattern, PatternError
from sync_core.recurrence.rule_text import parse
from sync_core.recurrence.salesforce import from_classic, from_salesforce, salesforce_cannot, to_salesforce
from sync_core.recurrence.window import Occurrence, occurrences
from sync_core.recurrence.wording import words

__all__ = [
    "NOTHING",
    "ChangedOccurrence",
    "Day",
    "EwsRecurrence",
    "Exceptions",
    "Frequency",
    "Moment",
    "Occurrence",
    "Pattern",
    "PatternError",
    "anchored",
    "days",
    "ews_cannot",
    "first_day",
    "from_classic",
    "from_ews",
    "from_salesforce",
    "last_day",
    "occurrences",
    "parse",
    "salesforce_cannot",
    "same_occurrences",
    "to_ews",
    "to_salesforce",
    "words",
]
