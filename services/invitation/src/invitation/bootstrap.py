"""The composition root: the only place that knows which technology plays which part."""

from typing import TYPE_CHECKING

from invitation.adapters.addresses import one_address
from invitation.adapters.link_tokens import LinkTokens
from invitation.adapters.sealed import SealedLinkMinter, SealedSecrets
from invitation.adapters.sql_invitations import SqlInvitations, StoredInvitations
from invitation.app.ask_operator import AskOperator
from invitation.app.submit_registration import SubmitRegistration
from invitation.app.take_back import TakeBack
from invitation.settings import InvitationSettings
from tenantlink_contracts.names import INVITATION
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.database import connect
from tenantlink_runtime.sealing import PublicKeys
from tenantlink_runtime.unit_of_work import Transactions

if TYPE_CHECKING:
    import sqlalchemy as sa
    from flask import Flask

    from tenantlink_runtime.host import Host


def build_work(settings: InvitationSettings) -> "Host":
    """Everything that the `work` process is made of."""
    from tenantlink_runtime.host import Host

    keys = PublicKeys.load(settings.public_keys_file)
    tokens = LinkTokens.load(settings.link_keys_file)
    return Host.build(
        settings,
        INVITATION,
        connect(settings.database_url.get_secret_value(), settings.pool_size),
        StoredInvitations(),
        injected={"links": SealedLinkMinter(tokens, keys, settings.public_url)},
    )


def build_web(settings: InvitationSettings) -> "tuple[Flask, sa.Engine]":
    """The pages: they seal, and can open nothing."""
    from invitation.entrypoints.pages import Wizard, create_wizard
    from tenantlink_runtime.brands import Brand, load_brands

    engine = connect(settings.database_url.get_secret_value(), settings.pool_size)
    aggregates = StoredInvitations()
    tokens = LinkTokens.load(settings.link_keys_file)
    sealer = SealedSecrets(PublicKeys.load(settings.public_keys_file))
    transactions = Transactions(engine, INVITATION, aggregates)
    wizard = Wizard(
        SqlInvitations(engine, aggregates, tokens),
        SubmitRegistration(transactions, sealer, utc_now),
        TakeBack(transactions, utc_now),
        AskOperator(transactions, utc_now),
        one_address,
        utc_now,
    )
    default = Brand(name=settings.brand_name, support=settings.support_contact)
    brands = load_brands(settings.brands_folder, default)
    return create_wizard(settings, wizard, brands), engine
