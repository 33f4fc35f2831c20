"""The nouns: what may still be sent, and what a mail says. Pure."""
