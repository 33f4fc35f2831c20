"""The nouns: credentials, verdicts, problems. Pure."""
