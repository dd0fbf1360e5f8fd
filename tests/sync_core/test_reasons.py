"""What a row says about itself: whole sentences, as a person reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.build import CAL, OL, SF, at, gone, item, left, link, link_of, only, picture, plan, right

from sync_core import reasons
from sync_core.compare import Baseline
from sync_core.items import Kind
from sync_core.pairing import make_mark
from sync_core.sides import Fate, Reading, Sighting, Unreadable

SINCE = "since the last sync on 16 Nov 2026"


@pytest.mark.parametrize(
    ("iso", "shown"),
    [("2026-11-16", "16 Nov 2026"), ("2026-11-16T09:00:00Z", "16 Nov 2026"), ("", ""), ("some time", "")],
)
def test_a_day_and_what_is_none(iso, shown):
    assert reasons.day(iso) == shown


def test_since_when_as_far_as_it_is_known():
    assert reasons.since(link()) == SINCE
    assert reasons.since(replace(link(), synced_at="")) == "since the last sync"
    assert reasons.since(None) == "since the last sync"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([], ""),
        (["show_as"], "show as"),
        (["subject", "show_as"], "subject and show as"),
        (["subject", "when", "location", "notes"], "subject, when, location and notes"),
    ],
)
def test_names_of_fields(fields, said):
    assert reasons.names(CAL, fields) == said


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        ({"notes": "x"}, {}, "notes changed in Salesforce {since}"),
        ({}, {"notes": "x", "location": "x"}, "location and notes changed in Outlook {since}"),
        (
            {"notes": "x"},
            {"location": "x"},
            "notes changed in Salesforce and location changed in Outlook {since}",
        ),
        ({"notes": "x"}, {"notes": "y"}, "both sides changed notes, each to something else, {since}"),
        (
            {"notes": "x", "subject": "A"},
            {"notes": "y", "location": "x"},
            (
                "both sides changed notes, each to something else and subject changed in Salesforce "
                "and location changed in Outlook {since}"
            ),
        ),
    ],
)
def test_what_changed_in_a_known_pair(ours, theirs, said):
    assert only(plan([left(**ours)], [right(**theirs)], [link()])).reason == said.format(since=SINCE)


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        ({}, {}, "and equal: the pair is remembered, nothing is written"),
        ({"location": ""}, {}, "location is blank on one side and filled from the other"),
        ({}, {"location": "", "notes": ""}, "location and notes are blank on one side and filled from the other"),
        (
            {"location": ""},
            {"notes": ""},
            "location and notes are blank on one side and filled from the other",
        ),
        ({"notes": "x"}, {}, "but notes differs; never synced before, so nobody knows which is right"),
        (
            {"notes": "x", "location": ""},
            {},
            "but location and notes differ; never synced before, so nobody knows which is right",
        ),
    ],
)
@pytest.mark.parametrize("by_mark", [False, True])
def test_a_pair_that_was_never_known(ours, theirs, said, by_mark):
    if by_mark:
        theirs = theirs | {"mark": make_mark("L1", "n")}
    how = "carries our mark from an earlier sync" if by_mark else "same subject, start and end on both sides"
    between = "; " if "filled" in said else ", "
    assert only(plan([left(**ours)], [right(**theirs)])).reason == f"{how}{between}{said}"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.CONTACTS, "same e-mail, or same name and company, on both sides"),
        (Kind.TASKS, "same subject and due date on both sides"),
    ],
)
def test_what_pairs_the_other_kinds(kind, said):
    row = only(plan([item(kind, SF, "L1")], [item(kind, OL, "R1")], kind=kind))
    assert row.reason == f"{said}, and equal: the pair is remembered, nothing is written"


@pytest.mark.parametrize("side", [SF, OL])
def test_a_half_that_is_gone_or_away(side):
    known = "L1" if side is SF else "R1"

    def why(sightings, *, complete=True, **changed):
        across = [(right if side is SF else left)(**changed)]
        absent = picture(side, [], sightings, complete=complete)
        made = plan(absent, across, [link()]) if side is SF else plan(across, absent, [link()])
        return only(made).reason

    here, there = side.label, side.other.label
    assert why(gone(known)) == f"deleted in {here} {SINCE}, unchanged in {there}"
    said = f"deleted in {here} {SINCE}, but location and notes changed in {there}: restore or delete?"
    assert why(gone(known), notes="x", location="x") == said
    assert why({known: Sighting(Fate.MISSING)}) == (
        f"not to be seen in {here} any more {SINCE}: deleted long ago, or no longer visible to you. "
        f"Delete it from {there}, make it anew, or leave it out (I)?"
    )
    assert why({}, complete=False) == (
        f"{here} could not be read completely, so nothing is concluded from its absence there"
    )


@pytest.mark.parametrize(
    ("fate", "said"),
    [
        (Fate.HERE, "is outside the days of this sync"),
        (Fate.MOVED, "was moved to another folder"),
        (Fate.OTHER_OWNER, "belongs to somebody else now"),
        (Fate.ARCHIVED, "is archived"),
        (Fate.UNREADABLE, "could not be read"),
    ],
)
def test_where_it_is_instead(fate, said):
    assert reasons.away(OL, Sighting(fate)) == f"in Outlook it {said}: nothing is written"
    named = reasons.away(SF, Sighting(fate, detail="by\x1bwhom"))
    assert named == f"in Salesforce it {said} (by␛whom): nothing is written"


def test_what_only_one_side_has():
    assert only(plan([left()], [])).reason == "only in Salesforce"
    assert only(plan([], [right()])).reason == "only in Outlook"
    others = [left("L9", when=at(9))], [right("R9", when=at(9))], [link("L9", "R9", when=at(9))]
    for made, said in (
        (plan([left(), *others[0]], others[1], others[2]), "new in Salesforce, not in Outlook"),
        (plan(others[0], [right(), *others[1]], others[2]), "new in Outlook, not in Salesforce"),
    ):
        assert only(made).reason == said
    one = replace(left(), part_of="L7")
    assert reasons.new(one, first=False) == "one occurrence of a series in Salesforce: it crosses as a single event"
    assert reasons.forgotten(right()) == (
        "only in Outlook; whether it is new, or was deleted from Salesforce, is no longer known: bring it over or not"
    )
    assert reasons.remained(right()) == (
        "only in Outlook; in Salesforce a series of that name, which began at that time, was deleted from some day on: "
        "bring it over, and what is past is there twice, or leave it out"
    )


def test_foreign_text_in_a_sentence_is_cleaned_and_cut_at_thirty_characters():
    # half a flag is shown as its letter
    shown = "xG" + "y" * 27 + "…"
    hostile = "x\U0001f1ec" + "y" * 30
    fits = right("R2", subject="z" * 30)
    assert reasons.on_a_series(left(), hostile) == (
        f"at the time of an occurrence of the series “{shown}” in Outlook, with the same subject: "
        "choose single events for that series, and the two are linked; nothing is done until you say"
    )
    for said in (
        reasons.rivals(left(), [right(subject=hostile)]),
        reasons.tied(left(), [right(subject=hostile)], 0.9),
        reasons.likely(left(), right(subject=hostile), 0.9),
        reasons.named(left(), right(subject=hostile), Reading(())),
    ):
        assert f"“{shown}”" in said
    for said in (
        reasons.rivals(left(), [fits]),
        reasons.tied(left(), [fits], 0.9),
        reasons.likely(left(), fits, 0.9),
        reasons.named(left(), fits, Reading(())),
    ):
        assert f"“{'z' * 30}”" in said
    assert reasons.unreadable(SF, Unreadable("1", "t", "a\x1bb")) == "could not be read from Salesforce: a␛b"


def rivals(number: int, **values: object) -> list:
    return [right(f"R{n}", subject=f"S{n}", **values) for n in range(1, number + 1)]


@pytest.mark.parametrize(
    ("number", "named"),
    [
        (1, "“S1” (Outlook)"),
        (3, "“S1” (Outlook), “S2” (Outlook), “S3” (Outlook)"),
        (4, "“S1” (Outlook), “S2” (Outlook), “S3” (Outlook) and 1 more"),
        (6, "“S1” (Outlook), “S2” (Outlook), “S3” (Outlook) and 3 more"),
    ],
)
def test_three_are_named_and_the_rest_is_counted(number, named):
    assert reasons.rivals(left(), rivals(number)) == f"which one? it could be {named}; never paired by chance"
    assert reasons.rivals(None, rivals(number)) == f"which one? it could be {named}; never paired by chance"
    marked = replace(left(), mark="m")
    copies = f"which one? it carries the same mark as {named}, as copies in Outlook do"
    assert reasons.rivals(marked, rivals(number, mark="m")) == copies
    assert reasons.rivals(marked, rivals(number)) == f"which one? it could be {named}; never paired by chance"
    level = "each" if number > 1 else "which is as much like another"
    assert reasons.tied(left(), rivals(number), 0.854) == (
        f"which one? {named}: 85% alike, {level}; different: subject; nothing is done until you say"
    )


def test_what_is_different_is_named_as_far_as_both_are_known():
    other = right(subject="Other", location="Leeds")
    end = "; nothing is done until you say"
    assert reasons.likely(left(), other, 0.9) == (
        f"the same as “Other” in Outlook? 90% alike; different: subject and location{end}"
    )
    assert reasons.likely(left(without=["location"]), other, 0.9).endswith("alike; different: subject" + end)
    assert reasons.likely(left(), right(subject="Other", without=["location"]), 0.9).endswith(
        "different: subject" + end
    )
    for item_, like in ((left(), right()), (None, other)):
        assert reasons.likely(item_, like, 0.9).endswith("90% alike" + end)
    # one of several is enough
    assert "different: notes;" in reasons.tied(left(), [right("R1"), right("R2", notes="x")], 0.9)


def test_a_duplicate_rule_that_stopped_a_create():
    ours, theirs = left("L1", subject="Ours"), right("R1", subject="Theirs")
    rule = "a duplicate rule in Salesforce says that this is"
    until = "; nothing is done until you say"
    link_them = f": link the two (m), or change one of them and bring it over (<){until}"
    or_there = f": link the two (m), or change one of them{until}"
    listed = Reading((left("L0"), ours))
    assert reasons.named(theirs, ours, listed) == f"{rule} “Ours” (Salesforce); different: subject{link_them}"
    assert reasons.named(ours, theirs, listed) == f"{rule} “Theirs” (Outlook); different: subject{or_there}"
    assert reasons.named(None, ours, listed) == f"{rule} “Ours” (Salesforce){link_them}"
    assert reasons.named(theirs, ours, Reading((left("L0"),))) == (
        f"{rule} “Ours” (Salesforce), which is not among what you sync; different: subject: "
        "change one of them and bring it over (<), or leave it out"
    )
    # what is not in Salesforce is not looked for there
    assert reasons.named(ours, theirs, Reading(())).endswith(or_there)


def test_a_pair_of_contacts_of_which_one_changed():
    kind = Kind.CONTACTS
    made = plan(
        [item(kind, SF, "L1")],
        [item(kind, OL, "R1", business_phone="1", email="x@example.com")],
        [link_of(kind)],
        kind=kind,
    )
    assert only(made).reason == f"e-mail and business phone changed in Outlook {SINCE}"


def test_one_address_of_several_makes_a_pair_of_contacts():
    one = "one e-mail address of several is the same on both sides"
    remembered = ", and equal: the pair is remembered, nothing is written"
    assert reasons.twins(Kind.CONTACTS, [], by_mark=False, by_address=True) == one + remembered
    usual = "same e-mail, or same name and company, on both sides"
    assert reasons.twins(Kind.CONTACTS, [], by_mark=False) == usual + remembered
    # our own mark says more than any address
    marked = reasons.twins(Kind.CONTACTS, [], by_mark=True, by_address=True)
    assert marked == "carries our mark from an earlier sync" + remembered


@pytest.mark.parametrize(
    ("others", "named"),
    [
        (["Priya Shah"], "“Priya Shah”"),
        (["Priya Shah", "Kim Lee"], "“Priya Shah” and 1 more"),
        (["Priya Shah", "Kim Lee", "Sam Roe"], "“Priya Shah” and 2 more"),
        (["P" * 40], f"“{'P' * 29}…”"),
    ],
)
@pytest.mark.parametrize(("across", "key"), [(SF, "<"), (OL, ">")])
def test_a_contact_whose_address_another_one_has_already(others, named, across, key):
    """It is asked about, with the key that brings it over all the same: to the side that would get a second one."""
    found = [item(Kind.CONTACTS, across, f"X{n}", first_name="", last_name=name) for n, name in enumerate(others)]
    assert reasons.taken(found) == (
        f"{named} in {across.label} has the same e-mail address and is another contact's twin already: "
        f"a second one there? bring it over ({key}), or leave it out"
    )


@pytest.mark.parametrize("side", [SF, OL])
def test_of_a_series_that_does_not_say_which_occurrences_changed_nobody_knows_if_it_is_in_step(side):
    """It is said only where it was known once, and only of a series of which its own side does not tell."""
    agreed = link(exceptions="").baseline
    whole = {SF: left(series=True, exceptions=""), OL: right(series=True, exceptions="")}
    untold = replace(whole[side], locked="of the old kind")
    untold = replace(untold, fields={n: v for n, v in untold.fields.items() if n != "exceptions"})

    def said(item_, known=agreed):
        pair = {**whole, side: item_}
        return reasons.untold(pair[SF], pair[OL], known)

    why = f"whether single occurrences changed in {side.label} cannot be told: of the old kind"
    assert said(untold) == why
    assert said(whole[side]) == ""
    assert said(untold, link().baseline) == ""
    assert said(replace(untold, locked="")) == ""
    assert said(replace(untold, series=False)) == ""
    assert said(replace(whole[side], locked="of the old kind")) == ""
    # what was known of one side is not known of the other
    of_this = Baseline({"exceptions": ""}, {}) if side is SF else Baseline({}, {"exceptions": ""})
    of_that = Baseline({}, {"exceptions": ""}) if side is SF else Baseline({"exceptions": ""}, {})
    assert (said(untold, of_this), said(untold, of_that)) == (why, "")


@pytest.mark.parametrize(("across", "key"), [(SF, "<"), (OL, ">")])
def test_a_task_by_the_name_of_a_recurring_one(across, key):
    found = [item(Kind.TASKS, across, f"X{n}", subject="Water the plants") for n in range(2)]
    over = f"or one of its own? bring it over ({key}), or leave it out"
    for number, more in ((1, ""), (2, " and 1 more")):
        assert reasons.taken(found[:number]) == (
            f"an occurrence of the recurring task “Water the plants”{more} in {across.label}, {over}"
        )


def test_of_several_of_one_name_it_is_said_what_tells_them_apart_and_this_one_from_its_like():
    """Where nothing tells them apart, that is said, once."""
    apart = [right("R1", location="Room 4"), right("R2", location="Room 5")]
    named = "“Budget 2027” (Outlook, location “Room 4”), “Budget 2027” (Outlook, location “Room 5”)"
    assert reasons.rivals(left(), apart) == f"which one? it could be {named}; never paired by chance"
    alike = [right("R1"), right("R2")]
    named = "“Budget 2027” (Outlook), “Budget 2027” (Outlook)"
    nothing = "; nothing that is read tells them apart"
    assert reasons.rivals(left(), alike) == f"which one? it could be {named}; never paired by chance{nothing}"
    assert reasons.tied(left(), alike, 0.9) == (
        f"which one? {named}: 90% alike, each{nothing}; nothing is done until you say"
    )
    # copies that carry one mark are on the side of the item itself
    mine = replace(right("R3", location="Room 6"), mark="m")
    copies = [replace(right("R4", location="Room 7"), mark="m")]
    assert reasons.rivals(mine, copies) == (
        "which one? it carries the same mark as “Budget 2027” (Outlook, location “Room 7”), as copies in Outlook do; "
        "this one: location “Room 6”"
    )
    # of what it was made from, where nobody remembers which one that was, the side says enough
    assert reasons.rivals(mine, [left(people=("Priya Shah",)), *copies]) == (
        "which one? it could be “Budget 2027” (Salesforce); it carries the same mark as “Budget 2027” (Outlook,"
        " location “Room 7”), as copies in Outlook do; this one: location “Room 6”"
    )
    same = [left(), replace(mine, id="R6")]
    assert reasons.rivals(mine, same, this="like another one").endswith("; nothing that is read tells them apart")
    two = [*copies, replace(right("R5", location="Room 8"), mark="m")]
    assert reasons.rivals(mine, two).endswith("; this one: location “Room 6”")
    # times are those of Greenwich unless somebody says where they are
    days = [right("R1", when=at(23, 9)), right("R2", when=at(24, 9))]
    for zone, hours in (({}, "09:00 to 10:00"), ({"zone": "Asia/Tokyo"}, "18:00 to 19:00")):
        assert f"(Outlook, 24 Nov 2026, {hours})" in reasons.rivals(left(), days, **zone)
        assert f"(Outlook, 24 Nov 2026, {hours})" in reasons.tied(left(), days, 0.9, **zone)
    # what the other side has tells nothing of the item
    assert "this one" not in reasons.rivals(left(location="Room 6"), copies)
    assert "location" not in reasons.rivals(left(location="Room 6"), copies)


def test_what_tells_an_item_from_others_that_are_asked_about_alike_is_said_last():
    end = "; this one: location “Room 4”"
    assert reasons.rivals(left(), [right("R1")], this="location “Room 4”") == (
        f"which one? it could be “Budget 2027” (Outlook); never paired by chance{end}"
    )
    assert reasons.tied(left(), [right("R1")], 0.9, this="location “Room 4”") == (
        "which one? “Budget 2027” (Outlook): 90% alike, which is as much like another"
        f"{end}; nothing is done until you say"
    )
