"""The contacts' part of the story."""
