"""Whoever wants to know what people get can see every mail, without sending any."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from notifier.bootstrap import build_preview
from notifier.domain.samples import SAMPLES
from notifier.entrypoints.preview import preview

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.fixture
def brands(tmp_path: Path) -> Path:
    """A folder with one brand, which has a logo."""
    folder = tmp_path / "brands"
    folder.mkdir()
    (folder / "logo.png").write_bytes(PNG)
    (folder / "northwind.toml").write_text(
        'name = "Northwind"\nlogo = "logo.png"\nsender = "Northwind <mail@northwind.example>"\n'
        'support = "help@northwind.example"\n'
    )
    return folder


def test_every_mail_is_written_in_every_language_and_brand(brands: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    assert preview(build_preview, ["--all", "--brands", str(brands), str(folder)]) == 0
    written = {str(path.relative_to(folder)) for path in folder.rglob("*.*")}
    wanted = {
        f"{language}/{brand}/{name}.{kind}"
        for language in ("en", "de")
        for brand in ("default", "northwind")
        for name in SAMPLES
        for kind in ("html", "txt", "eml")
    }
    assert written == {*wanted, "index.html"}


def test_a_brands_mail_bears_its_name_its_addresses_and_its_logo(
    brands: Path, tmp_path: Path
) -> None:
    preview(build_preview, ["--mail", "receipt", "--brands", str(brands), str(tmp_path)])
    stem = tmp_path / "de" / "northwind" / "receipt"
    message = message_from_bytes(stem.with_suffix(".eml").read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    assert message["From"] == "Northwind <mail@northwind.example>"
    assert message["Reply-To"] == "help@northwind.example"
    assert message["Content-Language"] == "de"
    assert message["Message-ID"].endswith("@northwind.example>")
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert [(part["Content-ID"], part.get_payload(decode=True)) for part in pictures] == [
        ("<logo>", PNG)
    ]
    html = message.get_body(("html",))
    assert html is not None
    assert 'src="cid:logo"' in html.get_content()
    assert 'src="data:image/png;base64,' in stem.with_suffix(".html").read_text()
