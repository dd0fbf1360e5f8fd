"""A small HTTP/1.1 server on loopback that both sandbox applications run on.

It reads whole requests, hands them to an application as values, plays the transport faults of `faults`, keeps a log of
requests for the tests and counts them. An application is a callable `(Request) -> Response`; it never sees a socket.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from sync_core.sandbox.faults import TRANSPORT_KINDS, Fault, FaultBook

MAX_BODY: Final = 64 * 1024 * 1024
LOG_LENGTH: Final = 5000


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read to its end. Header names are lower case. `fault` is the application fault it meets, if any.

    `connection` is the same number for all requests of one TCP connection; NTLM signs in a connection.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    target: str = ""
    fault: Fault | None = None
    connection: int = 0


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. Content-Length and Date are added by the server."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json;charset=UTF-8"
    headers: Mapping[str, str] = field(default_factory=dict)


Application = Callable[[Request], Response]
# the name by which faults and the log know a request; takes the request without its fault
Namer = Callable[[Request], str]


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of a server's log: what was asked and how it was answered (0: the connection was dropped)."""

    operation: str
    request: bytes
    status: int
    response: bytes


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # a second server on the same port must fail, not share it
    allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are daily life for a server; an application's own error is answered with 500."""


class LocalServer:
    """An application behind a free loopback port, in threads of this process.

    `side` and `namer` tell the fault book what a request is. Call `start`, read `url`, call `close`.
    """

    def __init__(self, side: str, application: Application, namer: Namer, faults: FaultBook) -> None:
        self.side = side
        self.log: list[Logged] = []
        self._application = application
        self._namer = namer
        self._faults = faults
        self._lock = threading.Lock()
        self._httpd = _Server(("127.0.0.1", 0), self._handler_class(), bind_and_activate=True)
        self._thread = threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash at the end."""
        return f"http://127.0.0.1:{self._httpd.server_address[1]}"

    def start(self) -> None:
        """Begins to serve in the background."""
        self._thread.start()

    def close(self) -> None:
        """Stops serving and frees the port."""
        self._httpd.shutdown()
        self._httpd.server_close()

    def operations(self) -> list[str]:
        """The names of all requests so far, in order."""
        with self._lock:
            return [line.operation for line in self.log]

    def clear_log(self) -> None:
        """Forgets the requests so far."""
        with self._lock:
            self.log.clear()

    def answer(self, request: Request) -> tuple[Response | None, bool]:
        """What to send, and whether only half of it: None means that the connection is dropped without an answer."""
        name = self._namer(request)
        fault = self._faults.take(self.side, name)
        response, whole = self._play(request, fault)
        with self._lock:
            self.log.append(
                Logged(name, request.body, response.status if response else 0, response.body if response else b"")
            )
            del self.log[:-LOG_LENGTH]
        return response, whole

    def _play(self, request: Request, fault: Fault | None) -> tuple[Response | None, bool]:
        if fault is not None and fault.kind not in TRANSPORT_KINDS:
            return self._application(replace(request, fault=fault)), True
        match fault.kind if fault else "":
            case "drop_before":
                return None, True
            case "drop_after":
                self._application(request)
                return None, True
            case "truncate":
                return self._application(request), False
            case "status":
                assert fault is not None
                headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
                return Response(fault.status, fault.body.encode(), "text/plain", headers), True
            case "html":
                page = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"
                return Response(200, page, "text/html;charset=UTF-8"), True
            case "latency":
                assert fault is not None
                time.sleep(fault.seconds)
        return self._application(request), True

    def _handler_class(self) -> type[BaseHTTPRequestHandler]:
        server = self
        numbers = itertools.count(1)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            server_version = "sandbox"
            # without this a small reply after a small request waits for the client's delayed ACK
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                self.connection_number = next(numbers)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing on the terminal: a screen may be drawn there."""

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                if length > MAX_BODY:
                    self._send(Response(413), True)
                    return
                body = self.rfile.read(length) if length else b""
                parts = urlsplit(self.path)
                query = {k: v[-1] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
                headers = {k.lower(): v for k, v in self.headers.items()}
                request = Request(
                    self.command, parts.path, query, headers, body, self.path, connection=self.connection_number
                )
                try:
                    response, whole = server.answer(request)
                except Exception as problem:  # an application's own mistake must be seen by the client, not hang it
                    response, whole = Response(500, repr(problem).encode(), "text/plain"), True
                if response is None:
                    self.close_connection = True
                    with contextlib.suppress(OSError):
                        self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self._send(response, whole)

            def _send(self, response: Response, whole: bool) -> None:
                self.send_response(response.status)
                for name, value in response.headers.items():
                    self.send_header(name, value)
                if response.status != 204:
                    self.send_header("Content-Type", response.content_type)
                    self.send_header("Content-Length", str(len(response.body)))
                self.end_headers()
                if self.command == "HEAD" or response.status == 204:
                    return
                self.wfile.write(response.body if whole else response.body[: len(response.body) // 2])
                if not whole:
                    self.close_connection = True

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 (names fixed by http.server)

        return Handler
