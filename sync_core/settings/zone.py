"""The user's time zone: as the settings name it, or as the machine is set."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

if TYPE_CHECKING:
    from sync_core.settings.models import Settings

UTC = "Etc/UTC"


def user_zone(settings: Settings) -> str:
    """The IANA name of the zone in which days begin and times are shown."""
    return settings.time_zone or local_zone()


def local_zone() -> str:
    """The IANA name of the machine's zone ($TZ, then the system's own setting), "Etc/UTC" when it has none."""
    # tzlocal raises several kinds of error for a zone that is named wrongly or twice; none of them is our user's
    # business, who sees the zone on the first screen and can set it
    try:
        import tzlocal

        name = tzlocal.get_localzone_name()
    except (LookupError, ValueError, OSError):
        return UTC
    return name if name and is_zone(name) else UTC


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA zone that this machine knows."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        # OSError: "Europe" is a directory, a name can be too long for a file
        return False
    return True


def zone_like(name: str) -> str:
    """The known zone that comes closest to `name`, or "" when none comes close. For "did you mean"."""
    wanted = name.strip().casefold().replace(" ", "_")
    known = {zone.casefold(): zone for zone in available_timezones()}
    if wanted in known:
        return known[wanted]
    cities = {zone.rpartition("/")[2]: zone for zone in sorted(known) if "/" in zone and not zone.startswith("etc/")}
    if wanted in cities:
        return known[cities[wanted]]
    close = difflib.get_close_matches(wanted, known, n=1, cutoff=0.75)
    if close:
        return known[close[0]]
    close = difflib.get_close_matches(wanted, cities, n=1, cutoff=0.8)
    return known[cities[close[0]]] if close else ""
