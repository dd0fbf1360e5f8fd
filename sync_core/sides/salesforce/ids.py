"""Salesforce ids: 15 characters that mean upper and lower case, or 18 with a check suffix for systems that do not."""

from __future__ import annotations

import re
from typing import Final

_ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
_SUFFIX: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def is_id(value: str) -> bool:
    """Whether `value` has the form of an id. Only such values may go into a path or a query: simple-salesforce joins
    ids to its addresses unchecked (facts: salesforce A4, BUG 7)."""
    return _ID.fullmatch(value) is not None


def id18(value: str) -> str:
    """`value` in the form of 18 characters; an id of 18, or what is no id, comes back as it is."""
    if len(value) != 15 or not is_id(value):
        return value
    chunks = (value[at : at + 5] for at in (0, 5, 10))
    return value + "".join(_SUFFIX[sum(c.isupper() << bit for bit, c in enumerate(chunk))] for chunk in chunks)
