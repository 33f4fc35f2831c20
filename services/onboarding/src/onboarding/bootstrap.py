"""The composition root: the only place that knows which technology plays which part."""

from typing import TYPE_CHECKING

from onboarding.adapters.addresses import is_address
from onboarding.adapters.metrics import CountedStates, MeasuredSteps
from onboarding.adapters.sealed import SealedLinks, SealedSecrets
from onboarding.adapters.sql_customers import SqlCustomers
from onboarding.adapters.sql_idempotency import SqlIdempotency, forget_old
from onboarding.adapters.sql_listing import SqlServiceList, recount
from onboarding.adapters.sql_onboardings import (
    SqlOnboardings,
    SqlTransactions,
    stored_onboardings,
)
from onboarding.adapters.sql_timeline import SqlTimeline
from onboarding.app.create_service import Provisioning
from onboarding.app.desk import Desk
from onboarding.app.hand_over import HandOver
from onboarding.app.order_service import OrderService
from onboarding.app.run_timers import RunTimers
from onboarding.app.take_in import TakeIn
from onboarding.app.what_follows import WhatFollows
from onboarding.domain.deadlines import Deadlines
from onboarding.domain.notices import Telling
from onboarding.settings import OnboardingSettings
from tenantlink_contracts.names import ONBOARDING
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.database import connect
from tenantlink_runtime.sealing import PrivateKeys, PublicKeys
from tenantlink_runtime.unit_of_work import Transactions

COUNT_SECONDS = 60.0
FORGET_SECONDS = 3600.0

if TYPE_CHECKING:
    import sqlalchemy as sa
    from flask import Flask

    from onboarding.entrypoints.api import Api
    from onboarding.entrypoints.api_tokens import AccessTokens
    from onboarding.entrypoints.console import Console
    from tenantlink_runtime.host import Host


def build_work(settings: OnboardingSettings) -> "Host":
    """Everything that the `work` process is made of."""
    from tenantlink_runtime.host import Chore, Host

    engine = connect(settings.database_url.get_secret_value(), settings.pool_size)
    CountedStates(engine).show()
    return Host.build(
        settings,
        ONBOARDING,
        engine,
        stored_onboardings(),
        injected={
            "intake": build_intake(settings, engine),
            "timers": RunTimers(build_deadlines(settings)),
        },
        projections=(SqlTimeline(utc_now),),
        consequences=MeasuredSteps(build_consequences(settings)),
        chores=(
            Chore("count_services", COUNT_SECONDS, recount),
            Chore("forget_idempotency_keys", FORGET_SECONDS, forget_old),
        ),
    )


def build_intake(settings: OnboardingSettings, engine: "sa.Engine") -> TakeIn:
    """What upstream systems say is taken in within the transactions of the runtime."""
    aggregates = stored_onboardings()
    transactions = SqlTransactions(Transactions(engine, ONBOARDING, aggregates))
    onboardings = SqlOnboardings(engine, aggregates)
    orders = OrderService(
        transactions,
        onboardings,
        SqlCustomers(engine),
        settings.reserved_words,
        is_address,
        utc_now,
    )
    return TakeIn(orders, onboardings, build_consequences(settings).provisioning, utc_now)


def build_deadlines(settings: OnboardingSettings) -> Deadlines:
    """How long things may take."""
    return Deadlines(
        requested=settings.requested_limit,
        awaiting_credentials=settings.awaiting_credentials_limit,
        authenticating=settings.authenticating_limit,
        validating=settings.validating_limit,
        creating=settings.creating_limit,
        reminder=settings.reminder_after,
        cancelled=settings.cancelled_after,
        nightly_every=settings.nightly_every,
        nightly_from=settings.nightly_from,
        nightly_window=settings.nightly_window,
        link_shown=settings.link_shown,
    )


def build_consequences(settings: OnboardingSettings) -> WhatFollows:
    """What follows from every decision, in `work` and `web` alike."""
    system = settings.provisioning_system if settings.provisioning == "external" else None
    return WhatFollows(
        Telling(
            build_deadlines(settings),
            settings.operator_addresses,
            settings.public_url,
            settings.system_notices,
        ),
        Provisioning(system, settings.creating_limit),
        settings.base_domain,
    )


def build_web(settings: OnboardingSettings) -> "tuple[Flask, sa.Engine]":
    """The console, and the API beside it."""
    from onboarding.entrypoints import api
    from onboarding.entrypoints.console import create_console

    engine = connect(settings.database_url.get_secret_value(), settings.pool_size)
    console = build_console(settings, engine)
    app = create_console(settings, console)
    api.install(app, build_api(settings, engine, console))
    return app, engine


def build_console(settings: OnboardingSettings, engine: "sa.Engine") -> "Console":
    """What the pages work with."""
    from onboarding.entrypoints.console import Console

    aggregates, timeline = stored_onboardings(), SqlTimeline(utc_now)
    follows = build_consequences(settings)
    measured = MeasuredSteps(follows)
    inner = Transactions(engine, ONBOARDING, aggregates, (timeline,), consequences=measured)
    transactions = SqlTransactions(inner)
    onboardings, customers = SqlOnboardings(engine, aggregates), SqlCustomers(engine)
    orders = OrderService(
        transactions, onboardings, customers, settings.reserved_words, is_address, utc_now
    )
    desk, keys = Desk(transactions, timeline, utc_now), settings.sealing_keys_file
    return Console(
        desk,
        orders,
        onboardings,
        customers,
        utc_now,
        HandOver(desk, SealedLinks(PrivateKeys.load(keys) if keys else None), settings.link_shown),
        SealedSecrets(PublicKeys.load(settings.public_keys_file)),
        is_address,
        build_deadlines(settings),
        follows.provisioning,
        settings.base_domain,
    )


def build_api(settings: OnboardingSettings, engine: "sa.Engine", console: "Console") -> "Api":
    """What the API works with: the console's own verbs."""
    from onboarding.entrypoints.api import Api
    from onboarding.entrypoints.api_limits import RateLimit

    return Api(
        access_tokens(settings),
        RateLimit(settings.api_requests_per_minute),
        console.orders,
        console.desk,
        console.onboardings,
        SqlServiceList(engine, stored_onboardings()),
        SqlIdempotency(engine),
        console.provisioning,
        is_address,
        utc_now,
    )


def access_tokens(settings: OnboardingSettings) -> "AccessTokens":
    """Tokens of programs come from where operators log in, and are meant for the API alone."""
    from onboarding.entrypoints.api_tokens import AccessTokens

    audience = settings.api_audience or f"{settings.public_url.rstrip('/')}/api"
    return AccessTokens(settings.oidc_issuer, audience, settings.tls_ca_file)
