"""What the program makes of the story: act one synced as recommended, a week gone by, and each situation in its row.

So the demo shows every action and every reason, and a change of the world or of the program that loses one is noticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from support.host import settings_file

from sync_core import text
from sync_core.items import Kind
from sync_core.plan import Action, Plan, Row, Situation, State
from sync_core.review import Review
from sync_core.sandbox.running import Sandbox, start_sandbox
from sync_core.sandbox.world import CHANGED, NEW, STANDING
from sync_core.service import Service
from sync_core.settings.load import load

S, A = Situation, Action
# situation of the story: (how the program calls it, what it recommends, what it says)
MONDAY = {
    "salesforce_moved": (S.CHANGED, A.UPDATE_IN_OUTLOOK, "when changed in Salesforce"),
    "salesforce_place": (S.CHANGED, A.UPDATE_IN_OUTLOOK, "location"),
    "salesforce_renamed": (S.CHANGED, A.UPDATE_IN_OUTLOOK, "subject"),
    "salesforce_notes": (S.CHANGED, A.UPDATE_IN_OUTLOOK, "notes"),
    "salesforce_from_one_side": (S.CHANGED, A.UPDATE_IN_OUTLOOK, "when"),
    "outlook_moved": (S.CHANGED, A.UPDATE_IN_SALESFORCE, "when changed in Outlook"),
    "outlook_longer": (S.CHANGED, A.UPDATE_IN_SALESFORCE, "when"),
    "outlook_place": (S.CHANGED, A.UPDATE_IN_SALESFORCE, "location"),
    "outlook_reminder": (S.CHANGED, A.UPDATE_IN_SALESFORCE, "reminder"),
    "outlook_free": (S.CHANGED, A.UPDATE_IN_SALESFORCE, "show as"),
    "outlook_emptied": (S.CHANGED, A.UPDATE_IN_SALESFORCE, "location"),
    "outlook_from_one_side": (S.CHANGED, A.UPDATE_IN_SALESFORCE, "location"),
    "merge_place_notes": (S.CHANGED_BOTH, A.MERGE, "notes changed in Outlook"),
    "merge_subject_when": (S.CHANGED_BOTH, A.MERGE, "subject changed in Salesforce"),
    "both_alike": (S.SAME_CHANGE, A.NONE, "alike"),
    "conflict_when": (S.CONFLICT, A.CONFLICT, "both sides changed when"),
    "conflict_place_more": (S.CONFLICT, A.CONFLICT, "both sides changed location"),
    "conflict_notes": (S.CONFLICT, A.CONFLICT, "both sides changed notes"),
    "gone_salesforce": (S.GONE, A.DELETE_FROM_OUTLOOK, "deleted in Salesforce"),
    "gone_salesforce_purged": (S.GONE, A.DELETE_FROM_OUTLOOK, "deleted in Salesforce"),
    "gone_outlook": (S.GONE, A.DELETE_FROM_SALESFORCE, "deleted in Outlook"),
    "gone_outlook_for_good": (S.GONE, A.DELETE_FROM_SALESFORCE, "deleted in Outlook"),
    "gone_salesforce_changed_outlook": (S.GONE_CHANGED, A.CONFLICT, "deleted in Salesforce"),
    "gone_outlook_changed_salesforce": (S.GONE_CHANGED, A.CONFLICT, "deleted in Outlook"),
    "gone_both": (S.GONE_BOTH, A.NONE, "deleted on both sides"),
    "out_of_window_outlook": (S.OUT_OF_RANGE, A.NONE, "outside the days"),
    "out_of_window_salesforce": (S.OUT_OF_RANGE, A.NONE, "outside the days"),
    "archived_salesforce": (S.OUT_OF_RANGE, A.NONE, "archived"),
    "other_folder": (S.OUT_OF_RANGE, A.NONE, "another folder"),
    "other_folder_unmarked": (S.OUT_OF_RANGE, A.NONE, "another folder"),
    "other_owner": (S.OUT_OF_RANGE, A.NONE, "somebody else"),
    "moved_and_back": (S.SAME_CHANGE, A.NONE, "moved"),
    "moved_and_back_unmarked": (S.SAME_CHANGE, A.NONE, "moved"),
    "moved_and_changed": (S.CHANGED, A.UPDATE_IN_SALESFORCE, "location"),
    "private_outlook": (S.CHANGED, A.NONE, "private"),
    "private_salesforce": (S.CHANGED, A.NONE, "private"),
    "notes_too_long": (S.CHANGED, A.NONE, "notes"),
    "meeting_moved": (S.CHANGED, A.UPDATE_IN_SALESFORCE, "when"),
    "meeting_changed_salesforce": (S.CHANGED, A.NONE, "location"),
    "copied_in_place": (S.AMBIGUOUS, A.CONFLICT, "which one?"),
    "copied_to_next_week": (S.AMBIGUOUS, A.CONFLICT, "which one?"),
    "new_duplicate": (S.AMBIGUOUS, A.CONFLICT, "which one?"),
    "duplicate_outlook": (S.AMBIGUOUS, A.CONFLICT, "which one?"),
    "duplicate_both": (S.AMBIGUOUS, A.CONFLICT, "which one?"),
    "different_location": (S.TWIN_DIFFERENT, A.CONFLICT, "location"),
    "different_notes": (S.TWIN_DIFFERENT, A.CONFLICT, "notes"),
    "different_reminder": (S.TWIN_DIFFERENT, A.CONFLICT, "reminder"),
    "new_salesforce": (S.NEW, A.CREATE_IN_OUTLOOK, "new in Salesforce"),
    "new_salesforce_all_day": (S.NEW, A.CREATE_IN_OUTLOOK, "new in Salesforce"),
    "new_salesforce_private": (S.NEW, A.NONE, "new in Salesforce"),
    "new_outlook": (S.NEW, A.CREATE_IN_SALESFORCE, "new in Outlook"),
    "new_outlook_multi_day": (S.NEW, A.CREATE_IN_SALESFORCE, "new in Outlook"),
    "new_outlook_private": (S.NEW, A.NONE, "new in Outlook"),
    "new_outlook_invited": (S.NEW, A.CREATE_IN_SALESFORCE, "new in Outlook"),
    "new_outlook_attachment": (S.NEW, A.CREATE_IN_SALESFORCE, "new in Outlook"),
    "new_outlook_three_weeks": (S.NEW, A.NONE, "new in Outlook"),
    "new_outlook_odd_zone": (S.NEW, A.CREATE_IN_SALESFORCE, "new in Outlook"),
    "new_twin": (S.TWIN_EQUAL, A.LINK, "equal"),
    "new_twin_blank": (S.TWIN_DIFFERENT, A.UPDATE_IN_SALESFORCE, "location"),
    "new_twin_different": (S.TWIN_DIFFERENT, A.CONFLICT, "location"),
    "new_likely": (S.LIKELY, A.CONFLICT, "alike"),
    "hostile_markup": (S.NEW, A.CREATE_IN_SALESFORCE, ""),
    "hostile_action": (S.NEW, A.CREATE_IN_OUTLOOK, ""),
    "hostile_escape": (S.NEW, A.CREATE_IN_OUTLOOK, ""),
    "hostile_c1": (S.NEW, A.CREATE_IN_SALESFORCE, ""),
    "hostile_bidi": (S.NEW, A.CREATE_IN_SALESFORCE, ""),
    "hostile_emoji": (S.NEW, A.CREATE_IN_SALESFORCE, ""),
    "hostile_zalgo": (S.NEW, A.CREATE_IN_OUTLOOK, ""),
    "hostile_long": (S.NEW, A.CREATE_IN_OUTLOOK, ""),
    "salesforce_private": (S.NEW, A.NONE, ""),
    "outlook_private": (S.NEW, A.NONE, ""),
    "outlook_confidential": (S.NEW, A.NONE, ""),
    "outlook_weekly": (S.NEW, A.NONE, "new in Outlook"),
    "outlook_monthly": (S.NEW, A.NONE, "new in Outlook"),
}


@dataclass
class Weeks:
    """The plans of two Mondays, and the world behind them."""

    sandbox: Sandbox
    first: Plan
    again: Plan
    second: Plan

    def rows(self, name: str) -> list[Row]:
        """The rows of the second Monday that show a situation."""
        entry = next(e for e in self.sandbox.world.calendar.entries if e.situation.name == name)
        titles = {text.line(event.subject) or "(no subject)" for event in entry.things.values()}
        return [row for row in self.second.rows if row.title in titles]


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weeks]:
    """Act one synced with nothing but recommendations, planned again, and planned once more after a week."""
    directory = tmp_path_factory.mktemp("weeks")
    with start_sandbox(validate_replies=True) as sandbox:
        config = settings_file(directory, sandbox.settings_toml())
        now = datetime.now(UTC)

        def plan(moment: datetime, *, run: bool = False) -> Plan:
            service = Service(load(config), directory / "state", clock=lambda: moment)
            try:
                made = service.plan(Kind.CALENDAR, lambda progress: None, lambda: False)
                if run:
                    report = service.run(Review.of(made), lambda progress: None, lambda: False)
                    assert report.clean, [row for row in report.rows if row.message]
            finally:
                service.close()
            return made

        first = plan(now - timedelta(days=7), run=True)
        again = plan(now - timedelta(days=7))
        skipped = sandbox.advance().skipped
        assert [line for line in skipped if line["kind"] == "calendar"] == []
        yield Weeks(sandbox, first, again, plan(now))


def test_the_first_plan_links_the_twins_and_brings_the_rest_across(weeks: Weeks) -> None:
    actions = {action: sum(row.action is action for row in weeks.first.rows) for action in Action}
    assert actions[Action.LINK] > 40
    assert actions[Action.CREATE_IN_OUTLOOK] >= 5
    assert actions[Action.CREATE_IN_SALESFORCE] >= 5
    assert actions[Action.CONFLICT] >= 5
    assert not actions[Action.DELETE_FROM_OUTLOOK]
    assert not actions[Action.DELETE_FROM_SALESFORCE]
    assert weeks.first.guards == ()


def test_nothing_is_left_after_the_first_sync_but_what_nobody_decided(weeks: Weeks) -> None:
    assert {row.action for row in weeks.again.rows} <= {Action.CONFLICT, Action.NONE}
    assert weeks.again.in_sync > 50


@pytest.mark.parametrize("name", MONDAY)
def test_each_situation_leads_to_its_row(weeks: Weeks, name: str) -> None:
    situation, action, said = MONDAY[name]
    rows = weeks.rows(name)
    assert rows
    found = [row for row in rows if row.situation is situation]
    assert found, [(row.situation, row.reason) for row in rows]
    for row in found:
        assert row.action is action
        assert said in row.reason
        if action is Action.NONE and situation in (S.NEW, S.CHANGED):
            assert row.state is State.PREVENTED
            assert row.why_not


def test_everything_else_is_in_step(weeks: Weeks) -> None:
    quiet = {s.name for s in (*STANDING, *CHANGED, *NEW)} - set(MONDAY)
    for name in quiet:
        assert weeks.rows(name) == [], name


def test_a_series_of_salesforce_crosses_over_and_is_in_step(weeks: Weeks) -> None:
    entry = next(e for e in weeks.sandbox.world.calendar.entries if e.situation.name == "salesforce_series")
    title = next(iter(entry.things.values())).subject
    assert [row.action for row in weeks.first.rows if row.title == title] == [A.CREATE_IN_OUTLOOK]
    assert weeks.rows("salesforce_series") == []


def test_series_that_salesforce_cannot_hold_say_what_of_them(weeks: Weeks) -> None:
    for name in ("outlook_weekly", "outlook_monthly"):
        (row,) = weeks.rows(name)
        assert "Salesforce cannot hold: " in row.why_not
        assert "changed occurrence" in row.why_not


def test_a_monday_shows_every_action_and_nearly_every_situation(weeks: Weeks) -> None:
    assert {row.action for row in weeks.second.rows} == set(Action)
    # what cannot be read comes from faults of the servers, what is taken back from the history, and what was forgotten
    # from a memory that was lost
    never = {Situation.UNREADABLE, Situation.TAKEN_BACK, Situation.FORGOTTEN}
    assert {row.situation for row in weeks.second.rows} == set(Situation) - never


def test_an_ordinary_week_raises_no_guard(weeks: Weeks) -> None:
    assert weeks.second.guards == ()


def test_no_attendee_got_mail(weeks: Weeks) -> None:
    assert weeks.sandbox.exchange.outbox == []
