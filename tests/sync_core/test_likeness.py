"""Likely twins are proposed, never taken."""

from support.build import CAL, OL, SF, all_day, at, event, left, plan, right

from sync_core.likeness import LIKELY, likely_twins, score
from sync_core.plan import Action, Choice, Situation, effect


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


def test_a_tie_is_no_proposal():
    p = plan([left(when=at(23))], [right("R1", when=at(22)), right("R2", when=at(24))])
    assert {r.situation for r in p.rows} == {Situation.NEW}


def test_scores_are_the_same_from_both_sides():
    a, b = (
        event(SF, "A", subject="Site visit, Leeds"),
        event(OL, "B", subject="Visit to the site, Leeds", when=at(23, 11)),
    )
    assert score(CAL, a, b) == score(CAL, b, a)


def test_crowds_are_left_alone_quickly():
    lefts = [left(f"L{n}", subject="Call", when=at(1 + n % 28, n % 20)) for n in range(2000)]
    rights = [right(f"R{n}", subject="Call", when=at(1 + n % 28, (n + 1) % 20)) for n in range(2000)]
    assert likely_twins(CAL, lefts, rights) == []
    assert LIKELY > 0.5
