"""Puts the declared topology on a broker, as often as one likes, and tells what it found.

What is missing is made, what can be changed (users, rights, policies) is changed, everything else
that differs is listed: RabbitMQ cannot change a queue or an exchange, and leaves an existing one
silently as it is. Nothing is ever deleted. At the end the broker is read again, so that 'applied'
is what stands there and not what was sent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tenantlink_cli.management import BrokerRefused, Found, Management
from tenantlink_runtime import broker_passwords, topology

_LOSING = frozenset({"message-ttl", "expires", "max-length", "max-length-bytes", "delivery-limit"})
_HASH = ("password_hash", "hashing_algorithm")
_CHANGEABLE = frozenset({"users", "permissions", "topic_permissions", "policies"})
_NOUNS = {
    "vhosts": "virtual host",
    "users": "user",
    "policies": "policy",
    "exchanges": "exchange",
    "queues": "queue",
    "bindings": "binding",
    "topic_permissions": "topic rights",
    "permissions": "rights",
}
_REMEDIES = {
    # Not by --if-empty: quorum queues know no such thing, and rabbitmqctl ends with success.
    "queues": "Let its reader empty it, stop all services (what they publish waits in their "
    "databases), see that it holds nothing: rabbitmqctl list_queues -p {vhost} name messages; "
    "then: rabbitmqctl delete_queue {name} -p {vhost}; then apply again.",
    "exchanges": "Stop all services (what they publish waits in their databases), delete the "
    "exchange {name} on the management page (its bindings go with it), then apply again.",
}
Document = dict[str, list[dict[str, Any]]]


class TopologyDiffers(Exception):
    """Something that exists is not as declared and cannot be changed; lists every difference."""


@dataclass(frozen=True)
class Wanted:
    """What has to be there. Without passwords the users have to exist already."""

    vhost: str = "tenantlink"
    upstream_systems: tuple[str, ...] = ()
    passwords: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Item:
    """One thing of a definitions document; `section` is its place there."""

    section: str
    name: str
    value: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return f"{_NOUNS[self.section]} {self.name}"


@dataclass(frozen=True)
class Report:
    """What was, or in a dry run would be, done, and what stands in the way."""

    created: list[Item] = field(default_factory=list)
    changed: list[Item] = field(default_factory=list)
    left: list[Item] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def changes_nothing(self) -> bool:
        """Whether everything was there already."""
        return not self.created and not self.changed

    def check(self) -> None:
        """TopologyDiffers when not everything is as declared."""
        if self.differences:
            raise TopologyDiffers("\n".join(self.differences))


def plan(management: Management, wanted: Wanted) -> Report:
    """Compare only. BrokerRefused where it could not be applied at all."""
    _check_names(wanted, management.user)
    found = management.read(wanted.vhost)
    document = {
        **topology.definitions(wanted.vhost, None, wanted.upstream_systems),
        "users": _users(wanted, _by_name("users", found.document["users"])),
    }
    report = Report()
    for section, values in document.items():
        there = _by_name(section, found.document.get(section, ()))
        for name, value in _by_name(section, values).items():
            _sort_in(report, Item(section, name, value), there.get(name), wanted.vhost)
    report.differences.extend(_displaced(document, found))
    report.others.extend(_undeclared(document, found.document, management.user))
    return report


def apply(management: Management, wanted: Wanted) -> Report:
    """Make and change what can be, then read back; `Report.check` tells whether all came true."""
    done = plan(management, wanted)
    _carry_out(management, wanted.vhost, done)
    after = plan(management, wanted)
    unfinished = [
        f"{item}: not on the broker as it was sent. Run the command again; see the broker's log."
        for item in (*after.created, *after.changed)
    ]
    return Report(
        done.created, done.changed, done.left, after.differences + unfinished, after.others
    )


def check_passwords(passwords: Mapping[str, str], systems: tuple[str, ...]) -> None:
    """BrokerRefused where a declared user has none."""
    users = [each.user for each in topology.rights(systems)]
    missing = [each for each in users if each not in passwords]
    if missing:
        options = "".join(f" --upstream {each}" for each in systems)
        raise BrokerRefused(
            f"No password for: {', '.join(missing)}. "
            f"Run first: tenantlink topology passwords FILE{options}"
        )


def _check_names(wanted: Wanted, administrator: str) -> None:
    users = [each.user for each in topology.rights(wanted.upstream_systems)]
    if administrator in users:
        raise BrokerRefused(
            f"The administrator {administrator} bears the name of a user that is declared here "
            "and would lose its rights. Use another administrator, or rename the system."
        )
    if wanted.passwords is not None:
        check_passwords(wanted.passwords, wanted.upstream_systems)


def _users(wanted: Wanted, found: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The broker's hash stays where it is that of the same password: each hash has its own salt.
    Without a password the broker's stays too: a user that is sent without gets an empty one."""
    users = []
    for name in (each.user for each in topology.rights(wanted.upstream_systems)):
        there, password = found.get(name), (wanted.passwords or {}).get(name)
        kept = {key: there[key] for key in _HASH} if there else {}
        if password is not None and not (kept and broker_passwords.matches(password, **kept)):
            kept = broker_passwords.hashed(password)
        if not kept:
            raise BrokerRefused(
                f"The broker has no user {name}, and no passwords are given. Run first: "
                "tenantlink topology passwords FILE, then apply with --passwords FILE"
            )
        users.append({"name": name, "tags": [], **kept})
    return users


def _sort_in(report: Report, item: Item, found: dict[str, Any] | None, vhost: str) -> None:
    if found is None:
        report.created.append(item)
    elif not (keys := _differing(item.value, found)):
        report.left.append(item)
    elif item.section in _CHANGEABLE:
        report.changed.append(item)
    else:
        is_should = (f"    {k}: is {found.get(k)}, should be {item.value[k]}" for k in keys)
        remedy = _REMEDIES[item.section].format(name=item.name, vhost=vhost)
        first = f"{item} differs, and RabbitMQ cannot change it:"
        report.differences.append("\n".join((first, *is_should, f"    {remedy}")))


def _differing(value: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Only what we declare counts: newer brokers tell more."""
    return [key for key in value if key != "vhost" and found.get(key) != value[key]]


def _by_name(section: str, values: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {_name_of(section, each): each for each in values}


def _name_of(section: str, value: dict[str, Any]) -> str:
    if section == "bindings":
        way = f"{value['source']} -[{value['routing_key']}]-> {value['destination']}"
        to_queue = value["destination_type"] == "queue" and not value["arguments"]
        return way if to_queue else f"{way} ({value['destination_type']} {value['arguments']})"
    if section == "topic_permissions":
        return f"of {value['user']} on {value['exchange']}"
    return f"of {value['user']}" if section == "permissions" else str(value["name"])


def _displaced(document: Document, found: Found) -> list[str]:
    """Other people's policies: only one rules an exchange or a queue at a time."""
    policies = _by_name("policies", found.document.get("policies", ()))
    (ours,) = document["policies"]
    exchanges = [
        f"policy {policy} rules exchange {name} instead of ours: what nobody reads is lost.\n"
        f"    Give it a priority below {ours['priority']}, or add alternate-exchange: unrouted."
        for name, policy in _ruled(document["exchanges"], found.policy_of_exchange, policies)
        if policy != ours["name"]
        and policies[policy]["priority"] >= ours["priority"]
        and policies[policy]["definition"].get("alternate-exchange") != topology.UNROUTED
    ]
    queues = [
        f"policy {policy} rules queue {name} with {', '.join(sorted(losing))}: it loses messages.\n"
        "    Change its pattern so that it does not match, or remove it."
        for name, policy in _ruled(document["queues"], found.policy_of_queue, policies)
        if (losing := _LOSING & policies[policy]["definition"].keys())
    ]
    return exchanges + queues


def _ruled(
    ours: list[dict[str, Any]], policy_of: dict[str, str], policies: dict[str, dict[str, Any]]
) -> list[tuple[str, str]]:
    """A policy that went away between two questions is none."""
    names = [each["name"] for each in ours]
    return [(name, policy_of[name]) for name in names if policy_of.get(name) in policies]


def _undeclared(document: Document, found: Document, administrator: str) -> list[str]:
    """What is there beside, as far as it touches ours: a person has to judge it."""
    wanted = {section: _by_name(section, values) for section, values in document.items()}
    ours = wanted["queues"]
    bindings = _by_name("bindings", found.get("bindings", ()))
    rights = _by_name("permissions", found.get("permissions", ()))
    return [
        *(
            f"binding {name}"
            for name, each in bindings.items()
            if name not in wanted["bindings"] and each["destination"] in ours
        ),
        *(
            f"rights {name} (configure {each['configure']!r}, write {each['write']!r}, "
            f"read {each['read']!r})"
            for name, each in rights.items()
            if name not in wanted["permissions"] and each["user"] != administrator
        ),
    ]


def _carry_out(management: Management, vhost: str, report: Report) -> None:
    """First what others refer to; narrow rights before wide ones."""
    sections: Document = {}
    for item in (*report.created, *report.changed):
        sections.setdefault(item.section, []).append(item.value)
    for _ in sections.pop("vhosts", ()):
        management.put("vhosts", vhost, body={})
    for each in sections.pop("users", ()):
        management.put("users", each["name"], body=each)
    narrow, wide = sections.pop("topic_permissions", ()), sections.pop("permissions", ())
    if sections:
        management.load(vhost, sections)
    for each in narrow:
        management.put("topic-permissions", vhost, each["user"], body=each)
    for each in wide:
        management.put("permissions", vhost, each["user"], body=each)
