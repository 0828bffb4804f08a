"""What schemathesis is told about a desk: ids that exist, and how sequences begin.

It is named by SCHEMATHESIS_HOOKS; KNOWN_VALUES is the file with lists of values by name, as JSON.
"""

import json
import os
import re
from pathlib import Path
from typing import Any
from zlib import crc32

import schemathesis  # type: ignore[import-not-found]  # no dependency: uvx brings it along
from example_bodies import example_of, with_known_ids  # type: ignore[import-not-found]  # a neighbour, for PYTHONPATH
from schemathesis.generation.meta import TestPhase  # type: ignore[import-not-found]
from schemathesis.specs.openapi import stateful  # type: ignore[import-not-found]

KNOWN: dict[str, list[str]] = json.loads(Path(os.environ["KNOWN_VALUES"]).read_text(encoding="utf-8"))

_SECONDS = re.compile(r"\d+(\.\d+)?(e-\d+)?", re.ASCII)
WAIT = 20
"""Seconds. A reading that does not wait for its position is 504, as documented, and counts as an error there."""


def before_load_schema(_context: Any, schema: dict[str, Any]) -> None:
    """Lets parameters and bodies take values that exist."""
    for methods in schema["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                parameter["schema"] = _or_known(parameter["name"], parameter["schema"])
    for component in schema["components"]["schemas"].values():
        for name, field in component.get("properties", {}).items():
            component["properties"][name] = _or_known(name, field)


def before_call(_context: Any, case: Any, _options: Any) -> None:
    """Lets readings wait long enough for what is recorded, and the requests of sequences act."""
    if case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL:
        _let_act(case)
    wait = (case.query or {}).get("wait")
    if not isinstance(wait, bool) and _SECONDS.fullmatch(str(wait)) and float(str(wait)) < WAIT:
        case.query["wait"] = WAIT


def _let_act(case: Any) -> None:
    """Sequences begin with the document's examples and with whole lists, which give ids.

    Versions and instants that are drawn are refused nearly always, as boundary values and random ones show.
    """
    if "If-Match" in (case.headers or {}):
        del case.headers["If-Match"]
    if isinstance(case.body, dict):
        case.body.pop("occurred_at", None)
    if begins_a_sequence(case.operation):
        needed = {parameter.name for parameter in case.operation.query if parameter.is_required}
        case.query = {name: value for name, value in (case.query or {}).items() if name in needed}
        example = example_of(case.operation.definition.raw)
        if example is not None:
            case.body = with_known_ids(example, KNOWN, crc32(repr(case.body).encode()))


def _or_known(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value, which may also be one that exists."""
    known = KNOWN.get(name)
    return {"anyOf": [{"enum": known}, schema]} if known and schema.get("format") == "uuid" else schema


def begins_a_sequence(operation: Any, *_: Any) -> bool:
    """Whether a sequence may begin with it: what lists or begins a stream, and has links to what comes next."""
    if operation.method not in {"get", "post"} or operation.path_parameters:
        return False
    return any(answer.get("links") for answer in operation.definition.raw["responses"].values())


for hook in (before_load_schema, before_call):
    schemathesis.hook(hook)
stateful.is_likely_root_transition = begins_a_sequence
