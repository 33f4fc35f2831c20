"""Reads permissions.toml, the one place that names what we ask customers for."""

import tomllib
from importlib.resources import files

from credential_validator.domain.permissions import Permission


def load() -> tuple[Permission, ...]:
    """All permissions, required ones first as in the file."""
    text = files("credential_validator").joinpath("permissions.toml").read_text()
    return tuple(Permission(**row) for row in tomllib.loads(text)["permission"])
