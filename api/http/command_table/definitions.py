"""The command that publishes definitions."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.definitions.commands import PublishDefinition

DEFINITIONS = Collection(
    "definitions",
    "name",
    "admin",
    (
        CommandEndpoint(
            "{kind}/{name}",
            PublishDefinition,
            "Publish the next version of a definition",
            {
                "kind": "settings",
                "name": "tenant",
                "effective_from": "2026-04-01T00:00:00+07:00",
                "body": {"zone": "Asia/Ho_Chi_Minh", "language": "vi", "phone_region": "VN"},
                "reason": "the settings of the Hanoi office",
            },
        ),
    ),
)
"""Definitions: PUT publishes the next version, with the scope admin."""
