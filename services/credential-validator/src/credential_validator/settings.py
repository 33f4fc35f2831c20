"""Credential-validator's settings, from the environment with the prefix CREDENTIAL_VALIDATOR_."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tenantlink_runtime.settings import ServiceSettings

MICROSOFT_AUTHORITIES = (
    "https://login.microsoftonline.com",
    "https://login.microsoftonline.us",
    "https://login.partner.microsoftonline.cn",
)


class CredentialValidatorSettings(ServiceSettings):
    """Where Microsoft is, and how secrets are kept."""

    model_config = SettingsConfigDict(env_prefix="CREDENTIAL_VALIDATOR_")

    authority: str = Field(
        default=MICROSOFT_AUTHORITIES[0], description="https URL of Microsoft Entra"
    )
    authorities: tuple[str, ...] = Field(
        default=MICROSOFT_AUTHORITIES, description="the only values that `authority` may have"
    )
    graph_url: str = Field(
        default="https://graph.microsoft.com", description="https URL of Microsoft Graph"
    )
    tls_ca_file: Path | None = Field(default=None, description="an own CA towards Microsoft")
    proxy_url: str | None = Field(default=None, description="HTTP proxy towards Microsoft")
    store_keys_file: Path | None = Field(
        default=None, description="JWKS with the keys of secrets at rest; `work` only"
    )
