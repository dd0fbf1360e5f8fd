"""The words in which the story of the made-up world is told: situations, and what happens to them in a week.

A situation is data: where its event, contact or task is in act one, and what each side does to it when a week goes by.
For each kind of item `standing` and `week` hold the tables, and a chapter carries them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

SideKey = Literal["salesforce", "outlook"]


class First(StrEnum):
    """Where it is in act one."""

    BOTH = "both"
    SALESFORCE = "salesforce"
    OUTLOOK = "outlook"
    # it begins in act two, if at all
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody edits it. `fields` are those of the event, contact or task; `days` are working days.

    `add` is put behind the notes that are there. `native` goes to the server as it is, beside the rest.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    later: int = 0
    longer: int = 0
    days: int = 0
    calendar_days: int = 0
    add: str = ""
    native: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delete:
    """Somebody deletes it: into the recycle bin or the Deleted Items, or with `for_good` past them."""

    for_good: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody moves it to another folder of the mailbox, and with `back` returns it: it has another id then."""

    folder: str
    back: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """Somebody copies it within its folder: everything is copied, what programs noted on it too."""

    days: int = 0


@dataclass(frozen=True, slots=True)
class Create:
    """Somebody enters it; `fields` differ from what the situation says. `twice`: by mistake, two times."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    native: Mapping[str, object] = field(default_factory=dict)
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Reassign:
    """Somebody gives it to a colleague (Salesforce only)."""


@dataclass(frozen=True, slots=True)
class Remind:
    """The reminder is shown: Salesforce says "no reminder" from then on, though nobody changed it."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Somebody moves one meeting of a series by `later` minutes, or cancels it (Outlook only): the n-th from today."""

    number: int
    later: int = 0
    location: str = ""
    gone: bool = False


Deed = Change | Delete | Move | Copy | Create | Reassign | Remind | Occurrence


@dataclass(frozen=True, slots=True)
class Series:
    """A repeating event. `days` for weekly ones ("Monday"); `count` 0 means without an end."""

    pattern: Literal["Daily", "Weekly", "AbsoluteMonthly"]
    days: tuple[str, ...] = ()
    interval: int = 1
    count: int = 0
    # occurrences that are not as the others, from the first day on: (number, minutes later, location)
    moved: tuple[tuple[int, int, str], ...] = ()
    deleted: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """What the situations of all kinds of item have in common.

    `also` are the values that Outlook has otherwise in act one. `copies` are (Salesforce, Outlook) numbers of equal
    copies. `native_*` go to the servers as they are. `salesforce` and `outlook` say what happens in act two.
    """

    name: str
    story: str
    subject: str = ""
    first: First = First.BOTH
    also: Mapping[str, Any] = field(default_factory=dict)
    copies: tuple[int, int] = (1, 1)
    native_salesforce: Mapping[str, object] = field(default_factory=dict)
    native_outlook: Mapping[str, object] = field(default_factory=dict)
    # who it belongs to, and in which folder of the mailbox it is, if not the usual ones
    colleague: bool = False
    folder: str = ""
    salesforce: tuple[Deed, ...] = ()
    outlook: tuple[Deed, ...] = ()

    def on(self, side: SideKey) -> int:
        """How many items of this situation a side has in act one."""
        if self.first.value not in ("both", side) or self.colleague or self.folder:
            return 0
        return self.copies[0 if side == "salesforce" else 1]


@dataclass(frozen=True, slots=True)
class Situation(Scene):
    """One event of the story.

    `day` counts working days from today, `at` is a wall-clock time ("" for all day) and `minutes` the length; for an
    all-day event `length` is the number of days. Texts may hold {customer}, {contact}, {city}, {colleague}, {month},
    {year}.
    """

    day: int = 1
    # days of the calendar instead of working days: for what must lie far away
    far: int | None = None
    at: str = "10:00"
    minutes: int = 60
    length: int = 1
    location: str = ""
    notes: str = ""
    show_as: str = "busy"
    private: bool = False
    reminder: int | None = 15
    series: Series | None = None

    def on(self, side: SideKey) -> int:
        """How many events of this situation a side has in act one."""
        count = Scene.on(self, side)
        # Salesforce keeps each occurrence as an event
        return self.series.count if count and self.series is not None and side == "salesforce" else count


@dataclass(frozen=True, slots=True)
class ContactSituation(Scene):
    """One contact of the story.

    `subject` is the name, given names first; without one a person is made up. `fields` are fields of `values.Contact`
    that differ from what a made-up person has. With `customer` the contact person of that customer plays the part, who
    is in Salesforce anyway because of the events; in later rounds somebody else does.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    customer: int | None = None
    # a list of people, which is no contact (Outlook only): names and addresses
    members: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TaskSituation(Scene):
    """One task of the story.

    `day` counts working days from today to the due date, `far` calendar days; with `due` False there is none. `remind`
    is a wall-clock time on the due day, or tomorrow without one, and "" for no reminder. `percent` and `begins`
    (working days from today to the start date) are Outlook's alone, and so is `private`. `done` counts calendar days
    from today to the day on which it was completed, if that does not follow from the due date.
    """

    day: int = 1
    far: int | None = None
    due: bool = True
    status: str = "not_started"
    priority: str = "normal"
    notes: str = ""
    remind: str = ""
    percent: int = 0
    begins: int | None = None
    done: int | None = None
    private: bool = False
    series: Series | None = None
