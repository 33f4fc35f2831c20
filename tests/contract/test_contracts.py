"""The published files and the models say the same, and what was once published stays readable."""

import json
from pathlib import Path

import jsonschema
import pytest

from tenantlink_contracts import asyncapi, names, schemas
from tenantlink_contracts.catalogue import FACTS
from tenantlink_contracts.fact import Fact
from tests.support.events import a_fact

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "shared/contracts/examples"
ALL_FACTS = pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.event_name())


@ALL_FACTS
def test_the_published_schema_is_the_models_schema(fact: type[Fact]) -> None:
    published = schemas.FOLDER / f"{fact.event_type()}.schema.json"
    assert published.read_text() == schemas.rendered(fact), "run `make contracts`"


@ALL_FACTS
def test_every_golden_example_still_reads_and_fits_its_schema(fact: type[Fact]) -> None:
    examples = sorted((EXAMPLES / fact.event_type()).glob("*.json"))
    assert examples, f"no golden example of {fact.event_type()}"
    for path in examples:
        document = json.loads(path.read_text())
        jsonschema.validate(document, schemas.schema_of(fact))
        assert fact.model_validate(document)


@ALL_FACTS
def test_a_field_that_a_newer_producer_adds_is_ignored(fact: type[Fact]) -> None:
    document = json.loads(a_fact(fact).model_dump_json()) | {"added_later": True}
    assert fact.model_validate_json(json.dumps(document)) == a_fact(fact)


@pytest.mark.parametrize("service", names.SERVICES)
def test_the_asyncapi_document_of_a_service_is_that_of_the_contracts(service: str) -> None:
    published = ROOT / "services" / service / "asyncapi.yaml"
    assert published.read_text() == asyncapi.rendered(service), "run `make contracts`"


@ALL_FACTS
def test_every_fact_has_publishers_and_readers_among_those_who_take_part(fact: type[Fact]) -> None:
    assert fact.publishers
    assert fact.readers
    assert {*fact.publishers, *fact.readers} <= {*names.SERVICES, names.UPSTREAM}
