"""Notifier's settings, from the environment with the prefix NOTIFIER_."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from notifier.domain.addresses import mailbox
from tenantlink_runtime.brands import Brand, Brands, load_brands
from tenantlink_runtime.settings import ServiceSettings


class NotifierSettings(ServiceSettings):
    """Where mails go and whose name they bear."""

    model_config = SettingsConfigDict(env_prefix="NOTIFIER_")

    smtp_host: str = Field(description="the mail server's host name")
    smtp_port: int = Field(default=587, description="the mail server's TCP port")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="how the way to the mail server is protected"
    )
    smtp_username: str | None = Field(default=None, description="the login there, if any")
    smtp_password_file: Path | None = Field(default=None, description="file with the password")
    tls_ca_file: Path | None = Field(default=None, description="an own CA for the mail server")
    sender: str = Field(description="'Name <address>' that mails come from")
    brand_name: str = Field(default="Tenantlink", description="the provider's name in mails")
    contact: str | None = Field(
        default=None, description="'Name <address>' of people whom recipients can ask"
    )

    brands: Path | None = Field(
        default=None, description="folder of brand files; without it, one brand for all orders"
    )
    bounces: str | None = Field(
        default=None, description="address that reports of mails that came back go to"
    )
    mails_per_minute: int = Field(
        default=20, ge=1, description="the most mails that a process sends to one domain a minute"
    )

    @field_validator("sender", "contact", "bounces")
    @classmethod
    def _has_one_address(cls, text: str | None) -> str | None:
        if text is not None:
            mailbox(text)
        return text

    @field_validator("brands")
    @classmethod
    def _can_be_used(cls, folder: Path | None) -> Path | None:
        for brand in load_brands(folder, Brand(name="default")).all.values():
            for text in filter(None, (brand.support, brand.sender)):
                mailbox(text)
        return folder

    def all_brands(self) -> Brands:
        """The brands of the folder; these settings are the default's."""
        return load_brands(self.brands, Brand(name=self.brand_name, support=self.contact))
