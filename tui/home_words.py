"""What Home says: whether manual sync is on, what each process may do, and what to press next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from sync_core.items import Kind, SideName
from tui import words
from tui.format import instant
from tui.widgets.labelled import Line
from tui.words import OPERATIONS, Prevented

if TYPE_CHECKING:
    from sync_core.remembered import LastRun
    from sync_core.settings.models import Settings

_MAY: Final = {"create": "create", "update": "change", "delete": "delete"}


def listed(names: Sequence[str]) -> str:
    """Names in a row: "Calendar, Contacts and Tasks"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def manual(kinds: Sequence[Kind]) -> tuple[str, str, str]:
    """Whether manual sync is on, in three parts, of which the second is to stand out; `kinds` are switched on."""
    if not kinds:
        return "Manual sync is ", "OFF", ": no process is switched on."
    return "Manual sync is ", "ON", f" for {listed([kind.label for kind in kinds])}."


def may(prevented: Prevented) -> str:
    """Which way changes flow and what may be done there: "-▸ to Outlook only: create, change"."""
    able = {side: [_MAY[one] for one in OPERATIONS if one not in prevented.on(side)] for side in SideName}
    salesforce, outlook = able[SideName.SALESFORCE], able[SideName.OUTLOOK]
    if not salesforce and not outlook:
        return ". compares only; everything is prevented on both sides"
    if not salesforce:
        return f"-▸ to Outlook only: {', '.join(outlook)}"
    if not outlook:
        return f"◂- to Salesforce only: {', '.join(salesforce)}"
    if salesforce == outlook:
        return f"◂-▸ both ways: {', '.join(salesforce)}"
    sides = [
        f"{side.label}: {'all' if len(found) == len(OPERATIONS) else ', '.join(found)}" for side, found in able.items()
    ]
    return f"◂-▸ both ways   {'   '.join(sides)}"


def process(kind: Kind, settings: Settings, last: LastRun | None, zone: str, today: date) -> list[Line]:
    """All about a process: whether it is on, what it may do, for which items, and its last run."""
    job = settings.job(kind)
    if last is None:
        ran = Line("last", "never run", quiet=True)
    else:
        ran = Line("last", f"{instant(last.finished, zone, today)}: {last.sentence}", quiet=True)
    if not job.include:
        off = Line("off", "Space leads to where it is switched on", "bold", quiet=True)
        return [off] if last is None else [off, ran]
    reach = f"{words.reach(kind, settings, today)}, {words.privacy(job.private)}"
    return [Line("ON", may(Prevented.of(job)), "bold $good"), Line("for", reach), ran]


@dataclass(frozen=True, slots=True)
class Now:
    """What Home knows when it says what to press next: the processes that are switched on and those that are ticked,
    whether a run was cut off, whether a review was kept, and the sides whose connection does not work.
    """

    included: Sequence[Kind]
    ticked: Sequence[Kind]
    cut_off: bool = False
    kept: bool = False
    broken: Sequence[SideName] = ()


def next_step(now: Now) -> tuple[str, str]:
    """What to press next: the key, and what it does."""
    if not now.included:
        return "c", "opens Configure: switch on what you want to sync."
    if now.cut_off:
        return "f", "shows what the run that was cut off did; you finish it or stop there."
    if now.broken:
        return (
            "c",
            f"opens Configure: the connection to {listed([side.label for side in now.broken])} has to work first.",
        )
    if now.kept:
        return "e", "goes on with the review that was kept; it reads both sides first."
    if not now.ticked:
        return "Space", "ticks a process to sync; then s starts."
    return "s", "reads both sides. You see every change; nothing is written before Ok."
