"""People who go on working while a run is prepared and while it runs: no edit of theirs is ever lost.

All items of a side are edited at once: between the review and the run, or in the very moment in which a server gets one
of the run's requests, just before it does what that says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from faults.scenario import MOST_SYNCS, Point, Stage
from faults.suite import SIDES, known
from sync_core.errors import HandsyncError
from sync_core.items import Kind
from sync_core.review import Review

EDITS: Final = ("typed", "deleted", "moved")
REVIEWED: Final = -1
RAN: Final = -2


@dataclass(frozen=True)
class Edit:
    """What is done to all items of a side, and when: at one of the run's requests to `at`, before the run, or after it
    and before it is taken back."""

    kind: Kind
    what: str
    side: str
    at: str
    number: int = REVIEWED
    # with more rows than go into one batch: values are read ahead, and what one batch left with the next
    many: bool = False

    def __str__(self) -> str:
        moments = {REVIEWED: "after the review", RAN: "before it is taken back"}
        when = moments.get(self.number, f"at {self.at} {self.number}")
        return f"{self.kind.value}{', many rows' * self.many}: {self.what} in {self.side} {when}"


def edits(kind: Kind) -> Iterator[Edit]:
    """Every edit at every moment."""
    points = known(kind).points
    for side in SIDES:
        for what in EDITS:
            if what == "moved" and side == "salesforce":
                continue
            yield Edit(kind, what, side, side)
            yield Edit(kind, what, side, side, RAN)
            for at in SIDES:
                yield from (Edit(kind, what, side, at, number) for number in range(points[at]))


def edits_of_many(kind: Kind) -> list[Edit]:
    """Every edit at every third moment between the batches of a run of many rows; for each edit others."""
    points = known(kind, True).points
    return [
        Edit(kind, what, side, at, number, many=True)
        for shift, (side, what) in enumerate((s, w) for s in SIDES for w in EDITS if (s, w) != ("salesforce", "moved"))
        for at in SIDES
        for number in range(shift % 3, points[at], 3)
    ]


def play(edit: Edit) -> list[str]:
    """Plays one edit to its end; gives what is wrong then, in words."""
    with Stage(edit.kind, many=edit.many) as stage:
        # what was changed before and what is changed now differ by more than the second that servers compare to
        stage.sandbox.world.clock.offset += timedelta(seconds=5)
        person = _Person(stage, edit)
        service = stage.service()
        try:
            if edit.number == REVIEWED:
                review = Review.of(service.plan(edit.kind, lambda p: None, lambda: False))
                person.work()
                service.run(review, lambda p: None, lambda: False)
            elif edit.number == RAN:
                review = Review.of(service.plan(edit.kind, lambda p: None, lambda: False))
                report = service.run(review, lambda p: None, lambda: False)
                person.work()
                service.run(Review.of(service.undo_plan(report.run_id)), lambda p: None, lambda: False)
            else:
                # reading is part of it: what is edited while both sides are read must not be lost either
                stage.point = Point(edit.at, edit.number, None, person.work)
                review = Review.of(service.plan(edit.kind, lambda p: None, lambda: False))
                service.run(review, lambda p: None, lambda: False)
        finally:
            service.close()
        wrong = person.complaints("after the run") if stage.point is None else ["the moment did not come"]
        for _ in range(MOST_SYNCS):
            try:
                if not stage.sync():
                    break
            except HandsyncError as problem:
                return [f"{edit}: a sync after it failed: {problem.sentence()}"]
        else:
            wrong.append(f"there is still something to do after {MOST_SYNCS} syncs")
        untrue = stage.untrue()
        if edit.what == "deleted":
            # a run that comes a moment later finds it gone, as it wanted it, and cannot know whose work that was
            untrue = [words for words in untrue if not words.startswith(f"the history invents: {edit.side} delete")]
        wrong += person.complaints("in the end") + untrue
    return [f"{edit}: {words}" for words in wrong]


class _Person:
    """Edits all items of one side, and knows what must be there afterwards."""

    def __init__(self, stage: Stage, edit: Edit) -> None:
        self._stage, self._edit = stage, edit
        self._tokens: list[str] = []
        self._gone: set[str] = set()
        self._places: set[str] = set()
        self._before = self._titles()

    def work(self) -> None:
        """Does it."""
        stage, edit = self._stage, self._edit
        with stage.deeds.looking_away():
            if edit.side == "salesforce":
                for number, row in enumerate(stage.rows()):
                    self._left(f"typed by a person, {number}", str(row["Id"]), stage.title_left(row))
            else:
                for number, item in enumerate(stage.items()):
                    self._right(f"typed by a person, {number}", item.id, stage.title_right(item))

    def _left(self, token: str, record_id: str, title: str) -> None:
        if self._edit.what == "typed":
            self._tokens.append(token)
            self._stage.edit_left(record_id, Description=token)
        else:
            self._gone.add(title)
            self._stage.delete_left(record_id)

    def _right(self, token: str, item_id: str, title: str) -> None:
        box = self._stage.sandbox.mailbox
        match self._edit.what:
            case "typed":
                self._tokens.append(token)
                self._stage.edit_right(item_id, body=token)
            case "deleted":
                self._gone.add(title)
                box.delete(item_id)
            case _:
                self._gone.add(title)
                box.move(item_id, box.folder("junkemail"))

    def complaints(self, when: str) -> list[str]:
        """What was lost, came back by itself, or is there twice."""
        stage, side = self._stage, self._edit.side
        texts = [str(row.get("Description")) for row in stage.rows()]
        if side == "outlook":
            texts = [str(item.fields.get("body")) for item in stage.items()]
        texts += stage.kept()
        lost = [token for token in self._tokens if not any(token in text for text in texts)]
        wrong = [f"{when}: lost: {', '.join(lost)}"] if lost else []
        now = self._titles()
        back = [title for title in self._gone if now[side][title]]
        wrong += [f"{when}: came back by itself: {', '.join(back)}"] if back else []
        for name, titles in now.items():
            doubled = [title for title, number in titles.items() if number > self._most(title)]
            wrong += [f"{when}: several times in {name}: {', '.join(doubled)}"] if doubled else []
        return wrong

    def _most(self, title: str) -> int:
        """How many items of a side may be called so: tasks had their titles changed, some to the same."""
        return max(1, *(titles[title] for titles in self._before.values()))

    def _titles(self) -> dict[str, Counter[str]]:
        stage = self._stage
        return {
            "salesforce": Counter(stage.title_left(row) for row in stage.rows()),
            "outlook": Counter(stage.title_right(item) for item in stage.items()),
        }
