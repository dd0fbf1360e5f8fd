"""Asking Salesforce: what an object looks like, what the org has set up for it, and the rows of a question."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sync_core.errors import SideError
from sync_core.items import Item, Kind
from sync_core.settings.models import SalesforceSettings
from sync_core.sides import CancelCheck, Window, Write
from sync_core.sides.salesforce import account, shape
from sync_core.sides.salesforce.account import Account
from sync_core.sides.salesforce.failures import GatewayError, Sort
from sync_core.sides.salesforce.gateway import Gateway, Page, missing, never
from sync_core.sides.salesforce.ids import id18, is_id
from sync_core.sides.salesforce.mapping import Context, ObjectMapping, Rows
from sync_core.sides.salesforce.shape import Shape


class Reader:
    """Reads rows for the mappings of the kinds, and knows what the server turned out to have.

    `zone` is the user's IANA zone, `clock` gives aware times. All calls may raise SideError, SignInError and
    SettingsError.
    """

    def __init__(
        self,
        gateway: Gateway,
        settings: SalesforceSettings,
        zone: str,
        clock: Callable[[], datetime],
        mappings: Mapping[Kind, ObjectMapping],
    ) -> None:
        self._gateway = gateway
        self._settings = settings
        self._zone = zone
        self._clock = clock
        self._mappings = mappings
        self._account: Account | None = None
        self._shapes: dict[Kind, Shape] = {}
        self._tables: dict[Kind, Mapping[str, Rows]] = {}
        # what turned out while asking: whether the server joins names, and whether it has queryAll
        self._joins = True
        self.query_all = True

    def mapping(self, kind: Kind) -> ObjectMapping:
        return self._mappings[kind]

    def who(self) -> Account:
        if self._account is None:
            self._account = account.find(self._gateway, self._settings.username)
        return self._account

    def shape(self, kind: Kind) -> Shape:
        if kind not in self._shapes:
            mapping = self.mapping(kind)
            form = self._described(mapping)
            if why := mapping.essential(form):
                raise SideError(
                    why, where=f"Salesforce ({self._gateway.host})", remedy="Ask an administrator to make it visible"
                )
            self._shapes[kind] = form
        return self._shapes[kind]

    def _described(self, mapping: ObjectMapping) -> Shape:
        try:
            return shape.of_describe(mapping.sobject, self._gateway.describe(mapping.sobject))
        except GatewayError as problem:
            if not missing(problem):
                raise
        # no such version, no such object for this user, or a server without describe: one more question tells
        try:
            list(self._gateway.query(f"SELECT Id FROM {mapping.sobject} LIMIT 1"))
        except GatewayError as problem:
            if not missing(problem):
                raise
            raise SideError(
                f"the server has no REST API of version {self._settings.api_version}",
                where=f"Salesforce ({self._gateway.host})",
                remedy="Check salesforce.instance_url and salesforce.api_version",
            ) from None
        return mapping.assumed()

    def context(self, kind: Kind) -> Context:
        form = self.shape(kind)
        if kind not in self._tables:
            asked = self.mapping(kind).tables(form)
            self._tables[kind] = {name: self.answers([soql]) for name, soql in asked.items()}
        who = self.who()
        tables = self._tables[kind]
        return Context(form, self._zone, self._clock(), who.user_id, tables, series_zone=who.zone or self._zone)

    def select(self, kind: Kind, condition: str, everything: bool, cancelled: CancelCheck = never) -> Iterator[Page]:
        """The pages of the kind's rows. Does without joins and without queryAll where the server has none."""
        mapping, form = self.mapping(kind), self.shape(kind)
        while True:
            related = mapping.related(form) if self._joins else []
            soql = f"SELECT {', '.join(mapping.columns(form) + related)} FROM {mapping.sobject} WHERE {condition}"
            try:
                yield from self._gateway.query(soql, everything=everything and self.query_all, cancelled=cancelled)
                return
            except GatewayError as problem:
                # only a first page can fail like this, so nothing has been given out twice
                if related and problem.failure.code in ("INVALID_FIELD", "MALFORMED_QUERY", "INVALID_TYPE"):
                    self._joins = False
                elif everything and self.query_all and missing(problem):
                    self.query_all = False
                else:
                    raise

    def rest(
        self, kind: Kind, rows: Sequence[Mapping[str, Any]], context: Context, cancelled: CancelCheck = never
    ) -> tuple[list[Mapping[str, Any]], bool]:
        """What belongs to `rows` and may lie elsewhere, archived records included, and whether that is all of it."""
        found: list[Mapping[str, Any]] = []
        complete = True
        for condition in self.mapping(kind).rest(rows, context):
            alive = " AND IsDeleted = false" if context.shape.has("IsDeleted") else ""
            for page in self.select(kind, condition + alive, True, cancelled):
                found += [row for row in page.rows if row.get("IsDeleted") is not True]
                complete = complete and not page.cut
        return found, complete

    def answers(self, questions: Sequence[str]) -> Rows:
        """The rows of these queries; none where the server refuses one: no such table, or not for this user."""
        rows: list[Mapping[str, Any]] = []
        for soql in questions:
            try:
                rows += [row for page in self._gateway.query(soql) for row in page.rows]
            except GatewayError as problem:
                if problem.failure.sort is not Sort.REFUSED:
                    raise
        return rows

    def found(self, kind: Kind, condition: str, context: Context) -> list[Item]:
        """The items behind a condition, wherever in time they are, each series as one."""
        rows = [row for page in self.select(kind, condition, False) for row in page.rows]
        more, whole = self.rest(kind, rows, context)
        window = Window(date(1700, 1, 2), date(4000, 12, 30), self._zone)
        items, _ = self.mapping(kind).reading([*rows, *more], replace(context, partial=not whole), window)
        return items

    def series_rows(self, kind: Kind, writes: Sequence[Write], context: Context) -> Rows:
        """The occurrences of the series that are to be written."""
        ids = [id18(w.before.id) for w in writes if w.before is not None and w.before.series and is_id(w.before.id)]
        return self.family_rows(kind, ids, context) if ids else []

    def family_rows(self, kind: Kind, ids: Sequence[str], context: Context) -> Rows:
        """All occurrences of the series that these records belong to; none when not all can be read."""
        listed = ", ".join(f"'{one}'" for one in ids)
        rows = [row for page in self.select(kind, f"Id IN ({listed})", True) for row in page.rows]
        more, complete = self.rest(kind, rows, context)
        return more if complete else []
