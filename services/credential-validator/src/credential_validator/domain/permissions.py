"""Compares what a registration may do with what Tenantlink needs."""

from dataclasses import dataclass

from tenantlink_contracts.values import Permissions


@dataclass(frozen=True, slots=True)
class Permission:
    """A Graph application permission: its name, its app role's id, and why it is wanted."""

    name: str
    app_role_id: str
    required: bool
    why: str


def compare(wanted: tuple[Permission, ...], granted: tuple[str, ...]) -> Permissions:
    """`granted` are names or, where we do not know the name, app role ids."""
    names = {permission.app_role_id: permission.name for permission in wanted}
    held = sorted({names.get(each, each) for each in granted})
    known = {permission.name for permission in wanted}
    return Permissions(
        granted=tuple(held),
        missing=tuple(permission.name for permission in wanted if permission.name not in held),
        excess=tuple(each for each in held if each not in known),
    )


def with_names(
    wanted: tuple[Permission, ...], granted: tuple[str, ...], in_token: tuple[str, ...]
) -> tuple[str, ...]:
    """`granted` with a name in place of an id that is none of ours, where the token, which names
    permissions and tells no ids, leaves just one name for it."""
    known = {each.app_role_id for each in wanted} | {each.name for each in wanted}
    unnamed = [each for each in granted if each not in known]
    names = [each for each in in_token if each not in known and each not in unnamed]
    if len(unnamed) != 1 or len(names) != 1:
        return granted
    return tuple(names[0] if each == unnamed[0] else each for each in granted)
