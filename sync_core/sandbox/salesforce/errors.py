"""The errors of the REST API: an HTTP status, a code, a sentence, and the fields they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class ApiError(Exception):
    """One refusal. `fields` is None where the real reply has no such key (queries, sessions), a tuple where it has."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Iterable[str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.fields = None if fields is None else tuple(fields)
        self.extra = dict(extra or {})

    def entry(self) -> dict[str, object]:
        """The element of the error list that a whole request is answered with."""
        found: dict[str, object] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            found["fields"] = list(self.fields)
        return {**found, **self.extra}

    def row_entry(self) -> dict[str, object]:
        """The element of `errors` in one row of a Collections reply."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields or ()), **self.extra}


class RollbackError(Exception):
    """Leaves a transaction on purpose, so that nothing of it stays."""


class UnreadableError(ApiError):
    """A body that cannot be read as what the resource expects: it fails a whole request, not a row of it."""


def refused(code: str, message: str, *fields: str) -> ApiError:
    """A save that the org refuses with 400, naming the fields it is about."""
    return ApiError(400, code, message, fields)


def query_error(code: str, message: str) -> ApiError:
    """A query that the org refuses with 400."""
    return ApiError(400, code, message)


def not_found() -> ApiError:
    """What a path or an id that leads nowhere is answered with."""
    return ApiError(404, "NOT_FOUND", "The requested resource does not exist")


def is_deleted() -> ApiError:
    """What a record in the recycle bin is answered with."""
    return ApiError(404, "ENTITY_IS_DELETED", "entity is deleted", ())


def no_access() -> ApiError:
    """What a save is answered with when the record can be seen but not changed."""
    return ApiError(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", ())


def bad_reference(*fields: str) -> ApiError:
    """A reference to something that does not exist, or that the user cannot see."""
    return ApiError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields)


def bad_json(message: str, line: int = 1, column: int = 1) -> ApiError:
    """A body that is not the JSON the resource expects."""
    return UnreadableError(400, "JSON_PARSER_ERROR", f"{message} at [line:{line}, column:{column}]")


def unknown_column(name: str, sobject: str) -> ApiError:
    """A field in a body that the object does not have, or that the user may not see."""
    return UnreadableError(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject}")
