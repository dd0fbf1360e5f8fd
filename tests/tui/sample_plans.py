"""Plans made by hand for the screens' tests: every action, every situation and every state, with hostile subjects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sync_core.compare import NO_BASELINE, Baseline, compare
from sync_core.items import FIELDS, Item, Kind, SideName, Value, When
from sync_core.plan import Action, Effect, Guard, Ignore, IgnoreMode, Plan, Row, Situation, Undo, row_id
from sync_core.sides import Operation, Window

ZONE = "Europe/London"
TODAY = date(2026, 11, 23)
MADE_AT = "2026-11-23T08:00:00Z"
WINDOW = Window(date(2026, 10, 23), date(2027, 11, 22), ZONE)
HOSTILE = (
    "[/close] budget 50% [bold]",
    "Lunch \x1b]52;c;aGk=\x1b\\ with \x9b31m colours",
    "\u202egnp.egami \u2066bidi\u2069 image",
    "Family \U0001f468\u200d\U0001f469\u200d\U0001f467 day \U0001f1ec\U0001f1e7 \u2764\ufe0f",
    "四半期レビュー 東京オフィスとの会議 日本語の長い件名",
    "Cafe\u0301 Zu\u0308rich nai\u0308ve",
)


def at(day: int, start: str, end: str) -> When:
    """A time on a day of November 2026 (31 is the first of December)."""
    d = (date(2026, 11, 1) + timedelta(days=day - 1)).isoformat()
    return When(f"{d}T{start}:00Z", f"{d}T{end}:00Z")


def fields(subject: str, when: When | None, **more: Value) -> dict[str, Value]:
    """The fields of an event."""
    plain: dict[str, Value] = {
        "subject": subject,
        "when": when,
        "location": "",
        "notes": "",
        "show_as": "busy",
        "private": False,
        "reminder": 15,
        "attachments": (),
    }
    return {**plain, **more}


class Builder:
    """Collects rows; each gets ids of its own."""

    def __init__(self, kind: Kind = Kind.CALENDAR) -> None:
        self.kind = kind
        self.rows: list[Row] = []

    def item(self, side: SideName, values: Mapping[str, Value], **more: Any) -> Item:
        """An item of one side."""
        number = len(self.rows)
        name = f"{'00U' if side is SideName.SALESFORCE else 'AAMk'}{number:04}"
        return Item(self.kind, side, name, "v1", values, **more)

    def add(
        self,
        situation: Situation,
        left: Item | None,
        right: Item | None,
        reason: str,
        before: Mapping[str, Value] | None = None,
        **more: Any,
    ) -> Row:
        """A row; linked when it has values from before."""
        number = len(self.rows)
        linked = before is not None
        ids = (f"00U{number:04}", f"AAMk{number:04}") if linked else ("", "")
        baseline = Baseline(before, before) if before is not None else NO_BASELINE
        changes = compare(self.kind, baseline, left.fields, right.fields) if left and right else ()
        name = row_id(self.kind, left.id if left else ids[0], right.id if right else f"{ids[1]}{number}")
        row = Row(
            name, self.kind, situation, reason, left, right, baseline, changes, ids, "m" if linked else "", **more
        )
        self.rows.append(row)
        return row

    def pair(
        self,
        situation: Situation,
        old: Mapping[str, Value],
        left: Mapping[str, Value],
        right: Mapping[str, Value],
        reason: str,
        *,
        linked: bool = True,
        **more: Any,
    ) -> Row:
        """A row with both items; `left` and `right` are what differs from `old`."""
        people = ("Priya Shah", "Tom Becker")
        ours = self.item(
            SideName.SALESFORCE,
            {**old, **left},
            people=people,
            changed_at="2026-11-21T09:12:00Z",
            changed_by="Priya Shah",
        )
        theirs = self.item(SideName.OUTLOOK, {**old, **right}, changed_at="2026-11-20T16:40:00Z", changed_by="Tom B.")
        return self.add(situation, ours, theirs, reason, old if linked else None, **more)

    def single(
        self, situation: Situation, side: SideName, values: Mapping[str, Value], reason: str, **more: Any
    ) -> Row:
        """A row that only one side has; a pair whose other half is gone has values from before."""
        item = self.item(side, values)
        before = more.pop("before", None)
        left, right = (item, None) if side is SideName.SALESFORCE else (None, item)
        return self.add(situation, left, right, reason, before, **more)


def monday() -> Plan:
    """A Monday morning: about thirty rows in which everything occurs."""
    b = Builder()
    sf, ol = SideName.SALESFORCE, SideName.OUTLOOK
    since = "since the last sync on 16 Nov 2026"
    review = fields("Quarterly review", at(23, "10:00", "11:00"), location="Leeds")
    b.pair(Situation.CHANGED, review, {"location": "York"}, {}, f"location changed in Salesforce {since}")
    b.single(
        Situation.NEW, ol, fields("Call with Northwind", at(23, "11:30", "12:00")), "new in Outlook, not in Salesforce"
    )
    b.single(
        Situation.NEW,
        ol,
        fields("Site visit", at(23, "13:00", "15:00"), location="Leeds"),
        "new in Outlook, not in Salesforce",
    )
    budget = fields("Budget 2027", at(23, "14:00", "15:00"), location="Room 4")
    b.pair(
        Situation.CONFLICT,
        budget,
        {"when": at(23, "15:00", "16:00")},
        {"when": at(23, "15:30", "16:30"), "location": "Room 12"},
        f"both sides changed when, each to something else, and location changed in Outlook {since}",
    )
    b.single(
        Situation.NEW,
        sf,
        fields("Trade fair", When("2026-11-23", "2026-11-25", True)),
        "new in Salesforce, not in Outlook",
    )
    one = fields("1:1 Priya", at(23, "16:00", "16:30"))
    b.single(
        Situation.GONE,
        ol,
        one,
        f"deleted in Salesforce {since}",
        before=one,
        blocks={(ol, Operation.DELETE): "deleting is prevented for Outlook"},
    )
    gone = fields("Pipeline call", at(23, "17:00", "17:30"))
    b.single(Situation.GONE, ol, gone, f"deleted in Salesforce {since}", before=gone)
    stand = fields("Stand-up", at(24, "09:00", "09:15")._replace(recurrence="every weekday"))
    b.pair(
        Situation.CHANGED_BOTH,
        stand,
        {"notes": "Bring numbers.\nAnd coffee."},
        {"location": "Teams"},
        f"notes changed in Salesforce and location changed in Outlook {since}",
    )
    b.pair(
        Situation.CHANGED,
        fields("Demo for Contoso", at(24, "11:00", "12:00")),
        {},
        {"when": at(25, "11:00", "12:00")},
        f"when changed in Outlook {since}",
    )
    lost = fields("Team lunch", at(24, "12:00", "13:00"))
    b.single(Situation.GONE, sf, lost, f"deleted in Outlook {since}", before=lost)
    b.single(
        Situation.GONE_CHANGED,
        sf,
        {**lost, "subject": "Kick-off Fabrikam", "when": at(24, "14:00", "15:00")},
        f"deleted in Outlook, but subject changed in Salesforce {since}",
        before={**lost, "subject": "Kick-off"},
    )
    twin = fields("Board meeting", at(25, "09:00", "11:00"), location="HQ")
    b.pair(Situation.TWIN_EQUAL, twin, {}, {}, "the same on both sides", linked=False)
    b.pair(
        Situation.TWIN_DIFFERENT,
        fields("Interview Ana", at(25, "13:00", "14:00")),
        {"reminder": 30},
        {"notes": "CV attached"},
        "looks like the same item; reminder differs",
        linked=False,
    )
    twice = fields("Sync", at(25, "15:00", "15:30"))
    mine, theirs = b.item(sf, twice), [Item(Kind.CALENDAR, ol, f"AAMkSync{n}", "v1", twice) for n in (1, 2)]
    b.add(Situation.AMBIGUOUS, mine, None, "which one? it could be 2 items in Outlook", rivals=tuple(theirs))
    for item in theirs:
        b.add(Situation.AMBIGUOUS, None, item, "which one? it could be “Sync” (Salesforce)", rivals=(mine,))
    here = b.item(sf, fields("Workshop Contoso", at(25, "16:00", "17:00")))
    there = Item(
        Kind.CALENDAR, ol, "AAMkLikely", "v1", fields("Contoso workshop", at(25, "16:00", "17:00"), notes="Agenda")
    )
    b.add(Situation.LIKELY, here, None, "the same as “Contoso workshop” in Outlook? 87% alike", rivals=(there,))
    b.add(Situation.LIKELY, None, there, "the same as “Workshop Contoso” in Salesforce? 87% alike", rivals=(here,))
    ign = fields("Yoga", at(25, "18:00", "19:00"))
    for number, mode in enumerate(IgnoreMode):
        row = b.single(Situation.NEW, ol, {**ign, "subject": f"Yoga {number + 1}"}, "new in Outlook, not in Salesforce")
        b.rows[-1] = replace(
            row,
            ignored=Ignore(row.id, mode, "", row.right.digest if row.right else "", "2026-11-16T09:00:00Z", row.title),
        )
    half = fields("Contract talk", at(26, "10:00", "11:00"))
    b.pair(
        Situation.CHANGED_BOTH,
        half,
        {"notes": "Bring the draft"},
        {"location": "Oslo"},
        f"notes changed in Salesforce and location changed in Outlook {since}",
        blocks={(ol, Operation.UPDATE): "changing is prevented for Outlook"},
    )
    for number, subject in enumerate(HOSTILE):
        b.single(
            Situation.NEW,
            sf if number % 2 else ol,
            fields(subject, at(27, f"{9 + number:02}:00", f"{9 + number:02}:30"), location=subject),
            f"new: {subject}",
        )
    dentist = fields("Dentist", at(27, "16:00", "17:00"))
    b.pair(Situation.SAME_CHANGE, dentist, {"notes": "moved"}, {"notes": "moved"}, "both sides changed to the same")
    b.add(Situation.GONE_BOTH, None, None, "deleted on both sides", dentist)
    b.single(Situation.OUT_OF_RANGE, sf, dentist, "outside the window in Outlook", before=dentist)
    b.single(Situation.UNREADABLE, ol, {"subject": "Broken item"}, "cannot be read: the time zone is not known")
    b.single(
        Situation.NEW,
        sf,
        fields("New Year party", When("2026-12-31T20:00:00Z", "2027-01-01T01:00:00Z")),
        "new in Salesforce, not in Outlook",
    )
    return plan(b.rows, in_sync=212, out_of_range=1)


def plan(rows: list[Row], **more: Any) -> Plan:
    """A plan of some rows, read at eight in the morning."""
    window = Window(date(2026, 10, 23), date(2027, 11, 22), ZONE)
    return Plan(Kind.CALENDAR, MADE_AT, window, tuple(rows), **more)


def guarded() -> Plan:
    """Thirteen deletions at once, which are held back, and one new event."""
    b = Builder()
    guard = Guard(SideName.OUTLOOK, Operation.DELETE, 13, 40)
    for number in range(13):
        values = fields(f"Weekly {number + 1}", at(23 + number % 5, "10:00", "11:00"))
        b.single(Situation.GONE, SideName.OUTLOOK, values, "deleted in Salesforce", before=values, held=guard)
    b.single(Situation.NEW, SideName.OUTLOOK, fields("Lunch", at(23, "12:00", "13:00")), "new in Outlook")
    return plan(b.rows, guards=(guard,))


def of_one_name() -> Plan:
    """A contact with three of the same long name across, two of them at one company; and a name of wide letters."""
    b = Builder(Kind.CONTACTS)
    pick = "which one? m offers what it could be"
    for last, companies in (
        ("Featherstonehaugh-Cholmondeley of the [bold]House[/] of Marjoribanks", ("Contoso", "Contoso", "Northwind")),
        ("四半期レビュー東京オフィスとの会議" * 2, ("Contoso", "Northwind \x1b[2J[bold]x[/]")),
    ):
        mine = b.item(SideName.SALESFORCE, contact("Kim", last))
        theirs = [
            Item(Kind.CONTACTS, SideName.OUTLOOK, f"AAMk{last[0]}{n}", "v1", contact("Kim", last, company=c, title=t))
            for n, (c, t) in enumerate(zip(companies, ("Buyer of " + "fine " * 9, "Buyer of wine", ""), strict=False))
        ]
        b.add(Situation.AMBIGUOUS, mine, None, pick, rivals=tuple(theirs))
        for item in theirs:
            b.add(Situation.AMBIGUOUS, None, item, pick, rivals=(mine,))
    return Plan(Kind.CONTACTS, MADE_AT, WINDOW, tuple(b.rows))


def links_only() -> Plan:
    """Equal twins and nothing else."""
    b = Builder()
    for number in range(12):
        b.pair(
            Situation.TWIN_EQUAL,
            fields(f"Call {number}", at(23, "10:00", "11:00")),
            {},
            {},
            "the same on both sides",
            linked=False,
        )
    return plan(b.rows)


def large(size: int) -> Plan:
    """`size` rows over the year, most of them changed on one side."""
    b = Builder()
    for number in range(size):
        day = (date(2026, 11, 1) + timedelta(days=number % 380)).isoformat()
        when = When(f"{day}T{8 + number % 9:02}:00:00Z", f"{day}T{9 + number % 9:02}:00:00Z")
        old = fields(f"Meeting {number}", when, location="Room 1")
        b.pair(Situation.CHANGED, old, {"location": "Room 2"}, {}, "location changed in Salesforce")
    return plan(b.rows)


def contact(first: str, last: str, **more: Value) -> dict[str, Value]:
    """The fields of a contact."""
    blank = {f.name: f.blank for f in FIELDS[Kind.CONTACTS]}
    return {**blank, "first_name": first, "last_name": last, **more}


def contacts() -> Plan:
    """Contacts after a week: people who moved, people who are new, and one that is to stay in Salesforce."""
    b = Builder(Kind.CONTACTS)
    sf, ol = SideName.SALESFORCE, SideName.OUTLOOK
    since = "since the last sync on 16 Nov 2026"
    kim = contact(
        *("Kim", "Lee"),
        company="Northwind",
        email="kim.lee@northwind.example",
        business_phone="+44 113 496 0000",
        business_street="12 Mill Lane",
        business_city="Leeds",
        business_postal_code="LS1 4AB",
        birthday="1980-05-17",
    )
    b.pair(
        Situation.CHANGED,
        kim,
        {"business_street": "Unit 4\n1 Station Road", "business_city": "York", "business_postal_code": "YO1 7HH"},
        {},
        f"business street, business city and business postal code changed in Salesforce {since}",
    )
    zoe = contact("Zoë", "Ångström", company="Fjäll AB", email="zoe@fjall.example", mobile_phone="+46 70 174 06 01")
    b.single(Situation.NEW, ol, zoe, "new in Outlook, not in Salesforce")
    b.single(Situation.NEW, sf, contact("Tom", "Abbott", company="Greyling Fisheries"), "new in Salesforce")
    omar = contact("Omar", "Haddad", company="Oldmill Logistics", email="omar@oldmill.example", title="Buyer")
    b.pair(
        Situation.CONFLICT,
        omar,
        {"email": "o.haddad@oldmill.example"},
        {"email": "omar.haddad@oldmill.example", "title": "Head of purchasing"},
        f"e-mail changed on both sides {since}",
    )
    priya = contact("Priya", "Shah", company="Contoso", email="priya@contoso.example")
    b.pair(
        Situation.CHANGED_BOTH,
        priya,
        {"mobile_phone": "07700 900001"},
        {"department": "Purchasing"},
        f"mobile phone changed in Salesforce and department in Outlook {since}",
    )
    b.single(
        Situation.GONE,
        sf,
        contact("Ewan", "Geddes", company="Northwind", email="ewan@northwind.example"),
        f"deleted from Outlook {since}",
        before=contact("Ewan", "Geddes", company="Northwind", email="ewan@northwind.example"),
        blocks={(sf, Operation.DELETE): "deleting from Salesforce is prevented in Configure"},
    )
    b.single(Situation.NEW, ol, contact("", "", email="info@tailspin.example"), "new in Outlook, not in Salesforce")
    b.single(Situation.NEW, ol, contact("[bold]", "\x1b]52;c;aGk=\x1b\\ \u202egnp"), "new in Outlook")
    b.single(Situation.NEW, sf, contact("花子", "山田", company="東京商事"), "new in Salesforce")
    b.single(Situation.NEW, ol, contact("", "112 Reception"), "new in Outlook")
    return Plan(Kind.CONTACTS, MADE_AT, WINDOW, tuple(b.rows), in_sync=31)


def task(subject: str, due: str | None, **more: Value) -> dict[str, Value]:
    """The fields of a task."""
    plain: dict[str, Value] = {
        "subject": subject,
        "due": due,
        "status": "not_started",
        "priority": "normal",
        "notes": "",
        "reminder": None,
    }
    return {**plain, **more}


def tasks() -> Plan:
    """Tasks after a week: done here, moved there, some without a date."""
    b = Builder(Kind.TASKS)
    sf, ol = SideName.SALESFORCE, SideName.OUTLOOK
    since = "since the last sync on 16 Nov 2026"
    offer = task("Send offer to Northwind", "2026-11-24", priority="high", notes="two pages at most")
    b.pair(Situation.CHANGED, offer, {"status": "completed"}, {}, f"status changed in Salesforce {since}")
    report = task("Visit report", "2026-11-23", reminder="2026-11-23T08:30:00Z")
    b.pair(
        Situation.CONFLICT,
        report,
        {"due": "2026-11-25"},
        {"due": None, "status": "in_progress"},
        f"due changed on both sides {since}",
    )
    b.single(Situation.NEW, ol, task("Call Omar back", None), "new in Outlook, not in Salesforce")
    b.single(Situation.NEW, sf, task("Ask for references", "2026-12-04", priority="high"), "new in Salesforce")
    b.single(
        Situation.GONE,
        ol,
        task("Book the train", "2026-11-24"),
        f"deleted from Salesforce {since}",
        before=task("Book the train", "2026-11-24"),
    )
    follow = task("Follow up on trade fair", None)
    b.pair(Situation.CHANGED, follow, {}, {"due": "2027-01-11"}, f"due changed in Outlook {since}")
    prices = task("Compare prices", None, status="waiting")
    b.pair(
        Situation.CHANGED_BOTH,
        prices,
        {"notes": "ask Oldmill, too"},
        {"status": "in_progress"},
        f"notes changed in Salesforce and status in Outlook {since}",
    )
    for subject in HOSTILE[:2]:
        b.single(Situation.NEW, sf, task(subject, "2026-11-30", status="deferred"), "new in Salesforce")
    return Plan(Kind.TASKS, MADE_AT, WINDOW, tuple(b.rows), in_sync=22)


def taken_back(*, nothing: bool = False) -> Plan:
    """A plan that takes a run back: what it made, changed and deleted; or, if so wished, nothing of it."""
    b = Builder()
    none = Undo(Effect(Action.NONE))

    def undo(effect: Effect, restores: str = "") -> Undo:
        return none if nothing else Undo(effect, restores)

    made = fields("Trade fair", at(25, "10:00", "11:00"))
    stays = "somebody changed notes in Outlook since: it stays"
    b.pair(
        Situation.TAKEN_BACK,
        made,
        {},
        {},
        stays if nothing else "the run made it in Outlook, and nobody has touched it since",
        undo=undo(Effect(Action.DELETE_FROM_OUTLOOK)),
    )
    b.pair(
        Situation.TAKEN_BACK,
        fields("Quarterly review", at(23, "10:00", "11:00"), location="York"),
        {},
        {},
        stays if nothing else "location in Outlook as before the run",
        undo=undo(Effect(Action.UPDATE_IN_OUTLOOK, to_right={"location": "Leeds"})),
    )
    gone = fields("Pipeline call", at(23, "17:00", "17:30"))
    b.add(
        Situation.TAKEN_BACK,
        None,
        None,
        "it is there again in Outlook" if nothing else "the run deleted it from Outlook",
        gone,
        undo=undo(Effect(Action.CREATE_IN_OUTLOOK, to_right=gone), "AAMk0002"),
    )
    return Plan(Kind.CALENDAR, MADE_AT, WINDOW, tuple(b.rows), takes_back="20261120-160203-ab12")
