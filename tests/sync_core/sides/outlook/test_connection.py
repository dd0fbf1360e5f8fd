"""The line to the server: signing in, refusals as sentences, patience, and what must never get out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from exchangelib.protocol import CachingProtocol

from sync_core.errors import CancelledError, HandsyncError, SettingsError, SideError, SignInError
from sync_core.items import Kind
from sync_core.sandbox.httpd import Response
from sync_core.settings.models import OutlookSettings
from sync_core.sides import Window
from sync_core.sides.outlook import OutlookSide
from sync_core.sides.outlook.connection import check_endpoint
from sync_core.sides.outlook.problems import AnswerError, Policy

SECRET = "correct horse"


def test_a_wrong_password(world: Any, calls_with: Callable[..., Any]) -> None:
    """A.2, A.6: refused at once and not tried again, because accounts get locked."""
    with pytest.raises(SignInError, match="refused the user name or the password"):
        calls_with(password="wrong").fetch()
    assert len(world.server.log) == 1


def test_ntlm(world: Any, calls_with: Callable[..., Any]) -> None:
    world.event()
    assert calls_with(auth="ntlm").item().title == "Visit"


@pytest.mark.parametrize("auth", ["oauth", "kerberos"])
def test_ways_to_sign_in_that_are_not_there(calls_with: Callable[..., Any], auth: str) -> None:
    with pytest.raises(SettingsError, match=f'auth = "{auth}" is not available'):
        calls_with(auth=auth).fetch()


def test_a_password_never_travels_readable() -> None:
    """A.3: exchangelib accepts http:// for any host."""
    with pytest.raises(SettingsError, match="http://"):
        check_endpoint("http://mail.example.com/EWS/Exchange.asmx")
    with pytest.raises(SettingsError, match="user name or password"):
        check_endpoint("https://rep:secret@mail.example.com/EWS/Exchange.asmx")
    with pytest.raises(SettingsError, match="not a web address"):
        check_endpoint("mail.example.com")
    for fine in (
        "http://127.0.0.1:8080/EWS",
        "http://localhost/EWS",
        "http://[::1]/EWS",
        "https://mail.example.com/EWS",
    ):
        assert check_endpoint(fine) == fine


def test_a_proxy_gets_nothing_that_is_meant_for_this_machine(
    world: Any, calls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A.3: http_proxy catches loopback traffic unless it is told not to."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    world.event()
    assert calls.item().title == "Visit"


def test_a_second_side_does_not_inherit_the_first(world: Any, calls_with: Callable[..., Any]) -> None:
    """A.3: exchangelib's protocols are cached process-wide by address and user, policy and zone included."""
    world.event()
    first, second = calls_with(), calls_with()
    assert first.item().title == second.item().title == "Visit"
    first.side.close()
    assert second.item().title == "Visit"
    assert not CachingProtocol._protocol_cache


def test_a_closed_side_can_be_used_again(world: Any, calls: Any) -> None:
    world.event()
    calls.fetch()
    calls.side.close()
    assert calls.item().title == "Visit"


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "does not let this program in"), (404, "no Exchange service"), (413, "too large"), (302, "another address"),
     (502, "HTTP 502"), (504, "HTTP 504")],
)  # fmt: skip
def test_refusals_are_sentences(world: Any, calls: Any, status: int, words: str) -> None:
    """0.13: exchangelib would raise one error with all headers and the whole body in its message."""
    world.other.instead["GetFolder"] = [
        Response(status, b"secret body", "text/plain", {"X-Secret": "hidden", "Location": "https://evil.example.com/"})
    ]
    with pytest.raises(SideError, match=words) as caught:
        calls.fetch()
    told = str(caught.value) + repr(caught.value)
    assert "secret" not in told.lower()
    assert "hidden" not in told
    assert "evil" not in told


def test_a_sign_in_page_instead_of_an_answer(world: Any, calls: Any) -> None:
    world.fault("html", "GetFolder")
    with pytest.raises(SideError, match="a web page came instead"):
        calls.fetch()


def test_nobody_listens(world: Any, calls_with: Callable[..., Any]) -> None:
    """A.6: a refused connection was never sent, and says so."""
    with pytest.raises(SideError, match="cannot be reached"):
        calls_with(service_endpoint="http://127.0.0.1:9/EWS/Exchange.asmx").fetch()


def test_reads_wait_as_told(world: Any, calls: Any) -> None:
    """0.13, A.6: Retry-After and BackOffMilliseconds are kept and obeyed."""
    world.event()
    world.fault("status", "GetFolder", status=503, retry_after=30)
    world.fault("busy", "FindItem", seconds=4)
    world.fault("status", "GetItem", status=429, retry_after=2)
    assert calls.item().title == "Visit"
    assert sum(world.slept) == pytest.approx(36)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "17"}, 17),
        ({"Retry-After": "Mon, 23 Nov 2026 08:00:20 GMT", "Date": "Mon, 23 Nov 2026 08:00:05 GMT"}, 15),
        ({"Retry-After": "Mon, 23 Nov 2026 08:00:20 GMT"}, 20),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    """0.13: Retry-After holds seconds or a date; a date is taken by the server's clock, and by ours if it has none."""
    response = requests.Response()
    response.status_code = 503
    response.headers.update(headers)
    with pytest.raises(AnswerError) as caught:
        Policy(lambda: datetime(2026, 11, 23, 8, tzinfo=UTC)).raise_response_errors(response)
    assert caught.value.verdict.wait == seconds


def test_patience_ends(world: Any, calls: Any) -> None:
    world.fault("busy", "GetFolder", seconds=3600)
    with pytest.raises(SideError, match="too busy"):
        calls.fetch()
    assert world.slept == []


def test_waiting_can_be_stopped(world: Any, calls: Any, window: Window) -> None:
    calls.side.describe(Kind.CALENDAR)
    world.fault("busy", "FindItem", seconds=100)
    with pytest.raises(CancelledError):
        calls.side.fetch(Kind.CALENDAR, window, lambda progress: None, lambda: len(world.slept) >= 3)
    assert len(world.slept) == 3


def test_a_broken_line_is_tried_again_when_reading(world: Any, calls: Any) -> None:
    world.event()
    world.fault("drop_before", "FindItem")
    world.fault("truncate", "GetItem")
    assert calls.item().title == "Visit"


def test_no_secret_gets_out(world: Any, caplog: pytest.LogCaptureFixture, calls_with: Callable[..., Any]) -> None:
    """0.14: exchangelib logs the Authorization header and bodies, at DEBUG and on unexpected errors."""
    caplog.set_level(logging.DEBUG)
    # somebody who wants to see everything of one module gets nothing either
    caplog.set_level(logging.DEBUG, logger="exchangelib.util")
    calls = calls_with()
    world.event("confidential subject")
    calls.fetch()
    world.fault("truncate", "GetItem", times=5)
    with pytest.raises(HandsyncError) as caught:
        calls.fetch()
    assert not [record for record in caplog.records if record.name.startswith("exchangelib")]
    assert "confidential" not in caplog.text
    assert SECRET not in caplog.text + str(caught.value) + repr(calls.side)


def test_an_unknown_zone(world: Any) -> None:
    """A.10: Exchange needs a Windows name for the user's zone."""
    settings = OutlookSettings(
        service_endpoint="https://mail.example.com/EWS/Exchange.asmx", primary_smtp_address="a@b.c"
    )
    with pytest.raises(SettingsError, match="no name for the time zone"):
        OutlookSide(settings, "", "Nowhere/Atlantis").describe(Kind.CALENDAR)


def test_another_version_of_the_server(world: Any, calls: Any) -> None:
    """A.3: the version is only a first guess; a server that refuses it is asked in an older one."""
    world.event()
    refusal = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client'
        b"</faultcode><faultstring>old</faultstring><detail>"
        b'<e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">'
        b"ErrorInvalidServerVersion</e:ResponseCode></detail></s:Fault></s:Body></s:Envelope>"
    )
    world.other.instead["GetFolder"] = [Response(500, refusal, "text/xml")]
    assert calls.item().title == "Visit"


def test_the_session_is_never_lost(world: Any, calls: Any) -> None:
    """0.10: a session that is not given back makes the next call hang for ever."""
    world.event()
    for kind in ("drop_before", "html", "truncate"):
        world.fault(kind, "GetItem", times=5)
        with pytest.raises(SideError):
            calls.fetch()
        world.faults.clear()
    done: list[Any] = []
    thread = threading.Thread(target=lambda: done.append(calls.item()), daemon=True)
    thread.start()
    thread.join(10)
    assert done
