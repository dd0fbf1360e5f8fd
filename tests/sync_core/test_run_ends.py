"""How a run ends: whole, stopped, on a full disk, without an answer; and what the history knows of it all the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from support.build import CAL, MADE_AT, OL, SF, at, fields
from support.model import World

from sync_core.errors import CancelledError, SideError, SignInError, StoreError
from sync_core.items import SideName
from sync_core.journal import RunHead
from sync_core.pairing import Link
from sync_core.plan import Action
from sync_core.report import Result, RunProgress, RunReport
from sync_core.review import Review
from sync_core.run import Run
from sync_core.sides import Outcome, Ref, Sought

FULL = "the disk is full"


def full_from(world: World, is_it: Callable[[Any], bool]) -> Callable[[], None]:
    """From the first record of this kind on the disk is full. Gives what makes room again."""
    books, full = world.books, [False]
    put_record, put_links = books.put_record, books.put_links

    def record(key: str, data: Any) -> None:
        full[0] = full[0] or is_it(data)
        if full[0]:
            raise StoreError(FULL)
        put_record(key, data)

    def links(*values: Any) -> None:
        if full[0]:
            raise StoreError(FULL)
        put_links(*values)

    books.put_record, books.put_links = record, links  # type: ignore[method-assign]

    def room() -> None:
        books.put_record, books.put_links = put_record, put_links  # type: ignore[method-assign]

    return room


def says(what: str) -> Callable[[Any], bool]:
    return lambda data: data.get("what") == what


def results(report: RunReport) -> list[tuple[str, Result, str]]:
    return [(row.title, row.result, row.message) for row in report.rows]


def new_on_the_left(world: World, number: int) -> Review:
    """A review of so many creates in Outlook, which takes three at a time."""
    for n in range(number):
        world.left.put(fields(subject=f"New {n}", when=at(n + 1)))
    return Review.of(world.plan())


def to_merge(world: World) -> Review:
    """A review of one merge: the notes come from Outlook, the place goes there."""
    world.left.put(fields(subject="Both"))
    assert world.sync().clean
    world.left.edit("S0001", location="York")
    world.right.edit("O0001", notes="typed there")
    review = Review.of(world.plan())
    assert [row.action for row in review.rows()] == [Action.MERGE]
    return review


def in_step(world: World) -> bool:
    """Whether nothing is left to do, once runs that were cut off have been looked up, and nothing is there twice."""
    plan = world.plan()
    titles = [sorted(item.title for item in side.items.values()) for side in (world.left, world.right)]
    return plan.rows == () and titles[0] == titles[1] == sorted(set(titles[0]))


# ---- in the history


def test_a_whole_run_stands_in_the_history_as_it_was():
    world = World()
    review = new_on_the_left(world, 2)
    # a person who wants to stop when all is done has stopped nothing
    report = world.run(review, cancelled=lambda: bool(world.right.writes))
    assert report.cancelled is False
    [head] = world.journal.heads()
    assert head == RunHead(
        report.run_id, CAL, MADE_AT, finished=MADE_AT, sentence="2 done", actions={"create_in_outlook": 2},
        results={"done": 2},
    )  # fmt: skip


def test_each_run_has_a_name_of_its_own_and_none_where_nothing_was_to_do():
    world = World()
    names = []
    for n in range(2):
        world.left.put(fields(subject=f"New {n}", when=at(n + 1)))
        names.append(world.sync().run_id)
    assert [head.id for head in world.journal.heads()] == sorted(names, reverse=True)
    assert len(set(names)) == 2
    assert world.sync().run_id == ""
    assert len(world.journal.heads()) == 2


def test_a_refused_row_does_not_make_a_run_a_stopped_one():
    world = World()
    review = new_on_the_left(world, 2)
    world.right.refuse = lambda write: "too long" if write.fields["subject"] == "New 1" else ""
    report = world.run(review)
    assert report.cancelled is False
    assert world.journal.heads()[0].results == {"done": 1, "failed": 1}


def test_a_stopped_run_stands_in_the_history_as_stopped():
    world = World()
    review = new_on_the_left(world, 4)
    report = world.run(review, cancelled=lambda: bool(world.right.writes))
    assert report.cancelled is True
    [head] = world.journal.heads()
    assert (head.cancelled, head.finished, head.sentence) == (True, MADE_AT, "3 done, 1 not started")
    assert head.results == {"done": 3, "not_started": 1}


def test_the_history_knows_of_each_batch_before_the_next_is_sent():
    """What is sent when; then what came of it, a row that was skipped or refused among them."""
    world = World()
    review = new_on_the_left(world, 9)
    world.right.refuse = lambda write: "too long" if write.fields["subject"] == "New 1" else ""
    world.left.edit("S0004", notes="typed after the review")
    known = []

    def before_write() -> None:
        record = world.journal.load(world.journal.heads()[0].id)
        assert record is not None
        known.append(([done.result.value for done in record.done.values()], dict(record.sent)))

    world.right.before_write = before_write
    world.run(review)
    done, skipped, failed = Result.DONE.value, Result.SKIPPED.value, Result.FAILED.value
    assert [sorted(ended) for ended, _ in known] == [
        [],
        # the skipped one of the second batch, whose other two are about to be sent
        sorted([done, done, failed, skipped]),
        sorted([done, done, failed, skipped, done, done]),
    ]
    assert known[1][1] == dict.fromkeys([(n, OL) for n in (0, 1, 2, 4, 5)], MADE_AT)


def test_a_failing_batch_is_in_the_history_before_the_next_is_sent():
    world = World()
    review = new_on_the_left(world, 4)
    honest, asked, known = world.left.look, [], []

    def look(kind: Any, refs: Any) -> Any:
        asked.append(refs)
        if len(asked) == 1:
            raise SideError("Salesforce does not answer")
        return honest(kind, refs)

    def before_write() -> None:
        record = world.journal.load(world.journal.heads()[0].id)
        known.append([done.message for done in record.done.values()])

    world.left.look, world.right.before_write = look, before_write
    world.run(review)
    assert known == [["Salesforce does not answer."] * 3]


def test_the_disk_is_waited_for_no_more_often_than_needed():
    """The intents, then for each batch that it is sent, its answers, what came of it; the end is one of its own."""
    world = World()
    review = new_on_the_left(world, 4)
    honest, waits = world.books.transaction, []

    @contextmanager
    def transaction() -> Iterator[None]:
        waits.append(1)
        with honest():
            yield

    world.books.transaction = transaction  # type: ignore[method-assign]
    assert world.run(review).clean
    assert len(waits) == 3
    put = [key for key in world.books.kept if key.startswith("run/")]
    assert len(put) == 7


def test_a_batch_of_which_nothing_is_left_is_not_sent():
    world = World()
    review = new_on_the_left(world, 2)
    for item_id in ("S0001", "S0002"):
        world.left.edit(item_id, notes="typed after the review")
    world.right.before_write = lambda: pytest.fail("an empty request")
    report = world.run(review)
    assert report.number(Result.SKIPPED) == 2
    said = [entry["what"] for entry in world.books.records("run/").values()]
    assert said == ["intents", "settled"]


def test_a_plan_that_ran_already_runs_no_second_time():
    world = World()
    review = new_on_the_left(world, 1)
    world.run(review)
    again = world.run(review)
    assert results(again) == [("New 0", Result.SKIPPED, "was synced by another run since you looked")]
    assert len(world.right.items) == 1


# ---- stopped between the halves of a merge


def stopped_after_the_first_half(world: World) -> RunReport:
    asked = iter([False, True])
    return world.run(to_merge(world), cancelled=lambda: next(asked, True))


def test_half_a_merge_is_remembered_before_the_other_half_is_sent():
    world = World()
    review = to_merge(world)
    seen = []
    world.right.before_write = lambda: seen.append(world.books.links_by_id["S0001", "O0001"].baseline.left["notes"])
    assert world.run(review).clean
    assert seen == ["typed there"]


def test_a_run_that_is_stopped_between_the_halves_of_a_merge_says_which_is_done():
    world = World()
    report = stopped_after_the_first_half(world)
    why = "done in Salesforce only; the run was stopped before its turn"
    assert results(report) == [("Both", Result.NOT_STARTED, why)]
    assert report.cancelled
    assert world.journal.unfinished() == [], "nothing about it is in doubt"
    record = world.journal.load(report.run_id)
    assert record is not None
    assert record.done[0].ids == {SF: "S0001"}, "so that it can be taken back"
    assert [row.action for row in world.plan().rows] == [Action.UPDATE_IN_OUTLOOK]
    assert world.sync().clean
    assert in_step(world)


def test_a_lost_sign_in_between_the_halves_of_a_merge_says_which_is_done():
    world = World()
    for n in range(4):
        world.left.put(fields(subject=f"Both {n}", when=at(n + 1)))
    assert world.sync().clean
    for n in range(1, 5):
        world.left.edit(f"S000{n}", location="York")
        world.right.edit(f"O000{n}", notes="typed there")
    review = Review.of(world.plan())

    def write(kind: Any, writes: Any) -> Any:
        raise SignInError("the password was refused")

    world.right.write = write
    report = world.run(review)
    assert [row.result for row in report.rows] == [Result.FAILED] * 3 + [Result.NOT_STARTED]
    assert report.rows[3].message == "done in Salesforce only; the password was refused."


# ---- the disk is full


def test_a_disk_that_is_full_before_anything_is_sent():
    world = World()
    review = new_on_the_left(world, 1)
    full_from(world, says("intents"))
    with pytest.raises(StoreError, match=FULL):
        world.run(review)
    assert world.right.writes == []


def test_a_disk_that_is_full_before_the_second_batch():
    """Promise 3. What was not sent is not started, and says why; nothing is sent that the history cannot know of."""
    world = World()
    review = new_on_the_left(world, 5)
    room = full_from(world, lambda data: data.get("what") == "sent" and 3 in data["rows"])
    report = world.run(review)
    assert report.cancelled is False
    done = [(f"New {n}", Result.DONE, "") for n in range(3)]
    assert results(report) == [*done, *((f"New {n}", Result.NOT_STARTED, f"{FULL}.") for n in (3, 4))]
    assert len(world.right.writes) == 3
    room()
    assert [head.id for head in world.journal.unfinished()] == [report.run_id], "its end did not fit either"
    assert [row.title for row in world.plan().rows] == ["New 3", "New 4"]
    assert world.sync().clean
    assert in_step(world)


def test_a_disk_that_is_too_full_for_the_answers():
    """What was sent and could not be remembered is looked up by the next start, and not made again."""
    world = World()
    review = new_on_the_left(world, 4)
    room = full_from(world, says("answered"))
    report = world.run(review)
    unknown = f"it was sent, but could not be remembered: {FULL}."
    assert results(report) == [
        *((f"New {n}", Result.UNKNOWN, unknown) for n in range(3)),
        ("New 3", Result.NOT_STARTED, f"{FULL}."),
    ]
    room()
    assert world.books.links_by_id == {}
    world.plan()
    assert len(world.books.links_by_id) == 3
    assert world.sync().clean
    assert in_step(world)


def test_what_is_in_doubt_keeps_a_run_open_though_the_rest_has_ended():
    """The disk has room for the last words: they are written, but the end is not."""
    world = World()
    review = new_on_the_left(world, 4)
    honest, once = world.books.put_record, [True]

    def record(key: str, data: Any) -> None:
        if data.get("what") == "answered" and once:
            once.clear()
            raise StoreError(FULL)
        honest(key, data)

    world.books.put_record = record  # type: ignore[method-assign]
    report = world.run(review)
    kept = world.journal.load(report.run_id)
    assert kept is not None
    assert {number: done.result for number, done in kept.done.items()} == {3: Result.NOT_STARTED}
    assert [head.id for head in world.journal.unfinished()] == [report.run_id]
    assert [row.title for row in world.plan().rows] == ["New 3"]


def test_links_that_had_no_room_in_their_turn_are_kept_at_the_end():
    """A pair that the history calls done is linked: else its halves might look like strangers to the next plan."""
    world = World()
    world.right.normalise = lambda f: {**f, "location": str(f["location"]).upper()}
    review = new_on_the_left(world, 1)
    honest, once = world.books.put_links, [True]

    def links(*values: Any) -> None:
        if once:
            once.clear()
            raise StoreError(FULL)
        honest(*values)

    world.books.put_links = links  # type: ignore[method-assign]
    report = world.run(review)
    assert [row.result for row in report.rows] == [Result.DONE]
    assert set(world.books.links_by_id) == {("S0001", "O0001")}
    assert world.journal.unfinished() == []
    assert in_step(world)


def test_pairs_for_which_there_was_no_room_are_not_called_done():
    world = World()
    for side in (world.left, world.right):
        side.put(fields(subject="Both"))
    review = Review.of(world.plan())
    assert [row.action for row in review.rows()] == [Action.LINK]
    room = full_from(world, says("settled"))
    report = world.run(review)
    assert results(report) == [("Both", Result.NOT_STARTED, f"{FULL}.")]
    assert world.books.links_by_id == {}
    room()
    assert [row.action for row in world.plan().rows] == [Action.LINK]
    assert world.sync().clean
    assert in_step(world)


def test_a_baseline_that_needs_no_write_waits_for_the_next_sync_on_a_full_disk():
    world = World()
    world.left.put(fields(subject="Both"))
    assert world.sync().clean
    for side, item_id in ((world.left, "S0001"), (world.right, "O0001")):
        side.edit(item_id, subject="Same on both")
    review = Review.of(world.plan())
    honest = world.books.put_links

    def links(*values: Any) -> None:
        raise StoreError(FULL)

    world.books.put_links = links  # type: ignore[method-assign]
    report = world.run(review)
    assert (report.rows, report.cancelled) == ((), False)
    world.books.put_links = honest  # type: ignore[method-assign]
    assert world.books.links_by_id["S0001", "O0001"].baseline.left["subject"] == "Both"
    world.sync()
    assert world.books.links_by_id["S0001", "O0001"].baseline.left["subject"] == "Same on both"


@pytest.mark.parametrize("problem", [StoreError(FULL), CancelledError()])
def test_what_goes_wrong_once_more_at_the_end_raises_nothing(problem: Exception):
    """The run is stopped after its first batch, and what that left can be neither read nor remembered."""
    world = World()
    review = new_on_the_left(world, 4)

    def stop() -> bool:
        if not world.right.writes:
            return False
        if isinstance(problem, StoreError):
            full_from(world, lambda data: True)
        else:

            def look(kind: Any, refs: Any) -> Any:
                raise problem

            world.right.look = look
        return True

    report = world.run(review, cancelled=stop)
    assert [row.result for row in report.rows] == [Result.DONE] * 3 + [Result.NOT_STARTED]
    assert len(world.right.items) == 3


# ---- nobody answered


def test_what_nobody_answered_is_looked_up_by_when_the_run_began():
    """It is found, linked as of now, and done; the person sees that it is being looked up."""
    world = World()
    world.right.unanswered = lambda write: True
    review = new_on_the_left(world, 1)
    sought: list[Sought] = []
    honest = world.right.find
    world.right.find = lambda kind, asked: sought.extend(asked) or honest(kind, asked)  # type: ignore[func-returns-value]
    told: list[RunProgress] = []
    run = Run(
        CAL, world.sides, world.rules, world.books, world.journal, lambda: MADE_AT, lambda: "n", told.append,
        lambda: False,
    )  # fmt: skip
    report = run.execute(review.rows())
    assert [row.result for row in report.rows] == [Result.DONE]
    assert told[-1] == RunProgress(1, 1, "looking up what was not answered")
    assert [one.since for one in sought] == [MADE_AT]
    assert [link.synced_at for link in world.books.links_by_id.values()] == [MADE_AT]
    assert world.journal.unfinished() == []
    assert in_step(world)


@pytest.mark.parametrize("side", list(SideName))
def test_what_was_typed_into_what_we_made_before_it_could_be_looked_up_is_a_change(side: SideName):
    """Promises 2 and 8: those words are not agreed on, though the item is ours; a person is asked."""
    world = World()
    here, there = world.side(side.other), world.side(side)
    here.put(fields(subject="Both"))
    there.unanswered = lambda write: True
    honest = there.find

    def find(kind: Any, sought: Any) -> Any:
        [(made,)] = honest(kind, sought)
        return [(there.edit(made.id, notes="typed meanwhile"),)]

    there.find = find
    report = world.sync()
    assert [row.result for row in report.rows] == [Result.DIFFERENT]
    record = world.journal.load(report.run_id)
    assert record is not None
    assert record.done[0].result is Result.DIFFERENT
    [row] = world.plan().rows
    assert row.action is Action.CONFLICT
    assert [(c.name, {c.left, c.right}) for c in row.changes] == [("notes", {"Bring figures.", "typed meanwhile"})]
    assert row.linked, "it is the same item all the same"


def test_an_error_that_may_have_come_too_late_is_not_the_last_word():
    """The request failed after the server had done it: what the look finds is what the history says."""
    world = World()
    review = new_on_the_left(world, 1)
    honest = world.right.write

    def write(kind: Any, writes: Any) -> Any:
        honest(kind, writes)
        raise SideError("the line broke")

    world.right.write = write
    report = world.run(review)
    assert [row.result for row in report.rows] == [Result.DONE]
    record = world.journal.load(report.run_id)
    assert record is not None
    assert record.done[0].result is Result.DONE
    assert in_step(world)


@pytest.mark.parametrize("done", [True, False])
def test_a_run_that_is_stopped_while_a_batch_is_sent_looks_it_up(done: bool):
    world = World()
    review = new_on_the_left(world, 4)
    honest = world.right.write

    def write(kind: Any, writes: Any) -> Any:
        if done:
            honest(kind, writes)
        raise CancelledError

    world.right.write = write
    report = world.run(review)
    world.right.write = honest
    assert report.cancelled is True
    stopped = "the run was stopped before its turn"
    sent = "the run was stopped while it was sent"
    if done:
        assert results(report) == [*((f"New {n}", Result.DONE, sent) for n in range(3)),
                                   ("New 3", Result.NOT_STARTED, stopped)]  # fmt: skip
    else:
        not_made = f"{sent}; it was not created in Outlook"
        assert results(report) == [*((f"New {n}", Result.FAILED, not_made) for n in range(3)),
                                   ("New 3", Result.NOT_STARTED, stopped)]  # fmt: skip
    assert world.sync().clean
    assert in_step(world)


@pytest.mark.parametrize("problem", [SideError("Outlook does not answer"), CancelledError(), StoreError(FULL)])
def test_what_cannot_be_looked_up_now_is_left_open_for_the_next_start(problem: Exception):
    world = World()
    review = new_on_the_left(world, 1)
    world.right.unanswered = lambda write: True
    honest = world.right.find

    def find(kind: Any, sought: Any) -> Any:
        raise problem

    world.right.find = find
    report = world.run(review)
    why = "no answer came; it may have been done, the next comparison will show"
    assert results(report) == [("New 0", Result.UNKNOWN, why)]
    assert [head.id for head in world.journal.unfinished()] == [report.run_id]
    world.right.find = honest
    assert in_step(world)


def test_what_stays_unknown_is_asked_again_by_the_next_start():
    """Two items could be what we made: the run does not choose, and its record stays open."""
    world = World()
    review = new_on_the_left(world, 1)
    world.right.unanswered = lambda write: True
    honest = world.right.find

    def find(kind: Any, sought: Any) -> Any:
        [(made,)] = honest(kind, sought)
        return [(made, replace(made, id="a copy of it"))]

    world.right.find = find
    report = world.run(review)
    assert [row.result for row in report.rows] == [Result.UNKNOWN]
    assert [head.id for head in world.journal.unfinished()] == [report.run_id]
    record = world.journal.load(report.run_id)
    assert record is not None
    assert record.done == {}
    # one of the two is gone by then
    world.right.find = honest
    assert in_step(world)


def test_a_merge_whose_first_half_was_not_answered_is_not_done_by_that_half():
    world = World()
    review = to_merge(world)
    world.left.unanswered = lambda write: True
    before = len(world.right.writes)
    report = world.run(review)
    assert [row.result for row in report.rows] == [Result.FAILED]
    assert report.rows[0].message == "done in Salesforce only; no answer came"
    assert len(world.right.writes) == before, "the other half was not sent"
    world.left.unanswered = lambda write: False
    assert world.sync().clean
    assert in_step(world)


def test_a_side_that_answers_for_fewer_rows_than_it_was_sent_is_believed_in_nothing():
    """It is a mistake of the program and ends the run at once; the next start looks up what was sent."""
    world = World()
    review = new_on_the_left(world, 3)
    honest = world.right.write
    world.right.write = lambda kind, writes: honest(kind, writes)[:-1]
    run = Run(
        CAL, {SF: world.left, OL: world.right}, world.rules, world.books, world.journal, lambda: MADE_AT, lambda: "n",
        lambda p: None, lambda: False,
    )  # fmt: skip
    with pytest.raises(ValueError, match="shorter"):
        run.execute(review.rows())
    [head] = world.journal.unfinished()
    record = world.journal.load(head.id)
    assert record is not None
    assert record.answers == {}
    world.right.write = honest
    assert in_step(world)


# ---- what a side answers besides


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        (Outcome(False, stale=True), "changed in Outlook since you looked"),
        (Outcome(False, stale=True, error="somebody was faster"), "somebody was faster"),
    ],
)
def test_a_write_that_came_too_late_is_skipped(outcome: Outcome, message: str):
    world = World()
    review = new_on_the_left(world, 1)
    world.right.write = lambda kind, writes: [outcome for _ in writes]
    report = world.run(review)
    assert results(report) == [("New 0", Result.SKIPPED, message)]
    assert world.journal.heads()[0].results == {"skipped": 1}


def test_a_refused_create_names_the_one_that_is_there_already():
    world = World()
    world.right.put(fields())
    review = Review.of(world.plan())
    world.left.write = lambda kind, writes: [Outcome(False, error="it is there", duplicate_of="S9") for _ in writes]
    [row] = world.run(review).rows
    assert (row.result, row.duplicate_of, row.other_id) == (Result.FAILED, "S9", "O0001")


def test_what_somebody_typed_into_what_is_deleted_is_kept_in_the_history():
    """Promise 7."""
    world = World()
    world.left.put(fields(subject="Both"))
    assert world.sync().clean
    del world.left.items["S0001"]
    honest, last = world.right.write, {"notes": "typed in the last moment"}
    world.right.write = lambda kind, writes: [replace(outcome, last=last) for outcome in honest(kind, writes)]
    report = world.sync()
    record = world.journal.load(report.run_id)
    assert record is not None
    assert record.done[0].last == {OL: last}


# ---- taken back


@pytest.mark.parametrize("side", list(SideName))
def test_what_comes_back_is_asked_for_with_what_it_held(side: SideName):
    world = World()
    world.side(side.other).put(fields(subject="Both"))
    assert world.sync().clean
    [held] = world.side(side).items.values()
    for item_id in list(world.side(side.other).items):
        del world.side(side.other).items[item_id]
    report = world.sync()
    assert world.side(side).items == {}
    assert world.run(Review.of(world.undo(report.run_id))).clean
    write = world.side(side).writes[-1]
    assert write.restore is not None
    assert write.restore == Ref(held.id, held.mark or write.restore.mark, write.fields)
    assert write.fields["subject"] == "Both"


def test_what_was_taken_back_is_not_offered_straight_away():
    world = World()
    world.left.put(fields(subject="New"))
    report = world.sync()
    assert world.run(Review.of(world.undo(report.run_id))).clean
    assert world.right.items == {}
    assert Review.of(world.plan()).counts().runnable == 0
    assert [ignore.left_id for ignore in world.books.ignores.values()] == ["S0001"]
    world.left.edit("S0001", notes="typed since")
    assert Review.of(world.plan()).counts().runnable == 1


def test_memory_knows_the_pair_that_a_run_has_made():
    world = World()
    world.run(new_on_the_left(world, 1))
    [link] = world.books.links_by_id.values()
    assert isinstance(link, Link)
    assert (link.left_id, link.right_id, link.mark) == ("S0001", "O0001", world.right.items["O0001"].mark)
