"""Judges the notifications that are due: the facts are read from the log in batches, the decision is pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from api.channels.configuration import Lane
from api.channels.hand_over import OutgoingMessage
from api.workers.sending.logged_notification import LoggedNotification, logged
from api.workers.sending.no_longer_due import no_longer_due
from api.workers.sending.recipients import Recipient, recipients
from api.workers.sending.staff import staff_address
from api.workers.switches import switches_of
from domain.contact_rules.admit import (
    Admission,
    Postpone,
    RecipientFacts,
    SendingContext,
    Sent,
    Suppress,
    Waiting,
    admit,
)
from domain.contact_rules.definition import ContactRules
from domain.contact_rules.recipient_address import KIND_OF_ADDRESS, NoAddress, usable_address, written_as
from domain.definitions.kinds import CONTACT_RULES, TEMPLATE, WORKFORCE
from domain.definitions.published import body_of_version, definition_in_effect
from domain.definitions.settings import settings_in_effect
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.local_time import local_day
from domain.notification import events as e
from domain.template.rendering import MissingValues, RenderedText, rendered
from domain.text_folding import fold_code, fold_name
from domain.zones import TimeZone, zone_named

SQL = sql_file("api.workers.sending", "sending.sql")


class JudgedNotification(NamedTuple):
    """A notification that is due by the log at ``version``, and what becomes of it.

    ``message`` is what is handed over; None: it is not sent now.
    """

    id: UUID
    version: int
    attempt: int
    admission: Admission
    message: OutgoingMessage | None = None


class _Reading(NamedTuple):
    """What is known of a notification, without its rivals. ``text`` None: the template cannot be used."""

    notification: LoggedNotification
    given: SendingContext
    address: str | NoAddress
    text: RenderedText | None

    def admission(self, rules: ContactRules, rivals: Sequence[Waiting] = ()) -> Admission:
        """What becomes of it beside some rivals."""
        if self.text is None:
            return Suppress("template_unusable")
        customer = self.given.customer
        given = self.given if customer is None else self.given._replace(customer=customer._replace(rivals=rivals))
        return admit(rules, self.notification.waiting, given)

    @property
    def message(self) -> OutgoingMessage | None:
        """What is handed over."""
        if self.text is None or isinstance(self.address, NoAddress):
            return None
        request = self.notification.request
        return OutgoingMessage(
            id=self.notification.id,
            channel=request.channel,
            address=self.address,
            text=self.text,
            purpose=request.purpose,
            template=request.template,
            language=request.language,
            recipient=request.to,
            data=request.data,
            about=request.about,
            about_kind=request.about_kind,
        )


class Judge:
    """Judges one page of notifications, all on the log up to one position."""

    def __init__(self, connection: Connection, tenant: str, now: datetime) -> None:
        self._connection = connection
        self._tenant = tenant
        self._now = now
        self.up_to = reader.head(connection, tenant)
        self._definitions = reader.definitions(connection, tenant, self.up_to)
        self.rules: ContactRules = definition_in_effect(self._definitions, CONTACT_RULES, now).body
        settings = settings_in_effect(self._definitions, now)
        self._zone: TimeZone = zone_named(self.rules.zone or settings.zone)
        self._workforce = definition_in_effect(self._definitions, WORKFORCE, now).body

    def loaded(self, ids: Collection[UUID]) -> dict[UUID, LoggedNotification]:
        """Some notifications by the log."""
        histories = reader.streams(self._connection, self._tenant, ids, self.up_to)
        return {stream: logged(history) for stream, history in histories.items()}

    def judged(self, ids: Sequence[UUID], lanes: Collection[Lane]) -> list[JudgedNotification]:
        """Those of some notifications that are due by the log, in the given order. ``lanes`` are those configured."""
        loaded = self.loaded(ids)
        due = [
            loaded[notification]
            for notification in ids
            if notification in loaded and loaded[notification].is_due(self._now)
        ]
        if not due:
            return []
        people = self._recipients(due)
        others = self._others(due, people)
        of_customers = [other for each in others.values() for other in each if other.is_due(self._now)]
        readings = self._readings(
            {notification.id: notification for notification in [*of_customers, *due]}, people, others
        )
        rivals = self._rivals([readings[notification.id] for notification in of_customers], people, lanes)
        judged = []
        for notification in due:
            reading = readings[notification.id]
            person = people.get(notification.request.customer_id) if notification.request.customer_id else None
            before = [] if person is None else [each for each in rivals[person.members] if each.id != notification.id]
            admission = reading.admission(self.rules, before)
            judged.append(
                JudgedNotification(
                    notification.id, notification.version, notification.state.attempt + 1, admission, reading.message
                )
            )
        return judged

    def _rivals(
        self, readings: Iterable[_Reading], people: Mapping[UUID, Recipient], lanes: Collection[Lane]
    ) -> Mapping[tuple[UUID, ...], list[Waiting]]:
        """The notifications that may be sent instead of others, by the members of the recipient.

        One is no rival that is never sent, or whose channel is not configured.
        """
        rivals: defaultdict[tuple[UUID, ...], list[Waiting]] = defaultdict(list)
        for reading in readings:
            request = reading.notification.request
            admission = reading.admission(self.rules)
            if request.customer_id and (request.channel, None) in lanes and not isinstance(admission, Suppress):
                until = admission.until if isinstance(admission, Postpone) else None
                waiting = reading.notification.waiting._replace(postponed_until=until)
                rivals[people[request.customer_id].members].append(waiting)
        return rivals

    def _readings(
        self,
        known: Mapping[UUID, LoggedNotification],
        people: Mapping[UUID, Recipient],
        others: Mapping[tuple[UUID, ...], list[LoggedNotification]],
    ) -> dict[UUID, _Reading]:
        """What is known of some notifications, all read together."""
        notifications = list(known.values())
        switches = switches_of(self._connection, self._tenant)
        bounced = self._bounced(notifications, people)
        words = self._last_words(notifications, people)
        suspended = self._suspended(notifications)
        superseded = self._superseded(notifications) | no_longer_due(
            self._connection, self._tenant, notifications, self._definitions, self.up_to, self._now
        )
        readings = {}
        for notification in notifications:
            request = notification.request
            person = people.get(request.customer_id) if request.customer_id else None
            address = self._address(request, person, bounced)
            given = SendingContext(
                now=self._now,
                zone=self._zone,
                stopped=notification.is_stopped_by(switches)
                or (notification.id in suspended and not notification.resent),
                not_after=request.not_after,
                superseded=notification.id in superseded,
                no_address=address.why if isinstance(address, NoAddress) else None,
                customer=None
                if person is None
                else self._facts(notification, person, others.get(person.members, ()), words),
                resent=notification.resent,
            )
            readings[notification.id] = _Reading(notification, given, address, self._text(request))
        return readings

    def _recipients(self, due: Iterable[LoggedNotification]) -> dict[UUID, Recipient]:
        """The recipients of some notifications by each of their members, and by the customers that were asked for."""
        customers = {notification.request.customer_id for notification in due if notification.request.customer_id}
        by_customer = recipients(self._connection, self._tenant, customers, self.up_to) if customers else {}
        return {member: person for person in by_customer.values() for member in person.members} | by_customer

    def _others(
        self, due: Sequence[LoggedNotification], people: Mapping[UUID, Recipient]
    ) -> Mapping[tuple[UUID, ...], list[LoggedNotification]]:
        """The notifications to the same customers that rules count, by the members of the recipient."""
        others: defaultdict[tuple[UUID, ...], list[LoggedNotification]] = defaultdict(list)
        to_customers = [notification for notification in due if notification.request.customer_id]
        counting = [
            rule
            for rule in self.rules.counting
            if any(rule.covers(notification.contact) for notification in to_customers)
        ]
        counted = [
            notification for notification in to_customers if any(rule.covers(notification.contact) for rule in counting)
        ]
        customers_asked = {notification.request.customer_id for notification in counted}
        families = [person.members for customer, person in people.items() if customer in customers_asked]
        members_of = {member: members for members in families for member in members}
        if not members_of:
            return others
        since = self._now - timedelta(hours=max(rule.hours for rule in counting))
        parameters = {"customers": list(members_of), "since": since}
        rows = self._execute("of customers", parameters)
        for other in self.loaded([row[0] for row in rows]).values():
            if (members := members_of.get(other.request.customer_id or other.id)) is not None:
                others[members].append(other)
        return others

    def _facts(
        self,
        notification: LoggedNotification,
        person: Recipient,
        others: Sequence[LoggedNotification],
        words: Mapping[tuple[UUID, str], datetime],
    ) -> RecipientFacts:
        request = notification.request
        channel = KIND_OF_ADDRESS.get(request.channel, request.channel)
        day = local_day(self._now, self._zone)
        instants = [words[member, channel] for member in person.members if (member, channel) in words]
        return RecipientFacts(
            permitted=person.permits(request.purpose, channel, day),
            last_word=max(instants, default=None),
            sent=[Sent(at, other.contact) for other in others if other.id != notification.id for at in other.attempts],
        )

    def _address(
        self, request: e.NotificationRequested, person: Recipient | None, bounced: Mapping[str, datetime]
    ) -> str | NoAddress:
        """Where it goes; a file takes every recipient by its name. An endpoint is a configured one."""
        if request.to_kind == "endpoint":
            return request.to
        if request.to_kind == "customer":
            if person is None or not person.members:
                return NoAddress("recipient_unknown")
            if request.channel == "file":
                return request.to
            return usable_address(person.addresses, request.channel, bounced)
        if request.channel == "file":
            return request.to
        return staff_address(self._workforce, request.to_kind, request.to, request.channel)

    def _text(self, request: e.NotificationRequested) -> RenderedText | None:
        template = body_of_version(self._definitions, TEMPLATE, request.template, request.template_version)
        if template is None:
            return None
        try:
            return rendered(template, "en" if request.language == "en" else "vi", request.data)
        except MissingValues:
            return None

    def _bounced(self, due: Sequence[LoggedNotification], people: Mapping[UUID, Recipient]) -> Mapping[str, datetime]:
        addresses = {written_as(address) for person in people.values() for address in person.addresses}
        if not due or not addresses:
            return {}
        return dict(self._execute("bounced", {"addresses": list(addresses)}))

    def _last_words(
        self, due: Sequence[LoggedNotification], people: Mapping[UUID, Recipient]
    ) -> Mapping[tuple[UUID, str], datetime]:
        """When customers last wrote, by customer and channel, as far back as the windows look."""
        customers = {member for person in people.values() for member in person.members}
        if not customers:
            return {}
        windows = [
            window for window in self.rules.windows if any(window.covers(notification.contact) for notification in due)
        ]
        if not windows:
            return {}
        longest = timedelta(hours=max(window.hours for window in windows))
        span = {"since": self._now - longest, "until": self._now + longest}
        last_words: dict[tuple[UUID, str], datetime] = {}
        for customer, channel, at in self._execute("last words", {"customers": list(customers)} | span):
            if channel is not None:
                key = customer, fold_code(channel)
                last_words[key] = max(at, last_words.get(key, at))
        return last_words

    def _superseded(self, due: Sequence[LoggedNotification]) -> set[UUID]:
        """The notifications behind whose request their subject got an event that they give way to."""
        gives_way = {
            notification.id: {
                topic for rule in self.rules.superseded if rule.covers(notification.contact) for topic in rule.by
            }
            for notification in due
            if notification.request.about is not None
        }
        topics = sorted(set().union(*gives_way.values()))
        if not topics:
            return set()
        subjects = [notification.request.about for notification in due if gives_way.get(notification.id)]
        newest: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
        for stream, topic, position in self._execute("said since", {"streams": subjects, "topics": topics}):
            newest[stream][topic] = position
        return {
            notification.id
            for notification in due
            if notification.request.about is not None
            and any(
                topic in gives_way[notification.id] and position > notification.position
                for topic, position in newest[notification.request.about].items()
            )
        }

    def _suspended(self, due: Sequence[LoggedNotification]) -> set[UUID]:
        """The notifications of rules that are suspended for what they are about."""
        of_rules = {
            notification.id: (notification.request.about, fold_name(notification.request.rule))
            for notification in due
            if notification.request.about is not None and notification.request.rule is not None
        }
        if not of_rules:
            return set()
        which = "where stream = any(%s) and topic in ('automation.suspended', 'automation.resumed') order by position"
        statement = reader.select_where(self._tenant, which)
        rows = self._connection.execute(statement, [[about for about, _ in of_rules.values()]], binary=True).fetchall()
        events = reader.decode_rows(self._tenant, rows)
        switches = {(event.stream, fold_name(event.payload.rule)): event for event in events}
        return {
            notification
            for notification, key in of_rules.items()
            if key in switches and switches[key].topic == "automation.suspended"
        }

    def _execute(self, name: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return self._connection.execute(SQL[name].of(self._tenant), parameters).fetchall()
