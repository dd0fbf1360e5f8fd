"""An Exchange Web Services server: mailboxes in memory, spoken to with the real protocol.

`store` holds the mailboxes and is what tests and the made-up world write to; `server` is the HTTP application.
"""
