"""Mail addresses, as RFC 5321 and RFC 5322 have them, by email-validator."""

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

MOST_CHARACTERS = 254
_RESERVED = tuple(f".{name}" for name in SPECIAL_USE_DOMAIN_NAMES)


def one_address(text: str) -> str | None:
    """The address; None where the text is not exactly one, in ASCII, which every server takes.

    Names reserved for tests or for a company's own network are welcome (the library refuses
    them): it is the mail server that knows whether they exist.
    """
    text = text.strip()
    if not text.isascii() or len(text) > MOST_CHARACTERS:
        return None
    reserved = text.rpartition("@")[2].lower().endswith(_RESERVED)
    return text if _is_valid(f"{text}.com" if reserved else text) else None


def _is_valid(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return False
    return True
