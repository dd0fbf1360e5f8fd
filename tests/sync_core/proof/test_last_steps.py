"""The last step on each side of a bound, and what a person is told there: each row of a table is one such step."""

from __future__ import annotations

import pytest
from support.build import CAL, OL, SF, all_day, at, fields_of, gone, item, left, link, only, picture, plan, right

from sync_core import text
from sync_core.compare import NO_BASELINE, Baseline, Verdict, compare, merged_baseline
from sync_core.ignores import Ignores, ignore_for
from sync_core.items import FIELDS, Item, Kind, SideName, When, digest
from sync_core.joining import join
from sync_core.likeness import score
from sync_core.pairing import Link
from sync_core.plan import Action, Ignore, IgnoreMode, Row, Situation
from sync_core.question import Rules
from sync_core.review import Review
from sync_core.sides import Operation, Unreadable, Window
from sync_core.span import inside, senseless


def everything_changed(side: SideName, changed: int, others: int, rules: Rules):
    """`changed` linked pairs with another subject on one side, and `others` that are out of range."""
    lefts, rights, links = [], [], []
    for n in range(changed):
        new = {"subject": f"New {n}"}
        lefts.append(left(f"L{n}", when=at(1 + n % 28), **(new if side is SF else {"subject": f"Old {n}"})))
        rights.append(right(f"R{n}", when=at(1 + n % 28), **(new if side is OL else {"subject": f"Old {n}"})))
        links.append(link(f"L{n}", f"R{n}", when=at(1 + n % 28), subject=f"Old {n}"))
    long_ago = When("2020-01-01T10:00:00Z", "2020-01-01T11:00:00Z")
    links += [link(f"L9{n}", f"R9{n}", when=long_ago) for n in range(others)]
    return plan(lefts, rights, links, rules=rules)


@pytest.mark.parametrize("side", list(SideName))
@pytest.mark.parametrize(
    ("changed", "others", "rows", "held"),
    [
        (10, 0, 10, False),  # not more than the bound
        (11, 0, 10, True),
        (18, 2, 10, True),  # nine of ten
        (17, 2, 10, False),  # 89 of a hundred
        (27, 3, 26, True),
        (4, 0, 3, True),  # the bound is a setting of the process
        (11, 0, 11, False),
    ],
)
def test_everything_changed_at_once_is_held_from_one_row_over_the_bound(side, changed, others, rows, held):
    p = everything_changed(side, changed, others, Rules(suspect_rows=rows))
    to = side.other
    assert [(g.side, g.operation, g.count, g.of) for g in p.guards] == (
        [(to, Operation.UPDATE, changed, changed + others)] if held else []
    )
    assert {r.action for r in p.rows} == {
        Action.NONE if held else Action.UPDATE_IN_OUTLOOK if to is OL else Action.UPDATE_IN_SALESFORCE
    }
    if held:
        sentence = f"{changed} of {changed + others} linked items would be changed in {to.label} at once"
        assert {r.why_not for r in p.rows} == {sentence}
        opened = Review.of(p).confirm(0, str(changed))
        assert opened.counts().writes == changed


def test_one_pair_in_step_tells_that_not_everything_changed():
    changed = [left(f"L{n}", when=at(1 + n), subject="New") for n in range(12)]
    rights = [right(f"R{n}", when=at(1 + n)) for n in range(12)]
    links = [link(f"L{n}", f"R{n}", when=at(1 + n)) for n in range(12)]
    assert plan(changed, rights, links).guards
    more = (left("L99", when=at(20)), right("R99", when=at(20)), link("L99", "R99", when=at(20)))
    assert not plan([*changed, more[0]], [*rights, more[1]], [*links, more[2]]).guards


@pytest.mark.parametrize(
    ("base", "here", "there", "before"),
    [
        (("a", "a"), "b", "a", "a"),
        (("a", "a"), "a", "b", "a"),
        (("a", "A"), "a", "b", "A"),  # each side's own form of it
        (("a", "A"), "b", "A", "a"),
        (("a", "A"), "b", "c", "a"),
        (("a", None), "b", "c", "a"),  # only one side ever said it
        ((None, "A"), "b", "c", "A"),
        ((None, "A"), "b", "A", "A"),
        (("a", None), "a", "c", "a"),
        (("a", None), "b", "b", "a"),  # and both came to agree since
        ((None, None), "b", "c", None),
    ],
)
def test_what_is_shown_as_before(base, here, there, before):
    known = [{} if value is None else {"location": value} for value in base]
    (change,) = compare(CAL, Baseline(*known), {"location": here}, {"location": there})
    assert (change.baseline, change.left, change.right) == (before, here, there)


@pytest.mark.parametrize(
    ("when", "why"),
    [
        (When("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"), ""),
        (When("2026-11-23T10:00:00Z", "2026-11-23T09:59:59Z"), "it ends before it starts"),
        (all_day(23, 23), ""),
        (all_day(23, 22), "it ends before it starts"),
    ],
)
def test_an_event_of_no_length_is_sensible(when, why):
    assert senseless(when) == why


def test_days_that_are_none_are_in_no_window():
    window = Window(at(1).start and plan().window.first, plan().window.last, "Europe/London")
    assert not inside(When("2026-11-31", "2026-12-01", all_day=True), window)
    assert not inside(When("soon", "2026-12-01", all_day=True), window)


@pytest.mark.parametrize(
    ("hours", "near"), [(0, 1.0), (12, 0.75), (24, 0.5), (48, 0.25), (72, 0.0), (96, 0.0)], ids=str
)
def test_how_near_two_starts_are(hours, near):
    other = When(f"2026-11-{20 + hours // 24:02}T{10 + hours % 24:02}:00:00Z", "2026-11-30T23:00:00Z")
    assert score(CAL, left(when=at(20)), right(when=other)) == pytest.approx(0.7 + 0.3 * near)


def test_only_the_26_regional_letters_become_letters():
    assert text.plain("\U0001f1e6\U0001f1ff") == "AZ"
    assert text.plain("a\U0001f200b") == "a\U0001f200b"


def test_an_item_that_cannot_be_read_has_a_row_of_its_kind():
    strange = picture(OL, [], unreadable=[Unreadable("R1", "Broken", "its end is missing")])
    row = only(plan([], strange, kind=Kind.TASKS))
    assert (row.kind, row.title, row.situation) == (Kind.TASKS, "Broken", Situation.UNREADABLE)


def test_what_is_out_of_range_stays_counted_in_a_review():
    old = When("2020-01-01T10:00:00Z", "2020-01-01T11:00:00Z")
    p = plan([], [], [link("L1", "R1", when=old), link("L2", "R2", when=old)])
    assert (p.out_of_range, Review.of(p).counts().out_of_range) == (2, 2)


def test_a_joined_row_is_no_longer_ignored():
    p = plan([left("L1", subject="One")], [right("R1", subject="Two", when=at(9))])
    one, other = (row for row in p.rows)
    asked = join(Review.of(p).ignore([one.id], IgnoreMode.FOREVER).rows()[0], other)
    assert asked.ignored is None


# ignores: what a person said no to is found again by whatever stayed the same


def _said_no(row: Row, mode: IgnoreMode = IgnoreMode.ONCE) -> Ignore:
    return ignore_for(row, mode, "2026-11-22T09:00:00Z")


def _found(ignore: Ignore, row: Row) -> Row:
    return Ignores.of(row.kind, {ignore.row_id: ignore}).on(row)


PAIR = (left("L1", notes="ours"), right("R1", notes="theirs"))
AGREED = Link(CAL, "L1", "R1", Baseline(fields_of(CAL), fields_of(CAL)))


@pytest.mark.parametrize("mode", list(IgnoreMode))
@pytest.mark.parametrize(
    ("here", "there", "links"),
    [
        (PAIR[0], PAIR[1], [AGREED]),  # as it was
        (PAIR[0], PAIR[1], []),  # a memory that was rebuilt
        (left("L7", notes="ours"), PAIR[1], []),  # under another id on one side, paired anew
        (PAIR[0], right("R7", notes="theirs"), []),
        (PAIR[0], None, []),  # one half out of sight, and no link any more
        (None, PAIR[1], []),
    ],
)
def test_an_ignore_survives_rebuilding_and_pairing_anew(mode, here, there, links):
    ignore = _said_no(only(plan([PAIR[0]], [PAIR[1]], [AGREED])), mode)
    row = only(plan([here] if here else [], [there] if there else [], links))
    assert _found(ignore, row).ignored == ignore


@pytest.mark.parametrize("side", list(SideName))
def test_until_the_next_change_ends_with_a_change_on_either_side_and_says_which(side):
    ignore = _said_no(only(plan([PAIR[0]], [PAIR[1]], [AGREED])))
    here, there = PAIR
    if side is SF:
        here = left("L1", notes="ours", location="York")
    else:
        there = right("R1", notes="theirs", location="York")
    row = _found(ignore, only(plan([here], [there], [AGREED])))
    assert row.ignored is None
    assert row.reason.endswith(f"(ignored until now: location changed in {side.label})")


def test_until_the_next_change_ends_when_one_half_is_deleted():
    ignore = _said_no(only(plan([PAIR[0]], [PAIR[1]], [AGREED])))
    row = _found(ignore, only(plan([PAIR[0]], picture(OL, [], gone("R1")), [AGREED])))
    assert row.ignored is None
    assert row.reason.endswith("(ignored until now: one side no longer has it)")


def test_an_ignore_holds_though_contents_are_hashed_another_way_now():
    """What was kept was hashed before; the contents that were kept with it tell."""
    new = only(plan([], [right("R1")]))
    old = Ignore(new.id, IgnoreMode.ONCE, "", "0" * 32, right_id="R1", right=dict(right("R1").fields))
    assert _found(old, new).ignored == old
    moved = only(plan([], [right("R2")]))
    assert _found(old, moved).ignored == old


@pytest.mark.parametrize("kind", list(Kind))
def test_a_hash_tells_what_is_missing_from_what_is_blank_and_each_field_from_the_next(kind):
    blank = {f.name: f.blank for f in FIELDS[kind]}
    hashes = {digest(kind, blank), digest(kind, {})}
    for name in blank:
        hashes.add(digest(kind, {n: v for n, v in blank.items() if n != name}))
        hashes.add(digest(kind, blank | {name: "x"}))
    assert len(hashes) == 2 + 2 * len(blank)
    assert all(len(h) == 32 for h in hashes)
    assert digest(kind, dict(reversed(blank.items()))) == digest(kind, blank)


def test_a_copy_of_an_item_with_other_contents_has_a_hash_of_its_own():
    from dataclasses import replace

    one = item(CAL, SF, "L1")
    first = one.digest
    assert replace(one, fields=fields_of(CAL, notes="other")).digest != first == replace(one, id="L2").digest
    assert isinstance(one, Item)


def test_a_first_difference_shows_no_value_before():
    changes = compare(CAL, NO_BASELINE, {"notes": "a"}, {"notes": "b"})
    assert [(c.verdict, c.baseline) for c in changes] == [(Verdict.BOTH, None)]


@pytest.mark.parametrize(
    ("old", "here", "there", "written", "kept"),
    [
        # what agrees, or was just written, moves; the rest stays
        (("a", "a"), "b", "b", False, ("b", "b")),
        (("a", "a"), "b", "B", True, ("b", "B")),
        (("a", "a"), "b", "c", False, ("a", "a")),
        # what only one side says is kept for that side alone
        ((None, None), "a", None, False, ("a", None)),
        ((None, None), None, "a", False, (None, "a")),
        (("a", None), "b", None, False, ("b", None)),
        (("a", "a"), "b", None, False, ("a", "a")),
        (("a", "a"), None, "b", False, ("a", "a")),
        ((None, None), "a", "b", False, (None, None)),
    ],
)
def test_what_a_baseline_keeps(old, here, there, written, kept):
    def said(value):
        return {} if value is None else {"location": value}

    marked = {"location": True} if written else {}
    base = merged_baseline(CAL, Baseline(said(old[0]), said(old[1])), said(here), said(there), marked)
    assert (dict(base.left), dict(base.right)) == (said(kept[0]), said(kept[1]))
    assert (base.on(SF), base.on(OL)) == (base.left, base.right)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"due": None}, {"due": None}, True),
        ({"due": None}, {"due": "2026-11-27"}, False),
        ({"subject": "Send The Offer"}, {}, True),
        ({"subject": "", "due": "2026-11-20", "notes": "a"}, {"subject": "", "due": "2026-11-21", "notes": "b"}, False),
    ],
)
def test_what_makes_two_tasks_one(one, other, same):
    p = plan([item(Kind.TASKS, SF, "L1", **one)], [item(Kind.TASKS, OL, "R1", **other)], kind=Kind.TASKS)
    exact = [r for r in p.rows if r.left and r.right]
    assert bool(exact) is same
    if not one.get("subject", "x"):
        assert {r.recommended for r in p.rows} == {Action.CREATE_IN_OUTLOOK, Action.CREATE_IN_SALESFORCE}
