"""A Salesforce org behind a REST API on loopback: as strict and as moody as a real one."""

from sync_core.sandbox.salesforce.errors import ApiError
from sync_core.sandbox.salesforce.server import SalesforceApplication, operation_name
from sync_core.sandbox.salesforce.store import Org

__all__ = ["ApiError", "Org", "SalesforceApplication", "operation_name"]
