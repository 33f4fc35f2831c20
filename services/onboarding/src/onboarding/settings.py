"""Onboarding's settings, from the environment with the prefix ONBOARDING_."""

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from onboarding.domain.registers import NoticeSettings
from tenantlink_runtime.settings import WebSettings


class SagaSettings(WebSettings):
    """How long things may take, who creates services, and who is told.

    A duration is written as in ISO 8601: P7D, PT10M, PT2S.
    """

    requested_limit: timedelta = Field(
        default=timedelta(minutes=10), description="until an order without invitation is stuck"
    )
    awaiting_credentials_limit: timedelta = Field(
        default=timedelta(days=30),
        description="until an order whose registration nobody types is cancelled",
    )
    authenticating_limit: timedelta = Field(
        default=timedelta(hours=24), description="until a check of a registration is stuck"
    )
    validating_limit: timedelta = Field(
        default=timedelta(hours=24), description="until a validation is stuck"
    )
    creating_limit: timedelta = Field(
        default=timedelta(hours=24), description="that the provisioning system has to answer"
    )
    reminder_after: timedelta = Field(
        default=timedelta(days=7), description="until operators are reminded of what waits for them"
    )
    cancelled_after: timedelta = Field(
        default=timedelta(days=90), description="until what waits for an operator is cancelled"
    )
    nightly_every: timedelta = Field(
        default=timedelta(days=1), gt=timedelta(0), description="between checks of active services"
    )
    nightly_from: timedelta = Field(
        default=timedelta(hours=1), description="time of day, UTC, at which the checks begin"
    )
    nightly_window: timedelta = Field(
        default=timedelta(hours=4), description="over which the checks are spread"
    )
    link_shown: timedelta = Field(
        default=timedelta(minutes=5),
        le=timedelta(minutes=5),
        description="that a link for handing over can be seen, at most five minutes",
    )
    provisioning: Literal["immediate", "external"] = Field(
        default="immediate", description="`external`: another system creates services"
    )
    provisioning_system: str | None = Field(
        default=None, description="the upstream system that creates services, if another does"
    )
    base_domain: str = Field(
        default="", description="domain under which each service gets its own, by its short name"
    )
    operator_addresses: tuple[str, ...] = Field(
        default=(), description="mail addresses told of orders that name no operator"
    )
    system_notices: dict[str, NoticeSettings] = Field(
        default={}, description="by upstream system: who is told, and of what not"
    )

    @model_validator(mode="after")
    def _somebody_creates(self) -> Self:
        if self.provisioning == "external" and not self.provisioning_system:
            raise ValueError("PROVISIONING is external, so PROVISIONING_SYSTEM has to be named")
        return self


class OnboardingSettings(SagaSettings):
    """Who may log in, and which words no service may bear."""

    model_config = SettingsConfigDict(env_prefix="ONBOARDING_")

    oidc_issuer: str = Field(description="https URL of the operators' identity provider")
    oidc_client_id: str = Field(description="the console's id there")
    oidc_client_secret_file: Path = Field(description="file with the console's secret there")
    tls_ca_file: Path | None = Field(default=None, description="an own CA of the provider")
    reserved_words: tuple[str, ...] = Field(
        default=("audit",), description="words that no short name may contain"
    )
    api_audience: str = Field(
        default="", description="audience of access tokens for the API; PUBLIC_URL/api if not set"
    )
    api_requests_per_minute: int = Field(
        default=600, ge=1, description="how many requests a caller of the API has in a minute"
    )
    brand_name: str = Field(default="Tenantlink", description="the provider's name on pages")
