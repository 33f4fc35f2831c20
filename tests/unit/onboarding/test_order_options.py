"""What an order says beyond the form: language, brand, reference, ... and their defaults."""

from uuid import UUID

import pytest

from onboarding.domain.order_options import Options, RawOptions, parse

TENANT = "8f9fd3d4-2f0e-4f0c-9c3a-6d1a5e2b7c10"


def codes(**raw: str) -> list[str]:
    """The codes of the rules that options break."""
    answer = parse(RawOptions(**raw))
    return [] if isinstance(answer, Options) else [breach.code for breach in answer]


def test_what_is_not_said_gets_its_default() -> None:
    assert parse(RawOptions()) == Options()


def test_what_is_said_is_kept_without_the_blanks_around_it() -> None:
    raw = RawOptions(
        " ORDER 1 ", "de-AT", "contoso", "60", "automatic", TENANT.upper(), "CRM", "a\r\n\tb "
    )
    assert parse(raw) == Options(
        "ORDER 1", "de-AT", "contoso", 60, "automatic", UUID(TENANT), "CRM", "a\r\n\tb"
    )


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("reference", "x" * 101, "reference_length"),
        ("reference", "a\r\nBcc: x", "reference_character"),
        ("reference", "a\u202eb", "reference_character"),
        ("reference", "a\x00b", "reference_character"),
        ("reference", "a\ud800b", "reference_character"),
        ("language", "english", "language_invalid"),
        ("language", "en/../de", "language_invalid"),
        ("language", "{{7*7}}", "language_invalid"),
        ("brand", "../brand", "brand_invalid"),
        ("brand", "Brand", "brand_invalid"),
        ("brand", "b" * 64, "brand_invalid"),
        ("valid_days", "0", "valid_days_range"),
        ("valid_days", "61", "valid_days_range"),
        ("valid_days", "-1", "valid_days_range"),
        ("valid_days", "9" * 30, "valid_days_range"),
        ("completion", "at once", "completion_unknown"),
        ("expected_tenant", "common", "expected_tenant_invalid"),
        ("expected_tenant", "organizations", "expected_tenant_invalid"),
        ("expected_tenant", "contoso.com", "expected_tenant_invalid"),
        ("expected_tenant", "evil.example/..", "expected_tenant_invalid"),
        ("expected_tenant", "[2001:db8::1]", "expected_tenant_invalid"),
        ("expected_tenant", f"{{{TENANT}}}", "expected_tenant_invalid"),
        ("expected_tenant", TENANT.replace("-", ""), "expected_tenant_invalid"),
        ("expected_tenant", "00000000-0000-0000-0000-000000000000", "expected_tenant_invalid"),
        ("requested_by", "x" * 201, "requested_by_length"),
        ("requested_by", "a\nb", "requested_by_character"),
        ("notes", "x" * 2001, "notes_length"),
        ("notes", "a\u2066b", "notes_character"),
    ],
)
def test_every_broken_rule_has_its_code(field: str, text: str, code: str) -> None:
    assert codes(**{field: text}) == [code]


def test_all_breaches_are_found_at_once() -> None:
    found = codes(reference="\n", language="?", brand="?", valid_days="?", completion="?")
    assert found == [
        "reference_character",
        "language_invalid",
        "brand_invalid",
        "valid_days_range",
        "completion_unknown",
    ]
