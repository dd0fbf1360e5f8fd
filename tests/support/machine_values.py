"""What random weeks are made of: values that people type, what servers make of them, and what happens in a week."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from support.build import at
from sync_core.items import Fields, Kind, SideName, Value
from sync_core.plan import Choice
from sync_core.recurrence import Exceptions
from sync_core.sides import Fate, Operation

SIDES = st.sampled_from(list(SideName))
WHICH = st.integers(0, 20)
TEXTS = st.sampled_from(["", "a", "b", "c"])
WHENS = st.sampled_from([at(20), at(21), at(22, 15), at(23, month=12), at(5, month=1)])
# stands for a text that nobody ever typed before
FRESH = "(fresh)"
_TOKEN = 5


def _some(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """One or two of these fields."""
    one = [st.fixed_dictionaries({name: values}) for name, values in choices.items()]
    return st.one_of(*one, st.fixed_dictionaries({}, optional=choices))


CHANGES: Mapping[Kind, st.SearchStrategy[dict[str, Any]]] = {
    Kind.CALENDAR: _some(
        subject=TEXTS,
        location=TEXTS,
        notes=st.just(FRESH),
        reminder=st.sampled_from([None, 15, 30]),
        when=WHENS,
        attachments=st.sampled_from([(), ("a.pdf",)]),
    ),
    Kind.CONTACTS: _some(
        first_name=TEXTS,
        last_name=st.sampled_from(["Shah", "Lee"]),
        email=st.sampled_from(["", "a@example.com", "b@example.com"]),
        business_phone=st.sampled_from(["", "020 7946 0018", "020 7946 0123"]),
        company=st.sampled_from(["", "Acme", "Northwind"]),
        notes=st.just(FRESH),
        birthday=st.sampled_from([None, "1980-02-29"]),
    ),
    Kind.TASKS: _some(
        subject=st.sampled_from(["", "a", "b"]),
        due=st.sampled_from([None, "2026-11-20", "2026-11-21", "2026-01-05"]),
        status=st.sampled_from(["not_started", "completed"]),
        priority=st.sampled_from(["low", "normal"]),
        notes=st.just(FRESH),
        reminder=st.sampled_from([None, "2026-11-20T08:00:00Z"]),
    ),
}
# ordinary values that would make all contacts of a machine the same person
PLAIN: Mapping[Kind, dict[str, Any]] = {
    Kind.CALENDAR: {"location": "", "subject": "a", "when": at(20)},
    Kind.CONTACTS: {"email": "", "company": "", "business_phone": "", "first_name": "a"},
    Kind.TASKS: {"subject": "a", "due": "2026-11-20"},
}


def _as_it_is(fields: Fields) -> Fields:
    return fields


def _truncates(fields: Fields) -> Fields:
    """A server that keeps the first characters of a long text."""
    return {**fields, "notes": str(fields["notes"])[: _TOKEN + 2]}


def _shouts(fields: Fields) -> Fields:
    """A server that writes notes its own way."""
    return {**fields, "notes": str(fields["notes"]).upper()}


SERVERS: tuple[Callable[[Fields], Fields], ...] = (_as_it_is, _truncates, _shouts)
# what happens in a week to the left half of a pair, and to the right one
EVENTS = ["nothing", "same notes", "own notes", "second field", "deleted"]
Story = tuple[str, str]
STORIES = st.tuples(st.sampled_from(EVENTS), st.sampled_from(EVENTS))
WINNERS = st.sampled_from([None, None, Choice.MERGE_SALESFORCE, Choice.MERGE_OUTLOOK])
PREVENTED = st.one_of(
    st.just(frozenset[tuple[SideName, Operation]]()),
    st.frozensets(st.tuples(SIDES, st.sampled_from(list(Operation))), max_size=2),
)
# a side that refuses one write, and which
BAD_SERVERS = st.one_of(st.none(), st.tuples(SIDES, st.integers(0, 3)))
SECOND: Mapping[Kind, str] = {Kind.CALENDAR: "location", Kind.CONTACTS: "title", Kind.TASKS: "priority"}
# what each side holds in the end, whether the pair is remembered, and whether a person is asked about it
Outcome = tuple[dict[str, Value] | None, dict[str, Value] | None, bool, bool]
AWAY = st.sampled_from([Fate.MOVED, Fate.OTHER_OWNER, Fate.ARCHIVED, Fate.UNREADABLE])


def token(fields: Fields) -> str:
    """The text in an item that nobody else ever typed, whatever a server made of it; "" when there is none."""
    return str(fields.get("notes") or "")[:_TOKEN].casefold()


def own_words(fields: Fields) -> list[str]:
    """Such texts in the changed occurrences of a series."""
    changed = Exceptions.parse(str(fields.get("exceptions") or "")).changed
    return [word for one in changed if (word := token(dict(one.fields)))]
