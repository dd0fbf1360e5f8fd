"""A review in progress as something to keep, and what becomes of it when both sides were read anew.

A draft holds each decision beside a hash of what the person had before their eyes. A decision is taken over where the
row still looks the same. Where it does not, nothing is taken over and nothing is done: the row waits for a decision
again, and says what had been decided. What lets a suspected mass change through is no part of a draft: that is asked
anew each time. Values in, values out; times come from outside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sync_core import by_field
from sync_core.items import Kind
from sync_core.plan import Action, Choice, FieldChoice, IgnoreMode, Plan, Row
from sync_core.review import CHOICE_WORDS, Decision, Review

FORMAT: Final = 1
# what comes of reading something that is no draft
NO_DRAFT: Final = (ValueError, TypeError, KeyError, AttributeError)
_IGNORED_WORDS: Final[Mapping[IgnoreMode, str]] = {
    IgnoreMode.ONCE: "ignore until the next change",
    IgnoreMode.FOREVER: "ignore forever",
}
_SPLIT: Final = "its occurrences as single events"


@dataclass(frozen=True, slots=True)
class Kept:
    """One decision: the row it is about, by its id and by those of its items, and what was seen of the row.

    `outdated` is set for a row that had changed since it was decided, and that nobody has decided since: what had been
    decided, in words.
    """

    row_id: str
    left_id: str
    right_id: str
    seen: str
    choice: Choice = Choice.RECOMMENDED
    mode: IgnoreMode | None = None
    since: str = ""
    fields: Mapping[str, FieldChoice] = field(default_factory=dict)
    outdated: str = ""

    def words(self, kind: Kind) -> str:
        """The decision, for a person."""
        if self.outdated:
            return self.outdated
        if self.mode is not None:
            return _IGNORED_WORDS[self.mode]
        by_name = [by_field.in_words(kind, name, said) for name, said in self.fields.items()]
        whole = [CHOICE_WORDS[self.choice]] if self.choice is not Choice.RECOMMENDED or not by_name else []
        return ", ".join(whole + by_name)


@dataclass(frozen=True, slots=True)
class KeptPick:
    """Two rows that a person said are the same thing: what was seen of each, by row id."""

    halves: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A review in progress. `made_at` says when both sides were read, `saved_at` when this was kept: UTC, ISO 8601."""

    kind: Kind
    made_at: str
    saved_at: str
    rows: tuple[Kept, ...] = ()
    picks: tuple[KeptPick, ...] = ()
    # series whose occurrences cross as single events: what was seen of them, by row id
    series: Mapping[str, str] = field(default_factory=dict)

    @property
    def decisions(self) -> int:
        """How many decisions it holds."""
        return len(self.rows) + len(self.picks) + len(self.series)


@dataclass(frozen=True, slots=True)
class Resumed:
    """A review that goes on with a draft: how many decisions hold, and how many do not, and why."""

    review: Review
    kept: int = 0
    # their rows changed since and wait to be decided again
    changed: int = 0
    # their rows are no longer there: done meanwhile, or gone
    gone: int = 0

    @property
    def sentence(self) -> str:
        """The same in words: "5 decisions kept, 2 rows changed since: to be decided again, 1 done or gone"."""
        parts = [f"{self.kept} decision{'s' * (self.kept != 1)} kept"]
        if self.changed:
            parts.append(f"{self.changed} row{'s' * (self.changed != 1)} changed since: to be decided again")
        if self.gone:
            parts.append(f"{self.gone} done or gone")
        return ", ".join(parts)


def sight(row: Row) -> str:
    """A hash of what a decision about `row` stands on: both items, what it could be, and what differs how."""
    items = [item.digest if item is not None else "" for item in (row.left, row.right)]
    rivals = sorted((item.side.value, item.id, item.digest) for item in row.rivals)
    differs = [(change.name, change.verdict.value) for change in row.changes]
    seen = ascii((row.situation.value, row.linked, items, rivals, differs))
    return hashlib.blake2b(seen.encode("ascii"), digest_size=8).hexdigest()


def draft_of(review: Review, saved_at: str) -> Draft:
    """What there is to keep of a review. Only what differs from the plan is a decision."""
    planned = {row.id: row for row in review.plan.rows}
    rows = []
    for row_id, decision in review.decisions.items():
        row = review.joined.get(row_id) or planned.get(row_id)
        if row is not None and (decision != Decision.of(row) or row_id in review.outdated):
            rows.append(_kept(row, decision))
    for row_id, words in review.outdated.items():
        row = planned.get(row_id)
        if row is not None and row_id not in review.decisions and row_id not in review.parts:
            rows.append(Kept(row_id, *_ids(row), seen="", outdated=words))
    picks = [
        KeptPick({half: sight(planned[half]) for half, whole in review.parts.items() if whole == joined})
        for joined in dict.fromkeys(review.parts.values())
    ]
    series = {row_id: sight(planned[row_id]) for row_id in review.chosen}
    return Draft(review.plan.kind, review.plan.made_at, saved_at, tuple(rows), tuple(picks), series)


def _kept(row: Row, decision: Decision) -> Kept:
    ignored = decision.ignored
    return Kept(
        row.id,
        *_ids(row),
        seen=sight(row),
        choice=decision.choice,
        mode=ignored.mode if ignored is not None and isinstance(ignored.mode, IgnoreMode) else None,
        since=ignored.since if ignored is not None else "",
        fields=decision.by_field,
    )


def _ids(row: Row) -> tuple[str, str]:
    left = row.left.id if row.left is not None else row.link_ids[0]
    right = row.right.id if row.right is not None else row.link_ids[1]
    return left, right


def resume(plan: Plan, draft: Draft) -> Resumed:
    """The review of `plan`, as fresh as it is, with what still holds of `draft`. There is nothing to undo in it."""
    review = Review.of(plan)
    outdated: dict[str, str] = {}
    kept = changed = gone = 0
    where = _Where(plan.rows)
    split = []
    for row_id, seen in draft.series.items():
        row = where.by_id.get(row_id)
        if _offered(row, seen):
            split.append(row_id)
        elif row is not None and (row.offer is not None or row.recommended is not Action.NONE):
            outdated[row_id], changed = _SPLIT, changed + 1
        else:
            gone += 1
    review = review.as_single_events(split, draft.saved_at)
    kept = len(review.chosen)
    for row_id in split:
        if row_id not in review.chosen:
            outdated[row_id], changed = _SPLIT, changed + 1
    for pick in draft.picks:
        halves = [row for row_id in pick.halves if (row := where.by_id.get(row_id)) is not None]
        if len(halves) == 2 and all(sight(row) == pick.halves[row.id] for row in halves):
            review, kept = review.pick(halves[0].id, halves[1].id), kept + 1
        else:
            asks = {row.id: "the two are the same thing" for row in halves if row.recommended is not Action.NONE}
            outdated |= asks
            changed, gone = changed + bool(asks), gone + (not asks)
    holds: list[Kept] = []
    for said in draft.rows:
        row = review.joined.get(said.row_id) or where.row(said)
        if row is None or (row.id != said.row_id and row.id in outdated):
            gone += 1
        elif row.id == said.row_id and said.seen == sight(row) and _possible(row, said, plan):
            holds.append(said)
        elif row.recommended is Action.NONE and row.ignored is None:
            # in step by now
            gone += 1
        else:
            outdated[row.id], changed = said.words(plan.kind), changed + 1
    review = _applied(review, holds)
    found = Resumed(review, kept + len(holds), changed, gone)
    return Resumed(review.begun(found.sentence, outdated), found.kept, found.changed, found.gone)


def _offered(row: Row | None, seen: str) -> bool:
    """Whether a series looks as it did, and may still cross as single events."""
    return row is not None and row.offer is not None and sight(row) == seen


def _possible(row: Row, said: Kept, plan: Plan) -> bool:
    """Whether each field can still be what was said: a side may hold less than it did."""
    return not any(by_field.why_not(row, name, one, plan.descriptions) for name, one in said.fields.items())


def _applied(review: Review, holds: list[Kept]) -> Review:
    """The decisions, many at once: each change of a review copies what was decided before."""
    ended = [said.row_id for said in holds if said.choice is Choice.RECOMMENDED and not (said.mode or said.fields)]
    review = review.reset(ended)
    for choice in Choice:
        if choice is not Choice.RECOMMENDED:
            review = review.choose([said.row_id for said in holds if said.choice is choice], choice)
    for said in holds:
        for name, one in said.fields.items():
            review = review.choose_field(said.row_id, name, one)
    for mode, since in dict.fromkeys((said.mode, said.since) for said in holds):
        if mode is not None:
            ids = [said.row_id for said in holds if (said.mode, said.since) == (mode, since)]
            review = review.ignore(ids, mode, since)
    return review


@dataclass(slots=True)
class _Where:
    """The rows of a plan by their ids, and by those of their items."""

    by_id: dict[str, Row] = field(default_factory=dict)
    by_item: dict[tuple[int, str], Row] = field(default_factory=dict)

    def __init__(self, rows: Iterable[Row]) -> None:
        self.by_id = {row.id: row for row in rows}
        self.by_item = {(at, item): row for row in self.by_id.values() for at, item in enumerate(_ids(row)) if item}

    def row(self, said: Kept) -> Row | None:
        """The row a decision was about, or the one that has one of its items now."""
        found = (self.by_item.get((at, item)) for at, item in enumerate((said.left_id, said.right_id)) if item)
        return self.by_id.get(said.row_id) or next((row for row in found if row is not None), None)


def to_json(draft: Draft) -> dict[str, Any]:
    """A draft as JSON has it."""
    return {
        "format": FORMAT,
        "process": draft.kind.value,
        "made_at": draft.made_at,
        "saved_at": draft.saved_at,
        "rows": [_row_to_json(said) for said in draft.rows],
        "picks": [dict(pick.halves) for pick in draft.picks],
        **({"series": dict(draft.series)} if draft.series else {}),
    }


def _row_to_json(said: Kept) -> dict[str, Any]:
    data = {
        "id": said.row_id,
        "items": [said.left_id, said.right_id],
        "seen": said.seen,
        "choice": said.choice.value,
        "ignored": said.mode.value if said.mode is not None else "",
        "since": said.since,
        "fields": by_field.fields_to_json(said.fields),
        "outdated": said.outdated,
    }
    return {key: value for key, value in data.items() if value}


def from_json(data: Any) -> Draft:
    """The inverse of `to_json`. Raises ValueError, TypeError, KeyError or AttributeError for what is no draft."""
    if data["format"] != FORMAT:
        raise ValueError("a draft of another format")
    texts = [data["made_at"], data["saved_at"]]
    picks, series = [dict(pick) for pick in data["picks"]], dict(data.get("series", {}))
    named = (t for pick in (*picks, series) for t in (*pick, *pick.values()))
    if not all(isinstance(text, str) for text in (*texts, *named)):
        raise TypeError("not a draft")
    kind = Kind(data["process"])
    rows = tuple(_row_from_json(kind, row) for row in data["rows"])
    return Draft(kind, texts[0], texts[1], rows, tuple(KeptPick(pick) for pick in picks), series)


def _row_from_json(kind: Kind, data: Any) -> Kept:
    left, right = data["items"]
    texts = (data["id"], left, right, data.get("seen", ""), data.get("since", ""), data.get("outdated", ""))
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("not a decision")
    row_id, left, right, seen, since, outdated = texts
    fields = by_field.fields_from_json(kind, data.get("fields", {}))
    mode = IgnoreMode(data["ignored"]) if data.get("ignored") else None
    return Kept(row_id, left, right, seen, Choice(data["choice"]), mode, since, fields, outdated)
