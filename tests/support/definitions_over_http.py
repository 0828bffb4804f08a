"""A definition that is published over HTTP."""

from typing import Any

from tests.support.serving import Served

TENANT = "/v1/definitions/settings/tenant"


def put(desk: Served, path: str = TENANT, since: str = "2026-01-01T00:00:00Z", **given: Any) -> Any:
    """The answer to a definition with the given fields."""
    whole = {"kind": "settings", "name": "tenant", "effective_from": since, "body": {}, "reason": "decided"} | given
    return desk.put(path, json=whole)
