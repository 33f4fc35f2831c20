"""Settings that would make every mail fail are found at the start, not at the first mail."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from notifier.adapters.smtp import SmtpServer
from notifier.settings import NotifierSettings


def settings(**changes: Any) -> NotifierSettings:
    """Settings of a `work` process."""
    values: dict[str, Any] = {
        "database_url": "postgresql+psycopg2://127.0.0.1/notifier",
        "public_keys_file": Path("public.jwks.json"),
        "smtp_host": "smtp.fabrikam.example",
        "sender": "Fabrikam Voice <no-reply@fabrikam.example>",
    }
    return NotifierSettings(**{**values, **changes})


def test_mails_are_encrypted_unless_somebody_says_otherwise() -> None:
    assert (settings().smtp_security, settings().smtp_port) == ("starttls", 587)


@pytest.mark.parametrize("name", ["sender", "contact", "bounces"])
@pytest.mark.parametrize("text", ["Fabrikam", "a@x.example, b@y.example", "Fabrikam <>"])
def test_addresses_are_exactly_one_address(name: str, text: str) -> None:
    with pytest.raises(ValidationError, match=name):
        settings(**{name: text})


def test_the_mail_servers_password_is_not_shown() -> None:
    server = SmtpServer("smtp.fabrikam.example", 587, "starttls", password="hunter2")
    assert "hunter2" not in repr(server)


@pytest.mark.parametrize(
    "line", ['support = "a@x.example, b@y.example"', 'sender = "Fabrikam"', 'colour = "#ffff00"']
)
def test_a_brand_that_cannot_be_used_is_found_at_the_start(tmp_path: Path, line: str) -> None:
    (tmp_path / "fabrikam.toml").write_text(f'name = "Fabrikam"\n{line}\n')
    with pytest.raises(ValidationError, match="brands"):
        settings(brands=tmp_path)


def test_without_brand_files_the_settings_are_the_default_brand() -> None:
    given = settings(brand_name="Fabrikam Voice", contact="Help <help@fabrikam.example>")
    brand = given.all_brands().find("default")
    assert (brand.name, brand.support) == ("Fabrikam Voice", "Help <help@fabrikam.example>")
