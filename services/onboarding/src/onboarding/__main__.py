"""`python -m onboarding work | web | migrate | check | dead-letters`.

Imports wait for the hub.
"""

from collections.abc import Sequence
from pathlib import Path

from tenantlink_runtime import command, work

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def run_work() -> None:
    """Events, jobs and relay."""
    work.prepare()
    from onboarding.bootstrap import build_work
    from onboarding.entrypoints.events import Onboardings
    from onboarding.settings import OnboardingSettings

    settings = OnboardingSettings()
    command.start_logs("onboarding", settings)
    work.run(Onboardings, build_work(settings))


def run_web() -> None:
    """The console."""
    from onboarding.bootstrap import build_web
    from onboarding.settings import OnboardingSettings
    from tenantlink_runtime import web

    settings = OnboardingSettings()
    command.start_logs("onboarding", settings)
    app, engine = build_web(settings)
    web.serve(app, settings, engine)


def run_migrate() -> None:
    """Bring the database to this version."""
    from onboarding.settings import OnboardingSettings

    command.migrate(OnboardingSettings(), MIGRATIONS)


def run_check() -> int:
    """Say what is wrong with the settings, without starting."""
    from onboarding.settings import OnboardingSettings
    from tenantlink_runtime import checking

    def probes(settings: OnboardingSettings) -> tuple[checking.Probe, ...]:
        issuer, ca = settings.oidc_issuer, settings.tls_ca_file
        return (lambda: checking.https_answers("the identity provider", issuer, ca),)

    return command.check("onboarding", OnboardingSettings, MIGRATIONS, probes)


def run_dead_letters(arguments: Sequence[str]) -> int:
    """Look at, replay or discard what could not be handled."""
    from onboarding.settings import OnboardingSettings

    return command.dead_letters("onboarding", OnboardingSettings, arguments)


if __name__ == "__main__":
    command.main(
        "onboarding",
        {
            "work": ("run the process that handles events", run_work),
            "web": ("run the process that serves the operators' console", run_web),
            "migrate": ("bring the database to the version of this code", run_migrate),
            "check": ("check settings, keys and database, then leave", run_check),
        },
        {
            "dead-letters": ("list, show, replay or discard messages set aside", run_dead_letters),
        },
    )
