"""The moods of the server, and who gets in."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
import requests
from exchangelib import NTLM, CalendarItem, Credentials, EWSDateTime, EWSTimeZone
from exchangelib.errors import ErrorQuotaExceeded, ErrorServerBusy, ErrorTimeoutExpired, UnauthorizedError
from requests_ntlm import HttpNtlmAuth

from sync_core.sandbox.ews.ntlm import md4
from sync_core.sandbox.ews.server import EwsApplication
from sync_core.sandbox.faults import Fault, FaultBook
from sync_core.sandbox.httpd import LocalServer

ZONE = EWSTimeZone("UTC")
START = datetime(2026, 11, 24, 8, tzinfo=UTC)


def fill(world, count: int):
    for number in range(count):
        begin = START + timedelta(hours=number)
        values = {"subject": f"Meeting {number}", "start": begin, "end": begin + timedelta(hours=1)}
        world.box.create(world.box.folder("calendar"), values)


def new(account, subject: str) -> CalendarItem:
    return CalendarItem(
        folder=account.calendar,
        subject=subject,
        start=EWSDateTime(2026, 12, 1, 9, tzinfo=ZONE),
        end=EWSDateTime(2026, 12, 1, 10, tzinfo=ZONE),
    )


def test_busy_says_how_long(world, account):
    folder = account.calendar
    world.faults.add(Fault("outlook", "busy", match="FindItem", seconds=7.5))
    with pytest.raises(ErrorServerBusy) as caught:
        list(folder.all())
    assert caught.value.back_off == 7.5
    assert list(folder.all()) == []


def test_planned_rows_fail_and_are_not_applied(world, account):
    items = [new(account, f"Row {number}") for number in range(4)]
    fault = Fault("outlook", "rows", "CreateItem", rows=(1, 3), code="ErrorQuotaExceeded", message="Mailbox is full.")
    world.faults.add(fault)
    with pytest.raises(ErrorQuotaExceeded):
        account.bulk_create(account.calendar, items)
    stored = world.box.items(world.box.folder("calendar"))
    assert [item.fields["subject"] for item in stored] == ["Row 0", "Row 2"]
    world.faults.add(Fault("outlook", "rows", "DeleteItem", rows=(0,), code="ErrorItemSave"))
    results = account.bulk_delete([(item.id, item.change_key) for item in stored])
    assert [type(result).__name__ for result in results] == ["ErrorItemSave", "bool"]
    assert [item.fields["subject"] for item in world.box.items(world.box.folder("calendar"))] == ["Row 0"]


def test_short_pages_lose_nothing(world, account):
    fill(world, 9)
    world.faults.add(Fault("outlook", "short_page", "FindItem", times=2))
    query = account.calendar.all().only("subject")
    query.page_size = 4
    assert [item.subject for item in query] == [f"Meeting {number}" for number in range(9)]
    world.faults.add(Fault("outlook", "short_page", "SyncFolderItems"))
    assert len(list(account.calendar.sync_items(only_fields=["subject"]))) == 9


def test_a_short_view_says_that_it_is_not_all(world, account):
    fill(world, 10)
    folder = account.calendar
    world.faults.add(Fault("outlook", "short_page", "FindItem"))
    view = folder.view(start=EWSDateTime.from_datetime(START), end=EWSDateTime(2026, 12, 1, tzinfo=ZONE), max_items=5)
    assert len(list(view.only("subject"))) == 5
    assert b'IncludesLastItemInRange="false"' in world.server.log[-1].response


def test_a_lost_reply_leaves_the_item_behind(world, account):
    folder = account.calendar
    world.faults.add(Fault("outlook", "drop_after", "CreateItem"))
    with pytest.raises(ErrorTimeoutExpired):
        new(account, "Lost").save()
    world.faults.add(Fault("outlook", "drop_before", "CreateItem"))
    with pytest.raises(ErrorTimeoutExpired):
        new(account, "Never there").save()
    assert [item.subject for item in folder.all().only("subject")] == ["Lost"]


# ---- signing in


def test_a_wrong_password_is_refused(world):
    account = world.account(credentials=Credentials("rep@example.com", "wrong"))
    with pytest.raises(UnauthorizedError):
        account.calendar  # noqa: B018 (reading it sends a request)
    reply = requests.post(world.endpoint, b"", timeout=10)
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == 'NTLM, Basic realm="exchange"'
    for header in (
        "Basic !!!",
        "Basic",
        "Bearer x",
        "NTLM",
        "NTLM !!!",
        "NTLM " + base64.b64encode(b"x" * 40).decode(),
    ):
        answer = requests.post(world.endpoint, b"", headers={"Authorization": header}, timeout=10)
        assert answer.status_code == 401


def test_the_real_client_signs_in_with_ntlm(world):
    fill(world, 2)
    account = world.account(auth_type=NTLM)
    assert [item.subject for item in account.calendar.all().only("subject")] == ["Meeting 0", "Meeting 1"]
    new(account, "By NTLM").save()
    assert len(world.box.items(world.box.folder("calendar"))) == 3


@pytest.mark.parametrize(("user", "password"), [("rep@example.com", "wrong"), ("other@example.com", "correct horse")])
def test_ntlm_refuses_the_wrong_people(world, user, password):
    account = world.account(credentials=Credentials(user, password), auth_type=NTLM)
    with pytest.raises(UnauthorizedError):
        account.calendar  # noqa: B018 (reading it sends a request)


def test_ntlm_signs_in_one_connection_and_no_other(world):
    with requests.Session() as session:
        session.auth = HttpNtlmAuth("rep@example.com", "correct horse")
        assert session.get(world.endpoint, timeout=10).status_code == 405
        session.auth = None
        assert session.get(world.endpoint, timeout=10).status_code == 405
    assert requests.get(world.endpoint, timeout=10).status_code == 401


def test_ntlm_with_a_domain(world):
    auth = HttpNtlmAuth("EXAMPLE\\REP@example.com", "correct horse")
    assert requests.get(world.endpoint, auth=auth, timeout=10).status_code == 405


def test_faults_can_wait_until_ntlm_has_signed_in(world):
    application = EwsApplication(world.exchange, "rep@example.com", "correct horse", "rep@example.com")
    faults = FaultBook()
    server = LocalServer("outlook", application, application.name_of, faults)
    server.start()
    try:
        world.server.close()
        world.server = server
        account = world.account(auth_type=NTLM)
        faults.add(Fault("outlook", "busy", match="GetFolder", seconds=1))
        with pytest.raises(ErrorServerBusy):
            account.calendar  # noqa: B018 (reading it sends a request)
        assert set(server.operations()) == {"NTLM negotiate", "GetFolder"}
    finally:
        server.close()


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (b"", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        (b"message digest", "d9130a8164549fe818874806e1c7014b"),
        (b"1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536"),
    ],
)
def test_md4_as_in_its_rfc(text, digest):
    assert md4(text).hex() == digest
