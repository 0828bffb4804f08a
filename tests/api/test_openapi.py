"""The OpenAPI document: committed, current, and with an example for everything that is sent or refused."""

import json
import re
from collections.abc import Iterator
from typing import Any

from api.http.command_table import COLLECTIONS, PUBLISHED
from api.http.documentation import COMMITTED
from api.http.problems import PROBLEMS
from api.serving.openapi import text
from tests.support.schema_errors import schema_errors
from tests.support.serving import Served


def operations() -> dict[str, dict[str, Any]]:
    document = json.loads(COMMITTED.read_text())
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def takes(header: str, operation: dict[str, Any]) -> bool:
    return any(parameter["name"] == header for parameter in operation.get("parameters", []))


def in_snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def inner(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document."""
    if isinstance(schema, dict):
        yield schema
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from inner(part)


def test_the_committed_document_is_current() -> None:
    assert COMMITTED.read_text() == text(), "write it anew with: python -m api.serving.openapi"


def test_every_command_has_an_example_and_says_what_may_be_refused() -> None:
    recording = [operation for operation in operations().values() if takes("Idempotency-Key", operation)]
    commands = [operation for operation in recording if takes("Prefer", operation)]
    assert len(commands) == sum(len(collection.commands) for collection in (*COLLECTIONS, *PUBLISHED))
    assert {operation["operationId"] for operation in recording if operation not in commands} == {
        "issue_report", "turn_switch", "resume_rule",
    }  # fmt: skip
    assert all("412" in operation["responses"] for operation in commands)
    for operation in recording:
        assert "example" in operation["requestBody"]["content"]["application/json"]
        assert {"401", "403", "409", "413", "415", "422", "429", "503"} <= set(operation["responses"])


def test_a_command_that_begins_a_stream_names_no_version() -> None:
    """No stream has one that could match."""
    commands = {name: operation for name, operation in operations().items() if takes("Prefer", operation)}
    beginning = {name for name in commands if name.startswith("POST") and "{" not in name}
    assert {"POST /v1/tickets", "POST /v1/customers", "POST /v1/tasks"} < beginning
    assert {name for name, operation in commands.items() if not takes("If-Match", operation)} == beginning


def test_every_example_fits_its_schema() -> None:
    """A generated client has the fields of the schema alone: it loses what an example says besides."""
    schemas = json.loads(COMMITTED.read_text())["components"]["schemas"]
    bodies = {
        name: operation["requestBody"]["content"]["application/json"]
        for name, operation in operations().items()
        if "requestBody" in operation
    }
    assert len(bodies) > 100
    errors = {name: [*schema_errors(body["example"], body["schema"], schemas)] for name, body in bodies.items()}
    assert {name: each for name, each in errors.items() if each} == {}


def test_answers_are_objects_with_names_and_no_tuples() -> None:
    """A NamedTuple would be described as an array, though its fields are sent by name."""
    assert [part for part in inner(json.loads(COMMITTED.read_text())) if "prefixItems" in part] == []


def test_no_schema_has_a_field_of_its_own_name() -> None:
    """Generated Python clients give the object and the field one variable, and fail."""
    schemas = json.loads(COMMITTED.read_text())["components"]["schemas"]
    assert [name for name in schemas if in_snake_case(name) in schemas[name].get("properties", {})] == []


def test_each_address_with_an_id_is_the_target_of_a_link() -> None:
    linked = {link for operation in operations().values() for answer in operation["responses"].values()
              for link in answer.get("links", {})}  # fmt: skip
    with_an_id = [each["operationId"] for name, each in operations().items() if name.count("{") == 1 and "_id}" in name]
    assert len(with_an_id) > 100
    assert sorted(set(with_an_id) - linked) == ["actor_history"], "the id of an actor is a name, which no list gives"


def test_a_link_gives_each_parameter_of_its_target_from_the_answer_or_its_address() -> None:
    parameters = {each["operationId"]: set(re.findall(r"{(\w+)}", name)) for name, each in operations().items()}
    links = [
        (name, link)
        for name, operation in operations().items()
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert all(link["parameters"].keys() == parameters[link["operationId"]] for _, link in links)
    begun = {link["parameters"]["ticket_id"] for name, link in links if name == "POST /v1/tickets"}
    listed = {link["parameters"]["ticket_id"] for name, link in links if name == "GET /v1/tickets"}
    assert (begun, listed) == ({"$response.body#/id"}, {"$response.body#/tickets/0/ticket"})


def test_a_reading_that_may_be_asked_for_as_a_page_says_so() -> None:
    pages = [each for each in operations().values() if "page" in {part["name"] for part in each.get("parameters", [])}]
    assert {each["operationId"] for each in pages} == {"certificate", "persons_own_copy"}
    assert all(each["responses"]["200"]["content"].keys() == {"application/json", "text/html"} for each in pages)


def test_no_parameter_may_be_null() -> None:
    parameters = [each for operation in operations().values() for each in operation.get("parameters", [])]
    assert len(parameters) > 1000
    assert [each for each in parameters if {"type": "null"} in each["schema"].get("anyOf", [])] == []


def test_every_problem_has_an_example() -> None:
    document = json.loads(COMMITTED.read_text())
    shown = {
        kind
        for response in document["components"]["responses"].values()
        for kind in response["content"]["application/problem+json"]["examples"]
    }
    assert shown == set(PROBLEMS)


def test_every_part_of_a_path_is_described_and_every_address_but_health_needs_a_key() -> None:
    for name, operation in operations().items():
        path = name.split(" ")[1]
        named = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "path"}
        assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}
        assert ("security" in operation) == (path not in {"/healthz", "/readyz"})
        assert operation["summary"]


def test_the_pages_of_the_documentation_need_no_other_host(desk: Served) -> None:
    stranger = desk.as_key(None)
    page = stranger.get("/docs").text
    loaded = re.findall(r"""(?:src|href)="([^"]+)"|url: '([^']+)'""", page)
    addresses = [address or document for address, document in loaded]
    assert "/openapi.json" in addresses
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith("/")
        assert stranger.get(address).status_code == 200
    assert "://" not in page
