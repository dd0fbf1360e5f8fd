"""What the commands of the review do to it, and how that is told. Pure: reviews in, reviews and words out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sync_core.items import SideName
from sync_core.plan import Choice, IgnoreMode, Row, State
from sync_core.review import Review
from tui.widgets.action_menu import Command

LABELS: Final[dict[Command, tuple[str, str, bool]]] = {
    # label, sentence, whether it stands in the key line
    Command.TO_OUTLOOK: ("Outlook", "Bring the row to Outlook; in a conflict Salesforce's value wins.", True),
    Command.TO_SALESFORCE: ("Salesforce", "Bring the row to Salesforce; in a conflict Outlook's value wins.", True),
    Command.ALL_TO_OUTLOOK: ("Use Salesforce", "Make Outlook like Salesforce in every field.", False),
    Command.ALL_TO_SALESFORCE: ("Use Outlook", "Make Salesforce like Outlook in every field.", False),
    Command.NOTHING: ("Nothing", "Do nothing with the row this time.", False),
    Command.RESET: ("Recommendation", "Back to the recommendation; an ignore ends.", False),
    Command.IGNORE_ONCE: ("Ignore", "Ignore differences until the next time one changes.", True),
    Command.IGNORE_FOREVER: ("Ignore forever", "Ignore difference forever.", False),
    Command.SINGLE_EVENTS: (
        "Single events",
        "Bring occurrences of a series across as single events, where it cannot cross as it is.",
        False,
    ),
    Command.DETAILS: ("Details", "Show or hide the details.", False),
}


def decided(review: Review, command: Command, ids: Sequence[str], since: str) -> Review:
    """The review after `command` was given for the rows `ids`. `since` is now, UTC ISO 8601, for ignores."""
    match command:
        case Command.TO_OUTLOOK:
            return review.point(ids, SideName.OUTLOOK)
        case Command.TO_SALESFORCE:
            return review.point(ids, SideName.SALESFORCE)
        case Command.ALL_TO_OUTLOOK:
            return review.choose(ids, Choice.TO_OUTLOOK)
        case Command.ALL_TO_SALESFORCE:
            return review.choose(ids, Choice.TO_SALESFORCE)
        case Command.NOTHING:
            return review.choose(ids, Choice.NOTHING)
        case Command.IGNORE_ONCE:
            return review.ignore(ids, IgnoreMode.ONCE, since)
        case Command.IGNORE_FOREVER:
            return review.ignore(ids, IgnoreMode.FOREVER, since)
        case Command.SINGLE_EVENTS:
            return review.as_single_events(ids, since)
        case Command.RESET:
            return review.reset(ids)
    raise ValueError(f"{command} does not change a review")


def changed(before: Review, after: Review) -> set[str]:
    """The ids of the rows that differ between two reviews of the same plan with the same rows joined."""
    ids = {
        row_id
        for row_id in before.decisions.keys() | after.decisions.keys()
        if before.decisions.get(row_id) != after.decisions.get(row_id)
    }
    if before.confirmed != after.confirmed:
        ids |= {row.id for row in after.plan.rows if row.held is not None}
    return ids


def still_blocked(rows: Sequence[Row]) -> str:
    """Which of the `rows` that were just decided will not happen in spite of it, in words; "" for none."""
    blocked = [row for row in rows if row.state is State.PREVENTED]
    if not blocked:
        return ""
    those = "it stays" if len(rows) == 1 else f"{len(blocked)} of {len(rows)} stay"
    return f"{those} blocked: {blocked[0].why_not}"


def lost(review: Review) -> int:
    """How many decisions are gone when the review is left without Ok. Ignores are not: they are kept."""
    planned = {row.id: row.choice for row in review.plan.rows}
    chosen = sum(
        bool(decision.by_field) or decision.choice is not planned.get(row_id, Choice.RECOMMENDED)
        for row_id, decision in review.decisions.items()
    )
    return chosen + review.picks
