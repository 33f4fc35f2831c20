"""Two stacks on one machine get different ports."""

import socket

import pytest

from tenantlink_local import ports


@pytest.mark.parametrize("usual", [True, False])
def test_the_ports_chosen_are_all_different_and_free(usual: bool) -> None:
    chosen = ports.choose(usual=usual)
    assert chosen.keys() == ports.PREFERRED.keys()
    assert len(set(chosen.values())) == len(chosen)
    assert all(ports.is_free(port) for port in chosen.values())


def test_a_port_that_somebody_uses_is_not_chosen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        assert ports.first_free(port, set()) != port


def test_a_port_that_is_chosen_already_is_not_chosen_again() -> None:
    port = ports.any_free()
    assert ports.first_free(port, set()) == port
    assert ports.first_free(port, {port}) != port


def test_ports_are_chosen_below_those_that_linux_usually_lends_to_outgoing_connections() -> None:
    assert max(ports.ANY) < 32_768
    assert all(ports.any_free() in ports.ANY for _ in range(50))
