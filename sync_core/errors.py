"""What can go wrong, as sentences for a person: what happened, where, and what to do next."""

from __future__ import annotations


class HandsyncError(Exception):
    """A problem that a person can read. `what` happened, `where`, and the `remedy`; none of them holds a secret."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The whole message in one or two sentences."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{_stopped(head)} {_stopped(self.remedy)}" if self.remedy else _stopped(head)


class SettingsError(HandsyncError):
    """The settings cannot be used as they are, or the command was used wrongly."""

    exit_code = 2


class SideError(HandsyncError):
    """A side did not answer, or answered something that cannot be worked with. Nothing was written by this call."""


class SignInError(SideError):
    """A side refused the credentials."""


class StoreError(HandsyncError):
    """The memory on disk cannot be read or written."""


class CancelledError(HandsyncError):
    """A person asked to stop."""

    def __init__(self) -> None:
        super().__init__("cancelled")


def _stopped(text: str) -> str:
    return text if not text or text[-1] in ".?!" else text + "."
