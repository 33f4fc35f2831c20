"""The composition root: the only place that knows which technology plays which part."""

from typing import TYPE_CHECKING

from onboarding.adapters.addresses import is_address
from onboarding.adapters.sql_customers import SqlCustomers
from onboarding.adapters.sql_listing import recount
from onboarding.adapters.sql_onboardings import (
    SqlOnboardings,
    SqlTransactions,
    stored_onboardings,
)
from onboarding.adapters.sql_timeline import SqlTimeline
from onboarding.app.desk import Desk
from onboarding.app.order_service import OrderService
from onboarding.settings import OnboardingSettings
from tenantlink_contracts.names import ONBOARDING
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.database import connect
from tenantlink_runtime.unit_of_work import Transactions

COUNT_SECONDS = 60.0

if TYPE_CHECKING:
    import sqlalchemy as sa
    from flask import Flask

    from tenantlink_runtime.host import Host


def build_work(settings: OnboardingSettings) -> "Host":
    """Everything that the `work` process is made of."""
    from tenantlink_runtime.host import Chore, Host

    return Host.build(
        settings,
        ONBOARDING,
        connect(settings.database_url.get_secret_value(), settings.pool_size),
        stored_onboardings(),
        injected={},
        projections=(SqlTimeline(utc_now),),
        chores=(Chore("count_services", COUNT_SECONDS, recount),),
    )


def build_web(settings: OnboardingSettings) -> "tuple[Flask, sa.Engine]":
    """The console."""
    from onboarding.entrypoints.console import Console, create_console

    engine = connect(settings.database_url.get_secret_value(), settings.pool_size)
    aggregates, timeline = stored_onboardings(), SqlTimeline(utc_now)
    transactions = SqlTransactions(
        Transactions(engine, ONBOARDING, aggregates, projections=(timeline,))
    )
    onboardings, customers = SqlOnboardings(engine, aggregates), SqlCustomers(engine)
    orders = OrderService(
        transactions, onboardings, customers, settings.reserved_words, is_address, utc_now
    )
    desk = Desk(transactions, timeline, utc_now)
    return create_console(settings, Console(desk, orders, onboardings, customers, utc_now)), engine
