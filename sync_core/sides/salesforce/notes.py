"""An event's Description: a person's notes, and below them the names of the attachments that the event has in Outlook.

Salesforce keeps no attachments' names for events, so they stand at the end of the text, under a line that says what
they are and how many. Only that many lines belong to it: whatever a person writes above or below stays theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from sync_core import text
from sync_core.items import Fields

_HEAD: Final = re.compile(r"^[ \t]*-- Attachments in Outlook: (\d{1,4}) \(kept by handsync\) --[ \t]*$", re.MULTILINE)
_NAME: Final = re.compile(r"[ \t]*\*[ \t]+(\S.*)")


def split(description: str | None) -> tuple[str, tuple[str, ...]]:
    """The notes and the attachments' names in a Description."""
    whole = text.block(description)
    heads = list(_HEAD.finditer(whole))
    if not heads:
        return whole, ()
    head = heads[-1]
    lines = whole[head.end() :].removeprefix("\n").split("\n")
    names = []
    for line in lines[: int(head[1])]:
        found = _NAME.fullmatch(line)
        if found is None:
            break
        names.append(text.line(found[1]))
    above, below = text.block(whole[: head.start()]), text.block("\n".join(lines[len(names) :]))
    return "\n\n".join(part for part in (above, below) if part), tuple(sorted(names))


def join(notes: str, names: Iterable[str]) -> str:
    """The Description for `notes` and `names`, from which `split` gives the same back."""
    notes = text.block(notes)
    lines = [line for line in (text.line(name) for name in names) if line]
    # notes that quote such a block themselves, as a forwarded copy may, need one of their own behind it
    if not lines and _HEAD.search(notes) is None:
        return notes
    block = "\n".join((f"-- Attachments in Outlook: {len(lines)} (kept by handsync) --", *(f"* {n}" for n in lines)))
    return f"{notes}\n\n{block}" if notes else block


def too_long(fields: Fields, most: int | None) -> str:
    """Why the notes and the attachments' names of an event do not fit into `most` characters; "" when they do."""
    names = fields.get("attachments") or ()
    whole = join(str(fields.get("notes") or ""), [str(n) for n in names] if isinstance(names, tuple) else ())
    if most is None or len(whole) <= most:
        return ""
    return f"notes and attachment names have {len(whole):,} characters, Salesforce holds {most:,}"
