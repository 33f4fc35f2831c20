"""notifier: sends mails, and tells truthfully what became of them."""
