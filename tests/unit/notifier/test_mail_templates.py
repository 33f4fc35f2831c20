"""What recipients read: the seed's words, a visible link, and names that can do no harm."""

import re
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from itertools import product
from typing import ClassVar

import pytest
from bs4 import BeautifulSoup
from jinja2 import UndefinedError

from notifier.adapters.languages import LANGUAGES
from notifier.adapters.mail_templates import MailTemplates, Rendered
from notifier.domain.mails import INVITATIONS, NOTICES, Mail, OperatorMail
from notifier.domain.samples import SAMPLES
from tenantlink_runtime.brands import Brand, Brands
from tests.support.notifier_builders import (
    LINK,
    a_service_created_mail,
    an_invitation_mail,
    outgoing,
)

BRAND = "Fabrikam Voice"
CONTACT = "onboarding@fabrikam.example"
SEED_WORDS = "Click here to activate your tenant"
OWN = ("link", "status_link", "console_url")
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


@dataclass(frozen=True, kw_only=True)
class HalfAMail(Mail):
    """Lacks most of what its templates say."""

    template: ClassVar[str] = "invitation"


def rendered(
    mail: Mail, support: str | None = CONTACT, language: str = "en", **looks: str
) -> Rendered:
    """All parts of a mail."""
    return templates(support, **looks).render(outgoing(mail, language))


@cache
def templates(support: str | None, **looks: str) -> MailTemplates:
    """Compiled once for all tests."""
    brand = Brand(name=BRAND, support=support, **looks)  # type: ignore[arg-type]
    return MailTemplates(Brands(brand))


def seen(html: str) -> str:
    """The text of an HTML part, as a reader sees it."""
    return " ".join(BeautifulSoup(html, "html.parser").body.get_text(" ").split())  # type: ignore[union-attr]


def test_the_invitation_has_the_seeds_words_and_the_link_in_both_parts() -> None:
    mail = rendered(an_invitation_mail())
    assert f"{SEED_WORDS}:\n{LINK}\n" in mail.text
    assert mail.text.count(LINK) == 1
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
    assert CONTACT in text


def test_every_mail_has_an_example_and_every_example_is_looked_at() -> None:
    wanted = {each.template for each in (*INVITATIONS, *NOTICES.values())}
    assert {each.template for each in SAMPLES.values()} == wanted


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mail", SAMPLES.values(), ids=SAMPLES.keys())
def test_text_and_html_both_say_everything_that_a_mail_is_given(mail: Mail, language: str) -> None:
    parts = rendered(mail, language=language)
    unsaid = {"problem_code", "secret_hint", "waiting_for", "why"}
    about_other = {"claimed_by"} if isinstance(mail, OperatorMail) else {"short_name"}
    for name in {each.name for each in fields(mail)} - unsaid - about_other:
        value = getattr(mail, name)
        if isinstance(value, str) and name != "customer_name":
            shown = (
                value
                if name in OWN or "@" in value
                else re.sub(r"(?<=\w)\.(?=[a-z]{2})", ". ", value)
            )
            assert shown in parts.text, name
            assert shown in (parts.html if name in OWN else seen(parts.html)), name


@pytest.mark.parametrize("mail", SAMPLES.values(), ids=SAMPLES.keys())
def test_a_german_mail_has_no_english_sentence(mail: Mail) -> None:
    english, german = rendered(mail), rendered(mail, language="de")
    given = [value for value in (getattr(mail, each.name) for each in fields(mail)) if value]
    said = {
        line
        for line in english.text.splitlines()
        if len(line.split()) > 4 and not any(str(value) in line for value in given)
    }
    assert said & set(german.text.splitlines()) == set()
    assert BeautifulSoup(german.html, "html.parser").html["lang"] == "de"  # type: ignore[index]


@pytest.mark.parametrize(
    ("asked", "written"),
    [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("fr", "en"), ("", "en"), ("../de", "en")],
)
def test_an_unknown_language_is_written_in_english(asked: str, written: str) -> None:
    assert rendered(an_invitation_mail(), language=asked).language == written


def test_a_german_date_is_written_as_germans_write_it() -> None:
    assert "Montag, 16. März 2026, 09:00 UTC" in rendered(an_invitation_mail(), language="de").text


def test_the_brand_gives_name_colour_telephone_and_address() -> None:
    mail = rendered(
        an_invitation_mail(),
        colour="#7a1f5c",
        phone="+49 30 1234567",
        website="https://www.fabrikam.example",
    )
    assert f"write to {CONTACT} or call +49 30 1234567" in mail.text
    assert "https://www.fabrikam.example" in mail.text
    assert 'bgcolor="#7a1f5c"' in mail.html


@pytest.mark.parametrize("mail", SAMPLES.values(), ids=SAMPLES.keys())
def test_nothing_is_loaded_from_elsewhere_when_a_mail_is_opened(mail: Mail) -> None:
    html = BeautifulSoup(rendered(mail).html, "html.parser")
    assert html.find_all(["img", "link", "script", "iframe", "object", "video"]) == []
    assert "url(" not in str(html)
    assert "@import" not in str(html)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://x.example/ onclick=", "", "ftp://x"]
)
def test_only_a_web_address_becomes_a_button(link: str) -> None:
    mail = replace(SAMPLES["authenticated"], console_url=link)  # type: ignore[call-arg]
    parts = rendered(mail)
    assert "Open it in the console." in parts.text
    assert (
        BeautifulSoup(parts.html, "html.parser").find("a", string="Open it in the console") is None
    )


def test_a_permissions_name_stays_whole_and_an_address_too() -> None:
    remedy = "Grant Organization.Read.All, then try again."
    attention = replace(SAMPLES["attention"], problem_remedy=remedy)  # type: ignore[call-arg]
    assert remedy in rendered(attention).text
    assert "identity@contoso.example" in rendered(SAMPLES["forwarding_other_person"]).text


@pytest.mark.parametrize("mail", SAMPLES.values(), ids=SAMPLES.keys())
def test_without_a_contact_people_ask_the_provider(mail: Mail) -> None:
    parts = rendered(mail, support=None)
    for text in (parts.text, seen(parts.html)):
        if not isinstance(mail, OperatorMail):
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
    ("name", "support", "language"),
    list(product(SAMPLES, [CONTACT, None], LANGUAGES)),
)
def test_the_text_part_has_whole_paragraphs_with_one_blank_line_between(
    name: str, support: str | None, language: str
) -> None:
    text = rendered(SAMPLES[name], support, language).text
    assert "\n\n\n" not in text
    assert text == text.strip()
    assert all(line == line.strip() for line in text.splitlines())
    assert all(line.isprintable() for line in text.splitlines())
    broken = re.findall(r"[a-zäöüß,]\n[a-zäöüß]", text)
    assert broken == []


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_names_do_no_harm_in_the_subject(name: str) -> None:
    for mail in hostile_mails(name):
        assert rendered(mail).subject.isprintable()


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_names_do_no_harm_in_the_text(name: str) -> None:
    for mail, harmless in zip(hostile_mails(name), SAMPLES.values(), strict=True):
        text, expected = rendered(mail).text, rendered(harmless).text
        assert text.count("\n") == expected.count("\n")
        assert text.replace("\n", "").isprintable()
        assert links_in(text) == links_in(expected)
        assert "49" not in text


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_names_do_no_harm_in_the_html(name: str) -> None:
    for mail, harmless in zip(hostile_mails(name), SAMPLES.values(), strict=True):
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
    with pytest.raises(UndefinedError, match="requested_by"):
        rendered(HalfAMail(customer_name="Contoso", full_name="Voice"))


def hostile_mails(name: str) -> list[Mail]:
    """Every mail with the name in every place that somebody else fills."""
    return [_with_names(mail, name) for mail in SAMPLES.values()]


def _with_names(mail: Mail, name: str) -> Mail:
    kept = (*OWN, "email", "why", "tenant_id", "client_id", "problem_code")
    texts = [each.name for each in fields(mail) if each.type is str and each.name not in kept]
    return replace(mail, **{each: name for each in texts if getattr(mail, each)})


def links_in(text: str) -> list[str]:
    """What mail programs would make a link of."""
    return re.findall(r"\w+://\S+|www\.\S+|\S*\w\.[^\W\d_]{2,}\S*", text)


def elements(html: str) -> list[tuple[str, str]]:
    """All elements with their attributes, in order."""
    return [(each.name, str(each.attrs)) for each in BeautifulSoup(html, "html.parser").find_all()]
