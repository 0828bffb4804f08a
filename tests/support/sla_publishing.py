"""Publishing a policy or a calendar over HTTP."""

from typing import Any

from tests.support.serving import Served

SINCE = "2026-01-01T00:00:00Z"


OFFICE = {
    "name": "Hanoi office",
    "zone": "Asia/Ho_Chi_Minh",
    "public_holidays": "VN",
    "week": {"mon-fri": ["08:00-12:00", "13:00-17:00"]},
}


CALENDAR = "/v1/sla/calendars/Hanoi%20office"


def put(desk: Served, path: str, content: dict[str, Any], since: str = SINCE, **options: Any) -> Any:
    key = "policy" if "rules" in content else "calendar"
    body = {"effective_from": since, key: content, "reason": "decided"}
    return desk.put(path, json=body, **options)
