"""The kinds by which a history is asked: a topic, the first word of topics, or a group of them."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.errors import LedgerError
from domain.event_types import register_event_types

GROUPS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "access": frozenset({"key", "sealing"}),
        "rules": frozenset({"policy", "calendar", "definition", "switch"}),
    }
)
"""Groups by the first words of their topics: who may do what, and what is configured."""

PUBLISHED_RULES = frozenset({"policy.published", "calendar.published"})
"""The topics of published policies and calendars."""


class UnknownKind(LedgerError):  # noqa: N818 -- names what was asked for
    """No event is of this kind; the message lists the kinds."""

    kind = "malformed"


def topics_of(kind: str) -> frozenset[str]:
    """The topics of a kind such as ``ticket``, ``ticket.resolved`` or ``rules``. Raises UnknownKind."""
    words = GROUPS.get(kind, frozenset({kind}))
    topics = register_event_types()
    matching = frozenset(topic for topic in topics if topic == kind or topic.partition(".")[0] in words)
    if not matching:
        kinds = sorted({*GROUPS, *(topic.partition(".")[0] for topic in topics)})
        raise UnknownKind(
            f"No event is of the kind {kind!r}: give a topic such as ticket.resolved, or {', '.join(kinds)}."
        )
    return matching
