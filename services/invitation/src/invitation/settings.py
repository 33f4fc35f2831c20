"""Invitation's settings, from the environment with the prefix INVITATION_."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tenantlink_runtime.settings import WebSettings


class InvitationSettings(WebSettings):
    """Where links lead, and how their tokens are kept."""

    model_config = SettingsConfigDict(env_prefix="INVITATION_")

    link_keys_file: Path = Field(description="JWKS with the keys that hash link tokens")
    brand_name: str = Field(default="Tenantlink", description="the provider's name on pages")
    support_contact: str | None = Field(
        default=None, description="'Name <address>' or an address, shown on every page"
    )
    brands_folder: Path | None = Field(
        default=None, description="folder of brand files; the orders name which one is theirs"
    )
    verdict_seconds: float = Field(
        default=2.0, ge=0, le=10, description="how long Start authentication waits for a verdict"
    )
    session_minutes: int = Field(default=30, ge=1, description="idle life of a wizard session")
