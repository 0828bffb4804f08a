"""Which rules should have fired for which events of a ticket, by brute force: the second opinion on the reactor.

It shares no code with rules: it reads their bodies as TOML has them, and the events as JSON.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Facts = Mapping[str, Any]


class PlainEvent(NamedTuple):
    """An event of one ticket: what it says, who recorded it, and by which command."""

    topic: str
    payload: Facts
    actor: str
    command: str


class PlainRules:
    """The rules by name. What has fired is remembered by ticket."""

    def __init__(self, rules: Mapping[str, Facts]) -> None:
        self._in_turn = sorted(rules.items(), key=lambda rule: (rule[1].get("order", 100), rule[0]))
        self._fired: set[tuple[str, ...]] = set()

    def firings(self, ticket: str, before: Sequence[PlainEvent], new: Sequence[PlainEvent]) -> Iterator[str]:
        """The rules that fire on a ticket for its new events, in order, when all of them are there already."""
        state = _state([*before, *new])
        for event in new:
            for name, rule in self._in_turn:
                if event.topic not in rule["on"]:
                    continue
                of_command, ever = (name, ticket, event.command), (name, ticket)
                fires = False
                if of_command not in self._fired and not (rule.get("once_per") == "subject" and ever in self._fired):
                    fires = event.actor != "import" and _holds(rule.get("when"), state, event)
                if fires:
                    self._fired |= {of_command, ever}
                    yield name
                if rule.get("stop") and of_command in self._fired:
                    break


def _state(events: Sequence[PlainEvent]) -> dict[str, Any]:
    state: dict[str, Any] = {"agent": None}
    for event in events:
        for field in ("priority", "category", "channel", "agent"):
            if field in event.payload and event.topic in _SAYS[field]:
                state[field] = event.payload[field]
    return {**state, "held": state["agent"] is not None}


_SAYS = {
    "priority": {"ticket.received", "ticket.prioritised"},
    "category": {"ticket.received", "ticket.categorised"},
    "channel": {"ticket.received"},
    "agent": {"ticket.assigned"},
}


def _holds(when: Any, state: Facts, event: PlainEvent) -> bool:
    if when is None:
        return True
    if "all" in when:
        return all(_holds(part, state, event) for part in when["all"])
    if "any" in when:
        return any(_holds(part, state, event) for part in when["any"])
    if "not" in when:
        return not _holds(when["not"], state, event)
    of, name = when["field"].split(".")
    has = event.actor if of == "actor" else state.get(name)
    return has in when["value"] if isinstance(when["value"], list) else has == when["value"]
