"""The nouns: invitations, links, submissions. Pure."""
