"""Hostile values through canonical form, plan and run: sanitised, or refused on their own row; no other is harmed."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.build import CAL, OL, SF, at, fields_of, gone, item, link_of, picture, plan
from support.hostile import CORPUS, DAYS, TEXTS, WHENS
from support.model import ModelSide, World

from sync_core import text
from sync_core.compare import Baseline
from sync_core.finding import Finder, Wanted
from sync_core.items import Item, Kind, SideName, When, fields_from_json, fields_to_json
from sync_core.pairing import Link
from sync_core.plan import Action, Choice, State, row_id
from sync_core.report import Result
from sync_core.review import Review, options
from sync_core.sides import Fate, Limits, Sighting, Unreadable, Window
from sync_core.span import days_of, inside

CASES = [pytest.param(kind, what, id=f"{kind.value}: {what}") for kind in Kind for what in CORPUS[kind]]
ORDINARY = {"subject": "Ordinary", "last_name": "Ordinary"}


def accepted(kind: Kind, what: str) -> dict | None:
    """The canonical fields of a case, or None when canonical form refuses it with a sentence that names the field."""
    raw = CORPUS[kind][what]
    name = next(iter(raw))
    if name == "status":
        with pytest.raises(ValueError, match=f"^{name}: "):
            fields_of(kind, **raw)
        return None
    return fields_of(kind, **raw)


@pytest.mark.parametrize(("kind", "what"), CASES)
def test_canonical_form_can_be_stored_and_read_again(kind, what):
    fields = accepted(kind, what)
    if fields is None:
        return
    assert fields_of(kind, **fields) == fields, "the canonical form of a canonical form is itself"
    kept = json.loads(json.dumps(fields_to_json(fields)))
    assert fields_from_json(kind, kept) == fields


@pytest.mark.parametrize("origin", list(SideName))
@pytest.mark.parametrize(("kind", "what"), CASES)
def test_each_harms_its_own_row_and_no_other(kind, what, origin):
    """New on one side beside an ordinary item, brought across, changed, and taken away again."""
    fields = accepted(kind, what)
    if fields is None:
        return
    world = World.of(kind)
    everywhere = Window(world.window.first, world.window.last, "Europe/London")
    world.window = everywhere
    here, there = world.side(origin), world.side(origin.other)
    # a server lists what is damaged, too
    for side in (world.left, world.right):
        listed(side)
    name = "last_name" if kind is Kind.CONTACTS else "subject"
    extra = {"email": "", "business_phone": "", "first_name": ""} if kind is Kind.CONTACTS else {"when": at(2)}
    ordinary = here.put(fields_of(kind, **{name: "Ordinary"} | (extra if kind is not Kind.TASKS else {})))
    strange = here.put(fields)
    review = Review.of(world.plan())
    looked_at(review)
    report = world.run(review)
    row = next(r for r in review.rows() if r.item(origin) is not None and r.item(origin).id == strange.id)
    if row.state is State.PREVENTED:
        assert row.why_not
        assert {r.result for r in report.rows} == {Result.DONE}
        assert len(there.items) == 1
        return
    assert report.clean, [r.message for r in report.rows]
    assert len(there.items) == 2
    assert world.plan().rows == ()
    here.edit(ordinary.id, notes="changed")
    here.edit(strange.id, notes="changed")
    assert world.sync().clean
    assert world.plan().rows == ()


def listed(side: ModelSide) -> None:
    """Lets a model side list all it has, whatever its time."""
    from sync_core.sides import Reading

    side.fetch = lambda *args: Reading(tuple(side.items.values()))  # type: ignore[method-assign]


def looked_at(review: Review) -> None:
    """Everything a person can ask of a review."""
    for row in review.rows():
        assert text.plain(row.title) == text.plain(text.plain(row.title))
        assert row.reason
        assert "\x1b" not in row.reason
        options(row)
    review.counts()
    review.groups()
    for words in ("x \x1b \ud800", "dec", "next week"):
        Finder("Europe/London", date(2026, 11, 22)).find(review.shown(), Wanted.of(words, date(2026, 11, 22)))


@pytest.mark.parametrize("what", list(WHENS))
@pytest.mark.parametrize("other", ["year 1", "words", "nothing", "no zone", "400 days", "year 9999, west of Greenwich"])
def test_strange_times_in_links_and_on_both_sides(what, other):
    """As a baseline, as a change, as a likely twin, as a half that is gone, moved or unreadable: a plan comes out."""
    one, two = WHENS[what], WHENS[other]
    here, there = item(CAL, SF, "L1", when=one), item(CAL, OL, "R1", when=two)
    base = Baseline(fields_of(CAL, when=two), fields_of(CAL, when=one))
    link = Link(CAL, "L1", "R1", base, "hs1:L1:\ud800", "not a date")
    for fate in Fate:
        for lefts, rights, links in (
            ([here], [there], [link]),
            ([here], [there], []),
            ([here], picture(OL, [], {"R1": Sighting(fate)}), [link]),
            (picture(SF, [], {"L1": Sighting(fate, here)}), picture(OL, [], {"R1": Sighting(fate, there)}), [link]),
            (picture(SF, [], gone("L1")), picture(OL, [], unreadable=[Unreadable("R1", "\x1b[2J", "\x1b")]), [link]),
        ):
            looked_at(Review.of(plan(lefts, rights, links)))


@given(st.text(max_size=40), st.text(max_size=40), st.booleans(), st.text(max_size=10))
def test_no_string_in_a_time_breaks_a_plan_or_a_run(start, end, all_day, recurrence):
    world = World()
    for side in (world.left, world.right):
        listed(side)
    when = When(start, end, all_day, recurrence)
    inside(when, world.window)
    days_of(when)
    world.left.put(fields_of(CAL, when=when))
    world.right.put(fields_of(CAL, when=at(3), subject="Ordinary"))
    looked_at(Review.of(world.plan()))
    report = world.sync()
    assert {r.title for r in report.rows if r.result is Result.DONE} >= {"Ordinary"}
    world.left.edit("S0001", notes="changed")
    world.sync()


def test_what_ends_before_it_starts_is_refused_on_its_row():
    for what in ("end before start", "end before start, all day"):
        row = plan([item(CAL, SF, "L1", when=WHENS[what])], []).rows[0]
        assert (row.state, row.recommended) == (State.PREVENTED, Action.CREATE_IN_OUTLOOK)
        assert "ends before it starts" in row.why_not


@pytest.mark.parametrize("what", ["nothing", "words", "a day that is none", "no zone", "a moment in an all-day event"])
def test_times_that_are_none_are_refused_on_their_row(what):
    row = plan([item(CAL, SF, "L1", when=WHENS[what])], []).rows[0]
    assert row.state is State.PREVENTED
    assert "time cannot be understood" in row.why_not


@pytest.mark.parametrize("what", ["no leap day", "words"])
def test_days_that_are_none_are_refused_on_their_row(what):
    for kind, name in ((Kind.CONTACTS, "birthday"), (Kind.TASKS, "due")):
        row = plan([], [item(kind, OL, "R1", **{name: DAYS[what]})], kind=kind).rows[0]
        assert row.state is State.PREVENTED
        assert f"{name} cannot be understood" in row.why_not


def test_a_hostile_item_that_is_too_long_is_refused_before_the_run():
    limits = Limits(lengths={"notes": 32_000, "subject": 255})
    long = item(CAL, SF, "L1", notes=TEXTS["a million characters"])
    rows = plan([long, item(CAL, SF, "L2", subject="Fits", when=at(9))], picture(OL, [], limits=limits)).rows
    assert {r.title: r.state for r in rows} == {"Budget 2027": State.PREVENTED, "Fits": State.READY}


def test_ids_may_be_anything():
    for strange in ("\ud800", "", "a\nb", "\x00"):
        assert len(row_id(CAL, strange, "R1")) == 12
    assert row_id(CAL, "a", "b") != row_id(CAL, "b", "a")
    review = Review.of(plan([Item(CAL, SF, "\ud800", "1", fields_of(CAL))], []))
    assert review.choose([review.plan.rows[0].id], Choice.NOTHING).counts().writes == 0


@given(st.text())
def test_canonical_texts_are_stable_and_clean(raw):
    for form in (text.line, text.block):
        clean = form(raw)
        assert form(clean) == clean
        clean.encode("utf-8")
        assert not set(clean) & {chr(c) for c in (*range(0x9), 0xB, 0xC, *range(0xE, 0x20), 0x7F)}
    assert "\n" not in text.line(raw)


@given(st.text())
def test_shown_texts_are_harmless(raw):
    shown = text.plain(raw)
    assert not [c for c in shown if ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0]
    assert text.plain(shown) == shown


def test_a_link_of_hostile_fields_is_like_any_other():
    for kind in Kind:
        link = link_of(kind, notes=TEXTS["lone surrogates"])
        here = item(kind, SF, "L1", notes=TEXTS["lone surrogates"])
        assert plan([here], [item(kind, OL, "R1", notes=TEXTS["lone surrogates"])], [link], kind=kind).in_sync == 1
