"""The doors: events, jobs and the public pages."""
