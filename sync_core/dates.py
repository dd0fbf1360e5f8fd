"""How dates and times are written: the order of a date, the clock, the first day of the week. Values only.

A program speaks to one person, so there is one style for the whole of it, as there is one locale: `use` sets it once at
the start, `style` gives it, and everything that puts a date into words asks it. Unless set it is "23 Nov 2026",
24 hours, weeks that begin on Monday.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, Literal

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
Order = Literal["dmy", "mdy", "ymd"]
Clock = Literal["24", "12"]


def _codes(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What people of a territory are used to, where it is not 23 Nov 2026, 24 hours, Monday (Unicode CLDR 45: the short date
# and time formats of the territory's main languages, and weekData). Territories as in ISO 3166.
_MONTH_FIRST: Final = _codes("AS GU MH MP PA PH PR UM US VI")
_YEAR_FIRST: Final = _codes("AF BT CA CN HU IR JP KP KR LT MN NP SE TW ZA")
_TWELVE_HOURS: Final = _codes(
    "AE AG AL AS AU BB BD BH BM BN BO BS BT CA CO CR CU CY DJ DM DO DZ EC EG EH ER ET FJ FM GD GH GM GR GU GY HK HN IN"
    " JM JO KH KI KN KP KR KW KY LB LC LR LS LY MH MO MP MR MW MX MY NA NI NZ PA PE PG PH PK PR PS PW QA SA SB SG SO SS"
    " SV SY SZ TC TD TN TO TT TW UM US VC VE VG VI VU WS YE"
)
_SUNDAY: Final = _codes(
    "AG AO AS BD BR BS BT BW BZ CA CO CV DM DO ET GT GU GW HK HN ID IL IN IS JM JP KE KH KR LA MH MM MO MT MX MZ NI NP"
    " PA PE PH PK PR PT PY SA SG ST SV TH TL TT TW UM US VE VI WS YE ZA ZW"
)
_SATURDAY: Final = _codes("AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY")


@dataclass(frozen=True, slots=True)
class DateStyle:
    """One way to write dates and times. `first_day` is the day a week begins with, 0 for Monday to 6 for Sunday."""

    order: Order = "dmy"
    clock: Clock = "24"
    first_day: int = 0

    def day(self, when: date, *, year: bool = True, weekday: bool = False, long: bool = False) -> str:
        """A day: "Mon 23 Nov 2026", "Mon Nov 23, 2026" or "Mon 2026-11-23".

        `long` writes names out. Where the year comes first it is always there: without it a date could be misread.
        """
        name = DAYS[when.weekday()] if long else DAYS[when.weekday()][:3]
        month = MONTHS[when.month - 1] if long else MONTHS[when.month - 1][:3]
        match self.order:
            case "ymd":
                words = f"{when.year:04}-{when.month:02}-{when.day:02}"
            case "mdy":
                words = f"{month} {when.day}" + (f", {when.year}" if year else "")
            case _:
                words = f"{when.day} {month}" + (f" {when.year}" if year else "")
        return f"{name} {words}" if weekday else words

    def time(self, when: datetime | time, *, tight: bool = False) -> str:
        """A time of day: "15:30", or "3:30 pm" ("3:30pm" if `tight`)."""
        if self.clock == "24":
            return f"{when.hour:02}:{when.minute:02}"
        half = "am" if when.hour < 12 else "pm"
        return f"{when.hour % 12 or 12}:{when.minute:02}{'' if tight else ' '}{half}"

    @property
    def week(self) -> tuple[int, ...]:
        """The days of a week in order, 0 for Monday."""
        return tuple((self.first_day + number) % 7 for number in range(7))

    def week_begins(self, when: date) -> date:
        """The first day of the week that `when` is in."""
        return date.fromordinal(when.toordinal() - (when.weekday() - self.first_day) % 7)


_ONE: DateStyle = DateStyle()


def style() -> DateStyle:
    """The style that is in use."""
    return _ONE


def use(new: DateStyle) -> None:
    """Writes dates and times in this style from now on."""
    global _ONE
    _ONE = new


def of_locale(name: str) -> DateStyle:
    """What people with a locale are used to: "en_US.UTF-8" is month first, 12 hours, Sunday.

    By the territory in its name, not by what the machine has installed: over SSH the name arrives, the locale's files
    often are not there. A locale without a territory ("C", "de") is the style unless set.
    """
    language, _, territory = name.partition(".")[0].partition("@")[0].partition("_")
    territory = territory.upper()
    order: Order = "mdy" if territory in _MONTH_FIRST else "ymd" if territory in _YEAR_FIRST else "dmy"
    if (language.lower(), territory) == ("en", "DK"):
        # glibc's locale for people who want English with ISO dates
        order = "ymd"
    twelve = territory in _TWELVE_HOURS and (language.lower(), territory) != ("fr", "CA")
    first = 6 if territory in _SUNDAY else 5 if territory in _SATURDAY else 0
    return DateStyle(order, "12" if twelve else "24", first)


def locale_name(environ: Mapping[str, str]) -> str:
    """The name of the locale for times in a process environment, in the order POSIX has: LC_ALL, LC_TIME, LANG."""
    return next((environ[name] for name in ("LC_ALL", "LC_TIME", "LANG") if environ.get(name)), "")
