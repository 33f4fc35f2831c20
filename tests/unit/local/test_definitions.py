"""What the private broker starts with."""

from tenantlink_local import rabbitmq


def test_the_broker_starts_with_its_administrator_alone_and_no_guest() -> None:
    (user,) = rabbitmq.administrator("a password")["users"]
    assert user["name"] == rabbitmq.ADMIN
    assert user["tags"] == ["administrator"]


def test_what_it_starts_with_holds_no_password_in_clear() -> None:
    assert "a password" not in str(rabbitmq.administrator("a password"))
