"""When the client secret ends: never told too late, and unknown where nobody can say."""

from datetime import timedelta

from credential_validator.domain.expiry import secret_info
from tenantlink_contracts.values import ExpirySource, SecretInfo
from tests.support.credential_validator_builders import a_password
from tests.support.events import NOW


def test_the_secret_with_our_hint_tells_the_end() -> None:
    info = secret_info("abc", [a_password("abc", ends_in=30), a_password("xyz", ends_in=10)], NOW)
    assert info.expires_at == NOW + timedelta(days=30)
    assert info.expiry_source is ExpirySource.GRAPH


def test_of_several_secrets_with_our_hint_the_earliest_end_is_told_as_ambiguous() -> None:
    several = [a_password("abc", ends_in=days) for days in (400, 30, 90)]
    info = secret_info("abc", several, NOW)
    assert info.expires_at == NOW + timedelta(days=30)
    assert info.expiry_source is ExpirySource.GRAPH_AMBIGUOUS


def test_an_expired_secret_is_never_chosen() -> None:
    info = secret_info("abc", [a_password("abc", ends_in=-1), a_password("abc", ends_in=90)], NOW)
    assert info.expires_at == NOW + timedelta(days=90)
    assert info.expiry_source is ExpirySource.GRAPH


def test_a_secret_that_ends_this_very_moment_is_not_chosen() -> None:
    assert secret_info("abc", [a_password("abc", ends_in=0)], NOW) == SecretInfo(hint="abc")


def test_a_secret_that_has_not_begun_is_never_chosen() -> None:
    later = a_password("abc", starts_in=1, ends_in=2)
    assert secret_info("abc", [later], NOW).expires_at is None
    assert secret_info("abc", [a_password("abc", starts_in=0)], NOW).expires_at is not None


def test_without_a_matching_hint_the_secrets_without_one_are_looked_at() -> None:
    info = secret_info("abc", [a_password(None, ends_in=20), a_password("xyz", ends_in=5)], NOW)
    assert info.expires_at == NOW + timedelta(days=20)
    assert info.expiry_source is ExpirySource.GRAPH


def test_of_several_secrets_without_a_hint_the_earliest_end_is_told_as_ambiguous() -> None:
    info = secret_info("abc", [a_password(None, ends_in=20), a_password(None, ends_in=7)], NOW)
    assert info.expires_at == NOW + timedelta(days=7)
    assert info.expiry_source is ExpirySource.GRAPH_AMBIGUOUS


def test_a_matching_hint_counts_more_than_an_earlier_secret_without_one() -> None:
    info = secret_info("abc", [a_password(None, ends_in=2), a_password("abc", ends_in=50)], NOW)
    assert info.expires_at == NOW + timedelta(days=50)


def test_hints_are_compared_letter_by_letter() -> None:
    assert secret_info("abc", [a_password("ABC")], NOW) == SecretInfo(hint="abc")


def test_where_no_secret_fits_the_end_is_unknown_and_no_permission_would_tell_it() -> None:
    info = secret_info("abc", [a_password("xyz")], NOW)
    assert info == SecretInfo(hint="abc", expiry_source=ExpirySource.UNKNOWN)
    assert secret_info("abc", [], NOW) == info
    assert info.needs_permission is None


def test_where_graph_may_not_be_asked_the_end_is_unknown_and_the_permission_is_named() -> None:
    info = secret_info("abc", None, NOW)
    assert info.expires_at is None
    assert info.expiry_source is ExpirySource.UNKNOWN
    assert info.needs_permission == "Application.Read.All"
