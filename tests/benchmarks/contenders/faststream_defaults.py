"""FastStream as its documentation starts: a pydantic argument, a transaction, a returned message.

No inbox, so a repeated event takes effect twice; the answer is published after the commit and not
persistent, so a crash loses it. It has less to do than everybody else, and is shown for that.
"""

from faststream import FastStream
from faststream.rabbit import RabbitResponse

from tenantlink_contracts.credential_validator import DeviceAuthenticationFailed
from tests.benchmarks import case, single_event
from tests.benchmarks.contenders import faststream_app
from tests.benchmarks.settings import Settings


def application(settings: Settings) -> FastStream:
    """One subscriber that publishes what it returns."""
    broker = faststream_app.broker(settings)
    engine = faststream_app.engine(settings)

    @broker.subscriber(faststream_app.QUEUE)
    @broker.publisher(exchange=faststream_app.EXCHANGE, routing_key=case.ROUTING_KEY)
    async def failed(fact: DeviceAuthenticationFailed) -> RabbitResponse:
        message = broker.context.get_local("message")
        event = case.event_of(message.headers, fact)
        async with engine.begin() as connection:
            rows = await connection.execute(single_event.LOCK, {"subject": event.subject})
            effect = case.handle(rows.scalar_one(), event)
            await connection.execute(single_event.SAVE, single_event.saved(effect))
        return RabbitResponse(
            effect.body,
            headers=effect.headers,
            content_type="application/json",
        )

    return FastStream(broker)


if __name__ == "__main__":
    faststream_app.run(application(Settings.read()))
