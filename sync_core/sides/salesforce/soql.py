"""Questions in SOQL: texts that are safe in them, and as many of them in one question as an address holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

# what one question may add to the address of a GET, which may have 16,384 bytes (facts: salesforce B4, URI)
_BYTES: Final = 10_000


def literal(words: str) -> str:
    """A text in SOQL; a backslash and a quote are what it needs escaped."""
    return "'" + words.replace("\\", "\\\\").replace("'", "\\'") + "'"


def groups(parts: Iterable[str]) -> list[list[str]]:
    """`parts`, each with what joins it to the next, in groups that fit into one question each."""
    found: list[list[str]] = []
    size = _BYTES
    for part in parts:
        bytes_of = len(quote(f"{part} OR "))
        if size + bytes_of > _BYTES:
            found.append([])
            size = 0
        found[-1].append(part)
        size += bytes_of
    return found
