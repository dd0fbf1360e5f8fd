"""What simple-salesforce does by itself, and what must not come of it (facts: salesforce A3 and A4)."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from sync_core.errors import SettingsError, SideError, SignInError
from sync_core.items import Item, Kind, SideName
from sync_core.sandbox.httpd import Request, Response
from sync_core.settings.models import SalesforceSettings
from sync_core.sides import Operation, Ref, Write
from sync_core.sides.salesforce import times
from sync_core.sides.salesforce.address import parse
from sync_core.sides.salesforce.gateway import Gateway
from sync_core.sides.salesforce.ids import id18, is_id
from sync_core.sides.salesforce.signin import SignIn
from sync_core.sides.salesforce.transport import Channel, open_session

CREDENTIALS = {"auth": "client_credentials", "client_id": "handsync-client"}
EXPIRED = b'[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]'
PAGE = b"<!DOCTYPE html><html><body>Please sign in</body></html>"


def html(status: int) -> Response:
    return Response(status, PAGE, "text/html")


def data(request: Request) -> bool:
    return request.path.startswith("/services/data")


def gateway(world: Any, **settings: Any) -> Gateway:
    values = SalesforceSettings(instance_url=world.server.url, **settings)
    return Gateway(values, {"access_token": "00Dfixed!session.token", "client_secret": "quite-a-client-secret"}, print)


def test_lazy_import() -> None:
    """A1: simple-salesforce takes a third of a second to import, and only the package that needs it pays."""
    code = "import sys, sync_core.sides; sys.exit('simple_salesforce' in sys.modules or 'requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_http_on_loopback(world: Any) -> None:
    """A3: https is hard-coded; http://127.0.0.1 and http://localhost are rewritten below simple-salesforce."""
    world.event()
    assert len(world.fetch().items) == 1
    assert len(world.fetch(side=world.make(instance_url=world.server.url.replace("127.0.0.1", "localhost"))).items) == 1


def test_ipv6_loopback() -> None:
    """A3: simple-salesforce takes the brackets off an IPv6 address, so it gets host and port from us."""
    address = parse("http://[::1]:8080")
    assert (address.origin, address.client_origin) == ("http://[::1]:8080", "https://[::1]:8080")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "is not set"),
        ("example.my.salesforce.com", "starts with https://"),
        ("ftp://example.my.salesforce.com", "starts with https://"),
        ("https://", "starts with https://"),
        ("https://exa mple.com", "starts with https://"),
        ("https://example.com:port", "not an address"),
        ("https://[::1", "not an address"),
        ("https://example.my.salesforce.com/services/data", "after the name of the server"),
        ("https://example.my.salesforce.com/?x=1", "after the name of the server"),
        ("https://robin:pw@example.my.salesforce.com", "user name or a password"),
        ("http://example.my.salesforce.com", "in the clear"),
        ("http://127.0.0.1.example.com", "in the clear"),
        ("https://example.lightning.force.com", "https://example.my.salesforce.com"),
    ],
)
def test_address_refused(url: str, words: str) -> None:
    """A3 and A4 (BUG 8): an address that cannot work is refused in a sentence, before anything is sent anywhere."""
    with pytest.raises(SettingsError, match=r"salesforce\.instance_url") as caught:
        parse(url)
    assert words in str(caught.value)
    assert "pw" not in str(caught.value)


def test_environment_does_not_reach_loopback(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A3: REQUESTS_CA_BUNDLE and proxies in the environment, common on managed hosts, do not break loopback."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert world.fetch().complete


def test_ca_bundle_that_is_not_there(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A3: REQUESTS_CA_BUNDLE with a wrong path is named as what it is."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with pytest.raises(SideError, match="REQUESTS_CA_BUNDLE"):
        world.make(instance_url=world.server.url.replace("http:", "https:")).describe(Kind.CALENDAR)


def test_tls_failure(world: Any) -> None:
    """A server without TLS behind https:// gives one sentence."""
    with pytest.raises(SideError, match="certificate cannot be trusted"):
        world.make(instance_url=world.server.url.replace("http:", "https:")).describe(Kind.CALENDAR)


def test_netrc_does_not_replace_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """requests prefers a .netrc entry to an Authorization header; ours must stay."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    url = "https://example.my.salesforce.com"
    with open_session(parse(url), Channel()) as session:
        sent = session.prepare_request(requests.Request("GET", url, headers={"Authorization": "Bearer x"}))
    assert sent.headers["Authorization"] == "Bearer x"


def test_timeout(world: Any) -> None:
    """A4, timeouts: simple-salesforce waits for ever, and describe takes no timeout; the adapter has one."""
    world.fault("latency", "describe", seconds=1.5, times=9)
    with pytest.raises(SideError, match="no answer came in time"):
        world.make(timeout=(1, 0.05)).describe(Kind.CALENDAR)
    assert world.count("GET sobjects/Event/describe") <= 3


def test_connection_refused(world: Any) -> None:
    """A4, retries: transport errors are no SalesforceError; a read is tried three times and then said in words."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(SideError, match="cannot be reached"):
        world.make(instance_url=f"http://127.0.0.1:{port}").describe(Kind.CALENDAR)
    assert sum(world.slept) == 3.0


def test_unknown_host(world: Any) -> None:
    """A name that does not exist is said at once."""
    with pytest.raises(SideError, match=r"no server of this name|proxy") as caught:
        world.make(instance_url="https://handsync-test.invalid").describe(Kind.CALENDAR)
    assert not isinstance(caught.value, SignInError)


def test_bug_1_headers_survive_a_new_sign_in(world: Any) -> None:
    """A4, BUG 1: after an expired session simple-salesforce resends without the caller's headers."""
    world.fault("session_expired", "PATCH sobjects/Event")
    record_id = world.event()
    gate = gateway(world, **CREDENTIALS)
    headers = {"If-Unmodified-Since": "Mon, 23 Nov 2026 08:00:00 GMT", "Sforce-Duplicate-Rule-Header": "allowSave=true"}
    gate.send("PATCH", f"sobjects/Event/{record_id}", body={"Subject": "Resent"}, headers=headers)
    patches = [one for one in world.requests if one.method == "PATCH"]
    assert len(patches) == 2
    for patch in patches:
        assert patch.headers["if-unmodified-since"] == headers["If-Unmodified-Since"]
        assert patch.headers["sforce-duplicate-rule-header"] == "allowSave=true"
    assert patches[0].headers["authorization"] != patches[1].headers["authorization"]
    assert world.row(record_id)["Subject"] == "Resent"


def test_bug_1_condition_still_holds(world: Any) -> None:
    """A4, BUG 1: a conditional update that is resent must not become an unconditional one."""
    record_id = world.event()
    world.now = world.now.replace(hour=9)
    world.org.update("Event", record_id, {"Subject": "Theirs"}, by=world.me)
    world.fault("session_expired", "PATCH sobjects/Event")
    with pytest.raises(SideError):
        gateway(world, **CREDENTIALS).send(
            "PATCH",
            f"sobjects/Event/{record_id}",
            body={"Subject": "Mine"},
            headers={"If-Unmodified-Since": "Mon, 23 Nov 2026 08:00:00 GMT"},
        )
    assert world.row(record_id)["Subject"] == "Theirs"


def test_bug_1_headers_survive_on_the_composite_path(world: Any) -> None:
    """A4, BUG 1: the conditions of all parts, and the duplicate rules, are in the request that is sent again, too."""
    side = world.make(**CREDENTIALS)
    ids = [world.event(f"Event {number}") for number in range(2)]
    seen = side.look(Kind.CALENDAR, [Ref(one) for one in ids])
    world.now = world.now.replace(hour=9)
    world.org.update("Event", ids[1], {"Subject": "Theirs"}, by=world.me)
    world.fault("session_expired", "POST composite")
    outcomes = side.write(Kind.CALENDAR, [Write(Operation.UPDATE, {"subject": "Ours"}, seen[one].item) for one in ids])
    sent = [one for one in world.requests if one.method == "POST" and one.path.endswith("/composite")]
    assert len(sent) == 2
    assert sent[0].headers["authorization"] != sent[1].headers["authorization"]
    assert sent[0].body == sent[1].body
    parts = json.loads(sent[1].body)["compositeRequest"]
    assert all("If-Unmodified-Since" in part["httpHeaders"] for part in parts)
    rules = [name for name in sent[0].headers if name.lower().startswith("sforce")]
    assert all(sent[1].headers[name] == sent[0].headers[name] for name in rules)
    assert [(one.ok, one.stale) for one in outcomes] == [(True, False), (False, True)]
    assert [world.row(one)["Subject"] for one in ids] == ["Ours", "Theirs"]


def test_bug_2_bounded_sign_ins(world: Any) -> None:
    """A4, BUG 2: simple-salesforce signs in without end on a permanent 401; we renew once."""
    world.before = lambda request: Response(401, EXPIRED) if data(request) else None
    with pytest.raises(SignInError, match="not valid, or not any more"):
        world.make(**CREDENTIALS).fetch(Kind.CALENDAR, None, print, lambda: False)
    assert world.count("POST oauth2/token") == 2


def test_bug_3_html_with_401(world: Any) -> None:
    """A4, BUG 3: a 401 with a page in it is a refused sign-in, not a JSONDecodeError; no new token helps."""
    world.before = lambda request: html(401) if data(request) else None
    with pytest.raises(SignInError, match="status 401"):
        world.make(**CREDENTIALS).describe(Kind.CALENDAR)
    assert world.count("POST oauth2/token") == 1


def test_bug_4_error_texts(world: Any) -> None:
    """A4, BUG 4: simple-salesforce's exceptions print an unformatted template; ours are sentences."""
    world.before = lambda request: (
        Response(400, b'[{"errorCode":"OPERATION_TOO_LARGE","message":"too \\u001b[31mlarge"}]')
        if "/query" in request.path
        else None
    )
    with pytest.raises(SideError) as caught:
        world.fetch()
    assert str(caught.value).startswith(f"Salesforce ({world.server.url[7:]}): there are too many records")
    assert "{" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_bug_5_naive_times() -> None:
    """A4, BUG 5 and format_soql: a naive time would be sent malformed or in the machine's zone: we have none."""
    with pytest.raises(ValueError, match="zone"):
        times.wire(datetime(2026, 11, 23))
    with pytest.raises(ValueError, match="zone"):
        times.instant("2026-11-23T10:00:00")
    assert times.wire(times.instant("2026-11-23T10:00:00.000+0000")) == "2026-11-23T10:00:00Z"


@pytest.mark.parametrize("bad", ["../../../x", "00U?x=1", "http://evil.example/", "00U' OR Id != '", "", "00U#"])
def test_bug_7_ids_are_checked(world: Any, bad: str) -> None:
    """A4, BUG 7: an id becomes part of an address or a query, so anything else is refused before it is sent."""
    assert not is_id(bad)
    world.side.describe(Kind.CALENDAR)
    asked = len(world.requests)
    assert world.side.look(Kind.CALENDAR, [Ref(bad)])[bad].fate == "unreadable"
    item = Item(Kind.CALENDAR, SideName.SALESFORCE, bad, "", {"subject": "x"})
    (changed, deleted) = world.write(Write(Operation.UPDATE, {"subject": "y"}, item), Write(Operation.DELETE, {}, item))
    assert not changed.ok
    assert not deleted.ok
    with pytest.raises(SideError, match="not a Salesforce id"):
        gateway(world).record("Event", bad)
    assert len(world.requests) == asked


def test_address_refused_by_the_side(world: Any) -> None:
    """A4, BUG 8 (#406): a host that serves pages only is refused at the first call, and nothing is sent to it."""
    with pytest.raises(SettingsError, match=r"https://example\.my\.salesforce\.com"):
        world.make(instance_url="https://example.lightning.force.com").describe(Kind.CALENDAR)


def test_bug_8_redirects(world: Any, serve: Callable[..., Any]) -> None:
    """A4, BUG 8: no credentials and no request go to another host, and it is not taken for an expired session."""
    other = serve(lambda request: Response(200, b"{}"))
    world.before = lambda request: (
        Response(302, headers={"Location": other.url + request.target}) if data(request) else None
    )
    with pytest.raises(SideError, match="sends us to another address") as caught:
        world.make(**CREDENTIALS).describe(Kind.CALENDAR)
    assert not isinstance(caught.value, SignInError)
    assert other.requests == []
    assert world.count("POST oauth2/token") == 1


def test_redirect_within_the_server(world: Any) -> None:
    """A server may put its own addresses right, as with a slash at the end; the token stays on the way."""

    def strict(request: Request) -> Response | None:
        if request.path.endswith("/query/"):
            return Response(307, headers={"Location": request.target.replace("/query/", "/query")})
        return None

    world.event()
    world.before = strict
    assert len(world.fetch().items) == 1


def test_one_renewal_for_many_threads(world: Any) -> None:
    """A4, thread safety: eight threads with one expired token sign in once, not 32 times."""
    settings = SalesforceSettings(instance_url=world.server.url, **CREDENTIALS)
    signin = SignIn(settings, {"client_secret": "quite-a-client-secret"})
    stale = signin.token()
    threads = [threading.Thread(target=signin.renew, args=(stale,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.count("POST oauth2/token") == 2
    assert signin.token() != stale


def test_html_instead_of_data(world: Any) -> None:
    """A log-in page or a proxy's page with status 200 is told apart from an answer."""
    world.fault("html", "GET query")
    with pytest.raises(SideError, match="a web page came back instead of data"):
        world.fetch()


def test_something_else_than_salesforce(serve: Callable[..., Any], world: Any) -> None:
    """A server with pages and nothing else: one sentence that points at the address."""
    other = serve(lambda request: html(404))
    with pytest.raises(SideError, match=r"instance_url"):
        world.make(instance_url=other.url).describe(Kind.CALENDAR)
    other = serve(lambda request: html(200))
    with pytest.raises(SideError, match=r"web page"):
        world.make(instance_url=other.url).describe(Kind.CALENDAR)


def test_retired_version(world: Any) -> None:
    """A4, default version: v30 and lower answer 410."""
    with pytest.raises(SideError, match="api_version"):
        world.make(api_version="30.0").describe(Kind.CALENDAR)


def test_unknown_version(world: Any) -> None:
    """A version that the server does not have is told apart from a missing permission."""
    with pytest.raises(SideError, match=r"no REST API of version 99\.0"):
        world.make(api_version="99.0").describe(Kind.CALENDAR)


def test_usage(world: Any) -> None:
    """A4, usage: Sforce-Limit-Info is read below simple-salesforce, for every kind of call."""
    assert world.side.usage is None
    world.side.describe(Kind.CALENDAR)
    assert world.side.usage is not None
    assert world.side.usage.used >= 1
    assert world.side.usage.total == world.application.daily_limit


def test_ids_of_15_and_18_characters(world: Any) -> None:
    """B1, Id: both forms name the same record, and 15 characters mean upper and lower case."""
    record_id = world.event()
    assert id18(record_id[:15]) == record_id
    assert [one.fate for one in world.look(record_id[:15], record_id)] == ["here", "here"]
