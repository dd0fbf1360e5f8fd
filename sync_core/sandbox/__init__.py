"""Two local servers, Salesforce REST and Exchange Web Services, with a made-up company in them.

They speak the real protocols to the real client libraries, refuse what the real ones refuse, and know nothing of the
program: nothing in here imports the rest of `sync_core`.
"""
