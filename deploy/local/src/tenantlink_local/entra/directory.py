"""The simulator's tenants, registrations and operators, read from directory.toml."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel

_STARTED = datetime.now(UTC).replace(microsecond=0)


class Secret(BaseModel):
    """A client secret; its life is told in days from the simulator's start."""

    value: str
    ends_in_days: int

    @property
    def hint(self) -> str:
        """Graph's `hint`."""
        return self.value[:3]

    @property
    def ends_at(self) -> datetime:
        """One hour more than whole days, so that 'days left' is that number."""
        return _STARTED + timedelta(days=self.ends_in_days, hours=1)

    @property
    def key_id(self) -> UUID:
        """The Secret ID, which people paste by mistake."""
        return uuid5(NAMESPACE_URL, self.value)


class App(BaseModel):
    """An app registration; `answer` makes the token endpoint misbehave."""

    client_id: UUID
    name: str
    secrets: list[Secret]
    roles: list[str] = []
    answer: Literal["normal", "throttled", "unavailable", "no_service_principal"] = "normal"


class Tenant(BaseModel):
    """A Microsoft 365 tenant."""

    id: UUID
    name: str
    domains: list[str]
    app: list[App]


class Operator(BaseModel):
    """Somebody who may log in to the console."""

    subject: str
    name: str
    email: str
    roles: list[str]


class Directory(BaseModel):
    """Everything that the simulator knows."""

    tenant: list[Tenant]
    operator: list[Operator]

    @classmethod
    def load(cls) -> "Directory":
        """From the file beside this one."""
        path = Path(__file__).with_name("directory.toml")
        return cls.model_validate(tomllib.loads(path.read_text()))

    def find_tenant(self, wanted: str) -> Tenant | None:
        """By id or by one of its domains, as Entra finds it."""
        wanted = wanted.lower()
        return next((t for t in self.tenant if wanted == str(t.id) or wanted in t.domains), None)


def find_app(tenant: Tenant, client_id: str) -> App | None:
    """A tenant's registration."""
    return next((app for app in tenant.app if str(app.client_id) == client_id.lower()), None)
