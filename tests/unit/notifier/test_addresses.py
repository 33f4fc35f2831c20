"""Exactly one address, and nothing that could become a second one or a header."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.domain.addresses import mailbox, one_address


@pytest.mark.parametrize(
    "text", ["admin@contoso.example", "a.b+c@mail.contoso.example", "o'hara@xn--bcher-kva.example"]
)
def test_one_address_is_taken_as_it_is(text: str) -> None:
    assert one_address(text).addr_spec == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "admin",
        "admin@",
        "@contoso.example",
        "a@x.example, b@y.example",
        "a@x.example;b@y.example",
        "group:a@x.example;",
        "Name <a@x.example>",
        "<a@x.example>",
        " a@x.example",
        "(comment)a@x.example",
        "a@x.example\r\nBcc: b@y.example",
        "a@x.example\n",
        '"a\r\nb"@x.example',
        "a\x00@x.example",
        "grüße@x.example",
        "a@grüße.example",
        "a@x..example",
        ".a@x.example",
        "a@-x.example",
        "a@[127.0.0.1]",
        '"a b"@x.example',
        f"{'a' * 250}@x.example",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^it is"):
        one_address(text)


@given(st.text(st.characters(codec="utf-8"), max_size=30) | st.text('a@.,<>"() \r\n:;[]\\'))
@example("a@[")  # the standard library's parser fails on it with an AttributeError
def test_whatever_is_typed_there_is_an_answer(text: str) -> None:
    with suppress(ValueError):
        assert one_address(text).addr_spec == text


def test_a_setting_has_a_name_and_one_address() -> None:
    sender = mailbox("Fabrikam Voice <no-reply@fabrikam.example>")
    assert (sender.display_name, sender.addr_spec) == (
        "Fabrikam Voice",
        "no-reply@fabrikam.example",
    )


@pytest.mark.parametrize(
    "text",
    ["Fabrikam", "Fabrikam <>", "Fabrikam <a@x.example, b@y.example>", "a@x.example, b@y.example"],
)
def test_a_setting_without_one_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not"):
        mailbox(text)
