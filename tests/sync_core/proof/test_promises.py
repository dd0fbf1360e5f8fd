"""The promises of DESIGN.md section 6, and for each the tests that try it with values and stories nobody thought of.

Those that no other file tries in this way are here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.build import OL, SF, fields_of, item, link_of, only, picture, plan
from support.machine import SERVERS, STORIES, weeks
from support.machine_values import PLAIN
from support.tries import profile

from sync_core.items import FIELDS, FieldType, Kind, SideName
from sync_core.plan import Action, State
from sync_core.report import Result
from sync_core.review import Review
from sync_core.settings.models import Settings
from sync_core.sides import Limits

TESTS = Path(__file__).resolve().parents[2]
CORE = "sync_core/test_machine.py::test_weeks"
ORDINARY = "sync_core/test_machine.py::test_ordinary_weeks"
HTTP = "end_to_end/test_random_weeks.py::test_random_weeks_with_series_keep_the_promises"
HERE = "sync_core/proof/test_promises.py::"
PROMISES = {
    1: ("Nothing is written but what a confirmed row says.", [CORE]),
    2: ("What changed after it was reviewed is not overwritten.", [CORE]),
    3: ("A run cut off anywhere leaves no duplicate and no lost item.", [CORE]),
    4: ("Two syncs in a row: the second has nothing to do.", [CORE, ORDINARY]),
    5: ("Left and right are mirror images, and the order of listing means nothing.", [CORE]),
    6: ("No attendee ever gets mail.", [HTTP]),
    7: ("What a run replaced or deleted can be brought back.", [HERE + "test_what_a_run_did_can_be_taken_back"]),
    8: ("Every value a person typed is on a side, in a row that asks, or in the history.", [CORE, ORDINARY]),
    9: ("One bad item harms its own row and no other.", [HERE + "test_refused_rows_harm_no_others"]),
    10: ("What a side cannot hold is said before the run.", [HERE + "test_what_is_too_long_is_said_and_never_cut_off"]),
    11: ("No secret is shown.", [HERE + "test_no_settings_show_a_secret"]),
}
# what random values come from: hypothesis, its machines, or a seed
RANDOM = re.compile(r"@given|_live\(|_ordinary\(|random\.Random|Town\(")
KINDS = pytest.mark.parametrize("kind", list(Kind))


@pytest.mark.parametrize(("number", "test"), [(n, test) for n, (_, tests) in PROMISES.items() for test in tests])
def test_random_values_try_it(number, test):
    """A test that was renamed, or that has become an example, would leave a promise to luck."""
    file, name = test.split("::")
    source = (TESTS / file).read_text(encoding="utf-8")
    before, found, after = source.partition(f"def {name}(")
    assert found, f"promise {number} is tried by no test: {PROMISES[number][0]}"
    body = re.split(r"\n(?=\S)", after, maxsplit=1)[0]
    decorators = before.rsplit("\n\n\n", 1)[-1]
    assert RANDOM.search(decorators + body) or RANDOM.search(source), f"{test} tries nothing at random"


def test_all_promises_of_the_design_are_here():
    assert sorted(PROMISES) == list(range(1, 12))


@KINDS
def test_what_a_run_did_can_be_taken_back(kind):
    """Promise 7, whatever happened to whichever pairs: both sides hold again what they held, under whatever ids."""
    machine = weeks(kind)
    name = "last_name" if kind is Kind.CONTACTS else "subject"

    @profile(40)
    @given(
        servers=st.tuples(st.sampled_from(SERVERS), st.sampled_from(SERVERS)),
        pairs=st.integers(1, 5),
        stories=st.lists(STORIES, min_size=1, max_size=5),
        new=st.sets(st.sampled_from(list(SideName))),
    )
    def live(servers, pairs, stories, new):
        life = machine()
        life.servers(*servers, pairs)
        for ids, story in zip(life.quiet_pairs(), stories, strict=False):
            life.tell(ids, story)
        for side in new:
            life.world.side(side).put(fields_of(kind, **PLAIN[kind] | {name: f"new in {side}", "notes": f"x{side}"}))
        before = held(life.world)
        review = Review.of(life.world.plan())
        report = life.world.run(review)
        if not any(row.result is Result.DONE for row in report.rows):
            return
        life.world.run(Review.of(life.world.undo(report.run_id)))
        assert held(life.world) == before
        # and what was taken back is not offered again at once
        changed = {r.row_id for r in report.rows if r.result is Result.DONE}
        again = [r for r in life.world.plan().rows if r.state is State.READY and r.action is not Action.NONE]
        assert not again or {r.id for r in again}.isdisjoint(changed), [(r.reason, r.action) for r in again]

    live()


def held(world):
    """What both sides hold, without ids. The names of attachments are handsync's own block in Salesforce."""
    names = [f.name for f in FIELDS[world.kind] if f.name != "attachments"]
    return {
        side: sorted(str([one.fields[n] for n in names]) for one in world.side(side).items.values())
        for side in SideName
    }


@KINDS
def test_refused_rows_harm_no_others(kind):
    """Promise 9: whichever writes a side refuses, all other rows end as if it had refused none."""
    machine = weeks(kind)

    @profile(25)
    @given(bad=st.sets(st.integers(0, 5), min_size=1), side=st.sampled_from(list(SideName)), data=st.data())
    def live(bad, side, data):
        life = machine()
        life.servers(SERVERS[0], SERVERS[0], 6)
        # all of them at once is no mass here
        life.world.rules = replace(life.world.rules, suspect_rows=len(life.world.left.items))
        pairs = sorted(life.world.books.links_by_id)
        for ids in pairs:
            life.write(side.other, ids[0 if side is OL else 1], {"notes": data.draw(st.sampled_from(["a", "b", "c"]))})
        refused = {pairs[n][1 if side is OL else 0] for n in bad}
        life.world.side(side).refuse = lambda write: "no" if write.before and write.before.id in refused else ""
        report = life.world.run(Review.of(life.world.plan()))
        results = {row.row_id: row.result for row in report.rows}
        assert len(results) == len(pairs)
        assert sum(r is Result.FAILED for r in results.values()) == len(bad)
        assert sum(r is Result.DONE for r in results.values()) == len(pairs) - len(bad)
        for ids in pairs:
            here, there = life.world.left.items[ids[0]], life.world.right.items[ids[1]]
            same = here.fields["notes"] == there.fields["notes"]
            assert same is ((ids[1] if side is OL else ids[0]) not in refused)

    live()


TEXTS = [(kind, f.name) for kind in Kind for f in FIELDS[kind] if f.type in (FieldType.LINE, FieldType.BLOCK)]


def test_what_is_too_long_is_said_and_never_cut_off():
    """Promise 10: whatever the field, its length and the bound, it crosses whole or its row says why not."""

    @profile(150)
    @given(
        which=st.sampled_from(TEXTS),
        side=st.sampled_from(list(SideName)),
        length=st.integers(1, 30),
        most=st.integers(1, 30),
        linked=st.booleans(),
    )
    def holds(which, side, length, most, linked):
        kind, name = which
        if name == "company" and side is SF:
            return
        value = "x" * length
        ordinary = {f.name: "" for f in FIELDS[kind] if f.type in (FieldType.LINE, FieldType.BLOCK)}
        source = item(kind, side.other, "A", **ordinary | {name: value})
        target = [item(kind, side, "B", **ordinary)] if linked else []
        pictures = {side.other: picture(side.other, [source]), side: picture(side, target, limits=Limits({name: most}))}
        ids = ("A", "B") if side is OL else ("B", "A")
        links = [link_of(kind, *ids, **ordinary)] if linked else []
        row = only(plan(pictures[SF], pictures[OL], links, kind=kind))
        if length > most:
            assert row.state is State.PREVENTED
            assert f"has {length} characters, {side.label} holds {most}" in row.why_not
        else:
            assert row.state is State.READY
            effect = row.recommended
            assert effect is not Action.NONE
            sent = Review.of(plan(pictures[SF], pictures[OL], links, kind=kind)).rows()[0]
            assert sent.action is effect

    holds()


SECRETS = [
    ("salesforce", "access_token", {"auth": "session", "instance_url": "https://x.my.salesforce.com"}),
    ("salesforce", "client_secret", {"auth": "client_credentials", "instance_url": "https://x.my.salesforce.com"}),
    ("outlook", "password", {"auth": "basic", "username": "rep"}),
]


def test_no_settings_show_a_secret():
    """Promise 11: neither good settings nor a sentence about bad ones hold what was given as a secret."""
    # no part of any other word
    words = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=4, max_size=20)

    @profile(60)
    @given(which=st.sampled_from(SECRETS), secret=words, wrong=st.booleans())
    def holds(which, secret, wrong):
        section, key, rest = which
        given_values = {section: {**rest, key: secret, **({"auth": "no such way"} if wrong else {})}}
        try:
            settings = Settings.model_validate(given_values)
        except ValidationError as problem:
            assert wrong
            shown = [f"{e['loc']}{e['msg']}" for e in problem.errors(include_input=False)]
        else:
            shown = [repr(settings), str(settings), settings.model_dump_json(), repr(getattr(settings, section))]
        assert shown
        assert not any(secret in text for text in shown)

    holds()
