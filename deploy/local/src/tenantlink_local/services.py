"""The environment of each process of the product: settings only, no code knows this stack."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tenantlink_local import outside, process
from tenantlink_local.certificates import Certificates
from tenantlink_local.servers import Servers
from tenantlink_runtime import keys

PACKAGES = ("onboarding", "invitation", "credential_validator", "notifier")
WITH_PAGES = ("onboarding", "invitation")
PROCESSES = tuple((each, "work") for each in PACKAGES) + tuple((each, "web") for each in WITH_PAGES)


@dataclass(frozen=True)
class Surroundings:
    """All that the settings are made of."""

    folder: Path
    ports: dict[str, int]
    certificates: Certificates
    servers: Servers
    changes: Mapping[str, str] = field(default_factory=dict)

    @property
    def console_url(self) -> str:
        """Where operators go."""
        return f"http://127.0.0.1:{self.ports['console']}"

    @property
    def wizard_url(self) -> str:
        """Where links lead."""
        return f"http://127.0.0.1:{self.ports['wizard']}"

    @property
    def outside(self) -> outside.Outside:
        """Entra, Graph, the identity provider and the mailbox."""
        return outside.Outside(self.folder, self.ports, self.certificates, self.client_secret_file)

    @property
    def entra_url(self) -> str:
        """The simulator of Entra, Graph and the identity provider."""
        return self.outside.entra_url

    @property
    def client_secret_file(self) -> Path:
        """The console's secret at the identity provider."""
        return self.folder / "keys" / "onboarding.oidc.secret"


def write_keys(around: Surroundings) -> None:
    """Key files of the installation, made once."""
    keys.generate(around.folder / "keys")
    path = around.client_secret_file
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))


def environment(around: Surroundings, package: str, kind: str) -> dict[str, str]:
    """A process' whole environment; `kind` is `work`, `web` or `migrate`."""
    settings = _common(around, package, kind) | _OWN[package](around)
    if package in WITH_PAGES:
        settings |= _pages(around, package)
    prefix = package.upper()
    hub = {"EVENTLET_HUB": "asyncio"} if kind == "work" else {}
    named = {f"{prefix}_{name}": value for name, value in settings.items()}
    changed = {n: value for n, value in around.changes.items() if n.startswith(f"{prefix}_")}
    return process.environment(**hub, **{**named, **changed})


def _common(around: Surroundings, package: str, kind: str) -> dict[str, str]:
    folder, service = around.folder / "keys", package.replace("_", "-")
    settings = {
        "DATABASE_URL": around.servers.database.service_urls[package],
        "LOG_LEVEL": os.environ.get("TENANTLINK_LOG_LEVEL", "INFO"),
        "PUBLIC_KEYS_FILE": str(folder / "public.jwks.json"),
    }
    if kind != "migrate":
        settings["INTERNAL_PORT"] = str(around.ports[f"{package}_{kind}"])
    if kind == "work":
        settings["AMQP_URL"] = around.servers.messaging.service_urls[service]
    if kind == "work" or (package, kind) == ("onboarding", "web"):  # the console's Copy link
        settings["SEALING_KEYS_FILE"] = str(folder / f"{service}.sealing.jwks.json")
    return settings


def _pages(around: Surroundings, package: str) -> dict[str, str]:
    face = "console" if package == "onboarding" else "wizard"
    return {
        "PUBLIC_URL": f"http://127.0.0.1:{around.ports[face]}",
        "WEB_PORT": str(around.ports[face]),
        "SESSION_KEY_FILE": str(around.folder / "keys" / f"{package}.session.key"),
        "SECURE_COOKIES": "false",
    }


def _onboarding(around: Surroundings) -> dict[str, str]:
    return {
        "OIDC_ISSUER": f"{around.entra_url}/operators",
        "OIDC_CLIENT_ID": outside.CLIENT_ID,
        "OIDC_CLIENT_SECRET_FILE": str(around.client_secret_file),
        "TLS_CA_FILE": str(around.certificates.ca),
        "BASE_DOMAIN": "sbc.example",
    }


def _invitation(around: Surroundings) -> dict[str, str]:
    return {"LINK_KEYS_FILE": str(around.folder / "keys" / "invitation.link.jwks.json")}


def _credential_validator(around: Surroundings) -> dict[str, str]:
    return {
        "STORE_KEYS_FILE": str(around.folder / "keys" / "credential-validator.store.jwks.json"),
        "AUTHORITY": around.entra_url,
        "AUTHORITIES": json.dumps([around.entra_url]),
        "GRAPH_URL": around.entra_url,
        "TLS_CA_FILE": str(around.certificates.ca),
    }


def _notifier(around: Surroundings) -> dict[str, str]:
    return {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(around.ports["smtp"]),
        "SMTP_SECURITY": "starttls",
        "TLS_CA_FILE": str(around.certificates.ca),
        "SENDER": "Tenantlink <no-reply@tenantlink.example>",
        "MAILS_PER_MINUTE": "6000",  # the mailbox is ours, and tests write to few domains
    }


_OWN = {
    "onboarding": _onboarding,
    "invitation": _invitation,
    "credential_validator": _credential_validator,
    "notifier": _notifier,
}
