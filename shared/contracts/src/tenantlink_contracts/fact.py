"""What every event has in common, so that name, type and route follow from the class alone."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

TYPE_PREFIX = "tenantlink"


class Value(BaseModel):
    """A part of a fact. Unknown fields are ignored: producers may add optional ones."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Fact(Value):
    """Something that has happened; ids and facts only, small.

    `publishers` and `readers` are names of services, or `names.UPSTREAM`; the topology is derived
    from them.
    """

    publishers: ClassVar[tuple[str, ...]]
    readers: ClassVar[tuple[str, ...]]
    version: ClassVar[int] = 1

    @classmethod
    def event_name(cls) -> str:
        """The routing key, for instance `ServiceRequested`."""
        return cls.__name__

    @classmethod
    def event_type(cls) -> str:
        """The CloudEvents type, for instance `tenantlink.ServiceRequested.v1`."""
        return f"{TYPE_PREFIX}.{cls.__name__}.v{cls.version}"
