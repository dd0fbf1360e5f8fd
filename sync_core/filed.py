"""What a plan file says, done to a freshly made plan: its decisions, and the rows that are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sync_core import by_field
from sync_core.errors import SettingsError
from sync_core.items import to_json
from sync_core.plan import Action, Choice, FieldChoice, Plan, Row, State, allowed, choice_for, effect, results
from sync_core.planfile import SINGLE_EVENTS, FileRow, PlanDocument, changes_to_json, item_to_json, quoted
from sync_core.review import LIES_ON_TWO, Review

_Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row of the file that will not happen, and why."""

    row_id: str
    title: str
    action: Action
    why: str
    # the number of the guard in the plan that holds it back, for a person to confirm
    guard: int | None = None


def decide(document: PlanDocument, fresh: Plan) -> tuple[Review, list[Refusal]]:
    """The review of `fresh` that does what the file says, and the rows of the file that will not happen.

    Rows of `fresh` that are not in the file are left alone. Raises SettingsError for an action that a row cannot have.
    """
    rows = {row.id: row for row in fresh.rows}
    refusals: list[Refusal] = []
    # what the file does not say does not happen, not even when a guard is lifted
    choices = {row.id: Choice.NOTHING for row in fresh.rows if row.action is not Action.NONE or row.held is not None}
    split: list[str] = []
    fields: dict[str, Mapping[str, FieldChoice]] = {}
    for said in document.rows:
        row = rows.get(said.id)
        why = _stale(said, row)
        if said.series == SINGLE_EVENTS:
            if row is not None and row.offer is not None and not why:
                split.append(row.id)
            else:
                why = why or _CHANGED.format("how the series can cross")
                refusals.append(Refusal(said.id, said.title, said.action, why))
            continue
        if row is not None and not why and said.action is row.action and not said.fields:
            if row.held is None:
                # as the plan has it: to be done, blocked, ignored or undecided
                choices.pop(row.id, None)
            continue
        if said.action is Action.NONE or (said.action is said.recommended is Action.CONFLICT):
            # nothing was to happen, so nothing is refused
            continue
        choice = None
        if row is not None and not why:
            why = _no_fields(said, row, fresh)
        if row is not None and not why:
            choice = _choice_beside(said, row) if said.fields else _choice(said, row, document.where)
            why = "" if choice else _CHANGED.format("what would be written")
        if row is None or choice is None:
            refusals.append(Refusal(said.id, said.title, said.action, why))
            continue
        choices[row.id] = choice
        if said.fields:
            fields[row.id] = said.fields
        verdict = allowed(replace(row, choice=choice, by_field=said.fields))
        if verdict.state is State.PREVENTED:
            guard = fresh.guards.index(row.held) if row.held is not None else None
            refusals.append(Refusal(row.id, row.title, said.action, "; ".join(verdict.refused), guard))
    review = Review.of(fresh)
    for choice in Choice:
        review = review.choose([row_id for row_id, one in choices.items() if one is choice], choice)
    for row_id, decided in fields.items():
        for name, one in decided.items():
            review = review.choose_field(row_id, name, one)
    if split:
        review = review.as_single_events(split, fresh.made_at)
        left = [rows[row_id] for row_id in split if row_id not in review.chosen]
        refusals += [Refusal(row.id, row.title, row.action, LIES_ON_TWO) for row in left]
    return review, refusals


_CHANGED: Final = "{} changed since the plan was made"


def _stale(said: FileRow, row: Row | None) -> str:
    """Why the row of the file is no longer the row of the plan; "" when it is."""
    if row is None:
        return "no longer there, or already in step"
    if item_to_json(row.left) != said.salesforce:
        return _CHANGED.format("the Salesforce item")
    if item_to_json(row.right) != said.outlook:
        return _CHANGED.format("the Outlook item")
    if row.recommended is not said.recommended or changes_to_json(row) != _without_results(said):
        return _CHANGED.format("what is known about it")
    return ""


def _without_results(said: FileRow) -> list[_Json]:
    return [{key: value for key, value in change.items() if key != "result"} for change in said.changes]


def _choice(said: FileRow, row: Row, where: str) -> Choice | None:
    """The choice that gives the row the action of the file; None when that would write something else by now.

    A person who edits an action leaves the "result" of the changes as it was; a program may have written that of
    another choice. Anything else means that the settings are others, and with them what the action would do.
    """
    preferred = choice_for(row, said.action)
    if preferred is None or said.action is Action.CONFLICT:
        possible = sorted({effect(row, choice).action.value for choice in Choice} - {Action.CONFLICT.value})
        raise SettingsError(
            f"{quoted(said.title)} cannot have the action {said.action.value}",
            where=f"{where}, id {quoted(said.id)}",
            remedy=f"It may be {', '.join(possible)}",
        )
    expected = {change["field"]: change.get("result") for change in said.changes}
    for choice in Choice:
        if effect(row, choice).action is said.action and _results(row, choice) == expected:
            return choice
    return preferred if _results(row, row.choice) == expected else None


def _no_fields(said: FileRow, row: Row, fresh: Plan) -> str:
    """Why what was decided for a field cannot be; "" when all of it can."""
    found = (by_field.why_not(row, name, one, fresh.descriptions) for name, one in said.fields.items())
    return next((why for why in found if why), "")


def _choice_beside(said: FileRow, row: Row) -> Choice | None:
    """The choice for the rest of a row that was decided field by field; None when it would write something else."""
    expected = {change["field"]: change.get("result") for change in said.changes}
    for choice in (Choice.RECOMMENDED, *(one for one in Choice if one is not Choice.NOTHING)):
        decided = replace(row, choice=choice, ignored=None, by_field=said.fields)
        if allowed(decided).state is State.PREVENTED:
            # refused in the words of what prevents it, or held back until somebody confirms it
            decided = replace(decided, held=None) if row.held is not None else replace(decided, blocks={})
        if decided.action is said.action and _results(decided, choice) == expected:
            return choice
    return None


def _results(row: Row, choice: Choice) -> _Json:
    row = row if choice is row.choice else replace(row, choice=choice, ignored=None)
    done = results(row)
    return {change.name: to_json(done[change.name]) if change.name in done else None for change in row.changes}
