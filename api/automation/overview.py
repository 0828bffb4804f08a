"""The rules in effect with what they did in a day, and the subjects for which a rule is suspended."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from psycopg import Connection

from api.workers.switches import switches_of
from domain.automation.firing import NamedRule
from domain.definitions.rule_book import RuleBook
from domain.envelope import BEHIND_ALL
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.messages import Message
from domain.text_folding import fold_name

_SQL = sql_file("api.automation", "overview.sql")
DAY = timedelta(days=1)


class RuleInEffect(Message):
    """A rule; ``state`` is off where it is published so, and stopped by a switch. The counts are of 24 hours."""

    rule: str
    version: int
    order: int
    title_vi: str | None
    title_en: str | None
    state: Literal["on", "off", "shadow", "stopped"]
    reacts_to: str
    does: list[str]
    fired: int
    shadowed: int
    passed_over: int
    suspended: int


class SuspendedRule(Message):
    """A rule that does not fire for a subject until a person resumes it."""

    subject: UUID
    rule: str
    why: str
    version: int
    since: datetime
    position: int


def rules_in_effect(connection: Connection, tenant: str, now: datetime, up_to: int | None = None) -> list[RuleInEffect]:
    """Every rule, in the order in which they fire, by what is recorded up to a position; None: by everything."""
    head = reader.head(connection, tenant) if up_to is None else up_to
    rules = RuleBook(reader.definitions(connection, tenant, head)).in_effect(head + 1, now)
    switches = switches_of(connection, tenant, head)
    actors = {fold_name(rule.actor.id): rule.key for rule in rules}
    after = reader.position_at(connection, tenant, now - DAY)
    parameters = {"actors": list(actors), "after": after, "up_to": head}
    rows = connection.execute(_SQL["counts"].of(tenant), parameters).fetchall()
    counts = {(actors[actor], topic.partition(".")[2]): count for actor, topic, count in rows}
    return [_shown(rule, counts, stopped=switches.stops("rule", rule.name)) for rule in rules]


def _shown(rule: NamedRule, counts: Mapping[tuple[str, str], int], *, stopped: bool) -> RuleInEffect:
    body = rule.body
    state: Literal["on", "off", "shadow", "stopped"] = "shadow" if body.shadow else "on"
    if not body.enabled:
        state = "off"
    elif stopped:
        state = "stopped"
    return RuleInEffect(
        rule=rule.name,
        version=rule.version,
        order=body.order,
        title_vi=None if body.title is None else body.title.vi,
        title_en=None if body.title is None else body.title.en,
        state=state,
        reacts_to=", ".join(body.on) if body.at is None else f"due: {body.at.due}",
        does=[effect.do for effect in body.then],
        fired=counts.get((rule.key, "fired"), 0),
        shadowed=counts.get((rule.key, "shadowed"), 0),
        passed_over=counts.get((rule.key, "passed_over"), 0),
        suspended=counts.get((rule.key, "suspended"), 0),
    )


def suspended_rules(
    connection: Connection, tenant: str, limit: int, before: int | None = None, up_to: int | None = None
) -> list[SuspendedRule]:
    """The newest suspensions that stand, at most ``limit``; ``before`` a position.

    What was recorded behind the position ``up_to`` is left out.
    """
    newest = {"before": before, "up_to": up_to}
    parameters = {name: BEHIND_ALL if at is None else at for name, at in newest.items()} | {"limit": limit}
    rows = connection.execute(_SQL["suspended"].of(tenant), parameters).fetchall()
    return [
        SuspendedRule(subject=stream, rule=rule, why=why, version=version, since=since, position=position)
        for stream, rule, why, version, since, position in rows
    ]


def suspended_by_rule(connection: Connection, tenant: str, up_to: int, as_of: datetime | None = None) -> dict[str, int]:
    """For how many subjects each rule is suspended, by rule.

    What was recorded behind the position ``up_to``, or happened after ``as_of``, is left out.
    """
    parameters = {"up_to": up_to, "as_of": as_of}
    return dict(connection.execute(_SQL["suspended by rule"].of(tenant), parameters).fetchall())
