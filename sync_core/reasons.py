"""Reasons: why a row is what it is, in words a user understands. Foreign text in them is cleaned for showing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sync_core import dates, text
from sync_core.compare import Baseline, FieldChange, Verdict
from sync_core.items import FIELDS, Item, Kind, SideName
from sync_core.pairing import Link
from sync_core.plan import field_label
from sync_core.sides import Fate, Reading, Sighting, Unreadable
from sync_core.telling import ALIKE, told_apart

# items that a reason names, and those that it compares to find out what tells them apart
_MOST_NAMED: Final = 3
_MOST_TOLD: Final = 12


def day(iso: str) -> str:
    """ "2026-11-16..." as "16 Nov 2026"; "" stays ""."""
    try:
        d = date.fromisoformat(iso[:10])
    except ValueError:
        return ""
    return dates.style().day(d)


def since(link: Link | None) -> str:
    """ "since the last sync on 16 Nov 2026", as far as it is known."""
    known = day(link.synced_at) if link else ""
    return f"since the last sync on {known}" if known else "since the last sync"


def names(kind: Kind, fields: Sequence[str]) -> str:
    """ "subject, when and notes"."""
    labels = [field_label(kind, name) for name in fields]
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}" if labels else ""


def _of(changes: Sequence[FieldChange], *verdicts: Verdict) -> list[str]:
    return [c.name for c in changes if c.verdict in verdicts]


def new(item: Item, *, first: bool) -> str:
    """An item that only one side has and nobody knew."""
    side = item.side
    if item.part_of:
        return f"one occurrence of a series in {side.label}: it crosses as a single event"
    return f"only in {side.label}" if first else f"new in {side.label}, not in {side.other.label}"


def forgotten(item: Item) -> str:
    """An item without a match, after memory has lost what belonged together."""
    side, other = item.side.label, item.side.other.label
    return f"only in {side}; whether it is new, or was deleted from {other}, is no longer known: bring it over or not"


def remained(item: Item) -> str:
    """A series without a match, of which only the past is left across: there it was deleted from some day on."""
    side, other = item.side.label, item.side.other.label
    return (
        f"only in {side}; in {other} a series of that name, which began at that time, was deleted from some day on: "
        "bring it over, and what is past is there twice, or leave it out"
    )


def on_a_series(item: Item, series: str) -> str:
    """A single event that is at the time of an occurrence of a series across, which cannot cross as it is."""
    name = text.shorten(text.plain(series), 30)
    return (
        f"at the time of an occurrence of the series “{name}” in {item.side.other.label}, with the same subject: "
        "choose single events for that series, and the two are linked; nothing is done until you say"
    )


def changed(kind: Kind, changes: Sequence[FieldChange], link: Link | None) -> str:
    """A linked pair of which one side changed, or both."""
    left, right = _of(changes, Verdict.LEFT), _of(changes, Verdict.RIGHT)
    both = _of(changes, Verdict.BOTH)
    parts = []
    if both:
        parts.append(f"both sides changed {names(kind, both)}, each to something else,")
    if left:
        parts.append(f"{names(kind, left)} changed in Salesforce")
    if right:
        parts.append(f"{names(kind, right)} changed in Outlook")
    return f"{' and '.join(parts)} {since(link)}".replace(", and ", " and ")


def untold(left: Item, right: Item, agreed: Baseline) -> str:
    """Why it is not known whether a linked pair is in step that looks it; "" when it is.

    Nobody can tell what became of single occurrences of a series whose own side does not say which they are.
    """
    for item in (left, right):
        if item.series and item.locked and "exceptions" in agreed.on(item.side) and "exceptions" not in item.fields:
            return f"whether single occurrences changed in {item.side.label} cannot be told: {item.locked}"
    return ""


def gone(side: SideName, link: Link | None, changes: Sequence[str], kind: Kind) -> str:
    """A linked pair of which one half is no longer there; `changes` are the fields the other half changed meanwhile."""
    head = f"deleted in {side.label} {since(link)}"
    if not changes:
        return f"{head}, unchanged in {side.other.label}"
    return f"{head}, but {names(kind, changes)} changed in {side.other.label}: restore or delete?"


def missing(side: SideName, link: Link | None) -> str:
    """A linked pair of which one half is not to be seen any more, for a reason that nobody knows."""
    return (
        f"not to be seen in {side.label} any more {since(link)}: deleted long ago, or no longer visible to you. "
        f"Delete it from {side.other.label}, make it anew, or leave it out (I)?"
    )


_SAME = {
    Kind.CALENDAR: "same subject, start and end on both sides",
    Kind.CONTACTS: "same e-mail, or same name and company, on both sides",
    Kind.TASKS: "same subject and due date on both sides",
}


def twins(kind: Kind, changes: Sequence[FieldChange], *, by_mark: bool, by_address: bool = False) -> str:
    """A pair that was never linked. `by_address` says that it shares an address beyond the first of a contact."""
    how = "one e-mail address of several is the same on both sides" if by_address else _SAME[kind]
    how = "carries our mark from an earlier sync" if by_mark else how
    differing = _of(changes, Verdict.LEFT, Verdict.RIGHT, Verdict.BOTH)
    if not differing:
        return f"{how}, and equal: the pair is remembered, nothing is written"
    open_fields = _of(changes, Verdict.BOTH)
    if open_fields:
        verb = "differs" if len(differing) == 1 else "differ"
        return f"{how}, but {names(kind, differing)} {verb}; never synced before, so nobody knows which is right"
    verb = "is" if len(differing) == 1 else "are"
    return f"{how}; {names(kind, differing)} {verb} blank on one side and filled from the other"


def rivals(item: Item | None, others: Sequence[Item], zone: str = "UTC", this: str = "") -> str:
    """Several could be meant. `zone` is the user's IANA zone; `this` tells the item from others of its own side that
    are asked about alike, "" where there are none."""
    copies = [o for o in others if item is not None and item.mark and o.mark == item.mark]
    if copies:
        # what it could be across has no mark, and is told from the copies by its side
        across = [o for o in others if o not in copies]
        could = f"it could be {_named(None, across, zone)[0]}; " if across else ""
        named, alike, mine = _named(item, copies, zone)
        head = f"which one? {could}it carries the same mark as {named}, as copies in Outlook do{alike}"
        this = "" if alike else this
    else:
        named, alike, mine = _named(item, others, zone)
        head = f"which one? it could be {named}; never paired by chance{alike}"
    return f"{head}; this one: {this or mine}" if this or mine else head


def taken(others: Sequence[Item]) -> str:
    """A contact whose address somebody across has who belongs to another contact already; a task by the name of a
    recurring one, which is left alone."""
    title, across = text.shorten(text.plain(others[0].title), 30), others[0].side
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    over = f"bring it over ({'>' if across is SideName.OUTLOOK else '<'}), or leave it out"
    if others[0].kind is Kind.TASKS:
        return f"an occurrence of the recurring task “{title}”{more} in {across.label}, or one of its own? {over}"
    return (
        f"“{title}”{more} in {across.label} has the same e-mail address and is another contact's twin already: "
        f"a second one there? {over}"
    )


def _named(item: Item | None, others: Sequence[Item], zone: str) -> tuple[str, str, str]:
    """The titles of the first of `others`, with what tells those of the same name apart; the end of a sentence that
    says that nothing does; and what tells the item itself from those of its own side."""
    own = item is not None and any(o.side is item.side for o in others)
    pool = [*others[:_MOST_TOLD], *((item,) if item is not None and own else ())]
    titles = [text.shorten(text.plain(one.title), 30) for one in pool]
    facts = told_apart(pool, zone) if len(set(titles)) < len(titles) else [""] * len(pool)
    named = [
        f"“{title}” ({o.side.label}{f', {fact}' if fact else ''})"
        for title, o, fact in zip(titles[:_MOST_NAMED], others, facts, strict=False)
    ]
    more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    alike = f"; {ALIKE}" if len(set(titles)) < len(titles) and not any(facts) else ""
    return f"{', '.join(named)}{more}", alike, facts[-1] if own else ""


def _apart(item: Item | None, *others: Item) -> str:
    """What is different in the items that `item` could be, as the end of a sentence."""
    mine = item.fields if item is not None else {}
    kind = others[0].kind
    differing = [
        f.name
        for f in FIELDS[kind]
        if any(f.name in mine and f.name in one.fields and mine[f.name] != one.fields[f.name] for one in others)
    ]
    return f"; different: {names(kind, differing)}" if differing else ""


def tied(item: Item | None, others: Sequence[Item], likeness: float, zone: str = "UTC", this: str = "") -> str:
    """Several items look like the same thing, one as much as the other, and no key says which. `zone` and `this` as for
    `rivals`."""
    named, same, _ = _named(item, others, zone)
    level = "each" if len(others) > 1 else "which is as much like another"
    alike = f"{named}: {likeness:.0%} alike, {level}{_apart(item, *others)}{same}"
    mine = f"; this one: {this}" if this else ""
    return f"which one? {alike}{mine}; nothing is done until you say"


def likely(item: Item | None, other: Item, likeness: float) -> str:
    """Another item looks like the same thing, and no key says so."""
    title = text.shorten(text.plain(other.title), 30)
    apart = _apart(item, other)
    return f"the same as “{title}” in {other.side.label}? {likeness:.0%} alike{apart}; nothing is done until you say"


def named(item: Item | None, other: Item, listed: Reading) -> str:
    """Another item that a duplicate rule of the org takes for the same, which stopped a create."""
    title = text.shorten(text.plain(other.title), 30)
    head = f"a duplicate rule in Salesforce says that this is “{title}” ({other.side.label})"
    apart = _apart(item, other)
    # the rule is asked again when it is brought over
    again = "change one of them and bring it over (<)" if other.side is SideName.SALESFORCE else "change one of them"
    if other.side is SideName.SALESFORCE and all(one.id != other.id for one in listed.items):
        return f"{head}, which is not among what you sync{apart}: {again}, or leave it out"
    return f"{head}{apart}: link the two (m), or {again}; nothing is done until you say"


_FATES = {
    Fate.HERE: "is outside the days of this sync",
    Fate.MOVED: "was moved to another folder",
    Fate.OTHER_OWNER: "belongs to somebody else now",
    Fate.ARCHIVED: "is archived",
    Fate.MISSING: "is not to be seen",
    Fate.UNREADABLE: "could not be read",
}


def away(side: SideName, sighting: Sighting | None) -> str:
    """A half that is not seen, but not proven gone either."""
    if sighting is None:
        return f"{side.label} could not be read completely, so nothing is concluded from its absence there"
    detail = f" ({text.plain(sighting.detail)})" if sighting.detail else ""
    return f"in {side.label} it {_FATES[sighting.fate]}{detail}: nothing is written"


def unreadable(side: SideName, what: Unreadable) -> str:
    """An item that is there but cannot be understood."""
    return f"could not be read from {side.label}: {text.plain(what.why)}"
