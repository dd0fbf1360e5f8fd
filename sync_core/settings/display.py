"""The [display] settings as plain values: light, so that the first screen has the right look before anything is loaded.

What is wrong in the file is no matter here: loading the settings in earnest says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, cast

from sync_core.dates import Clock, DateStyle, Order, locale_name, of_locale
from sync_core.errors import HandsyncError

AUTO: Final = "auto"
# what each key may say
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "theme": (AUTO, "dark", "light", "high-contrast", "ansi"),
    "glyphs": (AUTO, "unicode", "ascii"),
    "first_day": (AUTO, "monday", "sunday", "saturday"),
    "clock": (AUTO, "24", "12"),
    "date_order": (AUTO, "dmy", "mdy", "ymd"),
}
_FIRST_DAYS: Final = {"monday": 0, "saturday": 5, "sunday": 6}
_PREFIX: Final = "HANDSYNC_DISPLAY__"
_YES: Final = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Display:
    """How the program looks and how it writes dates. "auto" is by the terminal, or for dates by the locale."""

    theme: str = AUTO
    glyphs: str = AUTO
    first_day: str = AUTO
    clock: str = AUTO
    date_order: str = AUTO
    mouse: bool = True

    @classmethod
    def of(cls, section: object) -> Display:
        """The values of the settings' section."""
        return cls(**{field.name: getattr(section, field.name) for field in fields(cls)})

    def dates(self, environ: Mapping[str, str]) -> DateStyle:
        """How dates are written: as set, else as the locale of a process environment has it."""
        usual = of_locale(locale_name(environ))
        return DateStyle(
            usual.order if self.date_order == AUTO else cast(Order, self.date_order),
            usual.clock if self.clock == AUTO else cast(Clock, self.clock),
            usual.first_day if self.first_day == AUTO else _FIRST_DAYS[self.first_day],
        )


def early(path: Path, environ: Mapping[str, str]) -> Display:
    """What the settings file and the environment say of [display]; what cannot be read or understood is left out."""
    from sync_core.settings.document import read

    found: dict[str, Any] = {}
    try:
        document = read(path)
    except HandsyncError:
        document = None
    section = document.data.get("display") if document is not None else None
    given = list(section.items()) if isinstance(section, Mapping) else []
    given += [
        (name.upper().removeprefix(_PREFIX).lower(), value)
        for name, value in environ.items()
        if value and name.upper().startswith(_PREFIX)
    ]
    for key, value in given:
        words = str(value).strip().lower()
        if key == "mouse" and words in _YES:
            found[key] = _YES[words]
        elif words in CHOICES.get(key, ()):
            found[key] = words
    return Display(**found)
