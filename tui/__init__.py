"""The screens of handsync. Nothing of `sync_core` knows this package."""
