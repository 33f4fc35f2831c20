"""What both FastStream contenders share: broker, queue, pool, start.

SQLAlchemy's async engine on asyncpg with ten connections, Core statements instead of ORM sessions
(which are slower), a prefetch of 100, no line of log for every message, and headers looked up in
the context instead of an annotated message, which would hop to a thread for every event: each of
them helps it. Without the hop it handles a fifth more.
`BENCHMARK_UVLOOP=1` runs it on uvloop, as FastStream's command line does where that is installed.
"""

import asyncio
import logging
import os

import sqlalchemy as sa
from faststream import FastStream
from faststream.rabbit import Channel, ExchangeType, RabbitBroker, RabbitExchange, RabbitQueue
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tests.benchmarks import case
from tests.benchmarks.settings import Settings

QUEUE = RabbitQueue(case.INBOX, declare=False)
EXCHANGE = RabbitExchange(case.PUBLISHED_TO, type=ExchangeType.TOPIC, declare=False)
UVLOOP = "BENCHMARK_UVLOOP"


def broker(settings: Settings) -> RabbitBroker:
    """A connection whose channel has a prefetch of 100; it publishes with confirms, by default."""
    channel = Channel(prefetch_count=case.PREFETCH, on_return_raises=True)
    return RabbitBroker(settings.amqp_url, default_channel=channel, log_level=logging.DEBUG)


def engine(settings: Settings, connections: int = case.CONCURRENCY) -> AsyncEngine:
    """A pool of ten connections."""
    url = sa.make_url(settings.database_url).set(drivername="postgresql+asyncpg")
    return create_async_engine(url, pool_size=connections, max_overflow=0)


def run(app: FastStream) -> None:
    """Until SIGTERM."""
    if os.environ.get(UVLOOP):
        import uvloop

        uvloop.run(app.run(log_level=logging.DEBUG))
    else:
        asyncio.run(app.run(log_level=logging.DEBUG))  # what it says of itself, not what it shows
