"""What recipients read: the seed's words, a visible link, and names that can do no harm."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import product
from typing import ClassVar

import pytest
from bs4 import BeautifulSoup
from jinja2 import UndefinedError

from notifier.adapters.mail_templates import MailTemplates, Rendered
from notifier.domain.mails import Mail
from tests.support.notifier_builders import (
    LINK,
    a_service_created_mail,
    an_invitation_mail,
)

BRAND = "Fabrikam Voice"
CONTACT = "onboarding@fabrikam.example"
SEED_WORDS = "Click here to activate your tenant"
MAILS = [an_invitation_mail(), a_service_created_mail()]
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": '"><img src=x onerror=alert(1)>',
    "link": "Your account expired: https://evil.example/login",
    "address without scheme": "go to www.evil.example or evil.example",
    "address of a mail": "write to help@evil.example",
    "line breaks": "Contoso\r\nBcc: victim@x\n\n\u2028Pay here\x0b\x85now",
    "template": "{{7*7}} {% raw %} {{ link }} {# note #}",
    "format": "%(brand)s %(link)s 100% %s {0}",
    "right to left": "Contoso\u202egpj.exe\u2066",
    "control": "Con\x00to\x1bso\ud800",
}


@dataclass(frozen=True)
class HalfAMail:
    """Lacks most of what its templates say."""

    full_name: str
    template: ClassVar = "invitation"


def rendered(mail: Mail, contact: str | None = CONTACT) -> Rendered:
    """All parts of a mail."""
    return MailTemplates(BRAND, contact).render(mail)


def seen(html: str) -> str:
    """The text of an HTML part, as a reader sees it."""
    return " ".join(BeautifulSoup(html, "html.parser").body.get_text(" ").split())  # type: ignore[union-attr]


def test_the_invitation_has_the_seeds_words_and_the_link_in_both_parts() -> None:
    mail = rendered(an_invitation_mail())
    assert f"{SEED_WORDS}:\n{LINK}\n" in mail.text
    button = BeautifulSoup(mail.html, "html.parser").find("a", string=SEED_WORDS)
    assert button is not None
    assert button["href"] == LINK  # type: ignore[index]
    assert LINK in seen(mail.html)


@pytest.mark.parametrize("part", ["text", "html"])
def test_the_invitation_says_who_asks_for_what_until_when_and_what_is_read(part: str) -> None:
    mail = rendered(an_invitation_mail())
    text = mail.text if part == "text" else seen(mail.html)
    for words in (
        "IT administrator of Contoso",
        "Contoso Direct Routing",
        "Anna Operator has ordered it",
        "Monday, 16 March 2026, 09:00 UTC",
        "your tenant's name and domains, the name of the app registration, and when its",
        "Mails, files, chats, calls, or anything about your users",
        "an address that you already had",
        "Opening the link changes nothing",
        f"write to {CONTACT}",
    ):
        assert words in text


def test_the_subject_says_what_for_and_from_whom() -> None:
    subject = rendered(an_invitation_mail()).subject
    assert (
        subject == "Activate your Microsoft 365 tenant for Contoso Direct Routing (Fabrikam Voice)"
    )


@pytest.mark.parametrize("part", ["text", "html"])
def test_the_last_mail_says_which_service_has_been_created(part: str) -> None:
    mail = rendered(a_service_created_mail())
    text = mail.text if part == "text" else seen(mail.html)
    assert "Contoso Direct Routing" in text
    assert "(contoso) has been created" in text
    assert f"Write to {CONTACT}" in text


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.template)
def test_without_a_contact_people_ask_the_provider(mail: Mail) -> None:
    parts = rendered(mail, contact=None)
    for text in (parts.text, seen(parts.html)):
        assert f"your contact at {BRAND}." in text
        assert "None" not in text


def test_the_end_is_told_in_utc_wherever_the_fact_was_written() -> None:
    there = datetime(2026, 3, 16, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert "Sunday, 15 March 2026, 23:30 UTC" in rendered(an_invitation_mail(expires_at=there)).text
    here = there.astimezone(UTC)
    assert rendered(an_invitation_mail(expires_at=here)) == rendered(
        an_invitation_mail(expires_at=there)
    )


@pytest.mark.parametrize(
    ("mail", "contact"), list(product(MAILS, [CONTACT, None])), ids=lambda each: str(each)[:15]
)
def test_the_text_part_has_whole_paragraphs_with_one_blank_line_between(
    mail: Mail, contact: str | None
) -> None:
    text = rendered(mail, contact).text
    assert "\n\n\n" not in text
    assert text == text.strip()
    assert all(line == line.strip() for line in text.splitlines())
    broken = re.findall(r"[a-z,]\n[a-z]", text)
    assert broken == []


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_names_do_no_harm_in_the_subject(name: str) -> None:
    for mail in hostile_mails(name):
        assert rendered(mail).subject.isprintable()


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_names_do_no_harm_in_the_text(name: str) -> None:
    for mail, harmless in zip(hostile_mails(name), MAILS, strict=True):
        text, expected = rendered(mail).text, rendered(harmless).text
        assert text.count("\n") == expected.count("\n")
        assert text.replace("\n", "").isprintable()
        assert links_in(text) == links_in(expected)
        assert "49" not in text


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_names_do_no_harm_in_the_html(name: str) -> None:
    for mail, harmless in zip(hostile_mails(name), MAILS, strict=True):
        html, expected = rendered(mail).html, rendered(harmless).html
        assert elements(html) == elements(expected)
        assert links_in(seen(html)) == links_in(seen(expected))
        assert "49" not in seen(html)


def test_what_looks_like_a_template_is_shown_as_it_was_typed() -> None:
    mail = rendered(an_invitation_mail(full_name="{{7*7}} %(brand)s 100%"))
    for part in (mail.subject, mail.text, seen(mail.html)):
        assert "{{7*7}} %(brand)s 100%" in part


@pytest.mark.parametrize(
    "name",
    [
        "Müller & Söhne B.V.",
        "Ödön és Fia Kft.",
        "株式会社コントソ",
        "کنتو\u200cسو",
        "St. Gallen 4.0",
    ],
)
def test_the_names_of_real_organisations_stay_as_they_are(name: str) -> None:
    mail = rendered(an_invitation_mail(full_name=name))
    for part in (mail.subject, mail.text, seen(mail.html)):
        assert name in part


def test_a_value_that_a_template_lacks_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError, match="customer_name"):
        rendered(HalfAMail(full_name="Contoso"))  # type: ignore[arg-type]


def hostile_mails(name: str) -> list[Mail]:
    """Every mail with the name in every place that somebody else fills."""
    return [
        an_invitation_mail(customer_name=name, full_name=name, requested_by=name),
        a_service_created_mail(customer_name=name, full_name=name, short_name=name),
    ]


def links_in(text: str) -> list[str]:
    """What mail programs would make a link of."""
    return re.findall(r"\w+://\S+|www\.\S+|\S*\w\.[^\W\d_]{2,}\S*", text)


def elements(html: str) -> list[tuple[str, str]]:
    """All elements with their attributes, in order."""
    return [(each.name, str(each.attrs)) for each in BeautifulSoup(html, "html.parser").find_all()]
