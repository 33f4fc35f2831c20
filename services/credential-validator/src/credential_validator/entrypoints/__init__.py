"""The doors: events and jobs."""
