"""What can be stopped: the rules in effect, the channels, and the endpoints of webhooks."""

from collections.abc import Sequence
from typing import get_args

from psycopg import Connection

from api.automation.stops import stops_of
from api.channels.configuration import EVERY, configured_channels
from domain.definitions.rule_book import RuleBook
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.notification.commands import NotificationChannel
from domain.refusal import Refusal
from domain.switches.commands import What
from domain.text_folding import fold_code
from projections.notifications.queries import endpoints

_WEBHOOK = "webhook."
"""Stands before the name of an endpoint whose entry in the file of channels cannot be used."""


def must_be_stoppable(connection: Connection, tenant: str, what: What, name: str) -> None:
    """Raises Refusal for a rule, a channel or an endpoint that does not exist.

    What is stopped already may be stopped again: such a command may be repeated after the rule went. Any endpoint may
    exist where the file of channels cannot be read: whoever stops one need not own its secrets.
    """
    if what == "tenant" or (what == "endpoint" and EVERY in configured_channels().wrong):
        return
    known = NAMES[what](connection, tenant)
    if fold_code(name) in map(fold_code, known) or (what, fold_code(name)) in _stopped(connection, tenant):
        return
    if not known:
        raise Refusal("switch_unknown", f"there is no {what} {name!r}, and no other", "any")
    raise Refusal("switch_unknown", f"there is no {what} {name!r}: choose one of {', '.join(known)}", "any")


def _stopped(connection: Connection, tenant: str) -> set[tuple[str, str]]:
    return {(stop.what, stop.name) for stop in stops_of(connection, tenant)}


def _rules(connection: Connection, tenant: str) -> Sequence[str]:
    book = RuleBook(reader.definitions(connection, tenant))
    return [rule.name for rule in book.in_effect(reader.head(connection, tenant) + 1, reader.now(connection))]


def _channels(_connection: Connection, _tenant: str) -> Sequence[str]:
    return get_args(NotificationChannel)


def _endpoints(connection: Connection, tenant: str) -> Sequence[str]:
    """Those that the file of channels names, and those to which notifications were requested."""
    configured, wrong = configured_channels()
    broken = [entry.removeprefix(_WEBHOOK) for entry in wrong if entry.startswith(_WEBHOOK)]
    return sorted({*configured.webhook, *broken, *endpoints(connection, schema_of(tenant))})


NAMES = {"rule": _rules, "channel": _channels, "endpoint": _endpoints}
