"""Writes an example of every mail, in every language and brand, as recipients get it."""

import base64
import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from notifier.app.ports import Composer
from notifier.domain.mails import OperatorMail, Outgoing, ServiceCreatedMail
from notifier.domain.samples import SAMPLES, TO_ADMINISTRATOR, TO_OPERATOR

_MAIL_ID = UUID("01957a00-0000-7000-8000-0000000000bb")


@dataclass(frozen=True)
class PreviewMails:
    """The verb with its collaborator, and what there is to see."""

    composer: Composer
    languages: Sequence[str]
    brands: Sequence[str]

    def run(self, folder: Path, names: Sequence[str]) -> list[Path]:
        """`<folder>/<language>/<brand>/<mail>.{html,txt,eml}` and an `index.html` of them all."""
        written: list[Path] = []
        for language in self.languages:
            for brand in self.brands:
                for name in names:
                    stem = folder / language / brand / name
                    stem.parent.mkdir(parents=True, exist_ok=True)
                    written += self._write(stem, _sample(name, language, brand))
        index = folder / "index.html"
        index.write_text(_index(folder, written))
        return [*written, index]

    def _write(self, stem: Path, outgoing: Outgoing) -> Iterator[Path]:
        composed = self.composer.compose(outgoing)
        shown = composed.html
        if composed.logo:
            data = base64.b64encode(composed.logo).decode()
            shown = shown.replace("cid:logo", f"data:image/png;base64,{data}")
        parts = {
            "html": shown.encode(),
            "txt": f"Subject: {composed.subject}\n\n{composed.text}\n".encode(),
            "eml": composed.message,
        }
        for kind, content in parts.items():
            path = stem.with_suffix(f".{kind}")
            path.write_bytes(content)
            yield path


def _sample(name: str, language: str, brand: str) -> Outgoing:
    mail = SAMPLES[name]
    to_operator = isinstance(mail, OperatorMail) and not isinstance(mail, ServiceCreatedMail)
    recipient = TO_OPERATOR if to_operator else TO_ADMINISTRATOR
    return Outgoing(
        mail_id=_MAIL_ID, recipient=recipient, mail=mail, language=language, brand=brand
    )


def _index(folder: Path, written: Sequence[Path]) -> str:
    rows = "".join(
        f'<li><a href="{html.escape(str(path.relative_to(folder)))}">'
        f"{html.escape(str(path.relative_to(folder)))}</a></li>\n"
        for path in written
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Mails</title></head>'
        f"<body><h1>Mails</h1><ul>\n{rows}</ul></body></html>\n"
    )
