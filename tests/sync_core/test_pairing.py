"""Which item here is which item there: nothing is paired by chance, and nothing is in two pairs or in none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.build import CAL, OL, SF, at, item, left, link, link_of, right
from support.tries import profile

from sync_core import pairing
from sync_core.items import Item, Kind, SideName
from sync_core.pairing import Pair, make_mark, marked_for, pair

ONE, TWO = make_mark("L1", "n"), make_mark("L2", "n")


def found(*args: Any, kind: Kind = CAL, **more: Any) -> set[tuple[Any, ...]]:
    """The pairs in short: the ids of link and halves, those of the rivals, and whether one came back."""
    return {
        (
            f"{p.link.left_id}/{p.link.right_id}" if p.link else "",
            p.left.id if p.left else "",
            p.right.id if p.right else "",
            tuple(r.id for r in p.rivals),
            p.came_back,
        )
        for p in pair(kind, *args, **more)
    }


def other(item_id: str, side: SideName = OL, **values: Any) -> Item:
    """An item that is like no other."""
    number = int(item_id[1:])
    made = right if side is OL else left
    return made(item_id, **{"subject": f"Other {item_id}", "when": at(1 + number, 18), **values})


# links


def test_a_link_is_believed_before_anything_else():
    assert found([left("L1"), left("L2")], [right("R2"), right("R1")], [link("L1", "R2"), link("L2", "R1")]) == {
        ("L1/R2", "L1", "R2", (), False),
        ("L2/R1", "L2", "R1", (), False),
    }


def test_a_link_without_halves_is_a_pair_too():
    assert found([], [], [link("L1", "R1")]) == {("L1/R1", "", "", (), False)}


def test_links_come_in_the_order_of_their_ids():
    links = [link("L2", "R1"), link("L1", "R3"), link("L1", "R2")]
    assert [p.link for p in pair(CAL, [], [], links)] == [links[2], links[1], links[0]]


# marks


def test_what_moved_is_known_by_its_mark():
    assert found([left("L1")], [other("R9", mark=ONE)], [link("L1", "R1", mark=ONE)]) == {
        ("L1/R1", "L1", "R9", (), True)
    }


def test_a_copy_beside_its_original_is_asked_about():
    items = [right("R1", mark=ONE), other("R8", mark=ONE), other("R9", mark=ONE)]
    assert found([left("L1")], items, [link("L1", "R1", mark=ONE)]) == {
        ("L1/R1", "L1", "R1", (), False),
        ("", "", "R8", ("R1",), False),
        ("", "", "R9", ("R1",), False),
    }


def test_copies_of_an_original_that_is_elsewhere_are_asked_about():
    """It is out of the window or in another folder: what carries its mark is not it."""
    agreed = link("L1", "R1", mark=ONE, notes="agreed")
    copies = [other("R8", mark=ONE), other("R9", mark=ONE)]
    assert found([left("L1")], copies, [agreed], elsewhere={"R1"}) == {
        ("L1/R1", "L1", "", (), False),
        ("", "", "R8", ("R1",), False),
        ("", "", "R9", ("R1",), False),
    }
    originals = [p.rivals[0] for p in pair(CAL, [left("L1")], copies, [agreed], elsewhere={"R1"}) if p.rivals]
    assert {(one.kind, one.side, one.mark, one.fields["notes"]) for one in originals} == {(CAL, OL, ONE, "agreed")}


def test_which_of_several_moved_ones_it_is_is_asked():
    items = [other("R8", mark=ONE), other("R9", mark=ONE), other("R7")]
    assert found([left("L1")], items, [link("L1", "R1", mark=ONE)]) == {
        ("L1/R1", "L1", "", ("R8", "R9"), False),
        ("", "", "R8", ("R9",), False),
        ("", "", "R9", ("R8",), False),
        ("", "", "R7", (), False),
    }


def test_a_mark_that_two_links_have_tells_nothing():
    links = [link("L1", "R1", mark=ONE), link("L2", "R2", mark=ONE)]
    moved = other("R9", mark=ONE)
    assert found([left("L1"), other("L2", SF)], [moved], links) == {
        ("L1/R1", "L1", "", (), False),
        ("L2/R2", "L2", "", (), False),
        ("", "", "R9", (), False),
    }


def test_links_are_looked_at_each_for_itself():
    links = [link("L1", "R1", mark=ONE), link("L2", "R2", mark=TWO), link("L3", "R3")]
    lefts = [left("L1"), other("L2", SF), other("L3", SF)]
    assert found(lefts, [other("R8", mark=TWO), other("R3")], links) == {
        ("L1/R1", "L1", "", (), False),
        ("L2/R2", "L2", "R8", (), True),
        ("L3/R3", "L3", "R3", (), False),
    }


def test_a_mark_names_what_memory_forgot():
    assert found([left("L1"), other("L2", SF)], [other("R9", mark=ONE)], []) == {
        ("", "L1", "R9", (), False),
        ("", "L2", "", (), False),
    }


def test_of_several_with_the_mark_the_one_with_the_same_key_is_meant():
    items = [right("R7", mark=ONE), other("R8", mark=ONE)]
    assert found([left("L1")], items, []) == {("", "L1", "R7", (), False), ("", "", "R8", (), False)}
    # two of them, or none: a person is asked
    items = [right("R7", mark=ONE), right("R8", mark=ONE), other("R9", mark=ONE)]
    assert found([left("L1")], items, []) == {
        ("", "L1", "", ("R7", "R8", "R9"), False),
        ("", "", "R7", ("L1", "R8", "R9"), False),
        ("", "", "R8", ("L1", "R7", "R9"), False),
        ("", "", "R9", ("L1", "R7", "R8"), False),
    }


def test_a_mark_of_what_memory_knows_or_of_what_is_not_there_names_nothing():
    items = [other("R8", mark=ONE), other("R9", mark=make_mark("L7", "n")), other("R6", mark=TWO)]
    assert found([left("L1"), other("L2", SF)], items, [link("L1", "R1")]) == {
        ("L1/R1", "L1", "", (), False),
        ("", "", "R8", (), False),
        ("", "", "R9", (), False),
        ("", "L2", "R6", (), False),
    }


@pytest.mark.parametrize("mark", ["", "L1", "hs1:L1", "hs2:L1:n", "hs1:L1:n:m", ":L1:"])
def test_other_peoples_marks_name_nothing(mark):
    assert marked_for(mark) == ""
    assert found([left("L1")], [other("R9", mark=mark)], []) == {("", "L1", "", (), False), ("", "", "R9", (), False)}


# what came back under another id, and carries no mark


@pytest.mark.parametrize("side", list(SideName))
@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_gone_and_there_again_is_known_by_what_it_holds(side, kind):
    lost, new = ("L1", "L9") if side is SF else ("R1", "R9")
    here = [item(kind, SF, "L9" if side is SF else "L1")]
    there = [item(kind, OL, "R9" if side is OL else "R1")]
    links = [link_of(kind)]
    ids = ("L9", "R1") if side is SF else ("L1", "R9")
    assert found(here, there, links, gone={lost}, kind=kind) == {("L1/R1", *ids, (), True)}
    # what nobody said to be gone may be anywhere
    assert ("L1/R1", *ids, (), True) not in found(here, there, links, gone=set(), kind=kind)
    assert ("L1/R1", *ids, (), True) not in found(here, there, links, gone={new}, kind=kind)


def test_two_that_look_like_the_lost_one_are_two_new_ones():
    assert found([left("L1")], [right("R8"), right("R9")], [link("L1", "R1")], gone={"R1"}) == {
        ("L1/R1", "L1", "", (), False),
        ("", "", "R8", (), False),
        ("", "", "R9", (), False),
    }
    # one for two lost ones
    links = [link("L1", "R1"), link("L2", "R2")]
    assert found([left("L1"), left("L2")], [right("R9")], links, gone={"R1", "R2"}) == {
        ("L1/R1", "L1", "", (), False),
        ("L2/R2", "L2", "", (), False),
        ("", "", "R9", (), False),
    }


def test_what_was_made_for_a_new_item_is_not_taken_for_the_lost_one():
    """A run that was cut off made it for the item across that looks just like it."""
    lefts = [left("L1"), left("L2")]
    assert ("L1/R1", "L1", "", (), False) in found(lefts, [right("R9")], [link("L1", "R1")], gone={"R1"})


def test_both_halves_may_have_come_back():
    links = [link("L1", "R1"), link("L2", "R2", subject="Other L2", when=at(3, 18))]
    lefts, rights = [other("L2", SF)], [right("R1"), other("R9", subject="Other L2", when=at(3, 18))]
    assert found([left("L9"), *lefts], rights, links, gone={"L1", "R2"}) == {
        ("L1/R1", "L9", "R1", (), True),
        ("L2/R2", "L2", "R9", (), True),
    }


def test_what_salesforce_has_under_another_id_is_found_there_unless_a_link_has_it():
    links = [link("L1", "R1"), link("L2", "R2"), link("L3", "R3"), link("L4", "R4")]
    rights = [other(f"R{n}") for n in range(1, 5)]
    lefts = [other("L4", SF), other("L7", SF), other("L9", SF)]
    assert found(lefts, rights, links, renamed={"L1": "L9", "L2": "L4", "L3": "L8", "L4": "L7"}) == {
        ("L1/R1", "L9", "R1", (), True),
        ("L2/R2", "", "R2", (), False),
        ("L3/R3", "", "R3", (), False),
        ("L4/R4", "L4", "R4", (), False),
        ("", "L7", "", (), False),
    }


def test_what_is_asked_about_already_is_not_found_by_its_key():
    """Its mark is on several items: a person says which one, and one that only looks like it is no answer."""
    rights = [other("R7", mark=ONE), other("R8", mark=ONE), right("R9")]
    assert ("L1/R1", "L1", "", ("R7", "R8"), False) in found(
        [left("L1")], rights, [link("L1", "R1", mark=ONE)], gone={"R1"}
    )


# keys


def test_a_series_and_its_first_event_are_not_the_same():
    weekly = at(23)._replace(recurrence="FREQ=WEEKLY;BYDAY=MO", zone="Europe/London")
    pairs = found([left("L1")], [right("R1", when=weekly)], [])
    assert {(here, there) for _, here, there, _, _ in pairs} == {("L1", ""), ("", "R1")}
    assert found([left("L1", when=weekly)], [right("R1", when=weekly)], []) == {("", "L1", "R1", (), False)}


@pytest.mark.parametrize(
    ("kind", "here", "there", "same"),
    [
        (CAL, {"subject": "Café"}, {"subject": "CAFÉ"}, True),
        (CAL, {"subject": "Cafe"}, {"subject": "Café"}, False),  # only names are folded that far
        (CAL, {"subject": ""}, {"subject": ""}, True),
        (Kind.CONTACTS, {"email": "A@x.com", "last_name": "A"}, {"email": "a@X.com", "last_name": "B"}, True),
        (
            Kind.CONTACTS,
            {"email": "", "first_name": "José", "last_name": "Núñez", "company": "Acme"},
            {"email": "", "first_name": "jose", "last_name": "NUNEZ", "company": "ACME"},
            True,
        ),
        (Kind.TASKS, {"subject": "Call", "due": None}, {"subject": "call", "due": None, "notes": "other"}, True),
        (Kind.TASKS, {"subject": "Call", "due": "2026-11-27"}, {"subject": "call", "due": "2026-11-28"}, False),
    ],
)
def test_what_makes_two_items_the_same(kind, here, there, same):
    found_pairs = pair(kind, [item(kind, SF, "L1", **here)], [item(kind, OL, "R1", **there)], [])
    assert (len(found_pairs) == 1) is same
    if same:
        assert not found_pairs[0].rivals


def test_a_name_alone_only_asks():
    """A first and a last name with another company may be somebody else."""
    kind = Kind.CONTACTS
    here = item(kind, SF, "L1", email="", company="Acme")
    there = item(kind, OL, "R1", email="", company="Northwind", business_phone="1", notes="", birthday=None)
    pairs = pair(kind, [here], [there], [])
    assert {(p.left and p.left.id, p.right and p.right.id) for p in pairs} == {("L1", None), (None, "R1")}
    assert all(p.rivals for p in pairs)


def test_work_grows_with_the_number_of_items_where_many_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """A calendar that was doubled by another program, and as many new events: each is looked at a few times."""
    looked_at: list[str] = []
    (key_of,) = pairing.EXACT_KEYS[CAL]

    def counted(one: Item) -> Any:
        looked_at.append(one.id)
        return key_of(one)

    monkeypatch.setitem(pairing.EXACT_KEYS, CAL, (counted,))
    names = [f"Call {n // 2}" for n in range(100)]
    lefts = [left(f"L{n}", subject=name) for n, name in enumerate(names)]
    rights = [right(f"R{n}", subject=name) for n, name in enumerate(names)]
    new = [other(f"L{n}", SF) for n in range(100, 200)]
    assert sum(bool(p.rivals) for p in pair(CAL, [*lefts, *new], rights, [])) == 200
    assert len(looked_at) < 10 * 300


def test_tasks_without_a_subject_are_asked_about_where_they_are_due_together():
    kind = Kind.TASKS
    here, there = item(kind, SF, "L1", subject="", notes="a"), item(kind, OL, "R1", subject="", notes="b")
    named = item(kind, OL, "R2", subject="Named", notes="c", due="2026-01-01")
    asked = {(p.left or p.right).id: tuple(r.id for r in p.rivals) for p in pair(kind, [here], [there, named], [])}
    assert asked == {"L1": ("R1",), "R1": ("L1",), "R2": ()}
    undated = [
        item(kind, SF, "L1", subject="", due=None, notes="a"),
        item(kind, OL, "R1", subject="", due=None, notes="b"),
    ]
    assert all(p.rivals for p in pair(kind, undated[:1], undated[1:], []))


def test_what_a_key_asks_about_is_not_taken_by_another():
    items = [right("R1"), right("R2")]
    assert found([left("L1")], items, []) == {
        ("", "L1", "", ("R1", "R2"), False),
        ("", "", "R1", ("L1",), False),
        ("", "", "R2", ("L1",), False),
    }
    assert found([left("L1"), left("L2")], [right("R1")], []) == {
        ("", "L1", "", ("R1",), False),
        ("", "L2", "", ("R1",), False),
        ("", "", "R1", ("L1", "L2"), False),
    }


def test_what_looks_like_one_in_question_is_in_question_too():
    copies = [right("R8", mark=ONE, when=at(25)), right("R9", mark=ONE, when=at(26))]
    assert ("", "L2", "", ("R9",), False) in found([left("L1", when=at(24)), left("L2", when=at(26))], copies, [])


# what a side itself says


def test_what_a_rule_of_salesforce_takes_for_the_same_is_asked_about():
    kind = Kind.CONTACTS
    here, there = (
        item(kind, SF, "L1", email="a@x.com", last_name="A"),
        item(kind, OL, "R1", email="b@x.com", last_name="B"),
    )
    pairs = pair(kind, [here], [there], [], named={("L1", "R1"): (here, there)})
    assert pairs == [Pair(right=there, rivals=(here,), named=True), Pair(left=here, rivals=(there,), named=True)]
    # the one that is there already may be somebody else's
    assert pair(kind, [], [there], [], named={("L1", "R1"): (here, there)}) == [
        Pair(right=there, rivals=(here,), named=True)
    ]
    # and where the other has found its place by now, nothing is asked
    links = [link_of(kind, "L5", "R1")]
    mine = item(kind, SF, "L5")
    assert pair(kind, [mine], [there], links, named={("L1", "R1"): (here, there)}) == [Pair(links[0], mine, there)]


def test_each_that_was_named_is_asked_about_in_the_order_of_ids():
    kind = Kind.CONTACTS
    lefts = [item(kind, SF, f"L{n}", email=f"l{n}@x.com", last_name=f"L{n}") for n in range(3)]
    rights = [item(kind, OL, f"R{n}", email=f"r{n}@x.com", last_name=f"R{n}") for n in range(3)]
    named = {(f"L{n}", f"R{n}"): (lefts[n], rights[n]) for n in (2, 0)} | {("L9", "R9"): (lefts[0], rights[0])}
    pairs = [p for p in pair(kind, lefts, rights, [], named=named) if p.named]
    assert [p.left.id if p.left else p.right.id for p in pairs if p.left or p.right] == ["R0", "L0", "R2", "L2"]


# everything is somewhere


NAMES = st.sampled_from(["a", "b", ""])
MARKS = st.sampled_from(["", ONE, TWO, make_mark("L9", "n")])


@profile(150)
@given(
    lefts=st.lists(NAMES, max_size=5),
    rights=st.lists(st.tuples(NAMES, MARKS), max_size=6),
    links=st.sets(st.tuples(st.integers(0, 5), st.integers(0, 6)), max_size=4),
    kind=st.sampled_from(list(Kind)),
    gone=st.sets(st.sampled_from(["L0", "L5", "R0", "R6"])),
)
def test_every_item_and_every_link_is_in_exactly_one_pair(lefts, rights, links, kind, gone):
    """Invariant 2 and invariant 15, whatever names, marks and links there are."""
    name = "last_name" if kind is Kind.CONTACTS else "subject"
    mine = [item(kind, SF, f"L{n}", **{name: text}) for n, text in enumerate(lefts)]
    theirs = [item(kind, OL, f"R{n}", mark=mark, **{name: text}) for n, (text, mark) in enumerate(rights)]
    one_to_one = dict(sorted(links))
    known = [link_of(kind, f"L{a}", f"R{b}") for b, a in {b: a for a, b in one_to_one.items()}.items()]
    pairs = pair(kind, mine, theirs, known, gone)
    assert sorted(p.left.id for p in pairs if p.left) == [i.id for i in mine]
    assert sorted(p.right.id for p in pairs if p.right) == [i.id for i in theirs]
    assert sorted(p.link.left_id for p in pairs if p.link) == sorted(k.left_id for k in known)
    for p in pairs:
        assert not (p.rivals and p.left and p.right and p.link is None), (
            "a pair with rivals is never acted on by itself"
        )
    turned = pair(kind, mine[::-1], theirs[::-1], known[::-1], gone)
    assert sorted(pairs, key=_name) == sorted(turned, key=_name)


def _name(p: Pair) -> tuple[str, str, str]:
    return (p.link.left_id if p.link else "", p.left.id if p.left else "", p.right.id if p.right else "")


def test_halves_of_pairs():
    one = Pair(left=left("L1"), right=right("R1"))
    assert (one.half(SF), one.half(OL)) == (one.left, one.right)
    assert one.with_half(right("R2")) == Pair(left=one.left, right=right("R2"))
    assert one.again(left("L2")) == Pair(left=left("L2"), right=one.right, came_back=True)
    assert (link("L1", "R1").id_on(SF), link("L1", "R1").id_on(OL)) == ("L1", "R1")


@pytest.mark.parametrize(
    ("kind", "here", "there"),
    [
        (Kind.TASKS, {"subject": "Call"}, {"subject": "Visit"}),
        # a last name, or a first one, is shared by many
        (Kind.CONTACTS, {"email": "", "first_name": ""}, {"email": "", "first_name": "", "notes": "x"}),
        (Kind.CONTACTS, {"email": "", "last_name": ""}, {"email": "", "last_name": "", "notes": "x"}),
        (Kind.CONTACTS, {"email": "", "company": "Acme"}, {"email": "", "company": "Northwind", "notes": "x"}),
        (Kind.CONTACTS, {"email": "", "first_name": "A"}, {"email": "", "first_name": "B"}),
    ],
)
def test_what_does_not_make_two_items_the_same(kind, here, there):
    assert len(pair(kind, [item(kind, SF, "L1", **here)], [item(kind, OL, "R1", **there)], [])) == 2


@pytest.mark.parametrize("missing", ["when", "subject"])
def test_what_a_side_did_not_say_makes_nothing_the_same(missing):
    """A field that could not be read is unknown, and not blank."""
    known = [left("L1"), right("R1")]
    for unread in (known[:1], known[1:], known):
        items = [without(one, missing) if one in unread else one for one in known]
        assert len(pair(CAL, items[:1], items[1:], [])) == 2


@pytest.mark.parametrize("missing", ["due", "notes"])
def test_tasks_of_which_not_all_is_known_are_not_the_same_by_all_they_hold(missing):
    tasks = [item(Kind.TASKS, side, f"{side.value[0].upper()}1", subject="") for side in SideName]
    assert len(pair(Kind.TASKS, tasks[:1], tasks[1:], [])) == 1
    unread = [without(task, missing) for task in tasks]
    assert len(pair(Kind.TASKS, unread[:1], unread[1:], [])) == 2


def without(one: Item, name: str) -> Item:
    return replace(one, fields={n: v for n, v in one.fields.items() if n != name})


# of what carries somebody's mark nobody guesses that it is like another
STRANGE = make_mark("L9", "n")


@pytest.mark.parametrize(
    ("kind", "here", "there", "asked"),
    [
        (Kind.CONTACTS, {}, {}, True),
        (Kind.CONTACTS, {"first_name": "PRIYA", "last_name": "Sháh"}, {}, True),
        (Kind.CONTACTS, {"first_name": ""}, {"first_name": ""}, True),
        (Kind.CONTACTS, {"first_name": "Ann"}, {}, False),
        (Kind.CONTACTS, {"last_name": "Lee"}, {}, False),
        (Kind.CONTACTS, {"last_name": ""}, {"last_name": ""}, False),
        (Kind.TASKS, {"subject": ""}, {"subject": ""}, True),
        (Kind.TASKS, {"subject": "", "due": None}, {"subject": "", "due": None}, True),
        (Kind.TASKS, {"subject": "", "due": None}, {"subject": ""}, False),
        (Kind.TASKS, {"subject": "", "due": "2026-01-01"}, {"subject": ""}, False),
        (Kind.TASKS, {"subject": "Call"}, {"subject": "Visit"}, False),
        (Kind.TASKS, {"subject": ""}, {"subject": "Visit"}, False),
    ],
)
def test_what_says_too_little_to_pair_only_asks(kind, here, there, asked):
    """The same name with other addresses, or a nameless task of the same day, may be the same."""
    mine = {"email": "a@x.com", "company": "Acme"} if kind is Kind.CONTACTS else {}
    theirs = {"email": "b@x.com", "company": "Northwind"} if kind is Kind.CONTACTS else {}
    one = item(kind, SF, "L1", **{"notes": "mine", **mine, **here})
    two = item(kind, OL, "R1", mark=STRANGE, **{"notes": "theirs", **theirs, **there})
    pairs = pair(kind, [one], [two], [])
    assert len(pairs) == 2
    assert {tuple(r.id for r in p.rivals) for p in pairs} == ({("L1",), ("R1",)} if asked else {()})
    assert {(p.likeness, p.tied, p.named) for p in pairs} == {(0.0, False, False)}


def test_one_that_fits_nothing_keeps_no_other_from_being_found():
    rights = [other("R1", mark=ONE), other("R2", mark=TWO)]
    known = [link("L1", "R9")]
    assert ("", "L2", "R2", (), False) in found([left("L1"), other("L2", SF, when=at(27))], rights, known)
    # nor one of which several fit
    lefts = [other("L1", SF), left("L2"), left("L3", subject="Lunch")]
    rights = [right("R1"), right("R2"), right("R3", subject="Lunch")]
    assert found(lefts, rights, []) == {
        ("", "L1", "", (), False),
        ("", "L2", "", ("R1", "R2"), False),
        ("", "", "R1", ("L2",), False),
        ("", "", "R2", ("L2",), False),
        ("", "L3", "R3", (), False),
    }
    kind = Kind.CONTACTS
    here, there = (
        item(kind, SF, "L2", email="a@x.com", last_name="A"),
        item(kind, OL, "R2", email="b@x.com", last_name="B"),
    )
    named = {("L1", "R1"): (here, there), ("L2", "R2"): (here, there)}
    assert [p.named for p in pair(kind, [here], [there], [], named=named)] == [True, True]


@pytest.mark.parametrize("side", list(SideName))
def test_each_side_is_known_again_by_what_it_held_itself(side):
    """A server that keeps a subject in its own way gives it back in its own way under the new id, too."""
    own = {SF: {"subject": "Call"}, OL: {"subject": "[Call]"}}
    agreed = link("L1", "R1")
    agreed = replace(
        agreed, baseline=replace(agreed.baseline, left=left(**own[SF]).fields, right=right(**own[OL]).fields)
    )
    here = left("L9" if side is SF else "L1", **own[SF])
    there = right("R9" if side is OL else "R1", **own[OL])
    gone = "L1" if side is SF else "R1"
    assert found([here], [there], [agreed], gone={gone}) == {("L1/R1", here.id, there.id, (), True)}


def test_likely_twins_are_shown_with_how_likely_they_are():
    """Never paired: both stay by themselves, each with the one that it could be."""
    here, there = left("L1", subject="Budget 2027"), right("R1", when=at(23, 11))
    pairs = pair(CAL, [here], [there], [])
    assert [(p.left, p.right, p.rivals, p.tied, p.named) for p in pairs] == [
        (here, None, (there,), False, False),
        (None, there, (here,), False, False),
    ]
    assert pairs[0].likeness == pairs[1].likeness > 0.5
    # level ones are all shown, and none is preferred
    twins = [there, replace(there, id="R2")]
    tied = [p for p in pair(CAL, [here], twins, []) if p.tied]
    assert [(p.left, [r.id for r in p.rivals]) for p in tied if p.left] == [(here, ["R1", "R2"])]
    assert all(p.likeness > 0.5 for p in tied)


@pytest.mark.parametrize("what", ["series here", "series there", "marked"])
def test_of_series_and_of_what_carries_a_mark_nobody_guesses(what):
    here, there = left("L1", series=what == "series here"), right("R1", when=at(23, 11))
    there = replace(there, series=what == "series there", mark=STRANGE if what == "marked" else "")
    assert [p.rivals for p in pair(CAL, [here], [there], [])] == [(), ()]
