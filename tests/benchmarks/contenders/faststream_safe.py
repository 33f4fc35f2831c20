"""FastStream made as safe as ours: inbox, outbox, persistent, confirms, ack after the commit.

The outgoing events go through an outbox, because publishing before the commit may tell what never
happened, and publishing after it may be forgotten. A task of the same process is its relay: up to
200 rows at a time, all their confirms awaited at once, deleted afterwards.
"""

import asyncio
from contextlib import suppress
from typing import Any

from faststream import AckPolicy, FastStream
from faststream.rabbit import RabbitBroker
from sqlalchemy.ext.asyncio import AsyncEngine

from tenantlink_contracts.credential_validator import DeviceAuthenticationFailed
from tests.benchmarks import case, single_event
from tests.benchmarks.contenders import faststream_app
from tests.benchmarks.settings import Settings

POLL_SECONDS = 1.0


class Relay:
    """Sends what the outbox holds; woken by every commit."""

    def __init__(self, broker: RabbitBroker, engine: AsyncEngine) -> None:
        self._broker = broker
        self._engine = engine
        self.committed = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.committed.wait(), POLL_SECONDS)
            self.committed.clear()
            while await self._send_batch() == case.RELAY_LIMIT:
                continue

    async def _send_batch(self) -> int:
        async with self._engine.begin() as connection:
            rows = (await connection.execute(single_event.NEXT)).all()
            if rows:
                await asyncio.gather(*map(self._send, rows))
                await connection.execute(single_event.SENT, single_event.sent(rows))
        return len(rows)

    async def _send(self, row: Any) -> None:
        await self._broker.publish(
            row.body,
            exchange=faststream_app.EXCHANGE,
            routing_key=row.routing_key,
            headers=row.headers,
            content_type="application/json",
            message_id=row.headers["ce-id"],
            persist=True,
        )


def application(settings: Settings) -> FastStream:
    """One subscriber and the relay."""
    broker = faststream_app.broker(settings)
    engine = faststream_app.engine(settings)
    relay = Relay(broker, faststream_app.engine(settings, connections=1))
    tasks: list[asyncio.Task[None]] = []
    app = FastStream(broker)

    @broker.subscriber(faststream_app.QUEUE, ack_policy=AckPolicy.NACK_ON_ERROR)
    async def failed(fact: DeviceAuthenticationFailed) -> None:
        message = broker.context.get_local("message")
        event = case.event_of(message.headers, fact)
        async with engine.begin() as connection:
            fresh = await connection.execute(single_event.ACCEPT, single_event.key_of(event))
            if fresh.first():
                rows = await connection.execute(single_event.LOCK, {"subject": event.subject})
                effect = case.handle(rows.scalar_one(), event)
                await connection.execute(single_event.SAVE, single_event.saved(effect))
                await connection.execute(single_event.RECORD, single_event.recorded(effect))
        relay.committed.set()

    @app.after_startup
    async def start_relay() -> None:
        tasks.append(asyncio.create_task(relay.run()))

    @app.on_shutdown
    async def stop_relay() -> None:
        for task in tasks:
            task.cancel()

    return app


if __name__ == "__main__":
    faststream_app.run(application(Settings.read()))
