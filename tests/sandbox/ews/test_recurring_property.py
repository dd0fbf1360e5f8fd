"""PidLidRecurring, by which a client finds series without listing a whole calendar ([MS-OXOCAL] 2.2.1.12)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sync_core.sandbox.ews.recurrence import Recurrence

START, END = datetime(2026, 11, 23, 8, tzinfo=UTC), datetime(2026, 11, 23, 9, tzinfo=UTC)
FIND = (
    '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>'
    '<m:IndexedPageItemView MaxEntriesReturned="10" Offset="0" BasePoint="Beginning"/><m:Restriction><t:IsEqualTo>'
    '<t:ExtendedFieldURI DistinguishedPropertySetId="Appointment" PropertyId="33315" PropertyType="Boolean"/>'
    '<t:FieldURIOrConstant><t:Constant Value="true"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>'
    '<m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>'
)


def test_series_can_be_searched_for(world: Any) -> None:
    folder = world.box.folder("calendar")
    world.box.create(folder, {"subject": "single", "start": START, "end": END})
    series = world.box.create(
        folder, {"subject": "series", "start": START, "end": END, "recurrence": Recurrence("Daily", date(2026, 11, 23))}
    )
    found = world.post(FIND).xpath("//@Id")
    assert found == [series.id]
