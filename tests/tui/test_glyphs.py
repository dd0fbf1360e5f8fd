"""The signs: what a row would do, in both sets, at the same widths."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from sync_core.plan import Action, Choice, Situation, State
from sync_core.review import Review
from tui.glyphs import ASCII, SIGN_WIDTH, UNICODE, GlyphSet, glyph_set


@pytest.mark.parametrize("action", list(Action))
def test_every_action_has_a_sign_of_the_same_width_in_both_sets(action: Action) -> None:
    assert ASCII.actions[action].isascii()
    assert cell_len(UNICODE.actions[action]) == len(UNICODE.actions[action]) == len(ASCII.actions[action])


def test_the_signs_are_those_of_the_design() -> None:
    assert ASCII.actions == {
        Action.CREATE_IN_OUTLOOK: "->+",
        Action.UPDATE_IN_OUTLOOK: "->",
        Action.DELETE_FROM_OUTLOOK: "->x",
        Action.CREATE_IN_SALESFORCE: "+<-",
        Action.UPDATE_IN_SALESFORCE: "<-",
        Action.DELETE_FROM_SALESFORCE: "x<-",
        Action.MERGE: "<->",
        Action.CONFLICT: "<?>",
        Action.LINK: "=",
        Action.NONE: ".",
    }


def test_no_two_actions_look_alike_chosen_or_not() -> None:
    for glyphs in (UNICODE, ASCII):
        signs = [*glyphs.actions.values(), *(glyphs.chosen(a) for a in Action if a is not Action.CONFLICT)]
        assert len(set(signs)) == len(signs)


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_row_in_every_state_has_a_sign_that_fits(samples: Any, glyphs: GlyphSet) -> None:
    review = Review.of(samples.monday())
    ids = [row.id for row in review.rows()]
    for choice in Choice:
        for row in review.choose(ids, choice).rows():
            assert 1 <= cell_len(glyphs.sign(row)) <= SIGN_WIDTH


def test_what_a_row_is_shows_in_its_sign(samples: Any) -> None:
    review = Review.of(samples.monday())
    signs = {row.title: ASCII.sign(row) for row in review.rows()}
    assert signs["Quarterly review"] == "->"
    assert signs["Budget 2027"] == "<?>"
    assert signs["1:1 Priya"] == "(->x)"
    assert signs["Yoga 1"] == "+<- i"
    assert signs["Yoga 2"] == "+<- I"
    # half of this merge is prevented
    assert signs["Contract talk"] == "<- !"


def test_a_choice_looks_different_from_a_recommendation(samples: Any) -> None:
    review = Review.of(samples.monday())
    ids = [row.id for row in review.rows() if row.title == "Quarterly review"]
    assert ASCII.sign(review.choose(ids, Choice.TO_SALESFORCE).row(ids[0])) == "<="
    assert UNICODE.sign(review.choose(ids, Choice.TO_SALESFORCE).row(ids[0])) == "◂="
    assert ASCII.sign(review.choose(ids, Choice.NOTHING).row(ids[0])) == "=.="
    # choosing what was recommended anyway is no change
    assert ASCII.sign(review.choose(ids, Choice.TO_OUTLOOK).row(ids[0])) == "->"


def test_the_sample_has_every_action_situation_and_state(samples: Any) -> None:
    rows = samples.monday().rows
    assert {row.recommended for row in rows} == set(Action)
    # taking a run back is a plan of its own, and what a lost memory may have known is asked for in no ordinary one
    never = {Situation.TAKEN_BACK, Situation.FORGOTTEN}
    assert {row.situation for row in rows} == set(Situation) - never
    assert {row.state for row in rows} == set(State)


@pytest.mark.parametrize(
    ("term", "encoding", "setting", "expected"),
    [
        ("xterm-256color", "utf-8", "", UNICODE),
        ("screen", "UTF-8", "", UNICODE),
        ("tmux-256color", "utf8", "", UNICODE),
        ("linux", "utf-8", "", ASCII),
        ("vt100", "utf-8", "", ASCII),
        ("dumb", "utf-8", "", ASCII),
        ("xterm-256color", "latin-1", "", ASCII),
        ("xterm-256color", "", "", ASCII),
        ("linux", "latin-1", "unicode", UNICODE),
        ("xterm", "utf-8", "ascii", ASCII),
    ],
)
def test_the_set_follows_the_terminal(term: str, encoding: str, setting: str, expected: GlyphSet) -> None:
    assert glyph_set({"TERM": term}, encoding, setting) is expected


def test_our_own_texts_become_ascii_and_keep_their_width() -> None:
    own = "“a” – b… ─│┌┐└┘ ▸◂✗⏎·"
    assert ASCII.text(own).isascii()
    assert len(ASCII.text(own)) == len(own)
    assert UNICODE.text(own) == own
