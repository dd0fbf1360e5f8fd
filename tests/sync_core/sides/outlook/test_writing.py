"""Writing to a calendar, against a server over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sync_core.errors import SideError, SignInError
from sync_core.items import Kind, When
from sync_core.sides import Operation, Outcome, Write

HALF_PAST = When("2026-11-24T09:30:00Z", "2026-11-24T10:30:00Z")


def set_fields(request: Any) -> list[str]:
    """The fields that an UpdateItem sets, by URI; what it deletes is given with a minus."""
    return [
        ("-" if change.tag.endswith("DeleteItemField") else "") + (path.get("FieldURI") or path.get("PropertyName"))
        for change in request.xpath("//*[local-name()='SetItemField' or local-name()='DeleteItemField']")
        for path in change.xpath("*[local-name()='FieldURI' or local-name()='ExtendedFieldURI']")
    ]


def test_what_is_created_reads_the_same(world: Any, calls: Any) -> None:
    fields = {
        "subject": "Call",
        "when": When("2026-11-25T09:00:00Z", "2026-11-25T10:00:00Z"),
        "location": "Leeds",
        "notes": "one\ntwo",
        "show_as": "free",
        "private": True,
        "reminder": 15,
    }
    outcome = calls.create("m-1", **fields)
    assert outcome.ok
    item = calls.item()
    assert (item.id, item.mark) == (outcome.id, "m-1")
    assert item.fields == {**fields, "attachments": ()}
    (stored,) = world.stored()
    assert stored.fields["start_zone"] == "W. Europe Standard Time"
    assert stored.fields["body_type"] == "Text"


def test_all_day_events(world: Any, calls: Any) -> None:
    """A.10: the end is inclusive, also where summer time begins, and the wire has midnights of the user's zone."""
    for mark, when in (
        ("a", When("2026-12-24", "2026-12-25", True)),
        ("b", When("2027-03-28", "2027-03-28", True)),
        ("c", When("2026-10-25", "2026-10-25", True)),
    ):
        assert calls.create(mark, when=when).ok
    whens = {item.mark: item.when for item in calls.fetch().items}
    assert whens["a"] == When("2026-12-24", "2026-12-25", True)
    assert whens["b"] == When("2027-03-28", "2027-03-28", True)
    assert whens["c"] == When("2026-10-25", "2026-10-25", True)
    assert world.stored()[0].native()["start"] == "2026-12-23T23:00:00Z"
    assert world.stored()[0].native()["end"] == "2026-12-25T23:00:00Z"


def test_no_reminder_is_said_and_not_left_to_the_server(world: Any, calls: Any) -> None:
    calls.create(reminder=None)
    assert world.stored()[0].fields["reminder_is_set"] is False


def test_an_update_sends_nothing_but_what_changes(world: Any, calls: Any) -> None:
    """0.5: save() on an item read in part would send deletions of everything else."""
    world.event("Visit", location="Leeds", body="notes", body_type="Text", categories=["Red"])
    item = calls.item()
    assert calls.update(item, location="York") == Outcome(True, item.id)
    (request,) = world.requests("UpdateItem")
    assert set_fields(request) == ["calendar:Location"]
    stored = world.stored()[0].fields
    assert (stored["location"], stored["body"], stored["categories"]) == ("York", "notes", ["Red"])


def test_an_update_with_nothing_to_say_is_not_sent(world: Any, calls: Any) -> None:
    world.event("Visit")
    item = calls.item()
    assert calls.update(item, subject="Visit").ok
    assert "UpdateItem" not in world.operations()


def test_empty_text_clears(world: Any, calls: Any) -> None:
    """E: None in an update may be ignored, '' clears."""
    world.event("Visit", location="Leeds", body="notes", body_type="Text")
    assert calls.update(calls.item(), location="", notes="", reminder=None).ok
    fields = calls.item().fields
    assert (fields["location"], fields["notes"]) == ("", "")


@pytest.mark.parametrize(
    ("name", "there", "value"), [("sensitivity", "Personal", True), ("show_as", "Tentative", "busy")]
)
def test_finer_values_of_outlook_stay(world: Any, calls: Any, name: str, there: str, value: object) -> None:
    """A.11: Personal is private enough, Tentative is busy enough; neither is written over."""
    world.event("Visit", **{name: there})
    neutral = {"sensitivity": "private"}.get(name, name)
    assert calls.update(calls.item(), **{neutral: value, "location": "York"}).ok
    assert world.stored()[0].fields[name] == there


def test_private_both_ways(world: Any, calls: Any) -> None:
    world.event("Visit")
    assert calls.update(calls.item(), private=True, show_as="out_of_office").ok
    assert (world.stored()[0].fields["sensitivity"], world.stored()[0].fields["show_as"]) == ("Private", "OOF")
    assert calls.update(calls.item(), private=False, show_as="busy").ok
    assert (world.stored()[0].fields["sensitivity"], world.stored()[0].fields["show_as"]) == ("Normal", "Busy")


def test_a_moved_start_keeps_the_zone_of_the_item(world: Any, calls: Any) -> None:
    """A.10: an event made in New York stays there, whatever zone the user is in."""
    world.event(start_zone="Eastern Standard Time", end_zone="Eastern Standard Time")
    assert calls.update(calls.item(), when=HALF_PAST).ok
    (stored,) = world.stored()
    assert stored.fields["start_zone"] == "Eastern Standard Time"
    assert calls.item().when == HALF_PAST


def test_a_moved_start_where_the_zone_is_unknown(world: Any, calls: Any) -> None:
    """0.9: the user's own zone takes the place of tzone://Microsoft/Custom, which cannot be written."""
    world.event(start_zone="tzone://Microsoft/Custom", end_zone="tzone://Microsoft/Custom")
    assert calls.update(calls.item(), when=HALF_PAST).ok
    assert calls.item().when == HALF_PAST


def test_timed_becomes_all_day_and_back(world: Any, calls: Any) -> None:
    world.event()
    days = When("2026-11-24", "2026-11-26", True)
    assert calls.update(calls.item(), when=days).ok
    assert calls.item().when == days
    assert calls.update(calls.item(), when=HALF_PAST).ok
    assert calls.item().when == HALF_PAST


def test_an_update_sets_the_mark(world: Any, calls: Any) -> None:
    """A.8: our own property is how the event is known again after a move."""
    world.event()
    assert calls.update(calls.item(), mark="m-5").ok
    assert world.mark_of(world.stored()[0]) == "m-5"


def test_a_delete_can_be_taken_back(world: Any, calls: Any) -> None:
    """0.11: exchangelib's delete is a hard one; ours goes to Deleted Items."""
    world.event()
    assert calls.delete(calls.item()).ok
    assert world.stored() == []
    assert [item.fields["subject"] for item in world.stored("deleteditems")] == ["Visit"]
    assert world.requests("DeleteItem")[0].xpath("//@DeleteType") == ["MoveToDeletedItems"]


def test_nothing_ever_mails(world: Any, calls: Any) -> None:
    """0.12: every write says SendToNone, whatever the default is, and meetings are not written at all."""
    world.event("Visit")
    item = calls.item()
    meeting = world.event("Meeting", required_attendees=(("Priya Patel", "priya@example.com"),))
    calls.create()
    calls.update(item, subject="Visit 2")
    calls.delete(calls.look_one(item.id))
    locked = calls.look_one(meeting.id)
    assert "has attendees" in calls.update(locked, subject="x").error
    assert "has attendees" in calls.delete(locked).error
    said = [
        world.requests(name)[0].xpath("//@*[starts-with(local-name(), 'Send')]")
        for name in ("CreateItem", "UpdateItem", "DeleteItem")
    ]
    assert said == [["SendToNone"]] * 3
    assert world.exchange.outbox == []


# ---- conflicts


def test_what_changed_since_is_not_overwritten(world: Any, calls: Any) -> None:
    """A.7, E: a stale ChangeKey may be accepted, so the item is read again and its content compared."""
    stored = world.event()
    item = calls.item()
    world.box.update(stored.id, {"location": "York"})
    for outcome in (calls.update(item, location="Hull"), calls.delete(item)):
        assert outcome == Outcome(False, item.id, "changed in Outlook since it was looked at", stale=True)
    assert world.stored()[0].fields["location"] == "York"


def test_a_new_change_key_alone_is_no_change(world: Any, calls: Any) -> None:
    """A.7, E: servers move the ChangeKey by themselves; content decides."""
    stored = world.event()
    item = calls.item()
    world.box.update(stored.id, {"subject": "Visit"})
    assert stored.change_key != item.version
    assert calls.update(item, location="Hull").ok


def test_a_change_in_the_last_moment(world: Any, calls: Any) -> None:
    """A.7: NeverOverwrite is the second line of defence; AutoResolve, exchangelib's default, would write over it."""
    stored = world.event()
    item = calls.item()
    world.other.before["UpdateItem"] = lambda: world.box.update(stored.id, {"location": "York"})
    assert calls.update(item, location="Hull").error == "changed in Outlook since it was looked at"
    assert world.stored()[0].fields["location"] == "York"


def test_what_was_looked_at_just_now_is_not_read_again_before_an_update(world: Any, calls: Any) -> None:
    stored = world.event("Visit", location="Leeds")
    item = calls.look_one(stored.id)
    read = world.operations().count("GetItem")
    assert calls.update(item, location="York").ok
    assert world.operations().count("GetItem") == read
    # and one that was changed after that look is not overwritten
    item = calls.look_one(stored.id)
    world.box.update(stored.id, {"location": "Hull"})
    assert calls.update(item, location="Bath").stale
    assert world.stored()[0].fields["location"] == "Hull"


def test_a_look_serves_one_write_and_no_delete(world: Any, calls: Any) -> None:
    """A second write starts from another version; DeleteItem takes no conflict mode (A.7)."""
    stored = world.event("Visit", location="Leeds")
    item = calls.look_one(stored.id)
    read = world.operations().count("GetItem")
    calls.update(item, location="York")
    assert calls.update(item, location="Bath").stale
    assert world.operations().count("GetItem") == read + 1
    item = calls.look_one(stored.id)
    world.box.update(stored.id, {"location": "Hull"})
    assert calls.delete(item).stale
    assert world.stored()[0].fields["location"] == "Hull"


def test_what_another_reading_gave_is_read_again(world: Any, calls: Any) -> None:
    stored = world.event("Visit", location="Leeds")
    older = calls.item()
    world.box.update(stored.id, {"location": "Hull"})
    calls.look_one(stored.id)
    assert calls.update(older, location="Bath").stale
    assert world.stored()[0].fields["location"] == "Hull"


def test_one_stale_item_does_not_cost_the_others(world: Any, calls: Any) -> None:
    """0.7: exchangelib raises and loses the results although the others were applied."""
    stored = [world.event(f"Event {number}") for number in range(3)]
    items = calls.fetch().items
    world.other.before["UpdateItem"] = lambda: world.box.update(stored[1].id, {"location": "York"})
    outcomes = calls.write(*(Write(Operation.UPDATE, {"location": "Hull"}, item) for item in items))
    assert [outcome.ok for outcome in outcomes] == [True, False, True]


def test_one_refused_create_does_not_cost_the_others(world: Any, calls: Any, new: Callable[..., Write]) -> None:
    """0.7: the same for CreateItem, with the server's own words as the reason."""
    world.fault("rows", "CreateItem", rows=(1,), code="ErrorQuotaExceeded", message="The mailbox is over quota.")
    outcomes = calls.write(*(new(f"m-{number}") for number in range(3)))
    assert [outcome.ok for outcome in outcomes] == [True, False, True]
    assert "the mailbox is full" in outcomes[1].error
    assert len(world.stored()) == 2


def test_what_cannot_be_written_is_not_sent(world: Any, calls: Any, new: Callable[..., Write]) -> None:
    """A.11: one long subject would make exchangelib refuse the whole batch."""
    outcomes = calls.write(new("m-1", subject="x" * 300), new("m-2"))
    assert [outcome.ok for outcome in outcomes] == [False, True]
    assert "300 characters" in outcomes[0].error


def test_characters_that_cannot_be_sent(world: Any, calls: Any, new: Callable[..., Write]) -> None:
    """0.16: a lone surrogate raises in exchangelib, and a control character is replaced without a word."""
    assert all(outcome.ok for outcome in calls.write(new("m-1", subject="lone \ud800"), new("m-2", notes="bell \x07")))
    assert world.stored()[0].fields["subject"] == "lone \ufffd"
    assert world.stored()[1].fields["body"] == "bell "


def test_an_answer_that_nobody_understands(world: Any, calls: Any, rewrite: Any) -> None:
    """A.5: exchangelib raises AttributeError and others over replies that lack something; the item is there."""
    rewrite("CreateItem", "<t:ItemId[^>]*/>", "")
    assert calls.create().ok
    assert len(world.stored()) == 1


def test_gone_and_moved_items_are_not_written(world: Any, calls: Any) -> None:
    first, second = world.event("gone"), world.event("moved")
    items = {item.title: item for item in calls.fetch().items}
    world.box.delete(first.id, "nowhere")
    moved = world.box.move(second.id, world.box.add_folder("Team", world.box.folder("calendar")))
    assert calls.update(items["gone"], location="York").error == "no longer in Outlook"
    assert calls.update(items["moved"], location="York").error == "no longer in Outlook"
    elsewhere = calls.look_one(moved.id)
    assert calls.update(elsewhere, location="York").error == "moved to another folder since it was looked at"


# ---- answers that do not come


def test_a_lost_answer_makes_no_duplicate(world: Any, calls: Any, new: Callable[..., Write]) -> None:
    """0.4, A.9: the request is not sent again; the events are found by their marks."""
    world.fault("drop_after", "CreateItem")
    outcomes = calls.write(*(new(f"m-{number}") for number in range(3)))
    assert [outcome.ok for outcome in outcomes] == [True, True, True]
    assert {outcome.id for outcome in outcomes} == {item.id for item in world.stored()}
    assert world.operations().count("CreateItem") == 1


def test_a_lost_request_is_unknown(world: Any, calls: Any) -> None:
    """A.9: nothing is found, but the request may still be on its way: that is neither done nor failed."""
    world.fault("drop_before", "CreateItem")
    outcome = calls.create()
    assert (outcome.ok, outcome.unknown) == (False, True)
    assert world.operations() == ["GetFolder", "CreateItem", "FindItem", "FindItem"]
    # the second look comes a little later: a fresh item may not be found at once
    assert sum(world.slept) == pytest.approx(2)
    assert world.stored() == []


def test_half_an_answer(world: Any, calls: Any) -> None:
    world.fault("truncate", "CreateItem")
    assert calls.create().ok
    assert len(world.stored()) == 1


def test_a_fault_after_the_item_was_stored(world: Any, calls: Any) -> None:
    """E: a server answered with a fault although it had stored the item; the retry made a second one."""
    fault = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server'
        b"</faultcode><faultstring>broken</faultstring></s:Fault></s:Body></s:Envelope>"
    )
    world.other.rewrite.append(lambda name, body: fault if name == "CreateItem" else body)
    assert calls.create().ok
    assert len(world.stored()) == 1


def test_lost_updates_and_deletes_are_looked_up(world: Any, calls: Any) -> None:
    world.event("one")
    world.event("two")
    items = {item.title: item for item in calls.fetch().items}
    world.fault("drop_after", "UpdateItem")
    assert calls.update(items["one"], location="York").ok
    world.fault("drop_after", "DeleteItem")
    assert calls.delete(items["two"]).ok
    world.fault("drop_before", "UpdateItem")
    outcome = calls.update(calls.item(), location="Hull")
    assert (outcome.ok, outcome.unknown) == (False, True)
    assert len(world.stored("deleteditems")) == 1


def test_a_lost_answer_and_no_way_to_ask(world: Any, calls: Any) -> None:
    calls.fetch()
    world.fault("drop_after", "CreateItem")
    world.fault("drop_before", "FindItem", times=10)
    outcome = calls.create()
    assert (outcome.ok, outcome.unknown) == (False, True)


def test_a_busy_server_is_waited_for_and_asked_again(world: Any, calls: Any) -> None:
    """A.6: busy is the one answer after which a write may be sent again, because nothing was applied."""
    calls.fetch()
    world.fault("busy", "CreateItem", seconds=7)
    assert calls.create().ok
    assert sum(world.slept) == pytest.approx(7)
    assert len(world.stored()) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_throttled_write(world: Any, calls: Any, status: int) -> None:
    """0.13: Retry-After is kept, and obeyed."""
    calls.fetch()
    world.fault("status", "CreateItem", status=status, retry_after=12)
    assert calls.create().ok
    assert sum(world.slept) == pytest.approx(12)
    assert len(world.stored()) == 1


def test_one_busy_row_is_sent_again_alone(world: Any, calls: Any, new: Callable[..., Write]) -> None:
    world.fault("rows", "CreateItem", rows=(0,), code="ErrorServerBusy", message="Busy.")
    outcomes = calls.write(new("m-1"), new("m-2"))
    assert [outcome.ok for outcome in outcomes] == [True, True]
    assert sorted(world.mark_of(item) for item in world.stored()) == ["m-1", "m-2"]


def test_a_server_that_stays_busy(world: Any, calls: Any) -> None:
    calls.fetch()
    world.fault("busy", "CreateItem", seconds=60, times=100)
    with pytest.raises(SideError, match="busy"):
        calls.create()
    assert sum(world.slept) <= 300


def test_refused_before_anything_was_written(world: Any, calls: Any) -> None:
    calls.fetch()
    world.fault("status", "CreateItem", status=401)
    with pytest.raises(SignInError):
        calls.create()


def test_refused_after_something_was_written(world: Any, calls: Any, new: Callable[..., Write]) -> None:
    """SideError means that nothing was written: later refusals are told row by row."""
    calls.fetch()
    world.fault("status", "CreateItem", status=403, after=1, times=5)
    outcomes = calls.write(*(new(f"m-{number}") for number in range(45)))
    assert [outcome.ok for outcome in outcomes] == [True] * 20 + [False] * 25
    assert "HTTP 403" in outcomes[20].error
    assert "HTTP 403" in outcomes[44].error
    assert world.operations().count("CreateItem") == 2


def test_at_most_twenty_writes_per_request(world: Any, calls: Any, new: Callable[..., Write]) -> None:
    """A.9, D: what one lost answer leaves open stays small enough to be looked up."""
    assert all(outcome.ok for outcome in calls.write(*(new(f"m-{number}") for number in range(50))))
    assert world.operations().count("CreateItem") == 3


def test_nothing_to_write(world: Any, calls: Any) -> None:
    assert calls.side.write(Kind.CALENDAR, []) == []
    assert world.operations() == []
