"""Foreign text as it is stored and as it is shown, and how alike two items are, character by character."""

from __future__ import annotations

import pytest
from support.build import CAL, OL, SF, all_day, at, event, item

from sync_core import text
from sync_core.items import FieldType, Flow, Item, Kind, SideName, When, canonical, digest, from_json, spec, title
from sync_core.likeness import LIKELY, likely_twins, score
from sync_core.pairing import make_mark, marked_for

CON, TASK = Kind.CONTACTS, Kind.TASKS


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b[31mb", "a␛[31mb"),
        ("\x00\x1f", "␀␟"),
        ("\x7f", "␡"),
        ("a\tb", "a b"),
        ("a\nb", "a⏎b"),
        ("a\r\nb\rc\x85d\u2028e\u2029f", "a⏎b⏎c⏎d⏎e⏎f"),
        ("\x9b2J\x80", "2J"),
        ("\u202eevil\u202c\u200b\u200d\ufeff", "evil"),
        ("🇬🇧", "GB"),
        ("\U0001f1e6\U0001f1ff", "AZ"),
        ("👍🏽", "👍"),
        ("❤️", "❤"),
        ("\ud800x\udfff", "\ufffdx\ufffd"),
        ("\u00ad\u034f\u3164\uffa0\U000e0041", ""),
        ("plain – text, Ünïcödé 日本", "plain – text, Ünïcödé 日本"),
        ("[b]markup[/b]", "[b]markup[/b]"),
    ],
)
def test_what_is_shown(raw, shown):
    assert text.plain(raw) == shown


def test_newlines_are_kept_where_asked_for():
    assert text.plain("a\r\nb\x1b", keep_newlines=True) == "a\nb␛"


@pytest.mark.parametrize(
    ("raw", "line", "block"),
    [
        (None, "", ""),
        ("", "", ""),
        (" a  b\tc\n", "a b c", "a  b\tc"),
        ("a\r\nb\rc\x85d\u2028e\u2029f\x0bg", "a b c d e fg", "a\nb\nc\nd\ne\nf\ng"),
        ("a \t\u00a0\nb ", "a b", "a\nb"),
        ("\n\n  a\n\n b\n\n", "a b", "a\n\n b"),
        ("x\x00\x08\x0c\x0e\x1f\x7f\x84\x86\x9fy", "xy", "xy"),
        ("x\ufdd0\ufddf\ufffe\uffffy", "xy", "xy"),
        ("x\ud800\udfffy", "x\ufffd\ufffdy", "x\ufffd\ufffdy"),
        ("\ufdcfx\ufde0", "\ufdcfx\ufde0", "\ufdcfx\ufde0"),
        ("XaX", "XaX", "XaX"),
        # the blank that a paragraph in Japanese begins with
        ("\u3000日本\u3000", "日本", "\u3000日本\u3000"),
    ],
)
def test_what_is_stored(raw, line, block):
    assert (text.line(raw), text.block(raw)) == (line, block)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ("Rene\u0301", "Ren\xe9"),
        ("A\u030angstro\u0308m", "\xc5ngstr\xf6m"),
        # two marks on one letter, in whatever order they were typed
        ("Vie\u0323\u0302t", "Vi\u1ec7t"),
        ("Vie\u0302\u0323t", "Vi\u1ec7t"),
        # Kana with their marks, a syllable of Hangul
        ("\u304b\u3099\u3072\u309a", "\u304c\u3074"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        # what neither can hold does not come between a letter and its mark
        ("e\x00\u0301", "\xe9"),
        # letters that have no form as one character stay in two
        ("x\u0301", "x\u0301"),
        ("\u0301", "\u0301"),
    ],
)
def test_letters_and_their_marks_are_one_character_where_there_is_one(parts: str, whole: str) -> None:
    """Some programs store "\xe9" as two characters, and nobody sees the difference."""
    assert (text.line(parts), text.block(parts)) == (whole, whole)
    assert (text.line(whole), text.block(whole)) == (whole, whole)


def test_characters_that_names_are_written_with_stay_as_they_are() -> None:
    """Unicode's own rules would put a common character in the place of a rarer one, also beside what is composed."""
    kept = "\u212b \ufa19 \u2126"
    assert text.line(kept) == kept
    assert text.block(f"{kept} e\u0301") == f"{kept} \xe9"


@pytest.mark.parametrize(
    ("raw", "length", "short"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abcd", 1, "…"), ("abcd", 0, "…"), ("", 0, ""), ("ab", 5, "ab")],
)
def test_shortened(raw, length, short):
    assert text.shorten(raw, length) == short


def contact(side: SideName, **values: object) -> Item:
    blank = {"email": "", "business_phone": "", "mobile_phone": "", "home_phone": ""}
    return item(CON, side, side.value, **blank | values)


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ({}, {}, 0.8),
        ({"business_phone": "+44 20 7946 0018"}, {"business_phone": "(0)20 7946-0018"}, 1.0),
        ({"mobile_phone": "020 7946 0018"}, {"mobile_phone": "020 7946 0018"}, 1.0),
        ({"home_phone": "020 7946 0018"}, {"home_phone": "020 7946 0018"}, 1.0),
        ({"home_phone": "020 7946 0018"}, {"mobile_phone": "020 7946 0018"}, 0.8),
        ({"fax": "020 7946 0018"}, {"fax": "020 7946 0018"}, 0.8),
        ({"business_phone": "1"}, {"business_phone": "2"}, 0.8),
        ({"business_phone": "x"}, {"business_phone": "y"}, 0.8),
        ({"first_name": "PRIYA"}, {"last_name": "SHAH"}, 0.8),
        ({"first_name": "", "last_name": ""}, {"first_name": "", "last_name": ""}, 0.0),
        ({"first_name": "", "last_name": "abcd"}, {"first_name": "", "last_name": "abxy"}, 0.4),
        (
            {"first_name": "", "last_name": "abcd", "home_phone": "0044 79460018"},
            {"first_name": "", "last_name": "abxy", "home_phone": "479460018"},
            0.6,
        ),
        ({"first_name": "", "last_name": "abcd", "fax": ""}, {"first_name": "", "last_name": "zzzz"}, 0.0),
    ],
)
def test_how_alike_contacts_are(mine, theirs, expected):
    a, b = contact(SF, **mine), contact(OL, **theirs)
    assert score(CON, a, b) == pytest.approx(expected)
    assert score(CON, b, a) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (at(23), at(23), 1.0),
        (at(23, 10), at(23, 22), 0.7 + 0.3 * 0.75),
        (at(23), at(24), 0.7 + 0.3 * 0.5),
        (at(24), at(23), 0.7 + 0.3 * 0.5),
        (at(23), at(25), 0.7 + 0.3 * 0.25),
        (at(23), at(26), 0.7),
        (at(23), at(28), 0.7),
        (all_day(23), all_day(24), 0.7 + 0.3 * 0.5),
        (all_day(23), at(23), 0.7),
        (all_day(23), When("2026-11-23", "2026-11-23"), 0.7),
        (at(23), When("words", ""), 0.7),
        (at(23), When("2026-11-23T10:00:00", ""), 0.7),
    ],
)
def test_how_alike_events_are(mine, theirs, expected):
    a, b = event(SF, "A", when=mine), event(OL, "B", when=theirs)
    assert score(CAL, a, b) == pytest.approx(expected)
    assert score(CAL, event(SF, "A", subject="x", when=mine), b) == pytest.approx(expected - 0.7)


def test_how_alike_tasks_are():
    assert score(TASK, item(TASK, SF, "A"), item(TASK, OL, "B", due=None)) == pytest.approx(0.9)
    assert score(TASK, item(TASK, SF, "A", subject="abcd"), item(TASK, OL, "B", subject="abxy")) == pytest.approx(0.45)
    assert score(TASK, item(TASK, SF, "A", subject=""), item(TASK, OL, "B", subject="")) == 0.0


def test_only_the_first_200_characters_are_compared():
    a, b = item(TASK, SF, "A", subject="a" * 200 + "b" * 50), item(TASK, OL, "B", subject="a" * 200 + "c" * 50)
    assert score(TASK, a, b) == pytest.approx(0.9)
    c = item(TASK, OL, "C", subject="a" * 199 + "c" * 50)
    assert score(TASK, a, c) < 0.9


def found(kind: Kind, lefts: list[Item], rights: list[Item]) -> list[tuple[str, str, float]]:
    return [(a.id, b.id, round(value, 3)) for a, b, value in likely_twins(kind, lefts, rights).pairs]


def test_the_best_are_found_and_the_best_of_them_first():
    lefts = [event(SF, "A", when=at(3)), event(SF, "B", subject="Other", when=at(9, 10))]
    rights = [
        event(OL, "a", when=at(4)),
        event(OL, "b", subject="Other", when=at(9, 11)),
        event(OL, "c", subject="Otter", when=at(9, 12)),
    ]
    assert found(CAL, lefts, rights) == [("B", "b", 0.994), ("A", "a", 0.85)]
    assert found(CAL, lefts[::-1], rights[::-1]) == [("B", "b", 0.994), ("A", "a", 0.85)]


def test_equal_scores_come_in_the_order_of_their_ids():
    lefts = [event(SF, f"L{n}", subject=f"{n}" * 5, when=at(3)) for n in (2, 1, 3)]
    rights = [event(OL, f"R{n}", subject=f"{n}" * 5, when=at(4)) for n in (3, 2, 1)]
    assert [pair[0] for pair in found(CAL, lefts, rights)] == ["L1", "L2", "L3"]


def test_just_likely_enough():
    assert LIKELY == 0.8
    assert found(CON, [contact(SF)], [contact(OL, company="x")]) == [("salesforce", "outlook", 0.8)]
    assert found(CON, [contact(SF)], [contact(OL, first_name="Prija", company="x")]) == []


def test_a_crowd_of_twelve_is_looked_at_and_one_of_thirteen_is_not():
    for number, pairs in ((12, 1), (13, 0)):
        lefts = [event(SF, f"L{n:02}", subject="Call", when=at(1 + n, 8)) for n in range(number)]
        assert len(found(CAL, lefts, [event(OL, "R", subject="Call", when=at(1, 9))])) == pairs
        rights = [event(OL, f"R{n:02}", subject="Call", when=at(1 + n, 8)) for n in range(number)]
        assert len(found(CAL, [event(SF, "L", subject="Call", when=at(1, 9))], rights)) == pairs


@pytest.mark.parametrize("phone", ["business_phone", "mobile_phone", "home_phone"])
def test_contacts_meet_by_their_phones_too(phone):
    a = contact(SF, last_name="Shah", **{phone: "+44 20 7946 0018"})
    b = contact(OL, last_name="Shah-X", **{phone: "020 7946 0018"})
    assert len(found(CON, [a], [b])) == 1
    assert found(CON, [a], [contact(OL, last_name="Shah-X")]) == []


def test_tasks_meet_by_their_day_too():
    a = item(TASK, SF, "A", subject="Send the offer!")
    assert len(found(TASK, [a], [item(TASK, OL, "B")])) == 1
    assert found(TASK, [a], [item(TASK, OL, "B", due="2026-11-30")]) == []


def test_marks():
    assert make_mark("L1", "n") == "hs1:L1:n"
    assert marked_for("hs1:L1:n") == "L1"
    for other in ("", "hs1:L1", "hs2:L1:n", "hs1:L1:n:m", "L1"):
        assert marked_for(other) == ""


def test_titles():
    assert title(CAL, {"subject": "x"}) == "x"
    assert title(CAL, {}) == title(TASK, {"subject": ""}) == "(no subject)"
    assert title(CON, {"first_name": "Priya", "last_name": "Shah"}) == "Priya Shah"
    assert title(CON, {"last_name": "Shah", "company": "Acme"}) == "Shah"
    assert title(CON, {"company": "Acme", "email": "x"}) == "Acme"
    assert title(CON, {"email": "x"}) == "x"
    assert title(CON, {}) == "(no name)"


def test_digests_tell_values_apart_and_nothing_else():
    one = digest(CAL, {"subject": "a", "location": "b"})
    assert one == digest(CAL, {"location": "b", "subject": "a", "nonsense": 1})
    assert len(one) == 32
    others = [{"subject": "b", "location": "a"}, {"subject": "a"}, {"subject": "a", "location": ""}, {}]
    others += [{"reminder": 1}, {"reminder": None}, {"private": True}, {"subject": "1"}, {"subject": "\ud800"}]
    assert len({digest(CAL, o) for o in others} | {one}) == len(others) + 1


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ({"subject": None}, {"subject": ""}),
        ({"private": 1}, {"private": True}),
        ({"private": None}, {"private": False}),
        ({"show_as": "free"}, {"show_as": "free"}),
        ({"reminder": None}, {"reminder": None}),
        ({"reminder": "15"}, {"reminder": 15}),
        ({"reminder": -5}, {"reminder": 0}),
        ({"reminder": 0}, {"reminder": 0}),
        ({"when": None}, {"when": None}),
        ({"attachments": None}, {"attachments": ()}),
        ({"attachments": ["b ", "", "a\n", None]}, {"attachments": ("a", "b")}),
    ],
)
def test_canonical_values(raw, clean):
    assert canonical(CAL, raw) == clean
    assert {type(v) for v in canonical(CAL, raw).values()} == {type(v) for v in clean.values()}


def test_what_is_no_value_is_refused_with_its_name():
    with pytest.raises(ValueError, match=r"^show_as: 'maybe' is not one of busy, free, out_of_office"):
        canonical(CAL, {"show_as": "maybe"})
    with pytest.raises(ValueError, match=r"^when: not a When$"):
        canonical(CAL, {"when": "tomorrow"})
    with pytest.raises(KeyError, match="calendar has no field a, b"):
        canonical(CAL, {"b": 1, "a": 2, "subject": "x"})
    with pytest.raises(KeyError):
        spec(CAL, "nonsense")
    assert canonical(CON, {"birthday": ""}) == {"birthday": None}


def test_a_when_from_json():
    value = {"start": "2026-11-23T10:00:00Z", "end": "2026-11-23T11:00:00Z", "all_day": False, "recurrence": ""}
    assert from_json(CAL, "when", value) == at(23)
    assert from_json(CAL, "when", {**value, "all_day": True, "recurrence": None}).all_day is True
    assert from_json(CAL, "when", {**value, "recurrence": "x"}).recurrence == "x"
    assert from_json(CAL, "when", None) is None
    for missing in ("start", "end", "all_day"):
        with pytest.raises(KeyError):
            from_json(CAL, "when", {k: v for k, v in value.items() if k != missing})


def test_which_way_fields_travel():
    assert [side for side in SideName if Flow.BOTH.allows(side)] == [SF, OL]
    assert [side for side in SideName if Flow.TO_SALESFORCE.allows(side)] == [SF]
    assert [side for side in SideName if Flow.TO_OUTLOOK.allows(side)] == [OL]
    assert spec(CON, "business_street").type is FieldType.BLOCK
    assert (spec(CON, "business_city").label, spec(CON, "email").label) == ("business city", "e-mail")
    assert SF.other is OL
    assert (SF.label, OL.label) == ("Salesforce", "Outlook")
    assert Kind.CONTACTS.process == "Salesforce – Microsoft Outlook Contact"
    assert Kind.TASKS.label == "Tasks"


def test_an_event_without_a_time_is_only_like_another_in_its_words():
    timeless = event(SF, "A", without=["when"])
    assert score(CAL, timeless, event(OL, "B")) == pytest.approx(0.7)
    assert score(CAL, event(SF, "A"), event(OL, "B", without=["when"])) == pytest.approx(0.7)
