"""Dates and times as people write them: by setting, else by their locale; everywhere the same."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.host import dates_in

from sync_core import reasons, series
from sync_core.cli import plain
from sync_core.dates import DateStyle, locale_name, of_locale
from sync_core.items import When
from sync_core.settings.display import CHOICES, Display, early
from sync_core.settings.models import DisplaySettings

DAY = date(2026, 11, 3)
MEETING = When("2026-11-03T15:30:00Z", "2026-11-03T16:00:00Z")
US = DateStyle("mdy", "12", 6)
ISO = DateStyle("ymd", "24", 0)


@pytest.mark.parametrize(
    ("style", "short", "with_day", "long"),
    [
        (DateStyle(), "3 Nov 2026", "Tue 3 Nov", "Tuesday 3 November 2026"),
        (US, "Nov 3, 2026", "Tue Nov 3", "Tuesday November 3, 2026"),
        # nobody can take 2026-11-03 for the 11th of March; without the year one could
        (ISO, "2026-11-03", "Tue 2026-11-03", "Tuesday 2026-11-03"),
    ],
)
def test_a_day_in_every_order(style: DateStyle, short: str, with_day: str, long: str) -> None:
    assert style.day(DAY) == short
    assert style.day(DAY, year=False, weekday=True) == with_day
    assert style.day(DAY, weekday=True, long=True) == long


@pytest.mark.parametrize(
    ("at", "words"),
    [(time(0, 5), "12:05 am"), (time(9, 0), "9:00 am"), (time(12, 0), "12:00 pm"), (time(23, 59), "11:59 pm")],
)
def test_twelve_hours(at: time, words: str) -> None:
    assert US.time(at) == words
    assert US.time(at, tight=True) == words.replace(" ", "")
    assert DateStyle().time(at) == f"{at:%H:%M}"


@given(st.dates(), st.integers(0, 6))
def test_a_week_begins_on_its_first_day_and_holds_the_day(day: date, first: int) -> None:
    style = DateStyle(first_day=first)
    if day.toordinal() > 7:
        begins = style.week_begins(day)
        assert begins.weekday() == first
        assert 0 <= (day - begins).days < 7
    assert sorted(style.week) == list(range(7))
    assert style.week[0] == first


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("", DateStyle()),
        ("C.UTF-8", DateStyle()),
        ("POSIX", DateStyle()),
        ("de", DateStyle()),
        ("de_DE.UTF-8", DateStyle()),
        ("fr_FR@euro", DateStyle()),
        ("en_US.UTF-8", US),
        ("en_GB.utf8", DateStyle()),
        ("en_IN", DateStyle("dmy", "12", 6)),
        ("en_CA.UTF-8", DateStyle("ymd", "12", 6)),
        ("fr_CA.UTF-8", DateStyle("ymd", "24", 6)),
        ("sv_SE.UTF-8", ISO),
        ("en_DK.UTF-8", ISO),
        ("ja_JP.eucJP", DateStyle("ymd", "24", 6)),
        ("pt_BR.UTF-8", DateStyle("dmy", "24", 6)),
        ("ar_EG.UTF-8", DateStyle("dmy", "12", 5)),
        ("nonsense_ZZ_\x1b[2J", DateStyle()),
    ],
)
def test_what_people_with_a_locale_are_used_to(name: str, style: DateStyle) -> None:
    assert of_locale(name) == style


def test_the_locale_for_times_wins_over_the_language() -> None:
    assert locale_name({"LANG": "en_US.UTF-8"}) == "en_US.UTF-8"
    assert locale_name({"LANG": "en_US.UTF-8", "LC_TIME": "en_GB.UTF-8"}) == "en_GB.UTF-8"
    assert locale_name({"LC_ALL": "de_DE", "LC_TIME": "en_GB", "LANG": "en_US"}) == "de_DE"
    assert locale_name({"LC_ALL": "", "LANG": "de_DE"}) == "de_DE"
    assert locale_name({}) == ""


def test_what_is_set_wins_over_the_locale_key_by_key() -> None:
    us = {"LANG": "en_US.UTF-8"}
    assert Display().dates(us) == US
    assert Display(clock="24").dates(us) == DateStyle("mdy", "24", 6)
    assert Display(date_order="ymd", first_day="saturday").dates(us) == DateStyle("ymd", "12", 5)
    assert Display(first_day="monday").dates({}) == DateStyle()


def test_all_texts_of_the_core_follow() -> None:
    weekly = When(MEETING.start, MEETING.end, recurrence="FREQ=WEEKLY;BYDAY=MO,SU;UNTIL=20270301T000000Z")
    assert plain.moment(MEETING, "Europe/London") == "3 November 2026, 15:30 to 16:00"
    assert series.in_words(weekly) == "every week on Mon and Sun until 1 Mar 2027"
    with dates_in(US):
        assert plain.moment(MEETING, "Europe/London") == "November 3, 2026, 3:30 pm to 4:00 pm"
        assert reasons.day("2026-11-03T09:00:00Z") == "Nov 3, 2026"
        assert series.in_words(weekly) == "every week on Sun and Mon until Mar 1, 2027"


def test_the_light_values_are_those_of_the_models() -> None:
    fields = DisplaySettings.model_fields
    assert set(fields) == {*CHOICES, "mouse"}
    assert Display.of(DisplaySettings()) == Display()
    for key, allowed in CHOICES.items():
        for word in allowed:
            assert getattr(DisplaySettings.model_validate({key: word}), key) == word


def test_the_look_is_known_before_the_settings_are_loaded(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert early(path, {}) == Display()
    path.write_text('[display]\ntheme = "light"\nclock = 12\nmouse = false\nglyphs = "runes"\nhats = 3\n')
    path.chmod(0o600)
    assert early(path, {}) == Display(theme="light", clock="12", mouse=False)
    assert early(path, {"HANDSYNC_DISPLAY__THEME": "ansi", "HANDSYNC_DISPLAY__MOUSE": "on"}) == Display(
        theme="ansi", clock="12", mouse=True
    )
    assert early(path, {"HANDSYNC_DISPLAY__THEME": "plaid"}) == Display(theme="light", clock="12", mouse=False)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[display", b"display = 3\n", b"[display]\ntheme = [1]\n"])
def test_a_file_that_cannot_be_read_has_the_usual_look(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    path.chmod(0o600)
    assert early(path, {}) == Display()
    # made by whom, nobody knows
    path.write_text('[display]\ntheme = "light"\n')
    path.chmod(0o666)
    assert early(path, {}) == Display()
