"""Outlook through Exchange Web Services.

exchangelib is imported in here and nowhere else; that takes most of a second, so import this package in a worker.
"""

from sync_core.sides.outlook.side import OutlookSide

__all__ = ["OutlookSide"]
