"""Whether a text is exactly one mail address, with email-validator (RFC 5321, RFC 5322)."""

from email_validator import EmailNotValidError, validate_email


def is_address(text: str) -> bool:
    """No display name, no list, no question to the DNS. Names reserved for tests are welcome:
    it is the mail server that knows whether they exist."""
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        return "special-use or reserved" in str(error) and text.count("@") == 1
    return True
