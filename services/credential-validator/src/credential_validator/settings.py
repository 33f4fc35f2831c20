"""Credential-validator's settings, from the environment with the prefix CREDENTIAL_VALIDATOR_."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from tenantlink_runtime.settings import ServiceSettings

MICROSOFT_AUTHORITIES = (
    "https://login.microsoftonline.com",
    "https://login.microsoftonline.us",
    "https://login.partner.microsoftonline.cn",
)
HttpsHost = Annotated[str, StringConstraints(pattern=r"^https://[^/?#@\s]+$")]


class CredentialValidatorSettings(ServiceSettings):
    """Where Microsoft is, and how secrets are kept."""

    model_config = SettingsConfigDict(env_prefix="CREDENTIAL_VALIDATOR_")

    authorities: tuple[HttpsHost, ...] = Field(
        default=MICROSOFT_AUTHORITIES, description="the only values that `authority` may have"
    )
    authority: HttpsHost = Field(
        default=MICROSOFT_AUTHORITIES[0],
        description="https URL of Microsoft Entra, without a path",
    )
    graph_url: HttpsHost = Field(
        default="https://graph.microsoft.com",
        description="https URL of Microsoft Graph, without a path",
    )
    tls_ca_file: Path | None = Field(default=None, description="an own CA towards Microsoft")
    proxy_url: str | None = Field(default=None, description="HTTP proxy towards Microsoft")
    store_keys_file: Path | None = Field(
        default=None, description="JWKS with the keys of secrets at rest; `work` only"
    )

    @field_validator("authority")
    @classmethod
    def _has_to_be_allowed(cls, authority: str, known: ValidationInfo) -> str:
        """Secrets are sent there, so a typing error must not choose the place."""
        allowed = known.data.get("authorities", ())
        if authority not in allowed:
            raise ValueError(f"{authority} is none of AUTHORITIES ({', '.join(allowed)})")
        return authority
