"""Whether a text is exactly one mail address, with email-validator (RFC 5321, RFC 5322)."""

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

_RESERVED = tuple(f".{name}" for name in SPECIAL_USE_DOMAIN_NAMES)


def is_address(text: str) -> bool:
    """No display name, no list, no question to the DNS, and ASCII, which every server takes.

    Names reserved for tests or for a company's own network are welcome (the library refuses
    them): it is the mail server that knows whether they exist.
    """
    domain = text.rpartition("@")[2].lower()
    return text.isascii() and _is_valid(f"{text}.com" if domain.endswith(_RESERVED) else text)


def _is_valid(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return False
    return True
