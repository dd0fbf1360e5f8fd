"""Likely twins are proposed, never taken."""

from functools import partial

from support.build import CAL, OL, SF, all_day, at, event, item, left, plan, right

from sync_core.items import Kind
from sync_core.likeness import LIKELY, likely_twins, score
from sync_core.plan import Action, Choice, Situation, State, effect
from sync_core.review import Review

task = partial(item, Kind.TASKS)


def test_the_same_words_a_day_later_are_proposed():
    p = plan([left(when=at(23))], [right(when=at(24))])
    assert {r.situation for r in p.rows} == {Situation.LIKELY}
    assert {r.recommended for r in p.rows} == {Action.CONFLICT}
    assert "85% alike; different: when" in p.rows[0].reason
    assert effect(p.rows[0], Choice.TO_OUTLOOK).action is Action.CREATE_IN_OUTLOOK


def test_the_same_time_with_nearly_the_same_words_is_proposed():
    p = plan([left(subject="Quarterly review, Leeds")], [right(subject="Quarterly review Leeds!")])
    assert {r.situation for r in p.rows} == {Situation.LIKELY}


def test_what_is_merely_similar_is_new():
    for theirs in (right(when=at(28)), right(subject="Lunch"), right(when=all_day(23))):
        assert {r.situation for r in plan([left()], [theirs]).rows} == {Situation.NEW}


def test_a_tie_is_a_question_and_recommends_nothing():
    """Several candidates are never resolved by chance, and a create would be a third of a kind."""
    p = plan([left(when=at(23))], [right("R1", when=at(22)), right("R2", when=at(24))])
    assert {(r.situation, r.recommended, r.state) for r in p.rows} == {
        (Situation.AMBIGUOUS, Action.CONFLICT, State.UNDECIDED)
    }
    mine = next(r for r in p.rows if r.left)
    assert [one.id for one in mine.rivals] == ["R1", "R2"]
    assert mine.reason == (
        "which one? “Budget 2027” (Outlook, 22 Nov 2026, 10:00 to 11:00), “Budget 2027” (Outlook, 24 Nov 2026, 10:00 "
        "to 11:00): 85% alike, each; different: when; nothing is done until you say"
    )
    theirs = [r for r in p.rows if r.right]
    assert [[one.id for one in r.rivals] for r in theirs] == [["L1"], ["L1"]]
    assert "85% alike, which is as much like another" in theirs[0].reason
    # the person picks; the other one is still theirs to decide
    review = Review.of(p)
    assert {row.right.id for row in review.candidates(mine.id)} == {"R1", "R2"}
    picked = review.pick(mine.id, theirs[1].id)
    assert {(r.left is not None, r.right.id, r.action) for r in picked.rows() if r.right} == {
        (True, theirs[1].right.id, Action.CONFLICT),
        (False, theirs[0].right.id, Action.CONFLICT),
    }
    assert picked.counts().writes == review.counts().writes == 0


def test_ties_mean_the_same_from_both_sides_and_in_any_order():
    lefts = [task(SF, "L1", due="2026-11-23"), task(SF, "L2", due="2026-11-24"), task(SF, "L3", due="2026-11-25")]
    rights = [task(OL, "R1", due="2026-12-01"), task(OL, "R2", due="2026-12-02")]
    there, back = plan(lefts, rights, kind=Kind.TASKS), plan(lefts[::-1], rights[::-1], kind=Kind.TASKS)
    assert there == back
    assert {len(r.rivals) for r in there.rows if r.left} == {2}
    assert {len(r.rivals) for r in there.rows if r.right} == {3}
    assert {r.action for r in there.rows} == {Action.CONFLICT}


def test_who_is_another_ones_clear_best_is_not_asked_about_twice():
    """L1 is level with both, but R1 is clearly L2's: what remains for L1 is R2 alone."""
    lefts = [left("L1", when=at(23, 10)), left("L2", when=at(22, 11))]
    rights = [right("R1", when=at(22, 10)), right("R2", when=at(24, 10))]
    twins = likely_twins(CAL, lefts, rights)
    assert [(a.id, b.id) for a, b, _ in twins.pairs] == [("L2", "R1")]
    assert {item.id: [o.id for o in others] for item, others, _ in twins.ties} == {"L1": ["R2"], "R2": ["L1"]}


def test_scores_are_the_same_from_both_sides():
    a, b = (
        event(SF, "A", subject="Site visit, Leeds"),
        event(OL, "B", subject="Visit to the site, Leeds", when=at(23, 11)),
    )
    assert score(CAL, a, b) == score(CAL, b, a)


def test_crowds_are_left_alone_quickly():
    lefts = [left(f"L{n}", subject="Call", when=at(1 + n % 28, n % 20)) for n in range(2000)]
    rights = [right(f"R{n}", subject="Call", when=at(1 + n % 28, (n + 1) % 20)) for n in range(2000)]
    assert likely_twins(CAL, lefts, rights) == ([], [])
    assert LIKELY > 0.5


def test_long_texts_of_few_letters_are_compared_letter_by_letter():
    """A matcher that leaves out what is frequent in 200 characters would see nothing alike in them."""
    ours, theirs = (task(side, "A", subject="ab" * 99 + end) for side, end in ((SF, "cd"), (OL, "ce")))
    assert score(Kind.TASKS, ours, theirs) > 0.89
    assert score(Kind.TASKS, theirs, ours) > 0.89


def test_many_with_other_names_or_without_one_do_not_hide_a_pair():
    def people(side, *last_names):
        blank = {"company": side.label, "email": "", "business_phone": ""}
        return [item(Kind.CONTACTS, side, f"{n}", last_name=name, **blank) for n, name in enumerate(last_names)]

    here = people(SF, "Shah", *(f"{letter * 9}" for letter in "bcdefghijklmno"))
    there = people(OL, "Shah", *([""] * 20))
    found = likely_twins(Kind.CONTACTS, here, there)
    assert [(a.id, b.id) for a, b, _ in found.pairs] == [("0", "0")]
    # without a last name nothing says that two are neighbours
    assert likely_twins(Kind.CONTACTS, people(SF, ""), people(OL, "")).pairs == []
