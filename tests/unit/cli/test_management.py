"""How the management API is spoken to, and what is said of every wrong answer."""

from pathlib import Path

import pytest

from tenantlink_cli.management import BrokerRefused, BrokerUnreachable, Management
from tenantlink_local import certificates
from tests.support.answering import Answering, answering
from tests.support.ports import free_port

PLAIN_USER = '{"name": "crm", "tags": []}'


def url_of(server: Answering, scheme: str = "http", user: str = "admin:very-secret") -> str:
    return f"{scheme}://{user}@127.0.0.1:{server.server_port}"


def test_one_who_is_no_administrator_is_told_how_to_become_one() -> None:
    with answering(body=PLAIN_USER) as server:
        with pytest.raises(BrokerRefused, match="rabbitmqctl set_user_tags admin administrator"):
            Management(url_of(server)).read("tenantlink")
        assert server.asked == ["/api/whoami"]


def test_signs_in_user_and_password_may_be_percent_encoded() -> None:
    with answering(body=PLAIN_USER) as server:
        assert Management(url_of(server, user="a%40b:%2F%3A")).user == "a@b"


def test_a_path_before_the_api_is_kept() -> None:
    with answering(body=PLAIN_USER) as server:
        with pytest.raises(BrokerRefused):
            Management(url_of(server) + "/broker/").read("tenantlink")
        assert server.asked == ["/broker/api/whoami"]


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (401, BrokerRefused, "wrong user or password"),
        (403, BrokerRefused, "wrong user or password"),
        (404, BrokerRefused, "404"),
        (500, BrokerUnreachable, "500"),
        (503, BrokerUnreachable, "503"),
    ],
)
def test_a_failure_is_passing_or_permanent_and_says_why_without_the_password(
    status: int, error: type[Exception], says: str
) -> None:
    with answering(status) as server, pytest.raises(error, match=says) as told:
        Management(url_of(server)).read("tenantlink")
    assert "very-secret" not in str(told.value)


def test_a_redirect_is_not_followed_since_it_would_carry_the_password_away() -> None:
    with answering(body=PLAIN_USER) as elsewhere:
        there = {"Location": f"http://127.0.0.1:{elsewhere.server_port}/"}
        with answering(302, headers=there) as server, pytest.raises(BrokerRefused, match="302"):
            Management(url_of(server)).read("tenantlink")
        assert elsewhere.asked == []


def test_a_page_that_is_no_json_is_no_management_api() -> None:
    page = {"Content-Type": "text/html"}
    with (
        answering(body="<h1>Hello</h1>", headers=page) as server,
        pytest.raises(BrokerRefused, match="Hello"),
    ):
        Management(url_of(server)).read("tenantlink")


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    with answering(body=PLAIN_USER) as server, pytest.raises(BrokerRefused, match="set_user_tags"):
        Management(url_of(server)).read("tenantlink")


def test_a_private_ca_is_trusted_only_when_it_is_given(tmp_path: Path) -> None:
    pem = certificates.make(tmp_path)
    with answering(body=PLAIN_USER, tls=(pem.certificate, pem.key)) as server:
        url = url_of(server, "https")
        with pytest.raises(BrokerRefused, match="set_user_tags"):
            Management(url, ca_file=pem.ca).read("tenantlink")
        with pytest.raises(BrokerUnreachable, match="SSLError"):
            Management(url).read("tenantlink")
        with pytest.raises(BrokerRefused, match="is not there"):
            Management(url, ca_file=tmp_path / "none.pem")
