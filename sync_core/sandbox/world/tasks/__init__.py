"""The tasks' part of the story."""
