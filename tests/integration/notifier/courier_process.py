"""The courier on the hub of a `work` process: reads batches of mails, says what came of each.

`python -m tests.integration.notifier.courier_process`; a line of JSON in, a line of JSON out. The
mails of a batch are sent at the same time.
"""

from tenantlink_runtime import work


def main() -> None:
    """Until the input ends."""
    work.prepare()
    import json
    import os
    import sys

    from eventlet.greenpool import GreenPool

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in iter(sys.stdin.readline, ""):
        answers = list(GreenPool().imap(_sent, json.loads(line)))
        sys.stdout.write(json.dumps(answers) + "\n")
        sys.stdout.flush()
    os._exit(0)


def _sent(asked):  # type: ignore[no-untyped-def]
    import time
    from pathlib import Path
    from uuid import UUID

    from notifier.adapters.mail_templates import MailTemplates
    from notifier.adapters.smtp import SmtpCourier, SmtpServer
    from notifier.domain.addresses import mailbox
    from notifier.domain.mails import Outgoing
    from tenantlink_runtime.brands import Brand, Brands
    from tenantlink_runtime.clock import utc_now
    from tests.support.notifier_builders import an_invitation_mail

    server = asked["server"] | {"ca_file": Path(asked["server"]["ca_file"])}
    brands = Brands(Brand(name="Fabrikam Voice", support="Anna Operator <anna@fabrikam.example>"))
    courier = SmtpCourier(
        SmtpServer(**server),
        mailbox("Fabrikam Voice <no-reply@fabrikam.example>"),
        MailTemplates(brands),
        brands,
        utc_now,
        bounces=mailbox(asked["bounces"]) if asked["bounces"] else None,
    )
    outgoing = Outgoing(
        mail_id=UUID(asked["mail_id"]),
        recipient=asked["recipient"],
        mail=an_invitation_mail(full_name=asked["full_name"]),
    )
    began = time.monotonic()
    answer = courier.send(outgoing)
    return type(answer).__name__, answer.words, time.monotonic() - began


if __name__ == "__main__":
    main()
