"""The simulator's tenants, registrations and operators, read from a TOML file.

`directory.toml` beside this module is what the local stack uses; tests may bring their own.
"""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict, model_validator

from tenantlink_local.entra.aadsts import KNOWN

_STARTED = datetime.now(UTC).replace(microsecond=0)

Mood = Literal["normal", "throttled", "throttled_until", "unavailable", "truncated", "refused"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")  # a knob that is misspelt must not be ignored


class Secret(_Entry):
    """A client secret; its life is told in days from the simulator's start."""

    value: str
    ends_in_days: int
    has_hint: bool = True

    @property
    def hint(self) -> str | None:
        """Graph's `hint`; old tools have made secrets without one."""
        return self.value[:3] if self.has_hint else None

    @property
    def ends_at(self) -> datetime:
        """One hour more than whole days, so that 'days left' is that number."""
        return _STARTED + timedelta(days=self.ends_in_days, hours=1)

    @property
    def key_id(self) -> UUID:
        """The Secret ID, which people paste by mistake."""
        return uuid5(NAMESPACE_URL, self.value)


class App(_Entry):
    """An app registration, and knobs that make Entra or Graph misbehave about it.

    `token` and `graph` say how, `error` is the number of a "refused" `token`; `times` for how many
    requests in all (0: for ever); `retry_after` and `delay_seconds` are seconds. `tells` says to
    people what happens.
    """

    client_id: UUID
    name: str
    secrets: list[Secret]
    tells: str = ""
    roles: list[str] = []
    service_principal: bool = True
    registered_here: bool = True
    error: int | None = None
    token: Mood = "normal"
    graph: Mood = "normal"
    times: int = 0
    retry_after: int = 2
    delay_seconds: float = 0.0


class Tenant(_Entry):
    """A Microsoft 365 tenant.

    With `error` it is refused at discovery with this number. With `every_error` it has a
    registration for each number that Entra has, which is the end of its client id.
    """

    id: UUID
    name: str
    domains: list[str]
    tells: str = ""
    error: int | None = None
    every_error: bool = False
    app: list[App] = []

    @model_validator(mode="after")
    def _with_every_error(self) -> "Tenant":
        if self.every_error:
            self.app += [_refused(number) for number in KNOWN]
        return self

    def find_app(self, client_id: str) -> App | None:
        """A registration of this tenant."""
        wanted = client_id.lower()
        return next((app for app in self.app if str(app.client_id) == wanted), None)


def _refused(number: int) -> App:
    status, error, _ = KNOWN[number]
    return App(
        client_id=UUID(f"3f2c1a10-0000-4000-8000-{number:012}"),
        name=f"AADSTS{number}",
        tells=f"Entra answers {status} {error}.",
        error=number,
        token="refused",
        secrets=[Secret(value=f"Err~secret-for-aadsts-{number}", ends_in_days=90)],
    )


class Operator(_Entry):
    """Somebody who may log in to the console."""

    subject: str
    name: str
    email: str
    roles: list[str]


class Program(BaseModel):
    """A program that calls the API, by client credentials."""

    client_id: str
    secret: str
    name: str
    roles: list[str]


class Directory(_Entry):
    """Everything that the simulator knows."""

    tenant: list[Tenant]
    operator: list[Operator]
    program: list[Program] = []

    @classmethod
    def load(cls, path: Path | None = None) -> "Directory":
        """From a file, by default the one beside this module."""
        path = path or Path(__file__).with_name("directory.toml")
        return cls.model_validate(tomllib.loads(path.read_text()))

    def find_tenant(self, wanted: str) -> Tenant | None:
        """By id or by one of its domains, as Entra finds it."""
        wanted = wanted.lower()
        return next((t for t in self.tenant if wanted == str(t.id) or wanted in t.domains), None)

    def find_operator(self, subject: str) -> Operator | None:
        """By the subject that the sign-in page sends."""
        return next((each for each in self.operator if each.subject == subject), None)
