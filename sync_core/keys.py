"""What makes two items the same to a person: keys, exact ones and such that are only asked about.

Texts are compared without case, and those of contacts without accents: what somebody writes in capitals, or without a
letter that their keyboard has not got, is the same name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from sync_core.items import FIELDS, Flow, Item, Kind, Value, When

Key = tuple[str, ...]

# letters of their own to Unicode, and letters with an accent to whoever has not got them on the keyboard
_LETTERS: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "æ": "ae", "œ": "oe"})


def _event_key(item: Item) -> Key | None:
    when = item.when
    if when is None or "subject" not in item.fields:
        return None
    # a series and its first event start alike, and are not the same
    return (folded(item, "subject"), when.start, when.end, _rule(when))


def _rule(when: When) -> str:
    """The rule of a series, the same in whatever words a person said it: "12 times" or "until 10 February"."""
    if not when.recurrence:
        return ""
    # only series need it, and it brings the expansion of patterns along
    from sync_core.series import rule_of

    return rule_of(when)


def _task_key(item: Item) -> Key | None:
    if not item.fields.get("subject") or "due" not in item.fields:
        return None
    # a recurring task is due when its first open occurrence is, and is not that one
    return (folded(item, "subject"), str(item.fields["due"] or ""), "series" if item.series else "")


def _email_key(item: Item) -> Key | None:
    # another accent is another mailbox
    return (str(item.fields["email"]).casefold(),) if item.fields.get("email") else None


def _name_key(item: Item) -> Key | None:
    names = (folded(item, "first_name"), folded(item, "last_name"), folded(item, "company"))
    return names if names[0] and names[1] else None


def _whole_key(item: Item) -> Key | None:
    """All that travels both ways: for items with no better key, so that a lost memory does not double them."""
    names = [f.name for f in FIELDS[item.kind] if f.flow is Flow.BOTH]
    return (
        (repr(item.series), *(_said(item.fields[n]) for n in names)) if all(n in item.fields for n in names) else None
    )


def _said(value: Value) -> str:
    return repr(value._replace(recurrence=_rule(value)) if isinstance(value, When) else value)


def folded(item: Item, name: str) -> str:
    """A text without case; a contact's also without accents."""
    value = str(item.fields.get(name) or "")
    return plain_name(value) if item.kind is Kind.CONTACTS else without_case(value)


def without_case(words: str) -> str:
    """A text without case, in Turkish too: there "I" is the capital of "ı", and "İ" that of "i"."""
    return words.casefold() if words.isascii() else words.casefold().replace("i\u0307", "i").replace("ı", "i")


def plain_name(words: str) -> str:
    """A name without case and accents: "Işıl", "IŞIL" and "Isil" are the same."""
    if words.isascii():
        return words.casefold()
    apart = unicodedata.normalize("NFKD", without_case(words))
    return "".join(c for c in apart if not unicodedata.combining(c)).translate(_LETTERS)


# What makes two items the same to a person, the surest first. None where an item has no such key.
EXACT_KEYS: Final[Mapping[Kind, tuple[Callable[[Item], Key | None], ...]]] = {
    Kind.CALENDAR: (_event_key,),
    Kind.CONTACTS: (_email_key, _name_key, _whole_key),
    Kind.TASKS: (_task_key, _whole_key),
}


def _full_name(item: Item) -> Key | None:
    names = (folded(item, "first_name"), folded(item, "last_name"))
    return names if names[1] else None


def _due_without_subject(item: Item) -> Key | None:
    return None if item.fields.get("subject") else (str(item.fields.get("due") or ""),)


def _series_key(item: Item) -> Key | None:
    """Series of one name at one time, whatever their rules: one may have been made longer, or given more days."""
    when = item.when
    if when is None or not when.recurrence or "subject" not in item.fields:
        return None
    return (folded(item, "subject"), when.start, when.end)


# what says too little to pair two items, and enough not to double them without asking
ASKING_KEYS: Final[Mapping[Kind, tuple[Callable[[Item], Key | None], ...]]] = {
    Kind.CALENDAR: (_series_key,),
    Kind.CONTACTS: (_full_name,),
    Kind.TASKS: (_due_without_subject,),
}


def addresses(item: Item) -> frozenset[str]:
    """All e-mail addresses of a contact, without case: the one that both sides hold, and what Outlook has beyond it."""
    first = str(item.fields.get("email") or "")
    return frozenset(one.casefold() for one in (first, *item.addresses) if one)


# where several have the same exact key, what pairs all of them one by one, or none
FINER_KEYS: Final[Mapping[Kind, tuple[Callable[[Item], Key | None], ...]]] = {
    Kind.CALENDAR: (_whole_key,),
    Kind.CONTACTS: (_full_name, _whole_key),
    Kind.TASKS: (_whole_key,),
}
