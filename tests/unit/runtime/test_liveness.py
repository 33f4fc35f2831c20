"""A restart is wanted only where it can help."""

import socket

from tenantlink_runtime.liveness import Liveness
from tests.support.ports import free_port


def test_a_process_that_consumes_is_alive() -> None:
    told = Liveness()
    told.consumes = True
    assert told.is_alive("amqp://nobody.invalid", patience=0)


def test_a_process_without_consumers_is_not_alive_while_the_broker_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as broker:
        url = f"amqp://127.0.0.1:{broker.getsockname()[1]}/x"
        assert Liveness().is_alive(url, patience=60)
        assert not Liveness().is_alive(url, patience=0)


def test_a_broker_that_is_away_is_no_reason_for_a_restart() -> None:
    assert Liveness().is_alive(f"amqp://127.0.0.1:{free_port()}/x", patience=0)


def test_a_hub_that_stutters_for_long_is() -> None:
    told = Liveness(lag=11.0)
    told.consumes = True
    assert not told.is_alive("amqp://nobody.invalid", patience=0)


def test_waiting_for_the_database_is_no_reason_either() -> None:
    with socket.create_server(("127.0.0.1", 0)) as broker:
        url, told = f"amqp://127.0.0.1:{broker.getsockname()[1]}/x", Liveness()
        with told.waiting():
            assert told.is_alive(url, patience=0)
        assert not told.is_alive(url, patience=0)
