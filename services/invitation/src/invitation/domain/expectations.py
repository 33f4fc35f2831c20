"""Which tenant is expected to be connected: told to credential-validator, which flags others."""

from collections.abc import Iterable

from tenantlink_contracts.values import Expected

# Whoever writes from here says nothing about the organisation. The large ones, worldwide.
_FREE_MAIL = frozenset(
    {
        "163.com", "aol.com", "fastmail.com", "free.fr", "freenet.de", "gmail.com",
        "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com",
        "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.fr", "icloud.com",
        "laposte.net", "libero.it", "live.com", "mac.com", "mail.com", "mail.ru",
        "me.com", "msn.com", "orange.fr", "outlook.com", "outlook.de", "posteo.de",
        "proton.me", "protonmail.com", "qq.com", "t-online.de", "web.de", "yahoo.co.uk",
        "yahoo.com", "yahoo.de", "yahoo.fr", "yandex.com", "yandex.ru", "zoho.com",
    }
)  # fmt: skip


def with_recipient(expected: Expected, email: str) -> Expected:
    """The customer's domains, and the recipient's unless anybody can have an address there."""
    of_mail = email.rpartition("@")[2]
    added = [] if of_mail.lower() in _FREE_MAIL else [of_mail]
    return expected.model_copy(update={"domains": _each_once([*expected.domains, *added])})


def _each_once(domains: Iterable[str]) -> tuple[str, ...]:
    cleaned = (each.strip().strip(".").lower() for each in domains)
    return tuple(dict.fromkeys(each for each in cleaned if each))
