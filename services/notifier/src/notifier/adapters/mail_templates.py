"""Renders a mail's subject, text and HTML from its folder of templates."""

from dataclasses import asdict, dataclass

from jinja2 import PackageLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import SandboxedEnvironment

from notifier.domain.mails import Mail


@dataclass(frozen=True, slots=True)
class Rendered:
    """The three parts of a mail, in clear; never to be logged."""

    subject: str
    text: str
    html: str


class MailTemplates:
    """Templates come from files only; what people typed is data, escaped in HTML."""

    def __init__(self, brand_name: str) -> None:
        self._brand_name = brand_name
        self._environment = SandboxedEnvironment(
            loader=PackageLoader("notifier", "templates"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        self._environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
        self._environment.filters["moment"] = lambda at: f"{at:%A, %d %B %Y, %H:%M} UTC"
        self._environment.filters["plain"] = _plain

    def render(self, mail: Mail) -> Rendered:
        """All three parts, from the same values."""
        values = {"brand": self._brand_name, **asdict(mail)}
        subject, text, html = (
            self._environment.get_template(f"{mail.template}/{part}").render(values)
            for part in ("subject.txt", "body.txt", "body.html")
        )
        return Rendered(" ".join(subject.split()), text, html)


def _plain(text: str) -> str:
    """A typed name in a text part: one line, and no link that a mail program would activate."""
    return " ".join(text.split()).replace("://", ":// ")
