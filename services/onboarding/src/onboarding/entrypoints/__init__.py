"""The doors: events and the pages of the console."""
