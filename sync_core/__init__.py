"""handsync's core: everything but the screen. Imports neither textual nor rich."""
