"""The Invitation wizard on its own database, with the facts of the other services simulated."""

from tests.integration.invitation.conftest import reception, settings_for

__all__ = ["reception", "settings_for"]
