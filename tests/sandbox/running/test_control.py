"""The control endpoint over plain HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from sync_core.sandbox.running import Sandbox

Control = Callable[..., Any]


def test_it_needs_the_secret(sandbox: Sandbox) -> None:
    for path in ("", "/", "/state", "/wrong/state", "/%F0%9F%92%A5/state", "//advance"):
        answer = requests.get(sandbox.control_server.url + path, timeout=10)
        assert answer.status_code == 404
    assert requests.post(f"{sandbox.control_server.url}/advance", timeout=10).status_code == 404
    assert sandbox.world.week == 0


def test_it_tells_what_there_is(control: Control) -> None:
    routes = control("GET", "/")
    assert "POST /advance" in routes
    for route in routes:
        method, path = route.split()
        assert method in ("GET", "POST", "DELETE")
        assert path.startswith("/")
    assert "no GET /nonsense" in control("GET", "/nonsense", status=404)["error"]


def test_advance_tells_what_happened(sandbox: Sandbox, control: Control) -> None:
    report = control("POST", "/advance")
    assert report["week"] == 1
    assert {"kind", "situation", "side", "did", "subject"} == set(report["happened"][0])
    assert {line["kind"] for line in report["happened"]} == {"calendar", "contacts", "tasks"}
    assert len(report["happened"]) > 50
    assert control("POST", "/advance")["week"] == 2


@pytest.mark.parametrize("kind", ["contacts", "tasks"])
def test_advance_can_delete_most_contacts_or_tasks(sandbox: Sandbox, control: Control, kind: str) -> None:
    box = sandbox.mailbox
    before, events = len(box.items(box.folder(kind))), len(box.items(box.folder("calendar")))
    control("POST", f"/advance?mass=1&kind={kind}")
    assert 0 < len(box.items(box.folder(kind))) < before * 0.3
    assert len(box.items(box.folder("calendar"))) == events
    assert "kind must be" in control("POST", "/advance?mass=1&kind=notes", status=400)["error"]


@pytest.mark.parametrize(("query", "side"), [("?mass=1", "outlook"), ("?mass=1&side=salesforce", "salesforce")])
def test_advance_can_delete_most_of_one_side(control: Control, query: str, side: str) -> None:
    def count() -> dict[str, int]:
        state = control("GET", "/state")
        return {
            "salesforce": sum(not row["IsDeleted"] for row in state["salesforce"]),
            "outlook": sum(item["folder"] == "calendar" for item in state["outlook"]),
        }

    before = count()
    report = control("POST", "/advance" + query)
    after = count()
    assert after[side] < before[side] * 0.3
    assert sum(after.values()) - after[side] == sum(before.values()) - before[side]
    assert len(report["happened"]) == before[side] - after[side] or side == "salesforce"


def test_advance_refuses_an_unknown_side(control: Control) -> None:
    assert "side must be" in control("POST", "/advance?mass=1&side=lotus", status=400)["error"]


def test_state_shows_both_sides_and_the_outbox(sandbox: Sandbox, control: Control) -> None:
    state = control("GET", "/state")
    assert state["user_id"] == sandbox.user_id
    assert {row["Id"] for row in state["salesforce"]} == {row["Id"] for row in sandbox.org.rows("Event")}
    folders = {item["folder"] for item in state["outlook"]}
    assert folders == {"calendar", "Team", "contacts", "Former", "tasks", "Someday"}
    assert {row["Id"] for row in state["salesforce_contacts"]} == {r["Id"] for r in sandbox.org.rows("Contact")}
    assert {row["Id"] for row in state["salesforce_tasks"]} == {r["Id"] for r in sandbox.org.rows("Task")}
    assert state["outbox"] == []
    assert state["salesforce"][0]["StartDateTime"].endswith("+0000")
    control("POST", "/advance")
    state = control("GET", "/state")
    assert any(row["IsDeleted"] for row in state["salesforce"])
    assert "deleteditems" in {item["folder"] for item in state["outlook"]}


def test_edits_on_the_salesforce_side(sandbox: Sandbox, control: Control) -> None:
    fields = {
        "Subject": "From a test",
        "StartDateTime": "2026-11-24T10:00:00Z",
        "EndDateTime": "2026-11-24T11:00:00Z",
    }
    made = control("POST", "/edit", json={"side": "salesforce", "do": "create", "fields": fields})["id"]
    assert (sandbox.org.get("Event", made) or {})["Subject"] == "From a test"
    edit = {"side": "salesforce", "do": "update", "id": made, "fields": {"Location": "Here"}}
    control("POST", "/edit", json=edit)
    assert (sandbox.org.get("Event", made) or {})["Location"] == "Here"
    control("POST", "/edit", json={"side": "salesforce", "do": "delete", "id": made})
    assert (sandbox.org.get("Event", made) or {})["IsDeleted"]
    control("POST", "/edit", json={"side": "salesforce", "do": "purge", "id": made})
    assert sandbox.org.get("Event", made) is None


def test_edits_on_the_outlook_side(sandbox: Sandbox, control: Control) -> None:
    fields = {
        "subject": "From a test",
        "start": "2026-11-24T10:00:00+00:00",
        "end": "2026-11-24T11:00:00Z",
        "organizer": ["Priya", "priya@example.com"],
        "required_attendees": [["Robin", "robin@example.com", "Accept"]],
        "extended": {"c0ffee00-0000-4000-8000-000000000001/mark": "x"},
    }
    made = control("POST", "/edit", json={"side": "outlook", "do": "create", "fields": fields})["id"]
    stored = sandbox.mailbox.get(made)
    assert stored is not None
    assert stored.fields["organizer"] == ("Priya", "priya@example.com")
    assert [key.name for key in stored.extended] == ["mark"]
    control("POST", "/edit", json={"side": "outlook", "do": "update", "id": made, "fields": {"location": "Here"}})
    assert stored.fields["location"] == "Here"
    moved = control("POST", "/edit", json={"side": "outlook", "do": "move", "id": made, "folder": "Team"})["id"]
    assert moved != made
    control("POST", "/edit", json={"side": "outlook", "do": "delete", "id": moved})
    assert [i.fields["subject"] for i in sandbox.mailbox.items(sandbox.mailbox.folder("deleteditems"))] == [
        "From a test"
    ]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"do": "create"}, "side must be"),
        ([], "side must be"),
        ({"side": "outlook", "do": "explode", "id": "x"}, "do must be"),
        ({"side": "salesforce", "do": "explode"}, "do must be"),
        ({"side": "outlook", "do": "delete", "id": "nothing"}, "there is no nothing"),
        ({"side": "outlook", "do": "create", "folder": "Attic", "fields": {}}, "no folder Attic"),
        ({"side": "salesforce", "do": "update", "id": "00U000000000000", "fields": {}}, ""),
        ({"side": "salesforce", "do": "create", "fields": {"Nonsense": 1}}, "Nonsense"),
        ({"side": "outlook", "do": "create", "fields": {"start": "soon"}}, "soon"),
    ],
)
def test_edits_that_cannot_be_get_a_sentence(control: Control, edit: Any, said: str) -> None:
    assert said in control("POST", "/edit", json=edit, status=400)["error"]


def test_a_body_that_is_not_json_gets_a_sentence(control: Control) -> None:
    for route in ("/edit", "/faults"):
        assert "not JSON" in control("POST", route, data="{", status=400)["error"]


def test_faults_are_added_listed_met_and_cleared(sandbox: Sandbox, control: Control) -> None:
    fault = {"side": "salesforce", "kind": "status", "match": "GET query", "status": 503, "retry_after": 2}
    assert control("POST", "/faults", json=fault) == {"waiting": 1}
    assert control("POST", "/faults", json=[fault, {"side": "outlook", "kind": "busy"}]) == {"waiting": 3}
    assert [each["side"] for each in control("GET", "/faults")] == ["salesforce", "salesforce", "outlook"]
    salesforce = sandbox.connection()["salesforce"]
    answer = requests.get(
        f"{salesforce['instance_url']}/services/data/v62.0/query",
        params={"q": "SELECT Id FROM Event"},
        headers={"Authorization": f"Bearer {salesforce['access_token']}"},
        timeout=10,
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert len(control("GET", "/faults")) == 2
    assert control("DELETE", "/faults") == {}
    assert control("GET", "/faults") == []


@pytest.mark.parametrize(
    "fault", [{"side": "lotus", "kind": "busy"}, {"side": "outlook", "kind": "hiccup"}, {"side": "outlook", "odd": 1}]
)
def test_faults_that_nobody_knows_are_refused_and_none_of_a_list_is_taken(control: Control, fault: Any) -> None:
    good = {"side": "outlook", "kind": "busy"}
    assert control("POST", "/faults", json=[good, fault], status=400)["error"]
    assert control("GET", "/faults") == []


def test_requests_are_counted_per_side(sandbox: Sandbox, control: Control) -> None:
    assert control("GET", "/requests") == {"salesforce": [], "outlook": []}
    requests.get(sandbox.salesforce_server.url + "/services/data", timeout=10)
    assert control("GET", "/requests")["salesforce"] == ["GET data"]
    control("DELETE", "/requests")
    assert control("GET", "/requests") == {"salesforce": [], "outlook": []}
