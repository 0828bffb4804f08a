"""Where a value does not fit a schema of the OpenAPI document, by the keywords that say which fields it has."""

from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def schema_errors(value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """One sentence for each part that does not fit; ``schemas`` are the named ones of the document."""
    if "$ref" in schema:
        yield from schema_errors(value, schemas[schema["$ref"].rpartition("/")[2]], schemas, at)
        return
    choices = schema.get("anyOf") or schema.get("oneOf") or []
    if choices and all(any(schema_errors(value, each, schemas)) for each in choices):
        yield f"{at} {value!r} fits none of the choices"
    if "type" in schema and not _is_of(value, schema["type"]):
        yield f"{at} {value!r} is no {schema['type']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} {value!r} is none of {schema['enum']}"
    if isinstance(value, dict):
        yield from _errors_of_fields(value, schema, schemas, at)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from schema_errors(item, schema["items"], schemas, f"{at}/{number}")


def _is_of(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _errors_of_fields(
    value: Mapping[str, Any], schema: Mapping[str, Any], schemas: Mapping[str, Any], at: str
) -> Iterator[str]:
    properties = schema.get("properties", {})
    yield from (f"{at}/{name} is missing" for name in schema.get("required", []) if name not in value)
    for name, part in value.items():
        if name in properties:
            yield from schema_errors(part, properties[name], schemas, f"{at}/{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}/{name} is no field"
