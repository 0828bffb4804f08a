"""What can be stopped: the published rules, the channels, and the endpoints of webhooks."""

from collections.abc import Sequence
from typing import get_args

from psycopg import Connection

from api.channels.configuration import EVERY, configured_channels
from domain.definitions.kinds import AUTOMATION
from domain.definitions.versions_in_effect import recorded_versions
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.notification.commands import NotificationChannel
from domain.refusal import Refusal
from domain.switches.commands import What
from domain.switches.state import SWITCHES
from domain.text_folding import fold_code
from projections.notifications.queries import endpoints

_WEBHOOK = "webhook."
"""Stands before the name of an endpoint whose entry in the file of channels cannot be used."""


def must_be_stoppable(connection: Connection, tenant: str, what: What, name: str) -> None:
    """Raises Refusal for a rule, a channel or an endpoint that does not exist.

    What was ever stopped may be stopped again: a repeated command gets its first answer, also when the rule or the
    endpoint went meanwhile. Any endpoint may exist where the file of channels cannot be read: whoever stops one need
    not own its secrets.
    """
    if what == "tenant" or (what == "endpoint" and EVERY in configured_channels().wrong):
        return
    known = NAMES[what](connection, tenant)
    if fold_code(name) in map(fold_code, known) or (what, fold_code(name)) in _ever_stopped(connection, tenant):
        return
    if not known:
        raise Refusal("switch_unknown", f"there is no {what} {name!r}, and no other", "any")
    raise Refusal("switch_unknown", f"there is no {what} {name!r}: choose one of {', '.join(known)}", "any")


def _ever_stopped(connection: Connection, tenant: str) -> set[tuple[str, str]]:
    switched = reader.stream(connection, tenant, SWITCHES, reader.head(connection, tenant))
    return {(event.payload.what, fold_code(event.payload.name)) for event in switched}


def _rules(connection: Connection, tenant: str) -> Sequence[str]:
    """Also those that take effect later: who finds a fault meanwhile stops them beforehand."""
    rules = recorded_versions(reader.definitions(connection, tenant), AUTOMATION)
    return sorted(versions[-1].name for versions in rules.values())


def _channels(_connection: Connection, _tenant: str) -> Sequence[str]:
    return get_args(NotificationChannel)


def _endpoints(connection: Connection, tenant: str) -> Sequence[str]:
    """Those that the file of channels names, and those to which notifications were requested."""
    configured, wrong = configured_channels()
    broken = [entry.removeprefix(_WEBHOOK) for entry in wrong if entry.startswith(_WEBHOOK)]
    return sorted({*configured.webhook, *broken, *endpoints(connection, schema_of(tenant))})


NAMES = {"rule": _rules, "channel": _channels, "endpoint": _endpoints}
