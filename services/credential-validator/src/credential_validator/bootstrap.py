"""The composition root: the only place that knows which technology plays which part."""

from functools import partial

from credential_validator.adapters import permissions_toml
from credential_validator.adapters.breaker import Breaker, GuardedEntra, GuardedGraph
from credential_validator.adapters.entra_msal import EntraMsal
from credential_validator.adapters.graph import GraphReader
from credential_validator.adapters.http import MicrosoftSession
from credential_validator.adapters.measured import MeasuredProver, count_secrets
from credential_validator.adapters.sealed_submissions import SealedSubmissions
from credential_validator.adapters.sql_credentials import SqlCredentials, stored_credentials
from credential_validator.app.authenticate import Authenticate
from credential_validator.app.prove import Prover
from credential_validator.app.validate import Validate
from credential_validator.entrypoints.jobs import ProverInTime
from credential_validator.entrypoints.progress import LiveProgress
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
    prover = MeasuredProver(ProverInTime(build_prover(settings)))
    private = PrivateKeys.load(required(settings.sealing_keys_file, "SEALING_KEYS_FILE"))
    store = StoreKeys.load(required(settings.store_keys_file, "STORE_KEYS_FILE"))
    reader = SqlCredentials(engine, aggregates)
    host = Host.build(settings, CREDENTIAL_VALIDATOR, engine, aggregates, injected={})
    progress = LiveProgress(host.transactions)
    host.injected |= {
        "clock": utc_now,
        "authentication": Authenticate(prover, SealedSubmissions(private), store, progress),
        "validation": Validate(prover, store, reader, progress),
        "count_secrets": partial(count_secrets, engine),
    }
    return host


def build_prover(settings: CredentialValidatorSettings) -> Prover:
    """Entra and Graph, each behind its breaker, with a session of their own for every proof."""
    cloud = settings.hosts
    session = partial(MicrosoftSession, settings.tls_ca_file, settings.proxy_url)
    entra = EntraMsal(cloud.authority, cloud.graph_url, session)
    graph = GraphReader(cloud.graph_url, session)
    return Prover(
        GuardedEntra(entra, Breaker("entra")),
        GuardedGraph(graph, Breaker("graph")),
        permissions_toml.load(),
        cloud,
    )
