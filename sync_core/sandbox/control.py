"""The control endpoint: what the tests and the demo do to the two servers behind the program's back.

It listens on loopback, under a path that nobody can guess; the program itself never calls it.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from sync_core.sandbox.faults import Fault
from sync_core.sandbox.httpd import Request, Response
from sync_core.sandbox.salesforce.errors import ApiError
from sync_core.sandbox.salesforce.values import show

if TYPE_CHECKING:
    from sync_core.sandbox.running import Sandbox

_ROUTES: Final = {
    "POST /advance": "let a week go by; ?mass=1 deletes most of one side instead (&side=salesforce or outlook,"
    " &kind=calendar, contacts or tasks)",
    "GET /state": "all items of both sides as they are stored, deleted ones too, and mail that would have been sent",
    "POST /edit": "create, update, delete, move or purge on one side: {side, do, id, fields, sobject, folder}",
    "GET /faults": "the faults still to come",
    "POST /faults": "add one fault or a list of them",
    "DELETE /faults": "forget them",
    "GET /requests": "the operations that each side was asked for, in order",
    "DELETE /requests": "forget them",
    "GET /": "this page",
}
_KINDS: Final[Mapping[str, Literal["calendar", "contacts", "tasks"]]] = {
    "calendar": "calendar", "contacts": "contacts", "tasks": "tasks"
}  # fmt: skip
# what is a moment in Outlook, and comes as text
_MOMENTS: Final = frozenset(
    {"start", "end", "birthday", "due_date", "start_date", "complete_date", "reminder_due_by"}
)  # fmt: skip


class RefusedError(Exception):
    """A request that cannot be carried out; the text says why."""


class ControlApplication:
    """Answers requests below `/SECRET`. Everything else is not found."""

    def __init__(self, sandbox: Sandbox, secret: str) -> None:
        self.secret = secret
        self._sandbox = sandbox
        self._answers: dict[str, Callable[[Request], object]] = {
            "GET /": lambda request: _ROUTES,
            "POST /advance": self._advance,
            "GET /state": lambda request: state(sandbox),
            "POST /edit": self._edit,
            "GET /faults": lambda request: [asdict(fault) for fault in sandbox.faults.waiting()],
            "POST /faults": self._add_faults,
            "DELETE /faults": lambda request: sandbox.faults.clear(),
            "GET /requests": lambda request: {
                "salesforce": sandbox.salesforce_server.operations(),
                "outlook": sandbox.outlook_server.operations(),
            },
            "DELETE /requests": self._forget_requests,
        }

    def __call__(self, request: Request) -> Response:
        """Answers one request with JSON; a refusal is {"error": sentence} with status 400."""
        secret, _, route = request.path.removeprefix("/").partition("/")
        # as bytes: compare_digest takes no text beyond ASCII
        if not hmac.compare_digest(secret.encode(), self.secret.encode()):
            return _json(404, {"error": "not found"})
        answer = self._answers.get(f"{request.method} /{route}")
        if answer is None:
            return _json(404, {"error": f"there is no {request.method} /{route}; GET / tells what there is"})
        try:
            return _json(200, answer(request))
        except (RefusedError, ApiError, ValueError, TypeError) as problem:
            return _json(400, {"error": str(problem)})
        except KeyError as problem:
            return _json(400, {"error": f"there is no {problem.args[0]}"})

    def _advance(self, request: Request) -> object:
        side = request.query.get("side", "outlook")
        if side not in ("salesforce", "outlook"):
            raise RefusedError("side must be salesforce or outlook")
        if request.query.get("mass") in (None, "", "0"):
            return self._sandbox.advance().as_json()
        kind = _KINDS.get(request.query.get("kind", "calendar"))
        if kind is None:
            raise RefusedError("kind must be calendar, contacts or tasks")
        return self._sandbox.delete_most("salesforce" if side == "salesforce" else "outlook", kind).as_json()

    def _add_faults(self, request: Request) -> object:
        data = _body(request)
        # all of them are read before any is taken
        faults = [Fault.from_json(each) for each in (data if isinstance(data, list) else [data])]
        for fault in faults:
            self._sandbox.faults.add(fault)
        return {"waiting": len(self._sandbox.faults.waiting())}

    def _forget_requests(self, request: Request) -> object:
        self._sandbox.salesforce_server.clear_log()
        self._sandbox.outlook_server.clear_log()
        return {}

    def _edit(self, request: Request) -> object:
        data = _body(request)
        if not isinstance(data, dict) or data.get("side") not in ("salesforce", "outlook"):
            raise RefusedError('side must be "salesforce" or "outlook"')
        if data["side"] == "salesforce":
            return _edit_salesforce(self._sandbox, data)
        return _edit_outlook(self._sandbox, data)


def state(sandbox: Sandbox) -> dict[str, object]:
    """Everything that both servers store, as JSON values: Salesforce's events, contacts and tasks, all of Outlook."""

    def records(sobject: str) -> list[dict[str, object]]:
        rows = sandbox.org.rows(sobject, deleted=True)
        return [{name: show(value) for name, value in row.items()} for row in rows]

    items = []
    with sandbox.exchange.lock:
        for box in sandbox.exchange.mailboxes.values():
            for folder in box.folders.values():
                place = {"mailbox": box.smtp, "folder": folder.distinguished or folder.name}
                items += [{**place, **item.native()} for item in folder.items.values()]
        outbox = [asdict(mail) for mail in sandbox.exchange.outbox]
    return {
        "today": sandbox.world.today.isoformat(),
        "user_id": sandbox.user_id,
        "salesforce": records("Event"),
        "salesforce_contacts": records("Contact"),
        "salesforce_tasks": records("Task"),
        "outlook": items,
        "outbox": outbox,
    }


def _edit_salesforce(sandbox: Sandbox, data: Mapping[str, Any]) -> object:
    sobject, record, fields = data.get("sobject", "Event"), data.get("id", ""), data.get("fields", {})
    by = data.get("by", sandbox.user_id)
    match data.get("do"):
        case "create":
            record = sandbox.org.create(sobject, fields, by=by)
        case "update":
            sandbox.org.update(sobject, record, fields, by=by)
        case "delete":
            sandbox.org.delete(sobject, record, by=by)
        case "purge":
            sandbox.org.purge(sobject, record)
        case _:
            raise RefusedError("do must be create, update, delete or purge")
    return {"id": record}


def _edit_outlook(sandbox: Sandbox, data: Mapping[str, Any]) -> object:
    box, item, fields = sandbox.mailbox, data.get("id", ""), _native(data.get("fields", {}))
    match data.get("do"):
        case "create":
            item = box.create(_folder(sandbox, data), fields).id
        case "update":
            box.update(item, fields)
        case "delete":
            box.delete(item, to="nowhere" if data.get("folder") == "nowhere" else "deleteditems")
        case "move":
            item = box.move(item, _folder(sandbox, data)).id
        case _:
            raise RefusedError("do must be create, update, delete or move")
    return {"id": item}


def _folder(sandbox: Sandbox, data: Mapping[str, Any]) -> Any:
    wanted = data.get("folder", "calendar")
    for folder in sandbox.mailbox.folders.values():
        if wanted in (folder.distinguished, folder.name, folder.id):
            return folder
    raise RefusedError(f"there is no folder {wanted}")


def _native(fields: Mapping[str, Any]) -> dict[str, object]:
    """Native values from JSON: moments from ISO 8601 with an offset, people and files from lists."""
    values: dict[str, object] = {}
    for name, value in fields.items():
        if name in _MOMENTS and isinstance(value, str):
            values[name] = datetime.fromisoformat(value)
        elif name == "extended":
            # {"set id/name": value}, as GET /state shows it
            values[name] = {tuple(key.split("/", 1)): each for key, each in value.items()}
        elif isinstance(value, list):
            values[name] = [tuple(each) if isinstance(each, list) else each for each in value]
            if name == "organizer":
                values[name] = tuple(value)
        else:
            values[name] = value
    return values


def _body(request: Request) -> Any:
    try:
        return json.loads(request.body)
    except ValueError as problem:
        raise RefusedError(f"the body is not JSON: {problem}") from None


def _json(status: int, value: object) -> Response:
    def plain(each: object) -> str:
        return each.isoformat() if isinstance(each, (date, datetime)) else str(each)

    return Response(status, json.dumps({} if value is None else value, default=plain).encode())
