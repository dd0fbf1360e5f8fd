"""Settings: read from a file and the environment, checked, and saved without losing a person's comments."""
