"""Values of Outlook items and their neutral form: pure functions, no server."""

from __future__ import annotations

from types import SimpleNamespace as Thing

import pytest
from exchangelib import EWSTimeZone
from exchangelib.ewsdatetime import EWSDate
from exchangelib.recurrence import (
    AbsoluteMonthlyPattern,
    AbsoluteYearlyPattern,
    DailyPattern,
    EndDatePattern,
    NoEndPattern,
    NumberedPattern,
    RelativeMonthlyPattern,
    RelativeYearlyPattern,
    WeeklyPattern,
)
from lxml import etree

from sync_core.items import When
from sync_core.sides.outlook import events
from sync_core.sides.outlook.bodies import html_to_text, is_formatted
from sync_core.sides.outlook.recurrence import pattern_text
from sync_core.sides.outlook.services import Parsed, Unparsable, parse

BERLIN = EWSTimeZone("Europe/Berlin")
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
START = EWSDate(2026, 11, 23)


def element(inner: str) -> etree._Element:
    return etree.fromstring(
        f'<t:CalendarItem xmlns:t="{TYPES}"><t:ItemId Id="AAA" ChangeKey="BBB"/>{inner}</t:CalendarItem>'
    )


def parsed(inner: str) -> Parsed:
    result = parse(element(inner), Thing(default_timezone=BERLIN, version=None))
    assert isinstance(result, Parsed)
    return result


def fields(inner: str, zone: str = "Europe/Berlin") -> dict[str, object]:
    return dict(events.to_item(parsed(inner), zone, frozenset({"rep@example.com"})).fields)


def all_day(start: str, end: str, zone: str = "") -> str:
    own = f'<t:StartTimeZone Id="{zone}"/><t:EndTimeZone Id="{zone}"/>' if zone else ""
    return f"<t:Start>{start}</t:Start><t:End>{end}</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>{own}"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<html><body><div>one</div><div>two</div></body></html>", "one\ntwo"),
        ("<p>one<br>two</p><p>three</p>", "one\ntwo\nthree"),
        (
            "<html><head><title>x</title><style>p{}</style></head><body>only  this\n here</body></html>",
            "only this here",
        ),
        ("<pre>a\n  b</pre>", "a\n  b".replace("\n  ", "\n")),
        ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a\nb"),
        ("", ""),
        ('<?xml version="1.0" encoding="utf-8"?><p>declared</p>', "declared"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("<!-- converted --><p>x<!-- y -->z</p>", "xz"),
    ],
)
def test_text_of_html(source: str, text: str) -> None:
    assert html_to_text(source) == text


def test_text_of_html_that_nests_deeply() -> None:
    assert html_to_text("<div>" * 3000 + "deep" + "</div>" * 3000 + "<p>after</p>") == "deep\nafter"


@pytest.mark.parametrize(
    ("source", "formatted"),
    [
        ("<html><body><div>plain</div></body></html>", False),
        ('<div style="font-family:Calibri; color:black">plain</div>', False),
        ('<a href="https://example.com/">https://example.com</a>', False),
        ('<a href="mailto:a@example.com">a@example.com</a>', False),
        ('<a href="https://example.com/">the plan</a>', True),
        ("<p><b>bold</b></p>", True),
        ('<span style="font-weight: bold">bold</span>', True),
        ("<ul><li>one</li></ul>", True),
        ("<img src='cid:1'>", True),
    ],
)
def test_formatting_that_a_person_gave(source: str, formatted: bool) -> None:
    assert is_formatted(source) is formatted


@pytest.mark.parametrize(
    ("pattern", "boundary", "text"),
    [
        (DailyPattern(interval=1), NoEndPattern(start=START), "FREQ=DAILY"),
        (DailyPattern(interval=3), NumberedPattern(start=START, number=5), "FREQ=DAILY;INTERVAL=3;COUNT=5"),
        (
            WeeklyPattern(interval=1, weekdays=[1, 3], first_day_of_week=1),
            EndDatePattern(start=START, end=EWSDate(2027, 3, 1)),
            "FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270301",
        ),
        (
            AbsoluteMonthlyPattern(interval=2, day_of_month=15),
            NoEndPattern(start=START),
            "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=15",
        ),
        (
            RelativeMonthlyPattern(interval=1, weekday=1, week_number=5),
            NoEndPattern(start=START),
            "FREQ=MONTHLY;BYDAY=-1MO",
        ),
        (
            AbsoluteYearlyPattern(day_of_month=24, month=12),
            NoEndPattern(start=START),
            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
        ),
        (
            RelativeYearlyPattern(weekday=9, week_number=1, month=1),
            NoEndPattern(start=START),
            "FREQ=YEARLY;BYMONTH=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
        ),
    ],
)
def test_patterns_of_exchangelib(pattern: object, boundary: object, text: str) -> None:
    item = Thing(recurrence=Thing(pattern=pattern, boundary=boundary))
    assert pattern_text(item, When("2026-11-23", "2026-11-23", True)) == text


def test_a_boundary_that_nobody_can_read_is_not_taken_for_none() -> None:
    """E: an end that exchangelib could not read is None, which is not "no end"."""
    lost = EndDatePattern(start=START, end=None)
    for boundary in (None, lost):
        item = Thing(recurrence=Thing(pattern=DailyPattern(interval=1), boundary=boundary))
        assert pattern_text(item, When("2026-11-23", "2026-11-23", True)) == "a recurring series"


@pytest.mark.parametrize(
    ("start", "end", "zone", "user", "first", "last"),
    [
        # a winter day, two days, and the days on which summer time begins and ends
        ("2026-12-23T23:00:00Z", "2026-12-24T23:00:00Z", "W. Europe Standard Time", "Europe/Berlin", "24", "24"),
        ("2026-12-23T23:00:00Z", "2026-12-25T23:00:00Z", "W. Europe Standard Time", "Europe/Berlin", "24", "25"),
        ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "W. Europe Standard Time", "Europe/Berlin", "29", "29"),
        ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "W. Europe Standard Time", "Europe/Berlin", "25", "25"),
        # made in New York, read in Berlin: the day is the one that its maker meant
        ("2026-12-24T05:00:00Z", "2026-12-25T05:00:00Z", "Eastern Standard Time", "Europe/Berlin", "24", "24"),
        # unknown zone: the user's, if it makes midnights of it
        ("2026-12-23T23:00:00Z", "2026-12-24T23:00:00Z", "tzone://Microsoft/Custom", "Europe/Berlin", "24", "24"),
        ("2026-12-23T23:00:00Z", "2026-12-24T23:00:00Z", "", "Europe/Berlin", "24", "24"),
    ],
)
def test_days_of_all_day_events(start: str, end: str, zone: str, user: str, first: str, last: str) -> None:
    """A.10: an all-day end is inclusive; exchangelib alone would lose a day where summer time begins."""
    when = fields(all_day(start, end, zone), user)["when"]
    assert isinstance(when, When)
    assert when.all_day
    assert (when.start[-2:], when.end[-2:]) == (first, last)


def test_fields_that_did_not_come_are_unknown() -> None:
    """0.6 and E: exchangelib gives Normal, False and Busy for what the server did not send."""
    assert fields("<t:Subject>Visit</t:Subject>") == {"subject": "Visit", "location": "", "attachments": ()}


def test_no_mapping_of_a_reminder_without_its_minutes() -> None:
    assert "reminder" not in fields("<t:ReminderIsSet>true</t:ReminderIsSet>")
    assert fields("<t:ReminderIsSet>false</t:ReminderIsSet>")["reminder"] is None


def test_attachments_come_from_the_list_and_not_from_the_flag() -> None:
    """E: has_attachments may stay False."""
    listed = (
        "<t:Attachments><t:FileAttachment><t:AttachmentId Id='x'/><t:Name>plan.pdf</t:Name></t:FileAttachment>"
        "<t:FileAttachment><t:AttachmentId Id='y'/><t:Name>logo.png</t:Name><t:IsInline>true</t:IsInline>"
        "</t:FileAttachment></t:Attachments><t:HasAttachments>false</t:HasAttachments>"
    )
    assert fields(listed)["attachments"] == ("plan.pdf",)
    assert "attachments" not in fields("<t:HasAttachments>true</t:HasAttachments>")


def test_body_without_type_is_text() -> None:
    """A.5: exchangelib raises KeyError for it, and the page is lost."""
    assert fields("<t:Body>hello</t:Body>")["notes"] == "hello"


def test_what_nobody_can_read_keeps_its_id_and_title() -> None:
    result = parse(element("<t:Subject>Odd</t:Subject><t:Attendee/>"), None)
    assert isinstance(result, (Parsed, Unparsable))
    strange = etree.fromstring(
        f'<t:Surprise xmlns:t="{TYPES}"><t:ItemId Id="AAA"/><t:Subject>Odd</t:Subject></t:Surprise>'
    )
    result = parse(strange, None)
    assert isinstance(result, Unparsable)
    assert (result.id, result.title) == ("AAA", "Odd")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"subject": "x" * 256}, "256 characters"),
        ({"when": When("2026-11-25T10:00:00Z", "2026-11-25T09:00:00Z")}, "ends before it starts"),
        ({"when": When("2026-11-25", "2026-11-24", True)}, "ends before it starts"),
        ({"when": When("soon", "later")}, "cannot be understood"),
        ({"when": None}, "needs a time"),
        ({"when": When("2026-11-25T09:00:00Z", "2026-11-25T10:00:00Z", False, "every day")}, "series"),
        ({"show_as": "perhaps"}, "perhaps"),
        ({"reminder": -5}, "minutes"),
    ],
)
def test_values_that_cannot_be_written(values: dict[str, object], words: str) -> None:
    """A.11 and E: refused before the write, because a server accepts an end before the start."""
    assert words in events.check(values)  # type: ignore[arg-type]  # wrong values are the point


def test_values_that_can_be_written() -> None:
    assert events.check({"subject": "x" * 255, "when": When("2026-11-25", "2026-11-25", True), "reminder": None}) == ""
