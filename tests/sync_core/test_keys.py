"""Who is the same as whom, by names, addresses and subjects: examples, and what is asked about instead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.build import OL, SF, item, link_of

from sync_core.items import Item, Kind, SideName
from sync_core.keys import addresses, plain_name, without_case
from sync_core.likeness import score
from sync_core.pairing import Pair, pair

CON, TASK = Kind.CONTACTS, Kind.TASKS


def somebody(side: SideName, item_id: str, name: str, *emails: str, **values: Any) -> Item:
    """A contact of its own: a first name, addresses, and nothing that others have."""
    content = {"first_name": name, "last_name": "Lee", "email": emails[0] if emails else "", "business_phone": ""}
    return replace(item(CON, side, item_id, **content, **values), addresses=emails[1:])


def shown(pairs: list[Pair]) -> set[tuple[str, str, tuple[str, ...]]]:
    """Halves and rivals by their ids."""
    return {(p.left.id if p.left else "", p.right.id if p.right else "", tuple(r.id for r in p.rivals)) for p in pairs}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("IŞIL", "ışıl"),
        ("IŞIL", "Işıl"),
        ("Isil", "Işıl"),
        ("İpek", "ipek"),
        ("Łukasz", "LUKASZ"),
        ("Søren", "soren"),
        ("Đuro", "duro"),
        ("Þórður", "Þordur"),
        ("Ħal", "hal"),
        ("Ægir", "aegir"),
        ("Œuvre", "oeuvre"),
        ("Groß", "GROSS"),
        ("José", "jose"),
        ("Ann", "ANN"),
    ],
)
def test_names_are_the_same_without_case_and_accents(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)
    left, right = somebody(SF, "L1", one), somebody(OL, "R1", other, notes="x")
    assert shown(pair(CON, [left], [right], [])) == {("L1", "R1", ())}
    assert score(CON, left, right) == score(CON, left, replace(right, fields=left.fields)), "and for likely twins"


def test_a_subject_is_the_same_without_case_and_not_without_accents() -> None:
    assert without_case("IŞIK") == without_case("ışık")
    assert without_case("İZMİR") == without_case("izmir")
    assert without_case("Resume") != without_case("Résumé")


def test_another_accent_is_another_mailbox() -> None:
    left, right = somebody(SF, "L1", "Ann", "jose@x.example"), somebody(OL, "R1", "Bob", "josé@x.example")
    assert shown(pair(CON, [left], [right], [])) == {("L1", "", ()), ("", "R1", ())}


def test_all_addresses_of_a_contact_are_known() -> None:
    assert addresses(somebody(OL, "R1", "Ann", "A@x.example", "b@x.example")) == {"a@x.example", "b@x.example"}
    assert addresses(somebody(OL, "R1", "Ann")) == frozenset()


def test_one_of_several_addresses_pairs_two_who_have_no_other() -> None:
    lefts = [somebody(SF, "L1", "Ann", "a@x.example"), somebody(SF, "L2", "Bob", "b@x.example")]
    rights = [
        somebody(OL, "R1", "Cy", "c@x.example", "z@x.example", "a@x.example"),
        somebody(OL, "R2", "Di", "d@x.example", "b@x.example"),
    ]
    assert shown(pair(CON, lefts, rights, [])) == {("L1", "R1", ()), ("L2", "R2", ())}
    # the same from the other side, should that one ever know several
    mirrored = [replace(one, side=SF) for one in rights], [replace(one, side=OL) for one in lefts]
    assert shown(pair(CON, *mirrored, [])) == {("R1", "L1", ()), ("R2", "L2", ())}


def test_an_address_that_several_have_is_asked_about_from_all_of_them() -> None:
    mine = somebody(SF, "L1", "Ann", "a@x.example")
    theirs = [somebody(OL, f"R{n}", name, f"{n}@x.example", "a@x.example") for n, name in ((2, "Bo"), (1, "Cy"))]
    assert shown(pair(CON, [mine], theirs, [])) == {
        ("L1", "", ("R1", "R2")),
        ("", "R1", ("L1",)),
        ("", "R2", ("L1",)),
    }
    # and where one contact has the addresses of two
    both = somebody(OL, "R1", "Cy", "c@x.example", "b@x.example", "a@x.example")
    assert shown(pair(CON, [somebody(SF, "L2", "Di", "b@x.example"), mine], [both], [])) == {
        ("L1", "", ("R1",)),
        ("L2", "", ("R1",)),
        ("", "R1", ("L1", "L2")),
    }


def test_any_address_is_believed_before_a_name() -> None:
    mine = somebody(SF, "L1", "Cy", "a@x.example"), somebody(SF, "L2", "Bo", company="Acme")
    theirs = somebody(OL, "R1", "Bo", "b@x.example", "a@x.example", company="Acme")
    assert ("L1", "R1", ()) in shown(pair(CON, mine, [theirs], []))


def test_the_first_address_is_believed_before_any_other() -> None:
    mine = somebody(SF, "L1", "Ann", "a@x.example")
    theirs = [somebody(OL, "R1", "Bo", "b@x.example", "a@x.example"), somebody(OL, "R2", "Cy", "a@x.example")]
    (first, second) = sorted(pair(CON, [mine], theirs, []), key=lambda p: p.left is None)
    assert shown([first]) == {("L1", "R2", ())}
    # the other one has the address of somebody who is taken
    assert (shown([second]), second.taken) == ({("", "R1", ("L1",))}, True)


def test_people_behind_one_address_are_paired_by_their_names_if_that_leaves_nobody_out() -> None:
    lefts = [somebody(SF, f"L{n}", name, "info@x.example") for n, name in enumerate(("Ann", "Bob"))]
    rights = [somebody(OL, f"R{n}", name, "info@x.example") for n, name in enumerate(("BOB", "ANN"))]
    assert shown(pair(CON, lefts, rights, [])) == {("L0", "R1", ()), ("L1", "R0", ())}
    # also where there is more than one such address
    lefts += [somebody(SF, f"L{n}", name, "team@x.example") for n, name in ((8, "Ann"), (9, "Bob"))]
    rights += [somebody(OL, f"R{n}", name, "team@x.example") for n, name in ((8, "Bob"), (9, "Ann"))]
    assert {("L0", "R1", ()), ("L1", "R0", ()), ("L8", "R9", ()), ("L9", "R8", ())} == shown(
        pair(CON, lefts, rights, [])
    )
    lefts, rights = lefts[:2], rights[:2]
    for more in (
        [*rights, somebody(OL, "R2", "Cy", "info@x.example")],
        [rights[0], somebody(OL, "R2", "Cy", "info@x.example")],
        [rights[0], replace(rights[0], id="R2")],
    ):
        assert all(p.rivals for p in pair(CON, lefts, more, []))
    # without a name nobody is known by it
    nameless = [somebody(side, f"{side}", "", "info@x.example", notes=f"{side}") for side in SideName]
    nameless = [replace(one, fields={**one.fields, "last_name": ""}) for one in nameless]
    assert all(p.rivals for p in pair(CON, [lefts[0], nameless[0]], [rights[1], nameless[1]], []))


def test_tasks_of_one_subject_that_are_equal_one_by_one_are_paired() -> None:
    lefts = [item(TASK, SF, f"L{n}", notes=words) for n, words in enumerate("ab")]
    rights = [item(TASK, OL, f"R{n}", notes=words) for n, words in enumerate("ba")]
    assert shown(pair(TASK, lefts, rights, [])) == {("L0", "R1", ()), ("L1", "R0", ())}
    assert all(p.rivals for p in pair(TASK, lefts, [rights[0], item(TASK, OL, "R9", notes="c")], []))


@pytest.mark.parametrize("side", list(SideName))
def test_a_new_contact_with_the_address_of_a_pair_is_asked_about(side: SideName) -> None:
    here, there = somebody(SF, "L1", "Ann", "a@x.example"), somebody(OL, "R1", "Ann", "a@x.example", "b@x.example")
    new = somebody(side, "N", "Zed", "a@x.example")
    lefts, rights = ([here, new], [there]) if side is SF else ([here], [there, new])
    (known, asked) = pair(CON, lefts, rights, [link_of(CON)])
    assert (known.left, known.right, known.taken) == (here, there, False)
    assert (asked.half(side), asked.half(side.other), asked.taken) == (new, None, True)
    assert asked.rivals == ((there,) if side is SF else (here,))
    # an address that nobody has is nobody's
    lonely = replace(new, fields={**new.fields, "email": "n@x.example"})
    lefts, rights = ([here, lonely], [there]) if side is SF else ([here], [there, lonely])
    assert not any(p.rivals for p in pair(CON, lefts, rights, [link_of(CON)]))


def test_the_address_of_a_pair_whose_other_half_is_gone_is_free() -> None:
    new = somebody(OL, "N", "Zed", "a@x.example")
    here = somebody(SF, "L1", "Ann", "a@x.example")
    for lefts in ([], [here]):
        assert not any(p.taken for p in pair(CON, lefts, [new], [link_of(CON)]))


def test_a_recurring_task_is_no_twin_of_a_single_one() -> None:
    series = replace(item(TASK, SF, "L1"), series=True)
    single, named_else = item(TASK, OL, "R1"), item(TASK, OL, "R2", subject="Tax return")
    pairs = pair(TASK, [series], [single, named_else], [])
    assert shown(pairs) == {("L1", "", ()), ("", "R1", ("L1",)), ("", "R2", ())}
    assert [p.right for p in pairs if p.taken] == [single]
    # also where the recurring one has its own pair; and two recurring ones are each other's
    other = replace(item(TASK, OL, "R9"), series=True)
    pairs = pair(TASK, [series], [single, other], [])
    assert shown(pairs) == {("L1", "R9", ()), ("", "R1", ("L1",))}


def test_of_two_recurring_tasks_none_is_an_occurrence_of_the_other() -> None:
    here = [replace(item(TASK, SF, f"L{n}", due=f"2026-12-0{n}"), series=True) for n in (1, 2)]
    there = replace(item(TASK, OL, "R1", due="2026-12-01"), series=True)
    assert shown(pair(TASK, here, [there], [])) == {("L1", "R1", ()), ("L2", "", ())}


def test_a_recurring_task_without_a_subject_is_nobodys_series() -> None:
    series = replace(item(TASK, SF, "L1", subject="", notes="a"), series=True)
    single = item(TASK, OL, "R1", subject="", due="2026-12-24", notes="b")
    assert not any(p.taken for p in pair(TASK, [series], [single], []))
