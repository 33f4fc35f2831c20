"""Renders a mail's subject, text and HTML from its folder of templates.

Text and HTML come from one template, so that they say the same: it is rendered twice, with the
layout and the parts of either.
"""

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from notifier.adapters.languages import LANGUAGES, Language, language_code, load
from notifier.domain.addresses import mailbox, one_address
from notifier.domain.mails import Mail, Outgoing
from tenantlink_runtime.brands import DARK_PAGE, Brand, Brands

LOGO = "cid:logo"
_JOINS = "\ue000"  # after a heading of the text: what follows stands in the next line

# Line breaks, and characters that turn the direction of what follows; joiners belong to scripts.
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
_WHERE_A_LINK_WOULD_BE = re.compile(r"://|(?<=\w)\.(?=[^\W\d_]{2})")
_PERMISSION = re.compile(r"(\b[A-Z]\w+(?:\.[A-Z]\w+)*\.All\b)")
_LINK = re.compile(r"https?://[^\s<>\"'\\^`{|}]+")

# Of all texts these alone are not what somebody has typed: our own links, and our own sentences,
# in which permissions are named, such as Organization.Read.All.
_LINKS = {"link", "status_link", "console_url"}
_SENTENCES = {"problem_title", "problem_cause", "problem_remedy", "state_words"}
_ADDRESSES = {"email"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The parts of a mail, in clear; never to be logged. `logo` is the picture that the HTML part
    names `cid:logo`."""

    subject: str
    text: str
    html: str
    language: str = "en"
    logo: bytes | None = None


class MailTemplates:
    """Templates come from files only; what people typed is data, harmless in every part."""

    def __init__(self, brands: Brands) -> None:
        self._brands = brands
        languages = [load(code) for code in LANGUAGES]
        self._text = {each.code: _environment(each, html=False) for each in languages}
        self._html = {each.code: _environment(each, html=True) for each in languages}

    def render(self, outgoing: Outgoing) -> Rendered:
        """All parts, from the same values, in the mail's language and brand."""
        brand, code = self._brands.find(outgoing.brand), language_code(outgoing.language)
        logo = brand.logo_png
        values = _values(outgoing.mail) | _looks(brand, has_logo=logo is not None)
        folder = outgoing.mail.template
        subject = _rendered(self._text[code], f"{folder}/subject.txt", values, "text")
        text = _rendered(self._text[code], f"{folder}/body.jinja", values, "text")
        html = _rendered(self._html[code], f"{folder}/body.jinja", values, "html")
        return Rendered(" ".join(subject.split()), _tidy(text), html, code, logo)


def _environment(language: Language, html: bool) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=PackageLoader("notifier", "templates"),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        language.translations, newstyle=True
    )
    environment.filters |= {"moment": language.moment, "day": language.day}
    environment.globals |= {"language": language.code, "joins": _JOINS}
    return environment


def _rendered(
    environment: SandboxedEnvironment, name: str, values: dict[str, Any], kind: str
) -> str:
    shape = {"layout": f"{kind}/layout.jinja", "parts": f"{kind}/parts.jinja"}
    return environment.get_template(name).render(values | shape)


def _values(mail: Mail) -> dict[str, Any]:
    return {name: _shown(name, value) for name, value in asdict(mail).items()}


def _looks(brand: Brand, has_logo: bool) -> dict[str, Any]:
    colours = {"brand": brand.colour, "on_dark": brand.colour_on_dark, "dark_page": DARK_PAGE}
    return {
        "brand": brand.name,
        "support": mailbox(brand.support).addr_spec if brand.support else "",
        "phone": brand.phone or "",
        "website": brand.website or "",
        "logo": LOGO if has_logo else "",
        "colours": colours,
    }


def _shown(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in _LINKS:
        return value if _LINK.fullmatch(value) else ""
    if name in _ADDRESSES and _is_address(value):
        return value
    if name not in _SENTENCES:
        return _without_links(_one_line(value))
    pieces = _PERMISSION.split(_one_line(value))
    return "".join(
        piece if _PERMISSION.fullmatch(piece) else _without_links(piece) for piece in pieces
    )


def _without_links(text: str) -> str:
    """With a blank where a mail program would see a link."""
    return _WHERE_A_LINK_WOULD_BE.sub(lambda found: f"{found[0]} ", text)


def _one_line(text: str) -> str:
    """A typed name: one line, without what turns its direction or cannot be seen."""
    seen = "".join(
        " " if unicodedata.category(each) in _UNSEEN and each not in _JOINERS else each
        for each in text
    )
    return " ".join(seen.split())


def _is_address(text: str) -> bool:
    try:
        one_address(text)
    except ValueError:
        return False
    return True


def _tidy(text: str) -> str:
    """One blank line between paragraphs, whatever blocks and macros leave between them."""
    lines = "\n".join(line.strip() for line in text.splitlines())
    joined = re.sub(rf"{_JOINS}\n*", "\n", lines)
    return re.sub(r"\n{3,}", "\n\n", joined).strip()
