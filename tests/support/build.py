"""Short ways to build values of the core for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sync_core.compare import Baseline
from sync_core.decide import make_plan
from sync_core.items import FIELDS, Item, Kind, SideName, When, canonical
from sync_core.pairing import Link
from sync_core.plan import Ignore, Plan, Row
from sync_core.question import Picture, Question, Rules
from sync_core.sides import Description, Fate, Limits, Operation, Reading, Sighting, Unreadable, Window

CAL = Kind.CALENDAR
SF, OL = SideName.SALESFORCE, SideName.OUTLOOK
WINDOW = Window(date(2026, 10, 23), date(2027, 11, 22), "Europe/London")
MADE_AT = "2026-11-22T09:00:00Z"
SYNCED_AT = "2026-11-16T09:00:00Z"
# Wednesdays at midnight in Tokyo, which are Tuesday afternoons in Greenwich: three of them
TOKYO = When("2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z", False, "FREQ=WEEKLY;BYDAY=WE;COUNT=3", "Asia/Tokyo")

_T = TypeVar("_T")


def left_first(side: SideName, mine: _T, theirs: _T) -> tuple[_T, _T]:
    """What belongs to `side` and what belongs to the other one, in the order of the sides: Salesforce's first."""
    return (mine, theirs) if side is SF else (theirs, mine)


def at(day: int, hour: int = 10, month: int = 11, *, hours: int = 1) -> When:
    """An event in 2026 of `hours` hours."""
    return When(f"2026-{month:02}-{day:02}T{hour:02}:00:00Z", f"2026-{month:02}-{day:02}T{hour + hours:02}:00:00Z")


def all_day(first: int, last: int | None = None, month: int = 11) -> When:
    """An all-day event in 2026, last day included."""
    return When(f"2026-{month:02}-{first:02}", f"2026-{month:02}-{last or first:02}", all_day=True)


def fields(**values: Any) -> dict[str, Any]:
    """The fields of an ordinary event, with some of them replaced."""
    ordinary: dict[str, Any] = {
        "subject": "Budget 2027",
        "when": at(23),
        "location": "Room 4",
        "notes": "Bring figures.",
        "show_as": "busy",
        "private": False,
        "reminder": 15,
        "attachments": (),
    }
    return dict(canonical(CAL, ordinary | values))


# an ordinary item of each kind: what a field of it is unless a test says otherwise
ORDINARY: dict[Kind, dict[str, Any]] = {
    Kind.CALENDAR: fields(),
    Kind.CONTACTS: {
        "first_name": "Priya",
        "last_name": "Shah",
        "company": "",
        "email": "priya.shah@example.com",
        "business_phone": "+44 20 7946 0018",
        "business_street": "1 High Street",
        "birthday": "1980-02-29",
        "notes": "Prefers mornings.",
    },
    Kind.TASKS: {
        "subject": "Send the offer",
        "due": "2026-11-27",
        "status": "not_started",
        "priority": "normal",
        "notes": "With figures.",
        "reminder": "2026-11-27T08:00:00Z",
    },
}


def fields_of(kind: Kind, **values: Any) -> dict[str, Any]:
    """All fields of an ordinary item of `kind`, with some of them replaced."""
    content = {f.name: f.blank for f in FIELDS[kind]} | ORDINARY[kind] | values
    # a choice has no blank of its own; every ordinary item has one
    return dict(canonical(kind, content))


def item(kind: Kind, side: SideName, item_id: str, *, mark: str = "", **values: Any) -> Item:
    """An item of any kind on a side."""
    return Item(kind, side, item_id, "1", fields_of(kind, **values), mark)


def link_of(kind: Kind, left_id: str = "L1", right_id: str = "R1", *, mark: str = "", **values: Any) -> Link:
    """A link of any kind whose baseline is the same ordinary item on both sides."""
    content = fields_of(kind, **values)
    return Link(kind, left_id, right_id, Baseline(content, dict(content)), mark, SYNCED_AT)


def event(side: SideName, item_id: str, *, without: Iterable[str] = (), **values: Any) -> Item:
    """An event on a side. Item attributes (mark, locked, series, people) are told from fields by name."""
    extra = {n: values.pop(n) for n in ("mark", "locked", "series", "people", "version") if n in values}
    content = {n: v for n, v in fields(**values).items() if n not in set(without)}
    return Item(CAL, side, item_id, str(extra.pop("version", "1")), content, **extra)


def repeated(side: SideName, item_id: str, when: When = TOKYO, **values: Any) -> Item:
    """A series on a side, all of it as its pattern says unless `exceptions` say otherwise."""
    return event(side, item_id, **{"series": True, "when": when, "exceptions": "", **values})


def left(item_id: str = "L1", **values: Any) -> Item:
    """A Salesforce event."""
    return event(SF, item_id, **values)


def right(item_id: str = "R1", **values: Any) -> Item:
    """An Outlook event."""
    return event(OL, item_id, **values)


def link(left_id: str = "L1", right_id: str = "R1", *, mark: str = "", **values: Any) -> Link:
    """A link whose baseline is the same ordinary event on both sides."""
    content = fields(**values)
    return Link(CAL, left_id, right_id, Baseline(content, dict(content)), mark, SYNCED_AT)


def gone(*ids: str) -> dict[str, Sighting]:
    """Sightings that prove items deleted."""
    return {i: Sighting(Fate.DELETED) for i in ids}


def picture(
    side: SideName,
    items: Sequence[Item] = (),
    sightings: Mapping[str, Sighting] | None = None,
    *,
    complete: bool = True,
    unreadable: Sequence[Unreadable] = (),
    limits: Limits | None = None,
    refused: Mapping[Operation, str] | None = None,
    unwritable: Mapping[str, str] | None = None,
) -> Picture:
    """What is known of a side."""
    description = Description(
        side, f"{side.value}@example.com", f"{side.value}-scope", limits or Limits(), refused or {}, unwritable or {}
    )
    return Picture(description, Reading(tuple(items), tuple(unreadable), complete), sightings or {})


def question(
    lefts: Sequence[Item] | Picture = (),
    rights: Sequence[Item] | Picture = (),
    links: Sequence[Link] = (),
    *,
    ignores: Mapping[str, Ignore] | None = None,
    rules: Rules | None = None,
    kind: Kind = CAL,
) -> Question:
    """A question for `make_plan`."""
    return Question(
        kind,
        WINDOW,
        MADE_AT,
        lefts if isinstance(lefts, Picture) else picture(SF, lefts),
        rights if isinstance(rights, Picture) else picture(OL, rights),
        links,
        ignores or {},
        rules or Rules(),
    )


def plan(*args: Any, **options: Any) -> Plan:
    """The plan for a question, see `question`."""
    return make_plan(question(*args, **options))


def only(p: Plan) -> Row:
    """The one row of a plan that has exactly one."""
    assert len(p.rows) == 1, [(r.situation, r.title) for r in p.rows]
    return p.rows[0]
