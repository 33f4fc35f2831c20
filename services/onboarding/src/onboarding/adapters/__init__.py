"""The technologies: one a file."""
