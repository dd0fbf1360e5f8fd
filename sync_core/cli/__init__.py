"""The command line. Importing it costs next to nothing: what a command needs is imported when the command runs."""

from sync_core.cli.entry import main

__all__ = ["main"]
