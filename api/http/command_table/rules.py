"""The commands that publish the policy and the calendars."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.sla.policy import commands as sla

RULES = Collection(
    "sla",
    "name",
    "admin",
    (
        CommandEndpoint(
            "policy",
            sla.PublishPolicy,
            "Publish the next version of the policy",
            {
                "effective_from": "2026-04-01T00:00:00+07:00",
                "policy": {
                    "name": "Spring",
                    "rules": [
                        {"priority": ["P1"], "first_response": {"duration": 900}, "resolution": {"duration": 3600}},
                        {"resolution": {"duration": 57600, "calendar": "Hanoi office", "pauses": ["customer"]}},
                    ],
                },
                "reason": "decided by the board in March",
            },
        ),
        CommandEndpoint(
            "calendars/{name}",
            sla.PublishCalendar,
            "Publish the next version of a calendar",
            {
                "effective_from": "2026-01-01T00:00:00+07:00",
                "calendar": {
                    "name": "Hanoi office",
                    "zone": "Asia/Ho_Chi_Minh",
                    "public_holidays": {"country": "VN"},
                    "week": {day: ["08:00-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
                },
                "reason": "the hours of the new office",
            },
        ),
    ),
)
"""Policy and calendars: PUT publishes the next version, with the scope admin."""
