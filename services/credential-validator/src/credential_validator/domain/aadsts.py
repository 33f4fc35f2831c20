"""What Entra's numbers (AADSTS) mean, as problems.

Microsoft's numbers are diagnostics and may change, so the number is always shown, and one that is
not in the table is called unknown, with the number, instead of being guessed at. Source:
Microsoft's reference of Entra's error codes, and what people report of their tenants.
"""

from collections.abc import Sequence
from dataclasses import replace

from credential_validator.domain import problems
from credential_validator.domain.problems import Field, Kind
from tenantlink_contracts.values import Problem, Support

_KINDS: dict[Kind, tuple[int, ...]] = {
    problems.SECRET_WRONG: (7000215, 70002),
    problems.SECRET_EXPIRED: (7000222,),
    problems.SECRET_MISSING: (7000216, 7000218, 900144),
    problems.APP_PUBLIC: (700025,),
    problems.APP_NOT_FOUND: (700016, 700011, 70001),
    problems.NO_SERVICE_PRINCIPAL: (7000229,),
    problems.APP_DISABLED: (7000112,),
    problems.TENANT_NOT_FOUND: (90002,),
    problems.TENANT_MALFORMED: (900023, 90019, 90013, 9002313),
    problems.TENANT_OTHER_CLOUD: (90038, 900382, 900432),
    problems.API_NOT_AVAILABLE: (500011, 650052, 650054, 650057),
    problems.CONSENT_MISSING: (65001, 650056),
    problems.OUR_MISTAKE: (70011, 28002, 1002012),
    problems.BLOCKED_BY_POLICY: (*range(53000, 53012), 530032, 530035),
    # A user was not found: cannot come of what we ask, so there is nothing to explain.
    problems.UNEXPECTED: (50034,),
    problems.MICROSOFT_BUSY: (90006, 90024, 90033, 90055, 90090),
}
BY_NUMBER = {number: kind for kind, numbers in _KINDS.items() for number in numbers}
_BY_ERROR: dict[str, Kind] = {
    "invalid_client": problems.SECRET_WRONG,
    "unauthorized_client": problems.APP_NOT_FOUND,
    "invalid_tenant": problems.TENANT_NOT_FOUND,
    "temporarily_unavailable": problems.MICROSOFT_BUSY,
    "access_denied": problems.BLOCKED_BY_POLICY,
}
# What Entra says for a while of what has just been made, because its servers learn of it in turn.
_MAY_BE_NEW = frozenset(
    kind.code
    for kind in (
        problems.SECRET_WRONG,
        problems.SECRET_EXPIRED,
        problems.APP_NOT_FOUND,
        problems.NO_SERVICE_PRINCIPAL,
        problems.TENANT_NOT_FOUND,
    )
)


def explain(numbers: Sequence[int], error: str, support: Support) -> Problem:
    """The problem behind Entra's answer: by its number; without one, by its OAuth error."""
    known = next((BY_NUMBER[number] for number in numbers if number in BY_NUMBER), None)
    by_error = _BY_ERROR.get(error)
    if known is not None:
        return known.problem(support)
    if by_error is not None and (by_error.passing or not numbers):
        return by_error.problem(support)
    return _unknown(numbers, error, by_error.field if by_error else None).problem(support)


def may_be_new(problem: Problem) -> bool:
    """Whether Entra also says this of what it has not heard of yet."""
    return problem.code in _MAY_BE_NEW


def _unknown(numbers: Sequence[int], error: str, field: Field | None) -> Kind:
    reason = f"AADSTS{numbers[0]}" if numbers else error or "none"
    cause = f"Microsoft Entra gave the reason {reason}, which we cannot explain."
    return replace(problems.UNEXPECTED, cause=cause, field=field)
