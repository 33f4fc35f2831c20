"""Credential-validator's settings, from the environment with the prefix CREDENTIAL_VALIDATOR_."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from credential_validator.domain.clouds import CLOUDS, Cloud
from tenantlink_runtime.settings import ServiceSettings

MICROSOFT_AUTHORITIES = tuple(cloud.authority for cloud in CLOUDS.values())
HttpsHost = Annotated[str, StringConstraints(pattern=r"^https://[^/?#@\s]+$")]


class CredentialValidatorSettings(ServiceSettings):
    """Where Microsoft is, and how secrets are kept."""

    model_config = SettingsConfigDict(env_prefix="CREDENTIAL_VALIDATOR_")

    authorities: tuple[HttpsHost, ...] = Field(
        default=MICROSOFT_AUTHORITIES, description="the only values that `authority` may have"
    )
    cloud: Literal["global", "us_government", "china"] = Field(
        default="global", description="the Microsoft cloud that the customers' tenants live in"
    )
    authority: HttpsHost | None = Field(
        default=None,
        description="https URL of Microsoft Entra, without a path; by default the cloud's",
    )
    graph_url: HttpsHost | None = Field(
        default=None,
        description="https URL of Microsoft Graph, without a path; by default the cloud's",
    )
    tls_ca_file: Path | None = Field(default=None, description="an own CA towards Microsoft")
    proxy_url: str | None = Field(default=None, description="HTTP proxy towards Microsoft")
    store_keys_file: Path | None = Field(
        default=None, description="JWKS with the keys of secrets at rest; `work` only"
    )

    @field_validator("authority")
    @classmethod
    def _authority_has_to_be_allowed(cls, authority: str | None, known: ValidationInfo) -> Any:
        """Secrets are sent there, so a typing error must not choose the place."""
        allowed = known.data.get("authorities", ())
        wanted = authority or CLOUDS[known.data.get("cloud", "global")].authority
        if wanted not in allowed:
            raise ValueError(f"{wanted} is none of AUTHORITIES ({', '.join(allowed)})")
        return authority

    @field_validator("graph_url")
    @classmethod
    def _graph_has_to_be_allowed(cls, graph_url: str | None, known: ValidationInfo) -> Any:
        """Tokens are sent there: to the Graph of the same cloud, or to an own authority, which
        then plays both."""
        cloud = CLOUDS[known.data.get("cloud", "global")]
        own = [
            each for each in known.data.get("authorities", ()) if each not in MICROSOFT_AUTHORITIES
        ]
        if graph_url not in (None, cloud.graph_url, *own):
            allowed = ", ".join((cloud.graph_url, *own))
            raise ValueError(f"{graph_url} is none of the places that tokens go to ({allowed})")
        return graph_url

    @property
    def hosts(self) -> Cloud:
        """Where Microsoft is."""
        cloud = CLOUDS[self.cloud]
        return replace(
            cloud,
            authority=self.authority or cloud.authority,
            graph_url=self.graph_url or cloud.graph_url,
        )
