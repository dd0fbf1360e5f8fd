"""Which calendar is used, and what may be done in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sync_core.errors import SideError
from sync_core.items import Kind
from sync_core.sides import Fate as Sighted
from sync_core.sides import Operation, Ref


def test_description(world: Any, calls: Any) -> None:
    description = calls.side.describe(Kind.CALENDAR)
    assert description.account == "rep@example.com, Calendar"
    assert description.scope == f"rep@example.com/{world.box.folder('calendar').id}"
    assert description.limits.lengths == {"subject": 255}
    assert description.refused == {}
    assert world.operations() == ["GetFolder"]
    calls.side.describe(Kind.CALENDAR)
    assert world.operations() == ["GetFolder"]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_its_folder(world: Any, calls: Any, kind: Kind) -> None:
    description = calls.side.describe(kind)
    assert description.account == f"rep@example.com, {kind.label}"
    assert description.scope == f"rep@example.com/{world.box.folder(kind.value).id}"


@pytest.mark.parametrize("name", ["Calendar/Team", "calendar/TEAM", "Calendar/Team/"])
def test_a_calendar_below_the_standard_one(world: Any, calls_with: Callable[..., Any], name: str) -> None:
    team = world.box.add_folder("Team", world.box.folder("calendar"))
    calls = calls_with(calendar=name)
    assert calls.side.describe(Kind.CALENDAR).scope.endswith(team.id)
    assert world.operations() == ["GetFolder", "FindFolder"]
    calls.create()
    assert len(world.box.items(team)) == 1
    assert world.stored() == []


def test_a_calendar_beside_the_standard_one(world: Any, calls_with: Callable[..., Any]) -> None:
    world.box.add_folder("Birthdays", world.box.folder("msgfolderroot"))
    assert calls_with(calendar="birthdays").side.describe(Kind.CALENDAR).account == "rep@example.com, Birthdays"


def test_a_calendar_that_does_not_exist(world: Any, calls_with: Callable[..., Any]) -> None:
    world.box.add_folder("Team", world.box.folder("calendar"))
    with pytest.raises(SideError, match=r'no calendar called "Calendar/Taem".*"Calendar", "Calendar/Team"'):
        calls_with(calendar="Calendar/Taem").fetch()
    with pytest.raises(SideError, match='"Inbox" is not a calendar'):
        calls_with(calendar="Inbox").fetch()


def test_two_calendars_of_one_name(world: Any, calls_with: Callable[..., Any]) -> None:
    for _ in range(2):
        world.box.add_folder("Team", world.box.folder("calendar"))
    with pytest.raises(SideError, match="more than one calendar"):
        calls_with(calendar="Calendar/Team").fetch()


def test_a_shared_calendar(world: Any, calls_with: Callable[..., Any]) -> None:
    """A.13: the owner's root and Deleted Items may not be seen; the calendar alone is enough."""
    folder = world.colleague.folder("calendar")
    world.exchange.share("priya@example.com", "rep@example.com", "editor", folder.id)
    calls = calls_with(mailbox="priya@example.com")
    description = calls.side.describe(Kind.CALENDAR)
    assert description.scope == f"priya@example.com/{folder.id}"
    assert description.refused == {}
    assert calls.create(subject="For Priya").ok
    item = calls.item()
    assert not item.locked
    assert calls.update(item, location="York").ok
    assert world.stored() == []
    gone = calls.item()
    world.colleague.delete(gone.id)
    assert calls.look(Ref(gone.id, gone.mark))[gone.id].fate is Sighted.DELETED


def test_a_calendar_that_may_only_be_read(world: Any, calls_with: Callable[..., Any]) -> None:
    folder = world.colleague.folder("calendar")
    world.exchange.share("priya@example.com", "rep@example.com", "reviewer", folder.id)
    world.colleague.create(folder, {"subject": "Hers", "start": world.moment, "end": world.moment})
    calls = calls_with(mailbox="priya@example.com")
    assert set(calls.side.describe(Kind.CALENDAR).refused) == set(Operation)
    assert calls.item().locked == "you may read this event but not change it"


def test_a_calendar_that_was_not_shared(world: Any, calls_with: Callable[..., Any]) -> None:
    with pytest.raises(SideError, match=r"calendar of priya@example\.com cannot be opened"):
        calls_with(mailbox="priya@example.com").fetch()
    with pytest.raises(SideError, match="mailbox cannot be reached"):
        calls_with(mailbox="nobody@example.com").fetch()
