"""What Outlook makes out of a contact's name: the name it shows and the name it files under."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

FIELDS: Final = ("first_name", "last_name", "salutation", "suffix", "company")


class Names(NamedTuple):
    """The parts; `middle_name` is Outlook's alone."""

    first_name: str = ""
    last_name: str = ""
    salutation: str = ""
    suffix: str = ""
    company: str = ""
    middle_name: str = ""


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _full(n: Names) -> str:
    return _joined(n.salutation, n.first_name, n.middle_name, n.last_name, n.suffix)


def _plain(n: Names) -> str:
    return _joined(n.first_name, n.middle_name, n.last_name)


def _short(n: Names) -> str:
    return _joined(n.first_name, n.last_name)


def _with_suffix(n: Names) -> str:
    return _joined(_plain(n), n.suffix)


def _last_first(n: Names) -> str:
    rest = _joined(n.first_name, n.middle_name)
    return f"{n.last_name}, {rest}" if n.last_name and rest else n.last_name or rest


def _last_first_short(n: Names) -> str:
    return _last_first(n._replace(middle_name=""))


def _company(n: Names) -> str:
    return n.company


def _person_of_company(n: Names) -> str:
    person = _last_first(n)
    return f"{person} ({n.company})" if person and n.company else person or n.company


def _company_of_person(n: Names) -> str:
    person = _last_first(n)
    return f"{n.company} ({person})" if person and n.company else n.company or person


# the forms that Outlook offers; the fullest first, because for a plain name they are all the same
_SHOWN: Final = (_full, _with_suffix, _plain, _short, _last_first, _last_first_short, _company)
_FILED: Final = (
    *(_last_first, _last_first_short, _plain, _short, _full, _with_suffix),
    *(_person_of_company, _company_of_person, _company),
)


def first(names: Names, email: str) -> dict[str, Any]:
    """DisplayName, FileAs and FileAsMapping of a new contact, as exchangelib calls them. A contact without a name is
    shown as its company, else as its e-mail address."""
    if names.first_name or names.last_name:
        filed = {"file_as": _last_first(names), "file_as_mapping": "LastCommaFirst"}
        return {"display_name": _full(names), **filed}
    if names.company:
        return {"display_name": names.company, "file_as": names.company, "file_as_mapping": "Company"}
    return {"display_name": email, "file_as": email}


def follow(old: Names, new: Names, *, display_name: str, file_as: str) -> dict[str, str]:
    """What must change so that shown and filed names stay in step with the name, as exchangelib calls them.

    A name that is in none of Outlook's forms was typed by a person, and stays.
    """
    changed = {
        "display_name": _followed(_SHOWN, old, new, display_name),
        "file_as": _followed(_FILED, old, new, file_as),
    }
    return {name: value for name, value in changed.items() if value}


def _followed(forms: tuple[Callable[[Names], str], ...], old: Names, new: Names, now: str) -> str:
    """The new value, "" for no change."""
    form = next((form for form in forms if now and form(old) == now), None)
    if form is None:
        return ""
    wanted = form(new)
    return wanted if wanted != now else ""
