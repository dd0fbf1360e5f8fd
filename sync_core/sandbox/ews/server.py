"""The HTTP application: signs in, checks a request against the schema, carries it out, answers."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from typing import Final

from lxml import etree

from sync_core.sandbox.ews import find, folders, read, soap, write
from sync_core.sandbox.ews.access import Session
from sync_core.sandbox.ews.ntlm import NtlmGate
from sync_core.sandbox.ews.soap import EwsError, T, children, local
from sync_core.sandbox.ews.store import Exchange
from sync_core.sandbox.ews.zones import zone
from sync_core.sandbox.faults import Fault
from sync_core.sandbox.httpd import Request, Response

PATH: Final = "/EWS/Exchange.asmx"
_XML: Final = "text/xml; charset=utf-8"
_VERSIONS: Final = frozenset(
    {
        "Exchange2007",
        "Exchange2007_SP1",
        "Exchange2010",
        "Exchange2010_SP1",
        "Exchange2010_SP2",
        "Exchange2013",
        "Exchange2013_SP1",
        "Exchange2015",
        "Exchange2016",
    }
)


def operation_name(request: Request) -> str:
    """The name of the operation in a request's SOAP body ("CreateItem"); for anything else what was asked over HTTP."""
    if request.headers.get("authorization", "").startswith("NTLM TlRMTVNTUAAB"):
        return "NTLM negotiate"
    try:
        body = soap.find(soap.parse(request.body), f"{{{soap.SOAP}}}Body")
    except EwsError:
        body = None
    content = children(body)
    return local(content[0]) if content else f"{request.method} {request.path}"


class EwsApplication:
    """An Exchange server as an HTTP application.

    `username` and `password` are for Basic and NTLM; whoever signs in is `signed_in_smtp`. `max_page` is the most items
    of a page. With `validate_replies` a reply that the schema refuses raises AssertionError: for tests.
    """

    def __init__(
        self,
        exchange: Exchange,
        username: str,
        password: str,
        signed_in_smtp: str,
        *,
        max_page: int = find.MAX_PAGE,
        max_changes: int = 512,
        validate_replies: bool = False,
    ) -> None:
        self.exchange = exchange
        self.signed_in_smtp = signed_in_smtp
        self.max_page = max_page
        self.max_changes = max_changes
        self.validate_replies = validate_replies
        self._basic = f"{username}:{password}".encode()
        self._ntlm = NtlmGate(username, password)

    def name_of(self, request: Request) -> str:
        """As `operation_name`, but the refused first steps of an NTLM sign-in are "NTLM negotiate": for a LocalServer
        whose faults and log shall only meet requests that are carried out."""
        if not request.headers.get("authorization") and not self._ntlm.knows(request.connection):
            return "NTLM negotiate"
        return operation_name(request)

    def __call__(self, request: Request) -> Response:
        """Answers one request."""
        if request.path.lower() != PATH.lower():
            return Response(404, b"Not found", "text/plain")
        refusal = self._sign_in(request)
        if refusal is not None:
            return refusal
        if request.method != "POST":
            return Response(405, b"", "text/plain", {"Allow": "POST"})
        try:
            return Response(200, self._answer(request), _XML)
        except EwsError as problem:
            line = int(problem.values.pop("LineNumber", "0"))
            return Response(500, soap.fault(problem, line), _XML)

    def _sign_in(self, request: Request) -> Response | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        offer = 'NTLM, Basic realm="exchange"'
        if scheme.lower() == "basic":
            try:
                given = base64.b64decode(token, validate=True)
            except (binascii.Error, ValueError):
                given = b""
            if hmac.compare_digest(given, self._basic):
                return None
        elif scheme.upper() == "NTLM" or (not scheme and self._ntlm.knows(request.connection)):
            challenge = self._ntlm.step(request.connection, token)
            if challenge is None:
                return None
            offer = challenge or offer
        return Response(401, b"Unauthorized", "text/plain", {"WWW-Authenticate": offer})

    def _answer(self, request: Request) -> bytes:
        fault = request.fault
        if fault is not None and fault.kind == "busy":
            raise EwsError(
                "ErrorServerBusy",
                fault.message or "The server cannot service this request right now. Try again later.",
                values={"BackOffMilliseconds": str(int(fault.seconds * 1000))},
            )
        root = soap.parse(request.body)
        content = children(soap.find(root, f"{{{soap.SOAP}}}Body"))
        if len(content) != 1:
            raise EwsError("ErrorSchemaValidation", "The request failed schema validation: no operation in the body.")
        problem = soap.schema_problem(content[0])
        if problem is not None:
            raise EwsError(
                "ErrorSchemaValidation",
                f"The request failed schema validation: {problem[0]}",
                values={"LineNumber": str(problem[1])},
            )
        session = self._session(root)
        with self.exchange.lock:
            reply = self._carry_out(content[0], session, fault)
        if self.validate_replies:
            wrong = soap.schema_problem(reply)
            assert wrong is None, f"reply breaks the schema: {wrong[0]}"
        return soap.envelope(reply)

    def _session(self, root: etree._Element) -> Session:
        header = soap.find(root, f"{{{soap.SOAP}}}Header")
        zone_id = "UTC"
        for element in children(header):
            if local(element) == "RequestServerVersion" and element.get("Version") not in _VERSIONS:
                raise EwsError("ErrorInvalidServerVersion", "The specified server version is invalid.")
            if local(element) == "TimeZoneContext":
                definition = element.find(soap.tag(T, "TimeZoneDefinition"))
                zone_id = (None if definition is None else definition.get("Id")) or "UTC"
            if local(element) == "ExchangeImpersonation":
                raise EwsError(
                    "ErrorImpersonateUserDenied",
                    "The account may not impersonate the requested user.",
                )
        return Session(self.exchange, self.signed_in_smtp, zone(zone_id), zone_id)

    def _carry_out(self, request: etree._Element, session: Session, fault: Fault | None) -> etree._Element:
        def planned(position: int) -> None:
            if fault is not None and fault.kind == "rows" and position in fault.rows:
                raise EwsError(fault.code or "ErrorInternalServerError", fault.message or "An internal error occurred.")

        short = fault is not None and fault.kind == "short_page"
        name = local(request)
        work: dict[str, Callable[[], list[etree._Element]]] = {
            "ConvertId": lambda: read.convert_id(request),
            "GetFolder": lambda: folders.get_folder(request, session),
            "FindFolder": lambda: folders.find_folder(request, session, self.max_page),
            "FindItem": lambda: find.find_item(request, session, self.max_page, short),
            "GetItem": lambda: read.get_item(request, session, planned),
            "CreateItem": lambda: write.create_item(request, session, planned),
            "UpdateItem": lambda: write.update_item(request, session, planned),
            "DeleteItem": lambda: write.delete_item(request, session, planned),
            "MoveItem": lambda: write.move_item(request, session, planned),
            "SyncFolderItems": lambda: read.sync_folder_items(request, session, self.max_changes, short),
            "GetAttachment": lambda: read.get_attachment(request, session),
        }
        if name not in work:
            raise EwsError("ErrorInvalidOperation", f"The operation {name} is not served here.")
        return soap.response(name, work[name]())
