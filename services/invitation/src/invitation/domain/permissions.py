"""What an app registration is asked to allow: Microsoft Graph's application permissions.

credential-validator, which compares them with what was granted, has the same list; a test holds
the two together. The ids are Graph's app role ids, the same in every tenant.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permission:
    """One of Graph's application permissions, and why it is wanted. The pages translate `why`."""

    name: str
    app_role_id: str
    required: bool
    why: str


PERMISSIONS = (
    Permission(
        "Organization.Read.All",
        "498476ce-e0fe-48b0-b801-37ba7e2685c6",
        True,
        "Reads your tenant's name and domains, so that both sides see that it is the right one.",
    ),
    Permission(
        "Application.Read.All",
        "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
        False,
        "Reads when the client secret ends, so that it can be renewed in time. Without it "
        "everything works, but nobody can warn you.",
    ),
)
