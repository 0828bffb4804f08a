"""The OpenAPI document: FastAPI's own, completed with bodies, keys, headers and problems."""

import json
import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.http.command_headers import TAGS
from api.http.command_table import COLLECTIONS, PUBLISHED
from api.http.openapi_links import add_links
from api.http.problems import MEDIA_TYPE, PROBLEMS
from api.http.routes.automation import (
    RESUMING_EXAMPLE,
    SWITCHING_EXAMPLE,
    TRIED_EXAMPLE,
    Resuming,
    RuleToTry,
    Switching,
)
from api.http.routes.customer_health import (
    HEALTH_WHAT_IF_EXAMPLE,
    OUTCOME_WHAT_IF_EXAMPLE,
    HealthWhatIf,
    OutcomeWhatIf,
)
from api.http.routes.issued_reports import ISSUE_EXAMPLE, IssueBody
from api.http.routes.what_if import WHATIF_EXAMPLE, WhatIfBody

_COMMANDS = {
    endpoint.command.__name__: endpoint for collection in (*COLLECTIONS, *PUBLISHED) for endpoint in collection.commands
}
_BODIES: dict[str, tuple[type[BaseModel], Mapping[str, Any]]] = {
    name: (endpoint.command, endpoint.example) for name, endpoint in _COMMANDS.items()
} | {
    "issue_report": (IssueBody, ISSUE_EXAMPLE),
    "whatif": (WhatIfBody, WHATIF_EXAMPLE),
    "health_what_if": (HealthWhatIf, HEALTH_WHAT_IF_EXAMPLE),
    "outcome_what_if": (OutcomeWhatIf, OUTCOME_WHAT_IF_EXAMPLE),
    "automation_what_if": (RuleToTry, TRIED_EXAMPLE),
    "turn_switch": (Switching, SWITCHING_EXAMPLE),
    "resume_rule": (Resuming, RESUMING_EXAMPLE),
}
_RECORDING = _COMMANDS.keys() | {"issue_report", "turn_switch", "resume_rule"}
"""Operations that record events."""
_OPEN_TO_ALL = {"/healthz", "/readyz"}
"""Addresses that need no key."""
_TAGGED = {
    "ticket",
    "task",
    "customer",
    "policy",
    "policy_list",
    "policy_version",
    "policy_diff",
    "calendar",
    "calendar_list",
}
_TAGGED |= {"calendar_version", "calendar_diff", "calendar_elapsed", "calendar_add"}
_TAGGED |= {"contract", "file", "procedure", "notification", "customer_profile", "erasure"}
_TAGGED |= {"definition", "definition_versions", "definition_version", "definition_diff"}
"""Operations whose answers have an ETag."""
_EVERYWHERE = (400, 405, 408, 414, 422, 431, 500)
_WITH_A_KEY = (401, 403, 429, 503)
_FOR_BODIES = (413, 415)
_BESIDES = {"events": {410}, "event_stream": {410}, "persons_own_copy": {413}, "issued_report_workbook": {501}}
"""Statuses of single operations."""
_TEXT, _UUID = {"type": "string"}, {"type": "string", "format": "uuid"}
_INTEGER = {"type": "integer"}
_MEMBERS: dict[str, tuple[dict[str, Any], str]] = {
    "code": (_TEXT, "Of a refusal: which rule; for programs, and its meaning never changes."),
    "rule": (_TEXT, "Of a refusal: the rule as a sentence."),
    "state": (_TEXT, "Of a refusal: the present state; `none`: there is no such stream, `any`: no state changes it."),
    "merged_into": (_UUID, "Of a refusal: what a merged ticket or customer was merged into."),
    "instance": (_UUID, "Of `procedure_running`: the procedure that runs."),
    "erased": (_UUID, "Of `erased`: the stream whose person's data was erased."),
    "most_seconds": (_INTEGER, "Of `back_dated`: how far back the key may date."),
    "errors": ({"type": "array", "items": {"$ref": "#/components/schemas/ProblemOfField"}}, "Of a malformed request."),
    "expected": (_INTEGER, "The version of If-Match."),
    "actual": (_INTEGER, "The version of the stream."),
    "position": (_INTEGER, "How far the reading has come."),
    "head": (_INTEGER, "The position of the newest event."),
    "scope": (_TEXT, "The scope that the key needs."),
}
"""What some problems have beside the members of RFC 9457."""
_PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457: the last part of `type` is the kind. A kind may have further members.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        **{name: schema | {"description": about} for name, (schema, about) in _MEMBERS.items()},
    },
    "additionalProperties": True,
}
_PROBLEM_OF_FIELD = {
    "title": "ProblemOfField",
    "description": "What is wrong with a field or a parameter of the request; an empty `field` is the whole of it.",
    "type": "object",
    "required": ["field", "message"],
    "properties": {"field": _TEXT, "message": _TEXT},
}
_EXAMPLES: dict[str, dict[str, Any]] = {
    "refused": {
        "detail": "resolve the ticket before closing it (state: assigned)",
        "code": "ticket_not_resolved",
        "rule": "resolve the ticket before closing it",
        "state": "assigned",
    },
    "stale": {
        "detail": "the stream is at version 4, not 3; read it again and decide anew",
        "expected": 3,
        "actual": 4,
    },
    "malformed": {
        "detail": "priority: choose one of 'P1', 'P2', 'P3' or 'P4'",
        "errors": [{"field": "priority", "message": "choose one of 'P1', 'P2', 'P3' or 'P4'"}],
    },
    "not_reached": {"detail": "it stands at 41, not yet at 42; ask again, or wait longer", "position": 41},
}
_PRINTABLE = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]*$"}
_TAGS = {"type": "string", "pattern": TAGS}
_ON_BEHALF_OF = (
    "The person for whom the actor of the key acts, if the key allows it, in UTF-8; or On-Behalf-Of* encoded by"
    " RFC 8187: UTF-8''Nguy%E1%BB%85n. Commands that differ in it are different commands."
)
_COMMAND_HEADERS: dict[str, tuple[dict[str, Any], str]] = {
    "Idempotency-Key": (_PRINTABLE, "A repeated command with the same key has one effect."),
    "On-Behalf-Of": (_TEXT | {"minLength": 1}, _ON_BEHALF_OF),
    "X-Correlation-ID": (_PRINTABLE, "The id of the matter that this command belongs to."),
    "X-Causation-ID": (_PRINTABLE, "The id of the event or the command that caused this command."),
}
"""Headers of every operation that records events."""
_STREAM_HEADERS: dict[str, tuple[dict[str, Any], str]] = {
    "If-Match": (_TAGS, "The version that was read, as its ETag gave it (or several, or *); 412 when none is current."),
    "Prefer": (_TEXT, "`receipt`: the answer also has the position and the leaf of the command's last event."),
}
"""Headers of the commands to one stream."""
_STREAM = {
    "schema": {
        "description": "Server-sent events: `id` is the position, `event` the topic, `data` one event of a FeedPage as"
        " JSON. Lines that begin with a colon are heartbeats.",
    },
    "example": 'id: 42\nevent: ticket.note_added\ndata: {"position":42,"topic":"ticket.note_added"}\n\n',
}


def describe(app: FastAPI) -> None:
    """Completes the application's OpenAPI document when it is made, at the first request for it."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(original())
        return original()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def _complete(document: dict[str, Any]) -> None:
    components = document["components"]
    _, bodies = models_json_schema(
        [(model, "validation") for model, _ in _BODIES.values()], ref_template="#/components/schemas/{model}"
    )
    schemas = components["schemas"] | bodies["$defs"] | {"Problem": _PROBLEM, "ProblemOfField": _PROBLEM_OF_FIELD}
    components["schemas"] = {
        name: schemas[name] for name in sorted(schemas) if name not in {"HTTPValidationError", "ValidationError"}
    }
    _without_defaults(components["schemas"])
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "A key of a tenant: tl_<tenant>_<id>_<secret>"}
    }
    components["responses"] = {f"problem_{status}": _problems(status) for status, _ in PROBLEMS.values()}
    operations = {operation["operationId"] for methods in document["paths"].values() for operation in methods.values()}
    if unknown := (_BODIES.keys() | _TAGGED) - operations:
        raise LookupError(f"no operation has the name {', '.join(sorted(unknown))}")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            statuses = set(_EVERYWHERE)
            if path not in _OPEN_TO_ALL:
                statuses |= set(_WITH_A_KEY) | _complete_operation(path, method, operation)
            for status in statuses:
                operation["responses"][str(status)] = {"$ref": f"#/components/responses/problem_{status}"}
            operation["responses"] = dict(sorted(operation["responses"].items()))
    add_links(document)


def _without_defaults(schema: Any) -> None:
    """Moves defaults of properties into their descriptions: client generators treat such properties as required."""
    if isinstance(schema, list):
        for inner in schema:
            _without_defaults(inner)
    elif isinstance(schema, dict):
        for field in schema.get("properties", {}).values():
            if "default" in field:
                default = field.pop("default")
                if default is not None:
                    sentence = f"Default: {json.dumps(default)}."
                    field["description"] = " ".join(filter(None, (field.get("description"), sentence)))
        for inner in schema.values():
            _without_defaults(inner)


def _complete_operation(path: str, method: str, operation: dict[str, Any]) -> set[int]:
    """Adds security, bodies and headers; returns the statuses that the operation may have besides."""
    operation["security"] = [{"key": []}]
    parameters = operation.setdefault("parameters", [])
    name = operation["operationId"]
    statuses = set(_BESIDES.get(name, ()))
    if name in _BODIES:
        statuses |= set(_FOR_BODIES)
        model, example = _BODIES[name]
        content = {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}, "example": dict(example)}
        operation["requestBody"] = {"required": bool(example), "content": {"application/json": content}}
    if name in _COMMANDS:
        statuses.add(412)
        parameters += [
            {"name": name, "in": "path", "required": True, "schema": _UUID if name.endswith("_id") else _TEXT}
            for name in re.findall(r"{(\w+)}", path)
        ]
        begins_a_stream = method == "post" and "{" not in path
        parameters += _headers(
            {each: about for each, about in _STREAM_HEADERS.items() if not (begins_a_stream and each == "If-Match")}
        )
    elif "{" in path or path.startswith("/v1/sla/policy") or name == "automation_what_if":
        statuses.add(404)
    if name in _RECORDING:
        statuses.add(409)
        parameters += _headers(_COMMAND_HEADERS)
    if name in _TAGGED and method == "get":
        about = "The ETag that the caller holds; 304 when it is current. A text that is no list of tags is ignored."
        tag = {"name": "If-None-Match", "in": "header", "required": False, "description": about}
        parameters.append(tag | {"schema": {"type": "string"}})
        operation["responses"]["304"] = {"description": "The answer has not changed"}
    if name == "event_stream":
        operation["responses"]["200"]["content"] = {"text/event-stream": _STREAM}
    if any(parameter["name"] == "wait" for parameter in parameters):
        statuses |= {404, 504}
    for parameter in parameters:
        _without_null(parameter["schema"])
    return statuses


def _headers(described: Mapping[str, tuple[dict[str, Any], str]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "header", "required": False, "schema": dict(schema), "description": text}
        for name, (schema, text) in described.items()
    ]


def _without_null(schema: dict[str, Any]) -> None:
    """Takes null out of what a parameter may be: nobody can write it in an address or a header."""
    kinds = schema.get("anyOf", [])
    left = [kind for kind in kinds if kind != {"type": "null"}]
    if len(left) == 1 < len(kinds):
        del schema["anyOf"]
        schema |= left[0]


def _problems(status: int) -> dict[str, Any]:
    """The response of a status, with an example for each kind of problem that has it."""
    kinds = {kind: title for kind, (code, title) in PROBLEMS.items() if code == status}
    examples = {
        kind: {
            "value": {"type": f"urn:ticketledger:{kind}", "title": title, "status": status, **_EXAMPLES.get(kind, {})}
        }
        for kind, title in kinds.items()
    }
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}}
    return {"description": " / ".join(kinds.values()), "content": content}
