"""Onboarding's settings, from the environment with the prefix ONBOARDING_."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tenantlink_runtime.settings import WebSettings


class OnboardingSettings(WebSettings):
    """Who may log in, and which words no service may bear."""

    model_config = SettingsConfigDict(env_prefix="ONBOARDING_")

    oidc_issuer: str = Field(description="https URL of the operators' identity provider")
    oidc_client_id: str = Field(description="the console's id there")
    oidc_client_secret_file: Path = Field(description="file with the console's secret there")
    tls_ca_file: Path | None = Field(default=None, description="an own CA of the provider")
    reserved_words: tuple[str, ...] = Field(
        default=("audit",), description="words that no short name may contain"
    )
    brand_name: str = Field(default="Tenantlink", description="the provider's name on pages")
