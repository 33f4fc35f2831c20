"""Applies the topology to a broker. Only the `tenantlink topology` command does this."""

import kombu

from tenantlink_runtime.topology import Topology


def apply(amqp_url: str, topology: Topology) -> None:
    """Declare everything; declaring again what is there already changes nothing."""
    with kombu.Connection(amqp_url, connect_timeout=10) as connection:
        channel = connection.channel()
        for exchange in topology.exchanges:
            channel.exchange_declare(exchange.name, exchange.type, durable=True, auto_delete=False)
        for queue in topology.queues:
            channel.queue_declare(
                queue.name, durable=True, auto_delete=False, arguments=queue.arguments
            )
        for binding in topology.bindings:
            channel.queue_bind(binding.queue, binding.exchange, binding.routing_key)
