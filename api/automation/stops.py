"""What a switch stops, with who stopped it, when and why."""

from datetime import datetime

from psycopg import Connection

from domain.command_context import ActorKind
from domain.event_log import reader
from domain.messages import Message
from domain.switches.events import SwitchStopped
from domain.switches.state import SWITCHES
from domain.text_folding import fold_code


class Stop(Message):
    """A rule, a channel or an endpoint by its folded name, or the whole tenant (name all), and who stopped it."""

    what: str
    name: str
    actor: str
    actor_kind: ActorKind
    on_behalf_of: str | None
    reason: str | None
    since: datetime
    position: int


def stops_of(connection: Connection, tenant: str, up_to: int | None = None) -> list[Stop]:
    """What is stopped by what is recorded up to a position, by kind and name; None: by everything."""
    position = reader.head(connection, tenant) if up_to is None else up_to
    stops: dict[tuple[str, str], Stop] = {}
    for event in reader.stream(connection, tenant, SWITCHES, position):
        what, name = event.payload.what, fold_code(event.payload.name)
        stops.pop((what, name), None)
        if isinstance(event.payload, SwitchStopped):
            actor = event.envelope.actor
            stops[what, name] = Stop(
                what=what,
                name=name,
                actor=actor.id,
                actor_kind=actor.kind,
                on_behalf_of=actor.on_behalf_of,
                reason=event.envelope.reason,
                since=event.occurred_at,
                position=event.position,
            )
    return [stops[key] for key in sorted(stops)]
