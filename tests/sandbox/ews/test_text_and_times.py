"""The small parts, by properties."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sync_core.sandbox.ews import ids, text, times, zones
from sync_core.sandbox.ews.soap import EwsError, schema_problem

ZONES = st.sampled_from(["UTC", "W. Europe Standard Time", "India Standard Time", "Eastern Standard Time", "nonsense"])
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


@given(st.text(alphabet=st.characters()))
def test_clean_text_is_text_that_xml_can_carry(value):
    element = etree.Element("a")
    element.text = text.clean(value)
    again = etree.fromstring(etree.tostring(element)).text or ""
    assert again == text.clean(value)
    assert text.clean(text.clean(value)) == text.clean(value)


@given(st.text(alphabet="ab\r\n"))
def test_line_ends_are_of_one_kind_and_stay_so(value):
    done = text.lines(value)
    assert "\n" not in done.replace("\r\n", "")
    assert "\r" not in done.replace("\r\n", "")
    assert text.lines(done) == done


@given(st.text(alphabet=st.sampled_from("<>/&;!-?=\"' \r\n\tpbrdiv\x00é\ud800x")))
def test_no_html_is_too_broken(value):
    assert isinstance(text.html_to_text(value), str)


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("", ""),
        ("<!-- nothing -->", ""),
        ("<html><head><title>t</title><style>p{}</style></head><body>a<br>b</body></html>", "a\r\nb"),
        ('<?xml version="1.0" encoding="utf-8"?><p>caf\u00e9</p>', "caf\u00e9"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\r\n- two"),
        ("<div>" * 200 + "deep" + "</div>" * 200, "deep"),
    ],
)
def test_html_as_text(source, plain):
    assert text.html_to_text(source) == plain


@given(MOMENTS, ZONES)
def test_midnights_are_midnights(moment, zone_id):
    down, up = zones.midnight(moment, zone_id, up=False), zones.midnight(moment, zone_id, up=True)
    assert down <= moment <= up
    assert zones.midnight(down, zone_id, up=True) == down
    assert zones.midnight(up, zone_id, up=False) == up
    for edge in (down, up):
        there = edge.astimezone(zones.zone(zone_id))
        assert (there.hour, there.minute) == (0, 0)


@given(MOMENTS)
def test_moments_there_and_back(moment):
    assert times.parse_moment(times.write_moment(moment), UTC) == moment


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-24T09:00:00+01:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24T09:00:00.987Z", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("2026-07-24T09:00:00", datetime(2026, 7, 24, 7, tzinfo=UTC)),
    ],
)
def test_moments_as_clients_write_them(value, expected):
    assert times.parse_moment(value, ZoneInfo("Europe/Berlin")) == expected


@pytest.mark.parametrize("value", ["", "2026-11-24", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00", "soon"])
def test_what_is_no_moment(value):
    with pytest.raises(ValueError, match=r".+"):
        times.parse_moment(value, UTC)


def test_days_carry_the_offset_of_their_own_day():
    berlin, york = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
    assert times.write_day(date(2026, 11, 2), berlin) == "2026-11-02+01:00"
    assert times.write_day(date(2026, 7, 2), berlin) == "2026-07-02+02:00"
    assert times.write_day(date(2026, 11, 2), york) == "2026-11-02-05:00"
    assert times.write_day(date(2026, 11, 2), UTC) == "2026-11-02Z"
    assert times.parse_day("2026-11-02-05:00") == date(2026, 11, 2)


@given(st.sampled_from(["item", "folder", "occurrence", "attachment"]), st.integers(0, 2**60), st.integers(0, 2**31))
def test_ids_there_and_back(kind, number, part):
    guid = ids.mailbox_guid("rep@example.com")
    text_id = ids.make_id(kind, guid, number, part)
    assert ids.parse_id(text_id) == ids.ParsedId(kind, guid, number, part)
    with pytest.raises(EwsError, match="malformed"):
        ids.parse_id(text_id.swapcase())


def test_the_schema_is_there_and_refuses():
    wrong = etree.fromstring('<m:GetItem xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"/>')
    problem = schema_problem(wrong)
    assert problem is not None
    assert problem[1] == 1
