"""The composition root: the only place that knows which technology plays which part."""

from notifier.adapters.mail_templates import MailTemplates
from notifier.adapters.sealed_links import SealedLinks
from notifier.adapters.smtp import SmtpCourier, SmtpServer
from notifier.adapters.sql_correspondences import SqlCorrespondences, stored_correspondences
from notifier.app.send_invitation import SendInvitation
from notifier.app.send_notice import SendNotice
from notifier.domain.addresses import mailbox
from notifier.settings import NotifierSettings
from tenantlink_contracts.names import NOTIFIER
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.database import connect
from tenantlink_runtime.host import Host
from tenantlink_runtime.sealing import PrivateKeys
from tenantlink_runtime.settings import required


def build_work(settings: NotifierSettings) -> Host:
    """Everything that the `work` process is made of."""
    engine = connect(settings.database_url.get_secret_value(), settings.pool_size)
    aggregates = stored_correspondences()
    courier = build_courier(settings)
    links = SealedLinks(PrivateKeys.load(required(settings.sealing_keys_file, "SEALING_KEYS_FILE")))
    invitations = SendInvitation(courier, SqlCorrespondences(engine, aggregates), links)
    return Host.build(
        settings,
        NOTIFIER,
        engine,
        aggregates,
        injected={"clock": utc_now, "invitations": invitations, "notices": SendNotice(courier)},
    )


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
    contact = mailbox(settings.contact) if settings.contact else None
    templates = MailTemplates(settings.brand_name, contact.addr_spec if contact else None)
    return SmtpCourier(server, mailbox(settings.sender), templates, utc_now, reply_to=contact)
