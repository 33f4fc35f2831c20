"""The settings that every service has. A service's own class adds to them."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from tenantlink_runtime import crash


class ServiceSettings(BaseSettings):
    """Read from the environment, with the service's prefix; secrets are mounted files."""

    environment: Literal["production", "test"] = Field(
        default="production",
        validate_default=True,
        description="`test` lets a test end the process at a named place",
    )
    database_url: SecretStr = Field(description="postgresql+psycopg2:// URL of the own database")
    amqp_url: SecretStr | None = Field(
        default=None, description="amqp:// URL with vhost; given to `work` processes only"
    )
    internal_port: int = Field(default=9090, description="TCP port of health and metrics")
    internal_host: str = Field(default="127.0.0.1", description="address of health and metrics")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="the least serious log lines that are written"
    )
    public_keys_file: Path = Field(description="JWKS with the public sealing keys of all services")
    sealing_keys_file: Path | None = Field(
        default=None, description="JWKS with the service's own private sealing keys; `work` only"
    )
    otlp_endpoint: str | None = Field(
        default=None,
        description="base URL of an OpenTelemetry collector (OTLP over HTTP); no traces without",
    )
    otlp_headers_file: Path | None = Field(
        default=None, description="file with NAME=VALUE lines that the collector wants"
    )
    pool_size: int = Field(default=10, ge=1, description="database connections of a process")

    @field_validator("environment")
    @classmethod
    def _no_crash_in_production(cls, environment: str) -> str:
        crash.assert_allowed(environment)
        return environment


class WebSettings(ServiceSettings):
    """What a service with pages has in addition."""

    public_url: str = Field(description="base URL under which people reach the pages")
    web_host: str = Field(default="127.0.0.1", description="address of the pages")
    web_port: int = Field(default=8000, description="TCP port of the pages")
    web_threads: int = Field(default=8, ge=1, description="requests that are served at once")
    session_key_file: Path | None = Field(
        default=None, description="file with the key that signs session cookies; `web` only"
    )
    secure_cookies: bool = Field(default=True, description="false only without TLS, locally")


def required(path: Path | None, name: str) -> Path:
    """A file that this kind of process cannot do without; ValueError names the setting."""
    if path is None:
        raise ValueError(f"{name} is not set; this process needs it")
    return path
