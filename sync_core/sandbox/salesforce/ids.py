"""Record ids: 15 case-sensitive characters, or 18 with a checksum from which the case can be restored."""

from __future__ import annotations

import re
from typing import Final

_SUFFIX: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_POD: Final = "Qy0"
_SHAPE: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?", re.ASCII)


def checksum(short: str) -> str:
    """The three characters that make an 18-character id of a 15-character one: which letters are capitals."""
    found = ""
    for start in (0, 5, 10):
        bits = sum(1 << position for position, letter in enumerate(short[start : start + 5]) if letter.isupper())
        found += _SUFFIX[bits]
    return found


def make_id(prefix: str, number: int) -> str:
    """The 18-character id of the record `number` of the object with this three-character key prefix."""
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = _DIGITS[rest] + digits
    short = prefix + _POD + digits.rjust(15 - len(prefix) - len(_POD), "0")
    return short + checksum(short)


def normal_id(text: str) -> str | None:
    """The 18-character form of an id, or None if it is not one.

    The case of an 18-character id is restored from its checksum; a 15-character id is taken as it stands.
    """
    if not _SHAPE.fullmatch(text):
        return None
    if len(text) == 15:
        return text + checksum(text)
    suffix = text[15:].upper()
    if any(letter not in _SUFFIX for letter in suffix):
        return None
    letters = list(text[:15])
    for block, sign in enumerate(suffix):
        bits = _SUFFIX.index(sign)
        for offset in range(5):
            place = block * 5 + offset
            letters[place] = letters[place].upper() if bits >> offset & 1 else letters[place].lower()
    short = "".join(letters)
    # a capital digit does not exist, so a wrong checksum shows
    return short + suffix if checksum(short) == suffix else None
