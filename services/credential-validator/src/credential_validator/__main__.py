"""`python -m credential_validator work | migrate | check | dead-letters`.

Imports wait for the hub.
"""

from collections.abc import Sequence
from pathlib import Path

from tenantlink_runtime import command, work

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def run_work() -> None:
    """Events, jobs and relay."""
    work.prepare()
    from credential_validator.bootstrap import build_work
    from credential_validator.entrypoints.events import CredentialValidator
    from credential_validator.settings import CredentialValidatorSettings

    settings = CredentialValidatorSettings()
    command.start_logs("credential-validator", settings)
    work.run(CredentialValidator, build_work(settings))


def run_migrate() -> None:
    """Bring the database to this version."""
    from credential_validator.settings import CredentialValidatorSettings

    command.migrate(CredentialValidatorSettings(), MIGRATIONS)


def run_check() -> int:
    """Say what is wrong with the settings, without starting."""
    from credential_validator.settings import CredentialValidatorSettings
    from tenantlink_runtime import checking

    def probes(settings: CredentialValidatorSettings) -> tuple[checking.Probe, ...]:
        ca, proxy, hosts = settings.tls_ca_file, settings.proxy_url, settings.hosts
        return (
            lambda: checking.https_answers("Microsoft Entra", hosts.authority, ca, proxy),
            lambda: checking.https_answers("Microsoft Graph", hosts.graph_url, ca, proxy),
        )

    return command.check("credential-validator", CredentialValidatorSettings, MIGRATIONS, probes)


def run_dead_letters(arguments: Sequence[str]) -> int:
    """Look at, replay or discard what could not be handled."""
    from credential_validator.settings import CredentialValidatorSettings

    return command.dead_letters("credential_validator", CredentialValidatorSettings, arguments)


if __name__ == "__main__":
    command.main(
        "credential_validator",
        {
            "work": ("run the process that handles events and asks Microsoft", run_work),
            "migrate": ("bring the database to the version of this code", run_migrate),
            "check": ("check settings, keys and database, then leave", run_check),
        },
        {
            "dead-letters": ("list, show, replay or discard messages set aside", run_dead_letters),
        },
    )
