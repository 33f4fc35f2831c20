"""Ours one by one: the same runtime, prefetch, flow of events, SQL and relay, without batches.

Ten greenthreads take one delivery each: a nameko worker and a transaction for every event, and an
ack of its own. What is left of the difference to `batches` is what batches bring.
"""

from typing import Any

from tenantlink_runtime import command, work
from tests.benchmarks.contenders import batches

RELAY_CONNECTIONS = 2


def main() -> None:
    """As `batches`, with ten connections for ten events in flight."""
    work.prepare()
    import tests.benchmarks.case as case

    replace_consumer()
    settings = batches.service_settings()
    command.start_logs("onboarding", settings)
    work.run(batches.service_class(), batches.host(settings, case.CONCURRENCY + RELAY_CONNECTIONS))


def replace_consumer() -> None:
    """Before any service class exists: its subscriptions bind to this consumer."""
    from tenantlink_runtime import subscribe

    consumer = consumer_class()
    subscribe.Subscription.consumer = consumer()
    subscribe.BatchEntrypoint.consumer = consumer()


def consumer_class() -> Any:
    """The runtime's consumer with another inner loop."""
    import eventlet
    from amqp.exceptions import RecoverableConnectionError

    from tenantlink_runtime import broker
    from tenantlink_runtime.consumer import Consumer, _delivery
    from tests.benchmarks import case

    class OneByOne(Consumer):
        def _work(self, reader: Any) -> None:
            workers = eventlet.GreenPool(case.CONCURRENCY)
            while not self._stop.requested and not reader.dead:
                if self._arrived:
                    workers.spawn_n(self._settle_one, self._arrived.popleft())
                else:
                    self._arrival.wait(broker.HEARTBEAT_SECONDS)
            workers.waitall()
            if reader.dead and not self._stop.requested:
                raise RecoverableConnectionError("connection lost")

        def _settle_one(self, message: Any) -> None:
            self._settle([_delivery(self._queue, message)])
            message.channel.basic_ack(message.delivery_tag)

    return OneByOne


if __name__ == "__main__":
    main()
