"""The third step: what came of it, and taking it back. Only the browser that submitted may know."""

from contextlib import suppress

from flask import Blueprint, Flask, redirect, render_template, url_for

from invitation.app.look import Found
from invitation.app.take_back import TooLate
from invitation.domain.invitation import LinkState
from invitation.domain.submissions import Outcome
from invitation.entrypoints import visits
from invitation.entrypoints.visits import Page, Wizard
from tenantlink_contracts.values import Check, CheckState, Problem

UNREACHABLE = "microsoft_unreachable"
_FIRST = ("sign_in", "tenant", "application", "permissions", "expiry")


def register(app: Flask, wizard: Wizard) -> None:
    """The pages with the result."""
    pages = Blueprint("result", __name__, url_prefix="/wizard/result")

    @pages.get("")
    def page() -> Page:
        found = wizard.of_result()
        return _result(wizard, found)

    @pages.get("/take-back")
    def take_back() -> Page:
        found = wizard.current()
        if not _may_take_back(wizard, found):
            return redirect(url_for("result.page"), 303)
        return render_template("take_back.html", verdict=_verdict(found))

    @pages.post("/take-back")
    def taken_back() -> Page:
        found = wizard.current()
        with suppress(TooLate):  # the result page says what counts
            wizard.take_back.run(found.invitation.id, found.round, visits.browser())
            return render_template("taken_back.html")
        return redirect(url_for("result.page"), 303)

    app.register_blueprint(pages)


def _result(wizard: Wizard, found: Found) -> Page:
    """What this browser may know of what was submitted."""
    own, outcome = visits.own_submission(found), visits.own_outcome(found)
    if outcome is not None and outcome.verdict is not None and _counts(found, outcome):
        may_take_back = _may_take_back(wizard, found)
        round_ = found.invitation.round
        return render_template(
            "valid.html", round=round_, verdict=outcome.verdict, may_take_back=may_take_back
        )
    if wizard.state(found) is LinkState.DONE:
        return render_template("done.html", round=found.invitation.round)
    if own is not None:
        return _own(found, outcome)
    if found.invitation.is_being_checked(found.round):
        return render_template("somebody_else.html", round=found.invitation.round)
    return redirect(url_for("wizard.form"), 303)


def _own(found: Found, outcome: Outcome | None) -> Page:
    if outcome is None:
        return _waiting(found)
    if outcome.problem is None:  # it was accepted, and taken back
        return redirect(url_for("wizard.form"), 303)
    if outcome.problem.passing:
        return render_template("gave_up.html", problem=outcome.problem)
    return render_template("problem.html", problem=outcome.problem)


def _waiting(found: Found) -> str:
    """How far it is, why it waits, when it is tried again."""
    own = visits.own_submission(found)
    progress = found.invitation.progress_of(own.id) if own is not None else None
    if progress is None:
        return render_template("checking.html", checks=_just_begun())
    if progress.waiting_for is None:
        return render_template("checking.html", checks=progress.checks or _just_begun())
    template = "unreachable.html" if _is_away(progress.waiting_for) else "waiting.html"
    return render_template(
        template,
        checks=progress.checks,
        problem=progress.waiting_for,
        next_try=progress.next_try,
    )


def _is_away(problem: Problem) -> bool:
    return problem.code == UNREACHABLE


def _just_begun() -> tuple[Check, ...]:
    states = (CheckState.RUNNING, *[CheckState.OPEN] * len(_FIRST))
    return tuple(
        Check.model_validate({"name": name, "state": state})
        for name, state in zip(_FIRST, states, strict=False)
    )


def _counts(found: Found, outcome: Outcome) -> bool:
    return outcome.revision not in found.invitation.taken_back


def _may_take_back(wizard: Wizard, found: Found) -> bool:
    now = wizard.clock()
    return found.invitation.regrettable(visits.browser(), found.round, now) is not None


def _verdict(found: Found) -> object:
    outcome = visits.own_outcome(found)
    return outcome.verdict if outcome is not None else None
