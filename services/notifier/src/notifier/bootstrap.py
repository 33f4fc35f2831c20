"""The composition root: the only place that knows which technology plays which part."""

from datetime import UTC, datetime
from pathlib import Path

from notifier.adapters.languages import LANGUAGES
from notifier.adapters.mail_counts import count_mail
from notifier.adapters.mail_templates import MailTemplates
from notifier.adapters.messages import MessageComposer
from notifier.adapters.sealed_links import SealedLinks
from notifier.adapters.smtp import SmtpCourier, SmtpServer
from notifier.adapters.sql_correspondences import SqlCorrespondences, stored_correspondences
from notifier.app.pace import Pace
from notifier.app.preview_mails import PreviewMails
from notifier.app.send_invitation import SendInvitation
from notifier.app.send_notice import SendNotice
from notifier.app.take_bounce import TakeBounce
from notifier.domain.addresses import mailbox
from notifier.settings import NotifierSettings
from tenantlink_contracts.names import NOTIFIER
from tenantlink_runtime.brands import Brand, load_brands
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.database import connect
from tenantlink_runtime.host import Host
from tenantlink_runtime.sealing import PrivateKeys
from tenantlink_runtime.settings import required
from tenantlink_runtime.unit_of_work import Transactions


def build_work(settings: NotifierSettings) -> Host:
    """Everything that the `work` process is made of."""
    engine = connect(settings.database_url.get_secret_value(), settings.pool_size)
    aggregates = stored_correspondences()
    collaborators = (
        build_courier(settings),
        SqlCorrespondences(engine, aggregates),
        SealedLinks(PrivateKeys.load(required(settings.sealing_keys_file, "SEALING_KEYS_FILE"))),
        Pace(settings.mails_per_minute),
        count_mail,
    )
    return Host.build(
        settings,
        NOTIFIER,
        engine,
        aggregates,
        injected={
            "clock": utc_now,
            "invitations": SendInvitation(*collaborators),
            "notices": SendNotice(*collaborators),
        },
    )


def build_bounces(settings: NotifierSettings) -> TakeBounce:
    """What a report of a mail that came back is given to."""
    engine = connect(settings.database_url.get_secret_value(), pool_size=1)
    aggregates = stored_correspondences()
    return TakeBounce(
        SqlCorrespondences(engine, aggregates), Transactions(engine, NOTIFIER, aggregates)
    )


def build_correspondences(settings: NotifierSettings) -> SqlCorrespondences:
    """A look at what became of mails."""
    engine = connect(settings.database_url.get_secret_value(), pool_size=1)
    return SqlCorrespondences(engine, stored_correspondences())


def build_preview(folder: Path | None) -> PreviewMails:
    """Every mail as it would be sent, with the brands of a folder."""
    default = Brand(name="Fabrikam Voice", support="Fabrikam Support <support@fabrikam.example>")
    brands = load_brands(folder, default)
    composer = MessageComposer(
        MailTemplates(brands),
        brands,
        mailbox("Fabrikam Voice <no-reply@fabrikam.example>"),
        lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    )
    return PreviewMails(composer, LANGUAGES, list(brands.all))


def build_courier(settings: NotifierSettings) -> SmtpCourier:
    """The way to the mail server."""
    password = settings.smtp_password_file
    server = SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        ca_file=settings.tls_ca_file,
        username=settings.smtp_username,
        password=password.read_text().strip() if password else None,
    )
    brands = settings.all_brands()
    return SmtpCourier(
        server,
        mailbox(settings.sender),
        MailTemplates(brands),
        brands,
        utc_now,
        bounces=mailbox(settings.bounces) if settings.bounces else None,
    )
