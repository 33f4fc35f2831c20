"""The private broker's users and rights."""

import base64
import re

from tenantlink_contracts import names
from tenantlink_local import rabbitmq


def test_a_password_is_hashed_as_rabbitmq_documents_it() -> None:
    # The example of RabbitMQ's own page on passwords: 'test12' with the salt 908DC60A.
    assert (
        rabbitmq.password_hash("test12", bytes.fromhex("908DC60A"))
        == "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"
    )


def test_two_hashes_of_one_password_differ_by_their_salt() -> None:
    first, second = (base64.b64decode(rabbitmq.password_hash("x")) for _ in range(2))
    assert first[:4] != second[:4]
    assert len(first) == 4 + 32


def test_there_is_a_user_for_each_service_and_no_guest() -> None:
    defined = rabbitmq.definitions(rabbitmq.new_passwords())
    assert {user["name"] for user in defined["users"]} == {rabbitmq.ADMIN, *names.SERVICES}


def test_no_service_may_configure_anything_or_write_to_another() -> None:
    defined = rabbitmq.definitions(rabbitmq.new_passwords())
    rights = {each["user"]: each for each in defined["permissions"]}
    for service in names.SERVICES:
        assert rights[service]["configure"] == "^$"
        assert rights[service]["write"].startswith(f"^{service}\\.events$")


def test_the_definitions_hold_no_password_in_clear() -> None:
    passwords = rabbitmq.new_passwords()
    assert not any(
        password in str(rabbitmq.definitions(passwords)) for password in passwords.values()
    )


def test_events_that_nobody_reads_have_a_place_by_policy() -> None:
    (policy,) = rabbitmq.definitions(rabbitmq.new_passwords())["policies"]
    assert policy["definition"] == {"alternate-exchange": "unrouted"}
    for service in names.SERVICES:
        assert re.search(policy["pattern"], names.exchange(service))
