"""Values that calendars, address books and task lists have really held, or that somebody may put there to do harm.

Raw, as a server gives them: they go through `canonical` first, as every value of a side does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sync_core.items import Kind, When

TEXTS: Final[Mapping[str, str]] = {
    "every control character": "".join(map(chr, range(0x20))) + "".join(map(chr, range(0x7F, 0xA0))),
    "an escape sequence": "\x1b[31mred\x1b]0;title\x07\x9b2J",
    "lone surrogates": "broken \ud83d emoji \udc00\ud800",
    "noncharacters": "\ufffe\uffff\ufdd0\U0001fffe",
    "bidi controls": "\u202eevil\u202c \u2066x\u2069",
    "markup": "[bold red]x[/] [link=http://example.com]y[/] <b>&amp;</b> ]]>",
    "only blanks": " \t\u00a0\u2003\u3000",
    "line ends of all sorts": "a\r\nb\rc\u2028d\u2029e\x85f\x0bg\x0ch\n\n",
    "ten thousand characters": "x" * 10_000,
    "a million characters": "long " * 200_000,
    "combining characters": "e" + "\u0301" * 500,
    "an emoji family": "👨‍👩‍👧‍👦🏳️‍🌈🇬🇧",
    "a formula": '=HYPERLINK("http://example.com","x")',
    "a template": "{0} {x!r} %s %(x)s ${HOME}",
    "a null byte in the middle": "before\x00after",
    "case that folds to more": "İSTANBUL ß ﬁ",
}

WHENS: Final[Mapping[str, When]] = {
    "year 1": When("0001-01-01T00:00:00Z", "0001-01-01T01:00:00Z"),
    "year 1, east of Greenwich": When("0001-01-01T00:00:00+14:00", "0001-01-01T01:00:00+14:00"),
    "year 9999": When("9999-12-31T23:00:00Z", "9999-12-31T23:59:59Z"),
    "year 9999, west of Greenwich": When("9999-12-31T23:00:00-12:00", "9999-12-31T23:59:59-12:00"),
    "year 9999, all day": When("9999-12-31", "9999-12-31", all_day=True),
    "year 1, all day": When("0001-01-01", "0001-01-01", all_day=True),
    "end before start": When("2026-11-23T10:00:00Z", "2026-11-23T09:00:00Z"),
    "end before start, all day": When("2026-11-23", "2026-11-20", all_day=True),
    "0 minutes": When("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
    "400 days": When("2026-11-01T10:00:00Z", "2027-12-06T10:00:00Z"),
    "400 days, all day": When("2026-11-01", "2027-12-05", all_day=True),
    "a series that never ends": When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", recurrence="FREQ=SECONDLY"),
    "a series of nonsense": When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", recurrence="FREQ=;;\x00"),
    "no zone": When("2026-11-23T10:00:00", "2026-11-23T11:00:00"),
    "an unknown zone": When("2026-11-23T10:00:00[Mars/Olympus]", "2026-11-23T11:00:00[Mars/Olympus]"),
    "one end without a zone": When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00"),
    "a moment in an all-day event": When("2026-11-23T10:00:00Z", "2026-11-23", all_day=True),
    "a day in a timed event": When("2026-11-23", "2026-11-24"),
    "nothing": When("", ""),
    "words": When("tomorrow", "soon"),
    "a day that is none": When("2026-02-30T10:00:00Z", "2026-02-30T11:00:00Z"),
    "a leap second": When("2026-12-31T23:59:60Z", "2027-01-01T00:30:00Z"),
    "year 10000": When("10000-01-01T00:00:00Z", "10000-01-01T01:00:00Z"),
    "a lone surrogate": When("\ud800", "\udc00"),
    "digits of another script": When("٢٠٢٦-11-23T10:00:00Z", "٢٠٢٦-11-23T11:00:00Z"),
    "a clock change": When("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
}

EMAILS: Final[Mapping[str, str]] = {
    "no at": "not-an-address",
    "two ats": "a@b@example.com",
    "a header": "a@example.com\r\nBcc: everybody@example.com",
    "an Exchange name": "/O=EXAMPLE/OU=FIRST/CN=RECIPIENTS/CN=PRIYA",
    "a display name": '"Shah, Priya" <priya.shah@example.com>',
    "long": "a" * 300 + "@example.com",
    "only an at": "@",
}

DAYS: Final[Mapping[str, str]] = {
    "leap day": "1980-02-29",
    "no leap day": "1981-02-29",
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "Outlook's none": "4501-01-01",
    "Outlook's year for none": "1604-02-29",
    "words": "in spring",
    "a moment": "1980-02-29T23:00:00Z",
}


# a body may be as long; what else is that long is harmed no more by a million
_LONGEST: Final = "a million characters"


def _texts(*names: str) -> dict[str, dict[str, Any]]:
    cases = {f"{what} in {name}": {name: value} for name in names for what, value in TEXTS.items() if what != _LONGEST}
    cases |= {f"a hundred thousand characters in {name}": {name: TEXTS[_LONGEST][:100_000]} for name in names}
    return cases | ({f"{_LONGEST} in notes": {"notes": TEXTS[_LONGEST]}} if "notes" in names else {})


CORPUS: Final[Mapping[Kind, Mapping[str, Mapping[str, Any]]]] = {
    Kind.CALENDAR: {
        **_texts("subject", "location", "notes"),
        **{f"when: {what}": {"when": value} for what, value in WHENS.items()},
        "a reminder before the Flood": {"reminder": 2**40},
        "a reminder afterwards": {"reminder": -15},
        "attachments with strange names": {"attachments": list(TEXTS.values())},
    },
    Kind.CONTACTS: {
        **_texts("first_name", "last_name", "company", "notes", "business_street"),
        **{f"e-mail: {what}": {"email": value} for what, value in EMAILS.items()},
        **{f"birthday: {what}": {"birthday": value} for what, value in DAYS.items()},
        "a phone of letters": {"business_phone": "call me"},
        "a phone of other digits": {"business_phone": "٠٢٠ ٧٩٤٦"},
        "nothing at all": {"first_name": "", "last_name": "", "email": "", "business_phone": "", "notes": ""},
    },
    Kind.TASKS: {
        **_texts("subject", "notes"),
        **{f"due: {what}": {"due": value} for what, value in DAYS.items()},
        **{f"reminder: {what}": {"reminder": value.start} for what, value in WHENS.items()},
        "a status nobody knows": {"status": "\x1b[2Jdone"},
        "no status": {"status": None},
    },
}
