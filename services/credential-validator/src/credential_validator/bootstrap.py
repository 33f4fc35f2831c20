"""The composition root: the only place that knows which technology plays which part."""

from functools import partial

from credential_validator.adapters import permissions_toml
from credential_validator.adapters.entra_msal import EntraMsal
from credential_validator.adapters.graph import GraphReader
from credential_validator.adapters.http import MicrosoftSession
from credential_validator.adapters.sealed_submissions import SealedSubmissions
from credential_validator.adapters.sql_credentials import SqlCredentials, stored_credentials
from credential_validator.app.authenticate import Authenticate
from credential_validator.app.prove import Prover
from credential_validator.app.validate import Validate
from credential_validator.entrypoints.jobs import ProverInTime
from credential_validator.settings import CredentialValidatorSettings
from tenantlink_contracts.names import CREDENTIAL_VALIDATOR
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.database import connect
from tenantlink_runtime.host import Host
from tenantlink_runtime.sealing import PrivateKeys, StoreKeys
from tenantlink_runtime.settings import required


def build_work(settings: CredentialValidatorSettings) -> Host:
    """Everything that the `work` process is made of."""
    engine = connect(settings.database_url.get_secret_value(), settings.pool_size)
    aggregates = stored_credentials()
    prover = ProverInTime(build_prover(settings))
    private = PrivateKeys.load(required(settings.sealing_keys_file, "SEALING_KEYS_FILE"))
    store = StoreKeys.load(required(settings.store_keys_file, "STORE_KEYS_FILE"))
    reader = SqlCredentials(engine, aggregates)
    return Host.build(
        settings,
        CREDENTIAL_VALIDATOR,
        engine,
        aggregates,
        injected={
            "clock": utc_now,
            "authentication": Authenticate(prover, SealedSubmissions(private), store),
            "validation": Validate(prover, store, reader),
        },
    )


def build_prover(settings: CredentialValidatorSettings) -> Prover:
    """Entra and Graph, with a session of their own for every validation."""
    session = partial(MicrosoftSession, settings.tls_ca_file, settings.proxy_url)
    entra = EntraMsal(settings.authority, settings.graph_url, session)
    graph = GraphReader(settings.graph_url, session)
    return Prover(entra, graph, permissions_toml.load())
