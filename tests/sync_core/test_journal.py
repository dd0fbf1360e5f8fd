"""The journal keeps what a run meant, sent and heard, whole and in order: it can be taken back, or finished."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.build import CAL, MADE_AT, OL, SF, at, fields, fields_of
from support.model import Books, PowerCutError

from sync_core.compare import Baseline
from sync_core.errors import StoreError
from sync_core.intent import Done, Intent, done_from_json, done_to_json, intent_from_json, intent_to_json
from sync_core.items import FIELDS, FieldType, Item, Kind, SideName
from sync_core.journal import Answer, Journal, RunHead
from sync_core.plan import Action
from sync_core.report import Result
from sync_core.sides import Outcome

ENDED = "2026-11-22T09:00:05Z"


def intent(number: int = 0, **values: Any) -> Intent:
    """An intent to write new notes to the Outlook half of a pair in step."""
    here, there = (Item(CAL, side, f"{side.value[0].upper()}{number}", "7", fields()) for side in SideName)
    told: dict[str, Any] = {
        "number": number,
        "row_id": f"row{number}",
        "kind": CAL,
        "title": "Budget 2027",
        "action": Action.UPDATE_IN_OUTLOOK,
        "left": replace(here, fields=fields(notes="new")),
        "right": there,
        "to_right": {"notes": "new"},
        "baseline": Baseline(fields(), fields()),
        "link_ids": (here.id, there.id),
    }
    return Intent(**told | values)


def through_json(one: Intent) -> Intent:
    return intent_from_json(one.kind, json.loads(json.dumps(intent_to_json(one))))


EVERYTHING = intent(
    left=Item(CAL, SF, "S1", "v1", fields(when=at(20)), mark="", private=True, series=False),
    right=Item(CAL, OL, "O1", "v2", fields(location="York"), mark="hs1:S1:n", series=True),
    action=Action.MERGE,
    to_left={"location": "York"},
    to_right={"when": at(20), "attachments": ("a.pdf",)},
    # one side never said a field, and the other held another value
    baseline=Baseline({n: v for n, v in fields().items() if n != "reminder"}, fields(reminder=None)),
    link_ids=("S1", "O1"),
    mark="hs1:S1:n",
    key="name in the org",
    kept=("attachments",),
    takes_back=True,
    restores="O0",
)


@pytest.mark.parametrize(
    "one",
    [
        EVERYTHING,
        intent(),
        intent(left=None, action=Action.DELETE_FROM_OUTLOOK, to_right={}),
        intent(right=None, action=Action.CREATE_IN_OUTLOOK, link_ids=("", ""), baseline=Baseline({}, {})),
        # a pair of which one half was never seen, and its link
        intent(left=None, link_ids=("S9", "O0"), baseline=Baseline(fields(notes="once"), {})),
        intent(baseline=Baseline({}, {})),
    ],
    ids=str,
)
def test_an_intent_is_read_as_it_was_written(one):
    """Invariant 21: what a write replaces is known in full."""
    assert through_json(one) == one


VALUES = {
    FieldType.LINE: st.sampled_from(["", "a", "é\ufffd"]),
    FieldType.BLOCK: st.sampled_from(["", "a\nb"]),
    FieldType.FLAG: st.booleans(),
    FieldType.MINUTES: st.sampled_from([None, 0, 15]),
    FieldType.WHEN: st.sampled_from([None, at(20), at(21)._replace(recurrence="FREQ=DAILY", zone="Europe/London")]),
    FieldType.NAMES: st.sampled_from([(), ("a.pdf", "b.pdf")]),
    FieldType.DATE: st.sampled_from([None, "2026-11-20"]),
    FieldType.MOMENT: st.sampled_from([None, "2026-11-20T08:00:00Z"]),
    FieldType.EXCEPTIONS: st.just(""),
}


def some_fields(kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    """Any of the fields of a kind, with any values: missing is something else than blank."""
    return st.fixed_dictionaries(
        {}, optional={f.name: st.sampled_from(f.choices) if f.choices else VALUES[f.type] for f in FIELDS[kind]}
    )


@settings(deadline=None, max_examples=60)
@given(data=st.data(), kind=st.sampled_from(list(Kind)))
def test_any_intent_and_result_is_read_as_it_was_written(data, kind):
    """Invariant 21, for all values that an item can hold: promise 7 rests on this."""
    items = [
        st.none() | st.builds(Item, st.just(kind), st.just(s), st.just("I"), st.just("1"), some_fields(kind))
        for s in SideName
    ]
    left, right = data.draw(items[0]), data.draw(items[1])
    linked = data.draw(st.booleans())
    sent = {s: data.draw(some_fields(kind)) for s in SideName}
    one = Intent(
        3, "row", kind, "title", data.draw(st.sampled_from(list(Action))), left, right, sent[SF], sent[OL],
        Baseline(data.draw(some_fields(kind)), data.draw(some_fields(kind))) if linked else Baseline({}, {}),
        ("S", "O") if linked else ("", ""),
    )  # fmt: skip
    assert through_json(one) == one
    # what a side gave back of what was sent; of an item that was made, all of it
    back = {s: {**sent[s], **{n: v for n, v in data.draw(some_fields(kind)).items() if n in sent[s]}} for s in SideName}
    done = Done(3, Result.DONE, "", {SF: "S", OL: "O"}, back, {OL: data.draw(some_fields(kind))})
    assert done_from_json(json.loads(json.dumps(done_to_json(done, one))), one) == done


def test_what_is_blank_takes_no_room():
    small = intent(0, title="", left=None, right=None, to_right={}, link_ids=("", ""), baseline=Baseline({}, {}))
    assert intent_to_json(small) == {"number": 0, "row": "row0", "action": "update_in_outlook"}
    assert done_to_json(Done(0, Result.FAILED), small) == {"number": 0, "result": "failed"}
    # of a baseline, only what is unlike the item
    assert intent_to_json(intent())["baseline"] == ([{"notes": "Bring figures."}, []], [{}, []])


def test_of_an_answer_only_what_is_unlike_what_was_sent_is_kept():
    """And nothing of the fields that were not sent: somebody else's changes are still changes for the next plan."""
    back = {OL: fields(notes="NEW", location="somebody's")}
    data = done_to_json(Done(0, Result.DONE, "kept", {OL: "O0"}, back), intent())
    assert (data["message"], data["ids"], data["after"]) == ("kept", {"outlook": "O0"}, {"outlook": {"notes": "NEW"}})
    assert "last" not in data
    assert done_from_json(data, intent()).after == {OL: {"notes": "NEW"}}
    made = intent(right=None, action=Action.CREATE_IN_OUTLOOK)
    assert done_from_json(done_to_json(Done(0, Result.DONE, after=back), made), made).after == back


# the log of a run


@pytest.fixture
def books() -> Books:
    return Books()


HEAD = RunHead("20261122-0900", CAL, MADE_AT, "priya@host", accounts=("hers", "mine"), takes_back="earlier")


def test_a_run_is_read_as_it_was_kept(books):
    """All intents come first and are on disk before anything is sent, in whatever number."""
    journal = Journal(books, CAL)
    many = [intent(n, action=Action.LINK if n == 7 else Action.UPDATE_IN_OUTLOOK) for n in range(450)]
    log = journal.begin(HEAD, many)
    kept = [len(data["rows"]) for data in books.records("run/").values()]
    assert kept == [200, 200, 50]
    log.sent(OL, [0, 3], MADE_AT)
    log.answered(OL, [(0, Outcome(True, "O0")), (3, Outcome(False, unknown=True, error="cut off"))])
    log.settled([Done(0, Result.DONE, ids={OL: "O0"})])
    log.settled([Done(0, Result.FAILED, "too late"), Done(3, Result.UNKNOWN, "who knows")])
    log.settled([Done(0, Result.FAILED, "too late")])
    record = journal.load(HEAD.id)
    assert record is not None
    assert record.intents == tuple(many)
    assert record.sent == {(0, OL): MADE_AT, (3, OL): MADE_AT}
    assert record.answers == {(0, OL): Answer(True, "O0"), (3, OL): Answer(False, "", True, "cut off")}
    assert record.done == {0: Done(0, Result.DONE, ids={OL: "O0"}), 3: Done(3, Result.UNKNOWN, "who knows")}
    assert [i.number for i in record.open] == [n for n in range(450) if n not in (0, 3)]
    assert record.head == replace(HEAD, actions={"update_in_outlook": 449, "link": 1})
    head = log.end(ENDED, "1 done", cancelled=True)
    assert head == replace(
        record.head, finished=ENDED, sentence="1 done", cancelled=True, results={"done": 1, "unknown": 1}
    )
    assert journal.heads() == [head]


def test_nothing_of_a_log_is_ever_written_over(books):
    journal = Journal(books, CAL)
    log = journal.begin(HEAD, [intent()])
    seen: dict[str, str] = {}
    steps = [
        lambda: log.sent(OL, [0], MADE_AT),
        lambda: log.answered(OL, [(0, Outcome(True, "O0"))]),
        lambda: log.settled([Done(0, Result.DONE)]),
    ]
    for step in steps:
        step()
        now = {key: text for key, text in books.kept.items() if key.startswith("run/")}
        assert len(now) > len(seen)
        assert seen.items() <= now.items()
        seen = now


def test_rows_that_are_settled_already_add_nothing(books):
    log = Journal(books, CAL).begin(HEAD, [intent()])
    log.settled([Done(0, Result.DONE)])
    before = dict(books.kept)
    log.settled([Done(0, Result.FAILED)])
    log.settled([])
    assert books.kept == before


def test_a_log_that_is_taken_up_again_goes_on_where_it_ended(books):
    journal = Journal(books, CAL)
    log = journal.begin(HEAD, [intent(0), intent(1)])
    log.settled([Done(0, Result.FAILED, "no")])
    record = journal.load(HEAD.id)
    assert record is not None
    again = journal.reopen(record)
    again.settled([Done(0, Result.DONE), Done(1, Result.DONE)])
    assert again.end(ENDED, "").results == {"failed": 1, "done": 1}
    whole = journal.load(HEAD.id)
    assert whole is not None
    assert {n: d.result for n, d in whole.done.items()} == {0: Result.FAILED, 1: Result.DONE}
    assert sorted(books.records("run/")) == [f"run/calendar/{HEAD.id}/{n:06}" for n in range(3)]


def test_a_run_of_nothing_can_be_ended(books):
    journal = Journal(books, CAL)
    journal.begin(HEAD, [])
    record = journal.load(HEAD.id)
    assert record is not None
    again = journal.reopen(record)
    again.sent(OL, [], MADE_AT)
    assert again.end(ENDED, "nothing").results == {}
    assert journal.load(HEAD.id) is not None


def test_what_is_written_together_is_there_together(books):
    log = Journal(books, CAL).begin(HEAD, [intent()])
    before = dict(books.kept)

    def half() -> None:
        with log.transaction():
            log.sent(OL, [0], MADE_AT)
            raise PowerCutError

    with pytest.raises(PowerCutError):
        half()
    assert books.kept == before


def test_runs_are_listed_newest_first_and_those_without_an_end_oldest_first(books):
    journal, other = Journal(books, CAL), Journal(books, Kind.TASKS)
    for run_id in ("2", "3", "1"):
        journal.begin(replace(HEAD, id=run_id), [])
    other.begin(replace(HEAD, id="9", kind=Kind.TASKS), [])
    assert [h.id for h in journal.heads()] == ["3", "2", "1"]
    record = journal.load("2")
    assert record is not None
    journal.reopen(record).end(ENDED, "")
    assert [h.id for h in journal.unfinished()] == ["1", "3"]
    assert [h.id for h in other.heads()] == ["9"]
    assert journal.load("9") is None


def test_an_answer_is_kept_with_the_run_it_is_about(books):
    journal = Journal(books, CAL)
    journal.begin(HEAD, []).end(ENDED, "cut off")
    journal.begin(replace(HEAD, id="z"), [])
    journal.answer(HEAD.id)
    journal.answer("nobody knows it")
    assert {h.id: (h.answered, h.sentence) for h in journal.heads()} == {HEAD.id: (True, "cut off"), "z": (False, "")}


NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "runs", "left"),
    [
        (3, 9, ["0", "1", "2", "3", "open"]),  # a run is forgotten after that many days, not on the last of them
        (2, 9, ["0", "1", "2", "open"]),
        (9, 2, ["0", "1", "open"]),
        (1, 1, ["0", "open"]),
        (0, 9, ["0", "open"]),
    ],
)
def test_what_is_old_is_forgotten_and_what_has_no_end_never(books, days, runs, left):
    journal = Journal(books, CAL)
    journal.begin(replace(HEAD, id="2026-0"), [intent()])
    for age in range(4):
        log = journal.begin(replace(HEAD, id=f"2026-{9 - age}"), [intent()])
        log.end((NOW - timedelta(days=age)).strftime("%Y-%m-%dT%H:%M:%SZ"), str(age))
    assert journal.prune(NOW, days=days, runs=runs) == 5 - len(left)
    assert [head.sentence or "open" for head in journal.heads()] == left
    # whole runs go, and nothing of the others
    assert len(books.records("run/")) == len(books.records("run-head/")) == len(left)


@pytest.mark.parametrize(
    "data",
    [
        {"what": "intents", "rows": [{"number": "x"}]},
        {"what": "intents", "rows": [{}]},
        {"what": "settled", "rows": [{"number": 5, "result": "done"}]},
        {"what": "answered", "side": "outlook", "rows": [[1]]},
        {"what": "sent", "side": "elsewhere", "at": "", "rows": [1]},
        {},
        [],
        None,
    ],
    ids=str,
)
def test_a_log_that_makes_no_sense_is_said_to_be_damaged(books, data):
    journal = Journal(books, CAL)
    journal.begin(HEAD, [])
    books.put_record(f"run/calendar/{HEAD.id}/000000", data)
    with pytest.raises(StoreError, match=f"^the record of the run {HEAD.id} is damaged") as raised:
        journal.load(HEAD.id)
    assert raised.value.remedy == "It is kept as it is; links and other runs are not touched by it"
    # the others can be listed
    assert [head.id for head in journal.heads()] == [HEAD.id]


@pytest.mark.parametrize("data", [{}, [], {"id": "1", "accounts": ["one"]}, {"id": "1", "accounts": None}], ids=str)
def test_a_head_that_makes_no_sense_is_said_to_be_damaged(books, data):
    books.put_record("run-head/calendar/1", data)
    with pytest.raises(StoreError, match="the list of runs is damaged"):
        Journal(books, CAL).heads()


def test_a_head_of_an_older_program_is_one_that_nobody_answered(books):
    journal = Journal(books, CAL)
    journal.begin(replace(HEAD, settled_later=True), [])
    data = books.record(f"run-head/calendar/{HEAD.id}")
    del data["answered"]
    books.put_record(f"run-head/calendar/{HEAD.id}", data)
    assert journal.heads() == [replace(HEAD, settled_later=True)]


def test_each_kind_keeps_its_own(books):
    for kind in Kind:
        one = Intent(0, "r", kind, "", Action.NONE, Item(kind, SF, "S", "", fields_of(kind)), None)
        Journal(books, kind).begin(replace(HEAD, kind=kind), [one])
    for kind in Kind:
        record = Journal(books, kind).load(HEAD.id)
        assert record is not None
        assert record.head.kind is record.intents[0].kind is kind


def test_the_first_word_about_a_row_stays_whoever_says_another(books):
    """Two programs that take up the same log: what the first one settled is what its links say."""
    journal = Journal(books, CAL)
    journal.begin(HEAD, [intent()]).settled([Done(0, Result.DONE, "first")])
    books.put_record(f"run/calendar/{HEAD.id}/000002", {"what": "settled", "rows": [{"number": 0, "result": "failed"}]})
    whole = journal.load(HEAD.id)
    assert whole is not None
    assert whole.done == {0: Done(0, Result.DONE, "first")}
