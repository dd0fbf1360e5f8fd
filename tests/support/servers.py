"""Both servers of a desk and the program that compares them, for tests of contacts and tasks by example."""

from __future__ import annotations

from typing import Any

from sync_core.items import Kind
from sync_core.plan import Plan, Row
from sync_core.report import RunReport
from sync_core.review import Review


class Servers:
    """Both servers of a desk. Its `kinds` are switched on; where none is named, the first of them is meant."""

    def __init__(self, desk: Any, *kinds: Kind) -> None:
        self.desk, self.kind = desk, kinds[0]
        self.org, self.box, self.me = desk.sandbox.org, desk.sandbox.mailbox, desk.sandbox.user_id
        for kind in kinds:
            desk.configure(kind.value, include=True)

    def delete_customers(self) -> None:
        """An empty world has customers in Salesforce all the same, for its events to be about."""
        for customer in self.org.rows("Contact"):
            self.org.delete("Contact", str(customer["Id"]), by=self.me)

    def plan(self, kind: Kind | None = None) -> Plan:
        plan: Plan = self.desk.plan_of(kind or self.kind)
        return plan

    def loud(self, kind: Kind | None = None) -> list[Row]:
        """The rows that a person would look at."""
        return [row for row in self.plan(kind).rows if not row.quiet]

    def run(self, review: Review | None = None) -> None:
        """Runs a review, or what is recommended. Raises AssertionError unless all of it is done."""
        report: RunReport = self.desk.run_of(review or Review.of(self.plan()))
        assert report.clean, [row.message for row in report.rows]
