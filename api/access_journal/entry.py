"""An entry of the access journal, and its JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from api.api_keys import Principal

_ENCODER = json.JSONEncoder(separators=(",", ":"))
AccessAction = Literal[
    "read",
    "export",
    "proof",
    "journal_read",
    "refused",
    "denied",
    "sign_in_failed",
    "key_management",
    "erasure",
    "trimmed",
    "lost",
    "unreadable",
]
"""What an entry records. ``lost``: entries that a process could not write. ``trimmed``: old entries were removed.

``unreadable`` is no record: it stands where the journal holds something that this program did not write.
"""
READ: AccessAction = "read"
EXPORT: AccessAction = "export"
PROOF: AccessAction = "proof"
ERASURE: AccessAction = "erasure"
JOURNAL_READ: AccessAction = "journal_read"
KEY_MANAGEMENT: AccessAction = "key_management"
NOTHING: AccessAction | None = None
"""The action of what shows nothing of a person: commands, which are events, configuration, counts, and the machine."""
COMMAND_LINE = "command line"
"""The origin of an entry that was made on the command line; over HTTP it is the caller's address."""
SEVERAL = "several addresses"
"""The origin of failed sign-ins that are joined because there are too many."""


class AccessEntry(NamedTuple):
    """Who did what, and how it ended. Equal entries of one batch are written once, with the number of times.

    ``what`` is a method with the template of its address, or the words of a command; it holds nothing that a caller
    typed. ``subjects`` are the ids that the caller named, in lower case. ``outcome`` is ``done``, or the code of what
    went wrong. ``figure`` is the name of the figure whose facts were read.
    """

    action: AccessAction
    what: str
    actor: str | None = None
    kind: str | None = None
    on_behalf_of: str | None = None
    key: str | None = None
    origin: str = COMMAND_LINE
    subjects: tuple[tuple[str, str], ...] = ()
    outcome: str = "done"
    state: str | None = None
    figure: str | None = None


class Removed(NamedTuple):
    """What the retention removed: all entries up to a position, each recorded before an instant."""

    to: int
    before: datetime


@dataclass(slots=True)
class Occurrences:
    """How often an entry occurred, when first and last (seconds since 1970), and the rows that it gave together.

    ``rows`` is None when nobody counted them.
    """

    first: float
    last: float
    times: int = 1
    rows: int | None = None
    removed: Removed | None = None

    def add(self, other: "Occurrences") -> None:
        """Joins two groups of occurrences of one entry."""
        self.first = min(self.first, other.first)
        self.last = max(self.last, other.last)
        self.times += other.times
        if other.rows is not None:
            self.rows = (self.rows or 0) + other.rows


def who(caller: Principal) -> Mapping[str, str | None]:
    """The fields of an entry that name a caller. A customer is named by the key alone: the name is personal data."""
    if caller.actor.kind == "customer":
        return {"kind": "customer", "key": caller.key_id}
    return {"actor": caller.actor.id, "kind": caller.actor.kind, "key": caller.key_id}


def json_of(entry: AccessEntry, occurrences: Occurrences) -> str:
    """The text that is stored. Fields without a value are left out; ``at`` and ``until`` are those of the process."""
    fields: dict[str, Any] = {
        "action": entry.action,
        "what": entry.what,
        "actor": entry.actor,
        "kind": entry.kind,
        "on_behalf_of": entry.on_behalf_of,
        "key": entry.key,
        "origin": entry.origin,
        "subjects": dict(entry.subjects) or None,
        "figure": entry.figure,
        "outcome": entry.outcome,
        "state": entry.state,
        "rows": occurrences.rows,
        "times": occurrences.times,
        "at": _instant(occurrences.first),
        "removed_to": occurrences.removed and occurrences.removed.to,
        "removed_before": occurrences.removed and occurrences.removed.before.astimezone(UTC).isoformat(),
        "until": _instant(occurrences.last) if occurrences.times > 1 else None,
    }
    present = {name: value for name, value in fields.items() if value is not None}
    return _ENCODER.encode(present)


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
