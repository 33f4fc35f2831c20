"""Renders a mail's subject, text and HTML from its folder of templates."""

import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from jinja2 import PackageLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import SandboxedEnvironment

from notifier.domain.mails import Mail

# Line breaks, and characters that turn the direction of what follows; joiners belong to scripts.
_UNSEEN = {"Cc", "Cf", "Co", "Cs"}
_JOINERS = "\u200c\u200d"
_WHERE_A_LINK_WOULD_BE = re.compile(r"://|(?<=\w)\.(?=[^\W\d_]{2})")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The three parts of a mail, in clear; never to be logged."""

    subject: str
    text: str
    html: str


class MailTemplates:
    """Templates come from files only; what people typed is data, harmless in every part."""

    def __init__(self, brand_name: str, contact: str | None = None) -> None:
        self._own = {"brand": brand_name, "contact": contact}
        self._environment = SandboxedEnvironment(
            loader=PackageLoader("notifier", "templates"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        self._environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
        self._environment.filters["moment"] = _moment

    def render(self, mail: Mail) -> Rendered:
        """All three parts, from the same values."""
        values = {name: _shown(name, value) for name, value in asdict(mail).items()} | self._own
        subject, text, html = (
            self._environment.get_template(f"{mail.template}/{part}").render(values)
            for part in ("subject.txt", "body.txt", "body.html")
        )
        return Rendered(" ".join(subject.split()), text, html)


def _shown(name: str, value: Any) -> Any:
    """Of all texts only the link is our own."""
    return _harmless(value) if isinstance(value, str) and name != "link" else value


def _harmless(text: str) -> str:
    """A typed name: one line, and nothing that a mail program would turn into a link."""
    seen = "".join(
        " " if unicodedata.category(each) in _UNSEEN and each not in _JOINERS else each
        for each in text
    )
    return _WHERE_A_LINK_WOULD_BE.sub(lambda found: f"{found[0]} ", " ".join(seen.split()))


def _moment(at: datetime) -> str:
    """Day and time with their zone, for people anywhere."""
    there = at.astimezone(UTC)
    return f"{there:%A}, {there.day} {there:%B %Y, %H:%M} UTC"
