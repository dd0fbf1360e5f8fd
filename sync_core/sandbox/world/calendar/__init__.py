"""The calendar's part of the story."""
