"""The hostile corpus over both protocols: what a server can hold goes through fetch, plan and run.

Everything is there at once, with an ordinary item between: each value is brought across as both sides can hold it, or
refused in words on its own row, and nothing else is harmed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from support.build import at
from support.hostile import CORPUS, TEXTS, WHENS

from sync_core import text
from sync_core.items import Kind, SideName, When, canonical
from sync_core.plan import Action, Plan, Row, State
from sync_core.report import Result
from sync_core.review import Review
from sync_core.sandbox.salesforce.errors import ApiError
from sync_core.sides import Operation, Write

pytestmark = pytest.mark.slow

SF, OL = SideName
_SOBJECT = {Kind.CALENDAR: "Event", Kind.CONTACTS: "Contact", Kind.TASKS: "Task"}
_FOLDER = {Kind.CALENDAR: "calendar", Kind.CONTACTS: "contacts", Kind.TASKS: "tasks"}
# Exchange's own limit (facts: exchange A.11)
_LONGEST_SUBJECT = 255


def moment(iso: str) -> datetime:
    """A moment as a server keeps it: aware, UTC. Raises ValueError for what no server could keep."""
    found = datetime.fromisoformat(iso)
    if found.tzinfo is None or not iso.isascii():
        raise ValueError(iso)
    return found.astimezone(UTC)


def number_of(kind: Kind, number: int) -> dict[str, Any]:
    """What tells this item from all others, so that none is another one's twin: a time, a name, a day of its own."""
    if kind is Kind.CALENDAR:
        start = datetime(2026, 12, 1, 8, tzinfo=UTC) + timedelta(hours=7 * number)
        return {
            "subject": f"{number:03} {number * 7919}",
            "when": When(f"{start:%FT%TZ}", f"{start + timedelta(hours=1):%FT%TZ}"),
        }
    if kind is Kind.CONTACTS:
        return {"first_name": f"{number * 7919}", "last_name": f"{number:03} x{number * 104729}"}
    return {"subject": f"{number:03} {number * 7919}", "due": f"{date(2026, 12, 1) + timedelta(days=number % 300)}"}


class Desks:
    """One desk per case of a kind, all on the same two servers."""

    def __init__(self, desk: Any, kind: Kind) -> None:
        self.desk, self.kind = desk, kind
        self.org, self.box, self.me = desk.sandbox.org, desk.sandbox.mailbox, desk.sandbox.user_id
        desk.configure(kind.value, include=True, private=True)
        for sobject in ("Contact", "Event", "Task"):
            for record in self.org.rows(sobject):
                self.org.delete(sobject, str(record["Id"]), by=self.me)

    def put(self, side: SideName, values: Mapping[str, Any]) -> str:
        """An item with these values as a person or another program could have put it there: its id.

        Raises ValueError or ApiError for what such a server cannot hold.
        """
        made: str
        if side is SF:
            made = self.org.create(_SOBJECT[self.kind], self._record(values), by=self.me)
        else:
            made = self.box.create(self.box.folder(_FOLDER[self.kind]), self._stored(values)).id
        return made

    def edit(self, side: SideName, item_id: str, values: Mapping[str, Any]) -> None:
        """Somebody changes an item to these values. Raises as `put`."""
        if side is SF:
            self.org.update(_SOBJECT[self.kind], item_id, self._record(values), by=self.me)
        else:
            self.box.update(item_id, self._stored(values))

    def _record(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as Salesforce has them."""
        columns = {
            "subject": "Subject", "location": "Location", "notes": "Description", "first_name": "FirstName",
            "last_name": "LastName", "email": "Email", "business_phone": "Phone", "business_street": "MailingStreet",
            "birthday": "Birthdate", "due": "ActivityDate", "status": "Status",
        }  # fmt: skip
        record: dict[str, Any] = {columns[name]: value for name, value in values.items() if name in columns}
        if self.kind is Kind.CALENDAR:
            when = values["when"]
            if when.recurrence:
                record["Recurrence2PatternText"] = when.recurrence
            record |= {"StartDateTime": when.start, "EndDateTime": when.end, "IsAllDayEvent": when.all_day}
            if when.all_day:
                record |= {"StartDateTime": f"{when.start}T00:00:00Z", "EndDateTime": f"{when.end}T00:00:00Z"}
        if "attachments" in values:
            raise ValueError("files are told by Outlook only")
        if values.get("reminder") is not None:
            start = moment(values["when"].start) if self.kind is Kind.CALENDAR else None
            with suppress(OverflowError):
                at = start - timedelta(minutes=values["reminder"]) if start else moment(values["reminder"])
                record |= {"IsReminderSet": True, "ReminderDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}".zfill(20)}
        if "company" in values:
            record["AccountId"] = self.org.create("Account", {"Name": values["company"]}, by=self.me)
        return record

    def _stored(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as Exchange has them."""
        names = {
            "subject": "subject", "location": "location", "notes": "body", "first_name": "given_name",
            "last_name": "surname", "company": "company_name",
        }  # fmt: skip
        fields: dict[str, Any] = {names[name]: value for name, value in values.items() if name in names}
        # half a surrogate pair, and a control character, have no place in XML: such a text cannot come from there
        fields = {name: _in_xml(value) if isinstance(value, str) else value for name, value in fields.items()}
        if len(fields.get("subject", "")) > _LONGEST_SUBJECT:
            raise ValueError("no such subject in Exchange")
        if "when" in values:
            fields |= self._times(values["when"])
        if "status" in values:
            raise ValueError("an enumeration of the schema")
        if self.kind is not Kind.CONTACTS:
            fields["reminder_is_set"] = False
        if values.get("reminder") is not None:
            if self.kind is Kind.CALENDAR:
                if not 0 <= values["reminder"] < 2**31:
                    raise ValueError("no such number in the schema")
                fields |= {"reminder_is_set": True, "reminder_minutes": values["reminder"]}
            else:
                fields |= {"reminder_is_set": True, "reminder_due_by": moment(values["reminder"])}
        for name, key in (("due", "due_date"), ("birthday", "birthday")):
            if values.get(name):
                fields[key] = datetime.combine(date.fromisoformat(values[name]), datetime.min.time(), UTC)
        if "email" in values:
            fields["emails"] = {"EmailAddress1": _in_xml(values["email"])}
        if "business_phone" in values:
            fields["phones"] = {"BusinessPhone": values["business_phone"]}
        if "business_street" in values:
            fields["addresses"] = {"Business": {"Street": _in_xml(values["business_street"])}}
        if "attachments" in values:
            fields["attachments"] = [(_in_xml(name), 1, "text/plain", False) for name in values["attachments"]]
        return fields

    def _times(self, when: When) -> dict[str, Any]:
        if when.recurrence:
            raise ValueError("a pattern is no text in Exchange")
        if not when.all_day:
            return {"start": moment(when.start), "end": moment(when.end), "start_zone": "GMT Standard Time"}
        first, last = (datetime.combine(date.fromisoformat(one), datetime.min.time(), UTC) for one in when[:2])
        return {"start": first, "end": last + timedelta(days=1), "is_all_day": True, "start_zone": "UTC"}

    def plan(self) -> Plan:
        plan: Plan = self.desk.plan_of(self.kind)
        return plan

    def shown(self, plan: Plan) -> Iterator[Row]:
        return (row for row in plan.rows if not row.quiet)


def _in_xml(words: str) -> str:
    return "".join(
        c
        for c in words
        if c in "\t\n\r" or (ord(c) >= 0x20 and not 0xD800 <= ord(c) < 0xE000 and ord(c) not in (0xFFFE, 0xFFFF))
    )


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("origin", list(SideName))
def test_all_that_a_server_can_hold_goes_through_plan_and_run(
    open_desk: Callable[..., Any], kind: Kind, origin: SideName
) -> None:
    desks = Desks(open_desk(world="empty"), kind)
    if kind is Kind.CALENDAR:
        # from the first to the last day there is: whatever a server lists must not break a plan
        desks.desk.configure("calendar", past_days=3650, future_days=3650)
    put: dict[str, str] = {}
    impossible: list[str] = []
    for number, (what, raw) in enumerate(CORPUS[kind].items()):
        try:
            put[desks.put(origin, {**number_of(kind, number), **raw})] = what
        except (ValueError, ApiError, OverflowError):
            impossible.append(what)
        if number % 10 == 0:
            put[desks.put(origin, number_of(kind, 500 + number))] = "ordinary"
    assert len(put) > len(impossible), impossible
    desks.desk.sandbox.exchange.outbox.clear()

    plan = desks.plan()
    rows = {item.id: row for row in plan.rows if (item := row.item(origin)) is not None}
    _check_words(plan)
    report = desks.desk.run_of(Review.of(plan))
    told = {row.row_id: row for row in report.rows}
    for item_id, what in put.items():
        row = rows.get(item_id)
        if row is None:
            # the servers list what is in the window; a time at the end of the world is not
            assert what.startswith(("when: ", "due: ", "reminder: ")), what
            continue
        if what == "ordinary":
            assert told[row.id].result is Result.DONE, told[row.id].message
        elif row.state is State.READY and row.action is not Action.NONE:
            # what cannot be held is said before the run: none of it is left to the server's refusal
            assert told[row.id].result is Result.DONE, (what, told[row.id].message)
        elif row.state is State.PREVENTED:
            assert _sentence(row.why_not), what
        else:
            assert _sentence(row.reason), what
    done = [row for row in report.rows if row.result is Result.DONE]
    assert len(done) >= len(put) // 2
    # what was brought across stays as it is: neither side's way of keeping it is a change
    again = {row.id: row for row in desks.shown(desks.plan())}
    failed = {row.row_id for row in report.rows if row.result is not Result.DONE}
    for row in again.values():
        item = row.item(origin)
        before = rows.get(item.id) if item is not None else None
        assert before is not None, (row.title, row.reason)
        open_before = before.state is not State.READY or before.action in (Action.NONE, Action.CONFLICT)
        assert before.id in failed or open_before, (put[item.id], row.reason, row.changes)
    assert desks.desk.sandbox.exchange.outbox == []


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("origin", list(SideName))
def test_what_becomes_hostile_on_one_side_harms_its_own_row(
    open_desk: Callable[..., Any], kind: Kind, origin: SideName
) -> None:
    """Pairs in step, of which one half is changed to each value; an ordinary change between them gets across."""
    desks = Desks(open_desk(world="empty"), kind)
    window = {"past_days": 3650, "future_days": 3650} if kind is not Kind.CONTACTS else {}
    # so many changed at once would be suspected; here they are meant
    desks.desk.configure(kind.value, suspect_rows=10_000, **window)
    cases = [*CORPUS[kind].items(), *((f"ordinary {n}", {"notes": f"ordinary {n}"}) for n in range(8))]
    ids = {what: desks.put(origin, number_of(kind, n)) for n, (what, _) in enumerate(cases)}
    assert desks.desk.run_of(Review.of(desks.plan())).clean
    assert list(desks.shown(desks.plan())) == []
    edited: dict[str, str] = {}
    for n, (what, raw) in enumerate(cases):
        with suppress(ValueError, ApiError, OverflowError):
            desks.edit(origin, ids[what], {**number_of(kind, n), **raw})
            edited[ids[what]] = what
    assert len(edited) > len(cases) // 2

    plan = desks.plan()
    _check_words(plan)
    rows = {item.id: row for row in plan.rows if (item := row.item(origin)) is not None}
    report = desks.desk.run_of(Review.of(plan))
    told = {row.row_id: row for row in report.rows}
    for item_id, what in edited.items():
        row = rows.get(item_id)
        if what.startswith("ordinary "):
            assert row is not None
            assert told[row.id].result is Result.DONE, told[row.id].message
        elif row is None:
            # as both sides can hold it, it is what it was; or it is out of the window
            continue
        elif row.state is State.READY and row.action is not Action.NONE:
            assert told[row.id].result is Result.DONE, (what, told[row.id].message)
        else:
            assert _sentence(row.why_not or row.reason), what
    done = {row.row_id for row in report.rows if row.result is Result.DONE}
    assert [put.title for put in desks.shown(desks.plan()) if put.id in done] == []
    assert desks.desk.sandbox.exchange.outbox == []


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("side", list(SideName))
def test_all_of_it_written_to_each_side_at_once(open_desk: Callable[..., Any], kind: Kind, side: SideName) -> None:
    """As from a plan that was not looked at: each write has an outcome, the ordinary ones between them are done."""
    desks = Desks(open_desk(world="empty"), kind)
    target = desks.desk.service._open.side(side)
    writes: list[tuple[str, Write]] = []
    for number, (what, raw) in enumerate(CORPUS[kind].items()):
        values = {**number_of(kind, number), **raw}
        with suppress(ValueError):
            writes.append((what, Write(Operation.CREATE, canonical(kind, values), mark=f"hs1:L{number}:n")))
        if number % 10 == 0:
            ordinary = canonical(kind, number_of(kind, 500 + number))
            writes.append(("ordinary", Write(Operation.CREATE, ordinary, mark=f"hs1:L{500 + number}:n")))
    size = target.batch_size
    outcomes = []
    for start in range(0, len(writes), size):
        outcomes += target.write(kind, [write for _, write in writes[start : start + size]])
    assert len(outcomes) == len(writes)
    for (what, write), outcome in zip(writes, outcomes, strict=True):
        assert not outcome.unknown, (what, outcome)
        if what == "ordinary":
            assert outcome.ok, outcome
        if outcome.ok:
            (seen,) = target.look(kind, [_ref(outcome.id)]).values()
            assert seen.item is not None, (what, seen)
            for name, value in write.fields.items():
                if name in ("subject", "last_name", "notes") and name in seen.item.fields:
                    assert seen.item.fields[name] == value, (what, name)
        else:
            assert _sentence(outcome.error), (what, outcome)
    assert desks.desk.sandbox.exchange.outbox == []


def _ref(item_id: str) -> Any:
    from sync_core.sides import Ref

    return Ref(item_id)


def _sentence(words: str) -> bool:
    """Whether this is fit for a person: words, nothing that a terminal acts on, nothing of a programmer's."""
    return bool(words) and words == text.plain(words) and "Traceback" not in words and "Error(" not in words


def _check_words(plan: Plan) -> None:
    for row in plan.rows:
        assert _sentence(row.reason), row.reason
        assert all(_sentence(words) for words in (row.why_not,) if words)


def test_the_servers_hold_what_they_could_hold(open_desk: Callable[..., Any]) -> None:
    """The corpus is not waved through: what the real ones refuse is refused by these as well."""
    desks = Desks(open_desk(world="empty"), Kind.CALENDAR)
    for values in (
        {"subject": TEXTS["ten thousand characters"], "when": at(23)},
        {"subject": "x", "when": at(23), "notes": TEXTS["a million characters"]},
        {"subject": "x", "when": WHENS["end before start"]},
        {"subject": "x", "when": WHENS["400 days"]},
        {"subject": "x", "when": WHENS["words"]},
    ):
        with pytest.raises((ApiError, ValueError)):
            desks.put(SF, values)
    for name in ("lone surrogates", "a null byte in the middle"):
        with pytest.raises(ValueError, match="no such subject"):
            desks.put(OL, {"subject": TEXTS[name] * 200, "when": at(23)})
