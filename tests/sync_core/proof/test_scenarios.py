"""Golden scenarios: for each, all that a person is told and offered, word by word, in scenarios.txt beside this file.

After a change that is meant, PROOF_ACCEPT=1 writes the file anew; its diff is what there is to review.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support.build import (
    CAL,
    OL,
    SF,
    SYNCED_AT,
    all_day,
    at,
    fields_of,
    gone,
    item,
    left,
    link,
    link_of,
    picture,
    question,
    right,
)

from sync_core.compare import Baseline
from sync_core.decide import make_plan, unseen
from sync_core.groups import group
from sync_core.items import Item, Kind, SideName, When, to_json
from sync_core.pairing import Link, make_mark
from sync_core.plan import Plan, Row, action_label, allowed, count, results
from sync_core.question import Question, Rules
from sync_core.review import IgnoreMode, Review, options
from sync_core.sides import Fate, Limits, Operation, Sighting, Unreadable

GOLDEN = Path(__file__).with_name("scenarios.txt")
CON, TASK = Kind.CONTACTS, Kind.TASKS
MARK = make_mark("L1", "n")
AWAY = When("2025-01-01T10:00:00Z", "2025-01-01T11:00:00Z")
EVERY = frozenset((side, op) for side in SideName for op in Operation)


def contact(side: SideName, item_id: str, **values: object) -> Item:
    return item(CON, side, item_id, **values)


def task(side: SideName, item_id: str, **values: object) -> Item:
    return item(TASK, side, item_id, **values)


def seen(fate: Fate, of: Item | None = None, detail: str = "") -> dict[str, Sighting]:
    return {"R1": Sighting(fate, of, detail)}


def many(number: int) -> tuple[list[Item], list[Item], list[Link]]:
    names = [f"{n:02}" for n in range(number)]
    return (
        [left(f"L{n}", subject=f"Event {n}") for n in names],
        [right(f"R{n}", subject=f"Event {n}") for n in names],
        [link(f"L{n}", f"R{n}", subject=f"Event {n}") for n in names],
    )


def mass_delete() -> Question:
    lefts, rights, links = many(14)
    return question(lefts, picture(OL, rights[12:], gone(*(r.id for r in rights[:12]))), links)


def mass_change() -> Question:
    lefts, rights, links = many(11)
    return question([replace(i, fields={**i.fields, "when": at(24)}) for i in lefts], rights, links)


def ignored(mode: IgnoreMode, **later: object) -> Question:
    lefts, rights = [left(subject="A")], [right(subject="B")]
    review = Review.of(make_plan(question(lefts, rights, [link()])))
    no = review.ignore([review.plan.rows[0].id], mode, "2026-11-20T09:00:00Z").ignores()[0]
    return question(lefts, [right(**{"subject": "B"} | later)], [link()], ignores=no)


def limited(side: SideName, limits: Limits, *items: Item, links: tuple[Link, ...] = ()) -> Question:
    mine = [i for i in items if i.side is side]
    theirs = [i for i in items if i.side is not side]
    here = picture(side, mine, limits=limits)
    return question(here, theirs, links) if side is SF else question(theirs, here, links)


UNKNOWN = {n: v for n, v in fields_of(CAL).items() if n not in ("notes", "show_as")}
PARTLY = Link(CAL, "L1", "R1", Baseline(UNKNOWN, UNKNOWN), "", "")

SCENARIOS: dict[str, Callable[[], Question]] = {
    "in step": lambda: question([left()], [right()], [link()]),
    "first sync, new on either side": lambda: question([left(attachments=("a.pdf",))], [right(subject="Lunch")]),
    "later sync, new on either side": lambda: question(
        [left("L1"), left("L2", subject="Fresh", when=at(25))],
        [right("R1"), right("R2", subject="Other", when=at(27), attachments=("b.pdf",))],
        [link()],
    ),
    "changed on the left": lambda: question([left(subject="New", when=at(24), notes="x")], [right()], [link()]),
    "changed on the right, never with a date": lambda: question(
        [left()], [right(location="York")], [replace(link(), synced_at="")]
    ),
    "merge": lambda: question([left(subject="New", reminder=30)], [right(location="York")], [link()]),
    "conflict with changes of its own on each side": lambda: question(
        [left(subject="A", notes="x")], [right(subject="B", location="York")], [link()]
    ),
    "conflict in two fields": lambda: question(
        [left(subject="A", location="C")], [right(subject="B", location="D")], [link()]
    ),
    "changed alike, and one thing more": lambda: question(
        [left(subject="Same", notes="x")], [right(subject="Same")], [link()]
    ),
    "changed alike": lambda: question([left(subject="Same")], [right(subject="Same")], [link()]),
    "names of attachments": lambda: question([left()], [right(attachments=("b.pdf", "a.pdf"))], [link()]),
    "a field that one side did not say": lambda: question(
        [left(without=["notes", "show_as"])], [right(notes="x", subject="New")], [link()]
    ),
    "fields never agreed on": lambda: question([left(notes="")], [right(notes="x", show_as="free")], [PARTLY]),
    "gone on the left": lambda: question(picture(SF, [], gone("L1")), [right()], [link()]),
    "gone on the right": lambda: question([left()], picture(OL, [], gone("R1")), [link()]),
    "gone on the right, changed on the left": lambda: question(
        [left(subject="New", notes="x", location="y")], picture(OL, [], gone("R1")), [link()]
    ),
    "gone on both": lambda: question(picture(SF, [], gone("L1")), picture(OL, [], gone("R1")), [link()]),
    **{
        f"not seen: {fate.value}": lambda fate=fate: question(
            [left()], picture(OL, [], seen(fate, right(when=AWAY), "Deals")), [link()]
        )
        for fate in Fate
        if fate is not Fate.DELETED
    },
    "not seen, in the window after all": lambda: question(
        [left()], picture(OL, [], seen(Fate.HERE, right(subject="New"))), [link()]
    ),
    "not asked": lambda: question([left()], [], [link()]),
    "incomplete": lambda: question([left()], picture(OL, [], gone("R1"), complete=False), [link()]),
    "both out of the window": lambda: question([], [], [link(when=AWAY)]),
    "out of the window, and asked": lambda: question(
        picture(SF, [], {"L1": Sighting(Fate.HERE, left(when=AWAY))}),
        picture(OL, [], seen(Fate.ARCHIVED)),
        [link(when=AWAY)],
    ),
    "unreadable": lambda: question(
        [left("L2", when=at(4))],
        picture(
            OL,
            [],
            {"R1": Sighting(Fate.UNREADABLE, detail="\x1b[2J")},
            unreadable=[Unreadable("R1", "linked", "x"), Unreadable("R7", "Strange\x1b", "an \x1b element")],
        ),
        [link()],
    ),
    "unreadable on the left": lambda: question(
        picture(SF, [], unreadable=[Unreadable("L7", "Strange", "no start")]), [right()]
    ),
    "moved, marked": lambda: question([left()], [right("R9", mark=MARK)], [link(mark=MARK)]),
    "moved, marked, changed": lambda: question([left()], [right("R9", mark=MARK, notes="x")], [link(mark=MARK)]),
    "moved, unmarked": lambda: question([left()], picture(OL, [right("R9")], gone("R1")), [link()]),
    "a copy": lambda: question([left()], [right(mark=MARK), right("R2", mark=MARK, when=at(30))], [link(mark=MARK)]),
    "copies, and the original away": lambda: question(
        [left()],
        picture(OL, [right("R2", mark=MARK), right("R3", mark=MARK)], seen(Fate.MOVED, right(mark=MARK))),
        [link(mark=MARK)],
    ),
    "copies, and the original gone": lambda: question(
        [left()], picture(OL, [right("R2", mark=MARK), right("R3", mark=MARK)], gone("R1")), [link(mark=MARK)]
    ),
    "a copy of something that is not here": lambda: question([], [right(mark=MARK)]),
    "memory lost, marked": lambda: question([left()], [right(mark=MARK, subject="Renamed", location="")]),
    "memory lost, marked and equal": lambda: question([left()], [right(mark=MARK)]),
    "memory lost, copies": lambda: question([left()], [right(mark=MARK), right("R2", mark=MARK, when=at(30))]),
    "twin, equal": lambda: question([left()], [right()]),
    "twin, different": lambda: question([left(location="Leeds", notes="x")], [right(location="York", notes="y")]),
    "twin, one thing different": lambda: question([left(location="Leeds")], [right(location="York")]),
    "twin, blanks on either side": lambda: question([left(location="", reminder=None)], [right(notes="")]),
    "twin, one blank": lambda: question([left(location="")], [right()]),
    "twin, marked for another": lambda: question([left("L5")], [right(mark=MARK)]),
    "which one, five candidates": lambda: question([left()], [right(f"R{n}") for n in range(1, 6)]),
    "likely": lambda: question([left(when=at(23))], [right(when=at(24), location="York")]),
    "series": lambda: question([left(series=True, locked="")], [right("R2", series=True, locked="no", subject="S")]),
    "private": lambda: question([left(private=True)], [right("R2", private=True, subject="S")]),
    "private, conflict": lambda: question([left(private=True, subject="A")], [right(subject="B")], [link()]),
    "locked": lambda: question(
        [left(subject="New"), left("L2", when=at(3))],
        [right(locked="a meeting of somebody else"), right("R3", when=at(4), locked="theirs", subject="Q")],
        [link()],
    ),
    **{
        f"prevented: {op.value} in {side.label}": lambda side=side, op=op: question(
            [left("L1", notes="x"), left("L2", subject="New", when=at(3)), left("L3", when=at(5))],
            picture(OL, [right("R1", location="y"), right("R4", when=at(8), subject="Also")], gone("R3")),
            [link(), link("L3", "R3", when=at(5))],
            rules=Rules(prevented=frozenset({(side, op)})),
        )
        for side in SideName
        for op in Operation
    },
    "all prevented": lambda: question(
        [left(subject="A", notes="x")], [right(subject="B", location="y")], [link()], rules=Rules(prevented=EVERY)
    ),
    "refused by the server": lambda: question(
        picture(SF, [left("L1", notes="x")], refused={Operation.CREATE: "you may not create events"}),
        [right(), right("R2", subject="New", when=at(3))],
        [link()],
    ),
    "unwritable": lambda: question(
        [left(location="York", subject="New")],
        picture(OL, [right()], unwritable={"location": "read-only for you"}),
        [link()],
    ),
    "too long": lambda: limited(SF, Limits({"notes": 10}), right(notes="x" * 1234)),
    "too long, changed": lambda: limited(
        OL, Limits({"notes": 10, "subject": 4}), left(notes="x" * 11), right(), links=(link(),)
    ),
    "just short enough": lambda: limited(SF, Limits({"notes": 10}, 14), right(notes="x" * 10, when=all_day(1, 14))),
    "too many days": lambda: limited(SF, Limits(longest_days=14), right(when=all_day(1, 15))),
    "does not fit together": lambda: limited(
        OL,
        Limits(
            refuses=lambda f: "no rooms on Mondays" if f["location"] == "X" and f["notes"] == "Bring figures." else ""
        ),
        left(location="X"),
        right(),
        links=(link(),),
    ),
    "no time at all": lambda: question([left(when=When("", ""))], [right(when=When("2026-11-23", "2026-11-22", True))]),
    "mass delete": mass_delete,
    "mass change": mass_change,
    "ignored once": lambda: ignored(IgnoreMode.ONCE),
    "ignored once, changed": lambda: ignored(IgnoreMode.ONCE, location="York"),
    "ignored forever, changed": lambda: ignored(IgnoreMode.FOREVER, location="York"),
    "contact, changed": lambda: question(
        [contact(SF, "L1", title="Director", company="Acme")], [contact(OL, "R1")], [link_of(CON)], kind=CON
    ),
    "contact, by e-mail": lambda: question(
        [contact(SF, "L1", last_name="Sháh")], [contact(OL, "R1", last_name="Shah-Jones")], kind=CON
    ),
    "contact, by name": lambda: question(
        [contact(SF, "L1", email="", last_name="ŠHAH")], [contact(OL, "R1", email="", last_name="shah")], kind=CON
    ),
    "contact, likely": lambda: question(
        [contact(SF, "L1", email="", company="A")], [contact(OL, "R1", company="B", email="p@example.com")], kind=CON
    ),
    "contact, without a name": lambda: question(
        [contact(SF, "L1", first_name="", last_name="", company="Acme", email="")],
        [contact(OL, "R1", first_name="", last_name="", email="x@example.com", business_phone="")],
        kind=CON,
    ),
    "task, changed": lambda: question(
        [task(SF, "L1", status="completed", due=None)], [task(OL, "R1", priority="high")], [link_of(TASK)], kind=TASK
    ),
    "task, likely": lambda: question([task(SF, "L1")], [task(OL, "R1", due="2026-11-30")], kind=TASK),
    "task, gone": lambda: question(
        picture(SF, [], gone("L1")), [task(OL, "R1", due=None)], [link_of(TASK, due=None)], kind=TASK
    ),
    "task without a subject": lambda: question([task(SF, "L1", subject="")], [task(OL, "R2", subject="x")], kind=TASK),
}


def shown(values: object) -> str:
    if isinstance(values, dict) or hasattr(values, "items"):
        return ", ".join(f"{n}={to_json(v)!r}" for n, v in sorted(values.items())) or "-"
    return str(values)


def of_row(row: Row) -> list[str]:
    now = allowed(row)
    lines = [
        f"  row {row.id} “{row.title}” {row.situation.value}, {group(row).value}",
        f"    left {row.left.id if row.left else '-'}, right {row.right.id if row.right else '-'}",
        f"    link {'/'.join(row.link_ids)}, mark {row.mark or '-'}",
        f"    rivals {' '.join(i.id for i in row.rivals) or '-'}",
        f"    because {row.reason}",
        f"    recommended {row.recommended.value}, is {action_label(row)}, {row.state.value}"
        + (f", quiet {row.quiet}" if row.quiet else "")
        + (f": {row.why_not}" if row.why_not else ""),
    ]
    for c in row.changes:
        lines.append(
            f"    {c.name}: {c.verdict.value}; {to_json(c.baseline)!r} | {to_json(c.left)!r} | {to_json(c.right)!r}"
        )
    if row.changes:
        lines.append(f"    results {shown(results(row))}")
    if now.effect.undecided:
        lines.append(f"    undecided {' '.join(sorted(now.effect.undecided))}")
    for option in options(row):
        effect = option.result.effect
        what = f"{effect.action.value}, {option.result.state.value}"
        fields = f" <- {shown(effect.to_left)} -> {shown(effect.to_right)}" if effect.to_left or effect.to_right else ""
        lines.append(f"    [{option.label}] {what}{fields}" + (f"; not: {option.why_not}" if option.why_not else ""))
    return lines


def of_plan(plan: Plan) -> list[str]:
    counts = count(plan.rows, in_sync=plan.in_sync, out_of_range=plan.out_of_range)
    some = {k.value: n for k, n in counts.actions.items() if n}
    lines = [
        f"  {shown(some)}; prevented {counts.prevented}, ignored {counts.ignored}, in step {counts.in_sync}",
        f"  away {counts.out_of_range}, writes {counts.writes}, runs {counts.runnable}, asks {counts.undecided}",
    ]
    lines += [f"  guard: {guard.sentence}" for guard in plan.guards]
    # a mass is as one of it is
    rows = plan.rows if len(plan.rows) < 10 else plan.rows[:1]
    return lines + [line for row in rows for line in of_row(row)]


def of_question(q: Question) -> list[str]:
    ask_left, ask_right = unseen(q.links, q.left.reading, q.right.reading, q.window)
    asked = [f"{ref.id} {ref.mark}".strip() for ref in (*ask_left, *ask_right)]
    return [f"  asks for {', '.join(asked)}"] if asked else []


def written() -> str:
    parts = []
    for name, build in SCENARIOS.items():
        q = build()
        parts.append("\n".join([f"== {name}", *of_question(q), *of_plan(make_plan(q))]))
    return "\n\n".join(parts).replace("\x1b", "<ESC>") + "\n"


def by_name(text: str) -> dict[str, str]:
    return {part.partition("\n")[0]: part for part in text.split("\n\n")}


def test_the_golden_file_has_all_scenarios_and_no_other():
    if os.environ.get("PROOF_ACCEPT"):
        GOLDEN.write_text(written(), encoding="utf-8")
    assert list(by_name(GOLDEN.read_text(encoding="utf-8"))) == [f"== {name}" for name in SCENARIOS]


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_scenario(name):
    golden = by_name(GOLDEN.read_text(encoding="utf-8"))[f"== {name}"].rstrip("\n")
    q = SCENARIOS[name]()
    now = "\n".join([f"== {name}", *of_question(q), *of_plan(make_plan(q))]).replace("\x1b", "<ESC>")
    assert now.splitlines() == golden.splitlines()


def test_synced_at_is_what_the_reasons_name():
    assert SYNCED_AT.startswith("2026-11-16")
    assert "since the last sync on 16 Nov 2026" in GOLDEN.read_text(encoding="utf-8")
