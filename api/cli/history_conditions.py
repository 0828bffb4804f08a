"""The conditions that `history` and `history --access` are given."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from api.access_journal.entry import AccessAction
from api.cli.locale import Locale
from api.cli.printing import say
from api.history.lines import WORDS
from api.history.question_words import in_words
from projections.audit.queries import Axis

USUAL_AXIS: Axis = "occurred"
"""The time that --from and --to are of, unless --axis says otherwise."""


class HistoryConditions(NamedTuple):
    """What a person names; all of it holds together. ``until`` is the day after the last one, in local time."""

    ticket: str | None
    customer: UUID | None
    actor: str | None
    kind: Sequence[str] | None
    text: str | None
    first: datetime | None
    until: datetime | None
    axis: Axis
    action: AccessAction | None

    @property
    def is_of_one(self) -> bool:
        """Whether it asks for all that is recorded of a ticket or a customer."""
        whose = (self.ticket, self.customer)
        others = (self.actor, self.kind, self.text, self.first, self.until, self.axis != USUAL_AXIS)
        return any(whose) and not any(others)

    @property
    def named(self) -> dict[str, object]:
        """The conditions by the names that ``in_words`` knows."""
        return {
            "ticket": self.ticket,
            "customer": self.customer,
            "actor": self.actor,
            "kind": self.kind,
            "text": self.text,
            "action": self.action,
            "axis": self.axis,
            "from": self.first and self.first.date(),
            "to": self.until and self.until.date(),
        }


def say_conditions(named: Mapping[str, object], locale: Locale, entries: Sequence[object]) -> None:
    """Repeats the conditions of an empty answer, of which one may be mistyped."""
    if not entries:
        conditions = "; ".join(f"{name}: {value}" if value else name for name, value in in_words(named, *locale))
        say(f"{WORDS[locale.language].conditions}: {conditions}.")
