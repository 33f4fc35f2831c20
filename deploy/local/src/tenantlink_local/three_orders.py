"""What `make demo` shows: three orders, each by another way in, each until its service is there.

One comes by the console, one by the API, one by an event of an upstream system. The second is
placed first: its mail is put off by the mail server, and while that waits, the others go on.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

import requests
from amqp.exceptions import AMQPError
from kombu.exceptions import OperationalError

from tenantlink_local.browser import NotOnThePage
from tenantlink_local.demo import DAYS, ROUTING, DidNotComeTrue, Procedure
from tenantlink_local.entra.directory import Directory
from tenantlink_local.narrator import Narrator
from tenantlink_local.programs import Crm, Document, OrderPortal

CUSTOMER = "Fabrikam"
DOMAIN = "fabrikam.example"
GREYLISTED = f"greylist-10@{DOMAIN}"
"""The mailbox puts this address off, until ten seconds after the first try."""
_FAILURES = (
    DidNotComeTrue,
    NotOnThePage,
    requests.RequestException,
    AMQPError,
    OperationalError,
    OSError,
)


def run(urls: dict[str, str], ca: str, amqp_url: str) -> int:
    """Go through all three; 0 only if every step came true.

    `urls` needs `console`, `mailbox` and `identity provider`; `ca` is the CA file of the latter;
    `amqp_url` is that of the upstream system `crm`.
    """
    tell, crm = Narrator(), Crm(amqp_url)
    try:
        crm.check_user()
        with OrderPortal(urls["console"], urls["identity provider"], ca) as portal:
            days = _go(Procedure(urls, ca, tell), portal, crm)
    except _FAILURES as error:
        print(f"\nThis step did not come true: {error}")
        return 1
    tell.timeline()
    print(f"\n{DAYS}: {days}")
    return 0


def _go(console: Procedure, portal: OrderPortal, crm: Crm) -> str:
    """The three orders and their timelines; the days until the first one's secret expires."""
    by_api = OrderByApi(portal, _administrator(console, "portal", GREYLISTED))
    by_event = OrderByEvent(crm, _administrator(console, "crm", f"it-admin@{DOMAIN}"))
    by_api.place()
    days = console.go()
    by_event.go()
    by_api.finish()
    for title, people in (
        ("Order 1, by the console", console),
        ("Order 2, by the API", by_api.people),
        ("Order 3, by an event", by_event.people),
    ):
        _tell_timeline(f"{title}: what happened to {people.short_name} (UTC)", people, portal)
    return days


@dataclass
class OrderByApi:
    """A program does what an operator does in the console; the mail comes on the second try."""

    portal: OrderPortal
    people: Procedure
    identity: str = field(default="", init=False)

    def place(self) -> None:
        """Ordered, and the mail is put off."""
        tell, portal = self.people.tell, self.portal
        tell.part("Order 2 begins first: the program order-portal, by the API")
        with tell.step("", "Get a token from the identity provider: client credentials"):
            portal.log_in()
        with tell.step("", f"POST /api/v1/services: {self.people.short_name} for {CUSTOMER}"):
            service = portal.order(order_of(self.people))
            self.identity = service["id"]
            tell.say(f"the API answers: {service['state']}, {service['state_words']}")
        with tell.step("", f"The mail server greylists the mail to {self.people.email}"):
            seen = portal.wait_for(self.identity, "a greylisted mail", _is_put_off)
            _tell_mail(tell, seen)
            tell.say(f"the timeline says: {self._told('InvitationDelayed')}")
            tell.say("it is tried again by itself; meanwhile:")

    def finish(self) -> None:
        """The mail has come; the administrator and the program do the rest."""
        tell, people = self.people.tell, self.people
        tell.part("Order 2 again: the mail that was put off")
        with tell.step("", f"The next try to {people.email} succeeds"):
            seen = self.portal.wait_for(self.identity, "a mail on the next try", _is_sent)
            _tell_mail(tell, seen)
        people.follow_link()
        people.enter_right_secret()
        tell.part("Order 2: the program order-portal again, by the API")
        self._complete()
        people.hear_of_creation()

    def _complete(self) -> None:
        """Steps 11 to 17, without a page."""
        tell, label = self.people.tell, f"POST /api/v1/services/{self.identity[:8]}..."
        with tell.step("11", "GET the service: device_authenticated is true"):
            seen = self._await("authenticated")
            _check(seen["device_authenticated"] is True, "device_authenticated is not true")
        with tell.step("14", f"{label}/add"):
            self.portal.act(self.identity, "add")
        with tell.step("15", f"{label}/validate"):
            self.portal.act(self.identity, "validate")
            seen = self._await("validated")
        with tell.step("17", f"{label}/choose-settings and /create"):
            domain = f"{seen['dns_label']}.sbc.example"
            settings = {"routing": ROUTING, "domain": domain}
            self.portal.act(self.identity, "choose-settings", settings)
            self.portal.act(self.identity, "create")
            seen = self._await("active")
            days = seen["registration"]["days_until_secret_expires"]
            tell.say(f"the API answers: {seen['state']}, days_until_secret_expires {days}")

    def _await(self, state: str) -> Document:
        return self.portal.wait_for(self.identity, state, lambda seen: seen["state"] == state)

    def _told(self, name: str) -> str:
        entries = self.portal.timeline(self.identity)
        return next((str(each["text"]) for each in entries if each["name"] == name), "nothing")


@dataclass
class OrderByEvent:
    """An upstream system publishes plain JSON; nobody at the provider has to do anything."""

    crm: Crm
    people: Procedure

    def go(self) -> None:
        """Ordered, answered, authenticated, created, answered again."""
        tell, people = self.people.tell, self.people
        tell.part("Order 3: the upstream system crm, by plain JSON over AMQP")
        with tell.step("", f"Publish the order {people.short_name} with completion: automatic"):
            self.crm.order({**order_of(people), "completion": "automatic"})
        with tell.step("", f"The answer comes to {self.crm.queue}"):
            self._hear("ServiceRequested", "onboarding_id")
        people.follow_link()
        people.enter_right_secret()
        with tell.step("", "The service is created without an operator; the answer says so"):
            self._hear("ServiceCreated", "created_at")
        people.hear_of_creation()

    def _hear(self, name: str, member: str) -> None:
        answer = self.crm.answer(name, _reference(self.people))
        same = answer["short_name"] == self.people.short_name
        _check(same, f"{name} tells of {answer['short_name']!r}")
        about = f"{answer['reference']}, {member} {answer[member]}"
        self.people.tell.say(f"{name}: {about}")


def order_of(people: Procedure) -> Document:
    """The same document for the API and for an event."""
    return {
        "reference": _reference(people),
        "customer": {"external_id": "fabrikam", "name": CUSTOMER, "domains": [DOMAIN]},
        "service_type": "Direct Routing",
        "short_name": people.short_name,
        "full_name": people.full_name,
        "license": "Hosted Pro",
        "licensed_users": 50,
        "invitation": {"email": people.email},
    }


def _reference(people: Procedure) -> str:
    return f"ORDER-{people.short_name}"


def _administrator(console: Procedure, way: str, email: str) -> Procedure:
    """Another customer's IT administrator, with a browser and a registration of their own."""
    name = f"fab-{way}-{secrets.token_hex(2)}"
    people = Procedure(console.urls, console.ca, console.tell, name)
    people.email, people.full_name = email, f"{CUSTOMER} Direct Routing {way} {name[-4:]}"
    people.tenant = next(each for each in Directory.load().tenant if each.name == CUSTOMER)
    people.app = people.tenant.app[0]
    return people


def _is_put_off(service: Document) -> bool:
    invitation = service["invitation"]
    return bool(invitation["server_words"]) and not invitation["is_sent"]


def _is_sent(service: Document) -> bool:
    return bool(service["invitation"]["is_sent"])


def _tell_mail(tell: Narrator, service: Document) -> None:
    invitation = service["invitation"]
    sent = "true" if invitation["is_sent"] else "false"
    tell.say(f"Email Sent: {sent}, {invitation['server_words']}")


def _tell_timeline(title: str, people: Procedure, portal: OrderPortal) -> None:
    """As the console's page Timeline and the API tell it."""
    people.tell.part(title)
    for each in portal.timeline(portal.service_named(people.short_name)["id"]):
        people.tell.entry(datetime.fromisoformat(each["at"]), each["actor"], each["text"])


def _check(is_true: bool, otherwise: str) -> None:
    if not is_true:
        raise DidNotComeTrue(otherwise)
