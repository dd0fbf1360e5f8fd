"""Which account a new contact gets: the one whose web site is at the domain of its e-mail address, or whose name is its
company. Only where exactly one fits: an account is never chosen by chance."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from sync_core import text
from sync_core.items import Fields
from sync_core.settings.models import AccountMatch
from sync_core.sides.salesforce.mapping import Rows
from sync_core.sides.salesforce.soql import groups, literal

# a host name: nothing in it needs escaping in SOQL's LIKE
_DOMAIN: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def questions(match: AccountMatch, contacts: Iterable[Fields]) -> list[str]:
    """The queries for the accounts that may fit these new contacts."""
    if match == "domain":
        domains = sorted({domain for one in contacts if (domain := _domain(one))})
        parts = [f"Website LIKE '%{domain}%'" for domain in domains]
        return [f"SELECT Id, Name, Website FROM Account WHERE {' OR '.join(group)}" for group in groups(parts)]
    if match == "name":
        names = sorted({name for one in contacts if (name := _company(one))})
        parts = [literal(name) for name in names]
        return [f"SELECT Id, Name FROM Account WHERE Name IN ({', '.join(group)})" for group in groups(parts)]
    return []


def choose(match: AccountMatch, contact: Fields, accounts: Rows) -> str:
    """The id of the one account among `accounts` that fits, "" when none or several do."""
    if match == "domain" and (domain := _domain(contact)):
        fitting = {str(row["Id"]) for row in accounts if _host(str(row.get("Website") or "")) == domain}
    elif match == "name" and (company := _company(contact)):
        fitting = {str(row["Id"]) for row in accounts if _name(row.get("Name")) == _name(company)}
    else:
        return ""
    return fitting.pop() if len(fitting) == 1 else ""


def _domain(contact: Fields) -> str:
    domain = str(contact.get("email") or "").rpartition("@")[2].lower()
    return domain if _DOMAIN.fullmatch(domain) else ""


def _company(contact: Fields) -> str:
    return text.line(str(contact.get("company") or ""))


def _name(value: object) -> str:
    """A name without case, as SOQL compares names, too (recalled)."""
    return text.line(str(value or "")).casefold()


def _host(website: str) -> str:
    """The host of a web site as people enter it: with or without a scheme, with or without "www."."""
    website = website.strip().lower()
    try:
        host = urlsplit(website if "//" in website else f"//{website}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")
