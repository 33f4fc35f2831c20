"""The nouns: orders, customers, the saga. Pure."""
