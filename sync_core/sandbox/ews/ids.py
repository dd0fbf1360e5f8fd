"""Ids and change keys as Exchange gives them: opaque, case-sensitive; made from counters, so worlds repeat."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from sync_core.sandbox.ews.soap import EwsError

Kind = Literal["item", "folder", "occurrence", "attachment"]

_HEAD: Final = b"\x00\x03\x24\x00"
_LETTERS: Final[dict[Kind, bytes]] = {"item": b"F", "folder": b".", "occurrence": b"O", "attachment": b"A"}
_KINDS: Final[dict[bytes, Kind]] = {letter: kind for kind, letter in _LETTERS.items()}
_LENGTH: Final = 105
_MARK: Final = 50


@dataclass(frozen=True, slots=True)
class ParsedId:
    """What stands in an id: the mailbox it belongs to, a number in it, and a day or position for a part of an item."""

    kind: Kind
    mailbox_guid: str
    number: int
    part: int = 0


def mailbox_guid(smtp: str) -> str:
    """The guid of a mailbox, the same in every run."""
    digest = hashlib.sha256(smtp.lower().encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def make_id(kind: Kind, guid: str, number: int, part: int = 0) -> str:
    """An id of 140 characters."""
    start = _HEAD + guid.encode() + b"\x00" + _LETTERS[kind] + b"\x00" + number.to_bytes(8) + part.to_bytes(4)
    return base64.b64encode(start + hashlib.sha512(start).digest()[:_MARK]).decode()


def parse_id(text: str) -> ParsedId:
    """Reads an id back. Raises EwsError: ErrorInvalidIdEmpty, ErrorInvalidIdMalformed."""
    if not text:
        raise EwsError("ErrorInvalidIdEmpty", "Id must be non-empty.")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    start = data[: _LENGTH - _MARK]
    if len(data) != _LENGTH or data[len(start) :] != hashlib.sha512(start).digest()[:_MARK]:
        raise EwsError("ErrorInvalidIdMalformed", "Id is malformed.")
    return ParsedId(
        _KINDS[start[41:42]], start[4:40].decode(), int.from_bytes(start[43:51]), int.from_bytes(start[51:55])
    )


def make_change_key(number: int, version: int) -> str:
    """The change key of version `version` of item `number`."""
    mark = hashlib.sha256(f"{number}/{version}".encode()).digest()[:16]
    return base64.b64encode(b"\x0f\x00\x00\x00\x16\x00\x00\x00" + mark + version.to_bytes(6)).decode()


def is_change_key(text: str) -> bool:
    """Whether a text has the form of a change key."""
    try:
        return len(base64.b64decode(text, validate=True)) >= 8
    except (binascii.Error, ValueError):
        return False
