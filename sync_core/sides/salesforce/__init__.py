"""Salesforce as a side, on simple-salesforce. Importing this package takes as long as a screen: do it in a worker."""

from sync_core.sides.salesforce.side import SalesforceSide

__all__ = ["SalesforceSide"]
