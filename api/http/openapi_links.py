"""The links of the OpenAPI document: which operations take the id or the name that an answer gives."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_PARAMETER = re.compile(r"{(\w+)}")
Schema = Mapping[str, Any]
Paths = Mapping[str, Mapping[str, dict[str, Any]]]


def add_links(document: Mapping[str, Any]) -> None:
    """Adds them to each answer of a POST that begins a stream, of a PUT, and of a GET that lists.

    A list leads to readings, and to the commands below its address where no POST begins such a stream.
    """
    paths: Paths = document["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            given = _given(document, path, method)
            readings_only = method == "get" and "post" in operations
            links = {
                target["operationId"]: {"operationId": target["operationId"], "parameters": given}
                for where, verb, target in _targets(paths, path, given)
                if target is not operation and (verb == "get" or method == "post" or _is_below(path, where))
                if verb == "get" or not readings_only
            }
            if links:
                operation["responses"]["201" if method == "post" else "200"]["links"] = dict(sorted(links.items()))


def _given(document: Mapping[str, Any], path: str, method: str) -> dict[str, str]:
    """The runtime expressions for the path parameters that an answer gives."""
    if method == "put":
        return {name: f"$request.path.{name}" for name in _PARAMETER.findall(path)}
    below = [_PARAMETER.findall(other) for other in document["paths"] if other.startswith(f"{path}/{{")]
    if "{" in path or not below:
        return {}
    names = min(below, key=len)
    if method == "post":
        return dict.fromkeys(names, "$response.body#/id")
    content = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    pointer, properties = _list_in(document, content["schema"])
    fields = {name: _property_of(name, properties) for name in names}
    return {name: f"$response.body#{pointer}/0/{field}" for name, field in fields.items() if all(fields.values())}


def _targets(paths: Paths, source: str, given: Schema) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Address, method and operation of all that take these parameters: an id anywhere, a name below the source."""
    ids = all(name.endswith("_id") for name in given)
    for path, operations in paths.items():
        if given and given.keys() == set(_PARAMETER.findall(path)) and (ids or _is_below(source, path)):
            yield from ((path, method, operation) for method, operation in operations.items())


def _is_below(source: str, path: str) -> bool:
    return f"{path}/".startswith(f"{source}/")


def _list_in(document: Mapping[str, Any], schema: Schema) -> tuple[str, Schema]:
    """The pointer to the list in an answer, and the properties of its items."""
    schema = _resolved(document, schema)
    for pointer, part in [("", schema), *((f"/{name}", each) for name, each in schema.get("properties", {}).items())]:
        if part.get("type") == "array":
            return pointer, _resolved(document, part["items"]).get("properties", {})
    return "", {}


def _property_of(parameter: str, properties: Schema) -> str | None:
    """The property that holds the value of a path parameter: that name, or for an id a UUID whose name begins so."""
    if parameter in properties:
        return parameter
    stem = parameter.removesuffix("_id")
    ids = (name for name, each in properties.items() if each.get("format") == "uuid")
    return next((name for name in ids if name in {stem, f"{stem}_stream"}), None)


def _resolved(document: Mapping[str, Any], schema: Schema) -> Schema:
    reference = schema.get("$ref")
    resolved: Schema = document["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema
    return resolved
