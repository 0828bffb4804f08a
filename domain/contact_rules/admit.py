"""Decides whether a notification is sent now, later or never."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from domain.contact_rules.definition import Cap, ChannelWindow, Contact, ContactRules
from domain.contact_rules.open_hours import next_open
from domain.zones import TimeZone

Why = Literal[
    "stopped",
    "expired",
    "superseded",
    "recipient_unknown",
    "address_unknown",
    "address_withdrawn",
    "address_bounced",
    "no_consent",
    "channel_window",
    "quiet_hours",
    "frequency_cap",
    "template_unusable",
]


class Send(NamedTuple):
    """It is handed over now."""


class Postpone(NamedTuple):
    """It is judged again at ``until``."""

    until: datetime
    why: Why


class Suppress(NamedTuple):
    """It is never sent, unless a person has it sent again."""

    why: Why


Admission = Send | Postpone | Suppress


class Waiting(NamedTuple):
    """A notification to one customer that is due now. ``position`` is that of its request in the log.

    ``postponed_until``: it is sent later; None: it may be sent now.
    """

    id: UUID
    contact: Contact
    importance: int
    position: int
    postponed_until: datetime | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """The order in which notifications are sent under a cap: the more important one first, then the older one."""
        return -self.importance, self.position


class Sent(NamedTuple):
    """An attempt that reached the customer, or may have."""

    at: datetime
    contact: Contact


class RecipientFacts(NamedTuple):
    """``permitted`` by the customer's consents. ``last_word`` is the customer's last message on the channel.

    ``sent`` are the attempts of the time that caps and windows look at. ``rivals`` are the other notifications to the
    customer that are due now.
    """

    permitted: bool
    last_word: datetime | None = None
    sent: Sequence[Sent] = ()
    rivals: Sequence[Waiting] = ()


class SendingContext(NamedTuple):
    """``customer`` None: it is not for a customer. ``no_address`` is why there is none; None: there is one.

    ``superseded``: something happened behind the request that it gives way to. ``resent``: a person wants it sent, so
    that neither its age nor what has happened since counts, nor a cap.
    """

    now: datetime
    zone: TimeZone
    stopped: bool = False
    not_after: datetime | None = None
    superseded: bool = False
    no_address: Why | None = None
    customer: RecipientFacts | None = None
    resent: bool = False


def admit(rules: ContactRules, waiting: Waiting, given: SendingContext) -> Admission:
    """What becomes of a notification that is due."""
    why = _obstacle(rules, waiting, given)
    if why is not None:
        return Suppress(why)
    return Send() if given.customer is None else _in_time(rules, waiting, given, given.customer)


def _obstacle(rules: ContactRules, waiting: Waiting, given: SendingContext) -> Why | None:
    """Why it is never sent; None: it may be."""
    late = not given.resent and given.not_after is not None and given.not_after < given.now
    customer = given.customer
    obstacles: tuple[tuple[bool, Why], ...] = (
        (given.stopped, "stopped"),
        (late, "expired"),
        (given.superseded and not given.resent, "superseded"),
        (given.no_address is not None, given.no_address or "address_unknown"),
        (customer is not None and not customer.permitted, "no_consent"),
        (customer is not None and not _is_window_open(rules, waiting, given.now, customer), "channel_window"),
    )
    return next((why for is_met, why in obstacles if is_met), None)


def _in_time(rules: ContactRules, waiting: Waiting, given: SendingContext, customer: RecipientFacts) -> Admission:
    opens = next_open(rules, waiting.contact, given.now, given.zone)
    if opens is None:
        return Suppress("quiet_hours")
    if opens > given.now:
        return _later(opens, "quiet_hours", given)
    caps = [cap for cap in rules.caps if cap.covers(waiting.contact) and not given.resent]
    under = (_under(cap, waiting, given, customer) for cap in caps)
    return next((admission for admission in under if not isinstance(admission, Send)), Send())


def _is_window_open(rules: ContactRules, waiting: Waiting, now: datetime, customer: RecipientFacts) -> bool:
    windows = [window for window in rules.windows if window.covers(waiting.contact)]
    if not windows:
        return True
    word = customer.last_word
    return word is not None and all(
        abs(now - word) <= timedelta(hours=window.hours)
        and (window.most is None or _answers(window, word, customer) < window.most)
        for window in windows
    )


def _answers(window: ChannelWindow, word: datetime, customer: RecipientFacts) -> int:
    """How many notifications that a window is for were sent since the customer's last word."""
    return sum(window.covers(sent.contact) and sent.at >= word for sent in customer.sent)


def _under(cap: Cap, waiting: Waiting, given: SendingContext, customer: RecipientFacts) -> Admission:
    """Of two that one cap covers the more important one is sent; the other one gives way, as it would tell the same.

    One that is sent so much later that the cap would let both be sent is nobody's rival.
    """
    within = timedelta(hours=cap.hours)
    times = sorted(
        sent.at for sent in customer.sent if cap.covers(sent.contact) and abs(given.now - sent.at) < within
    )  # what was sent later than that was sent before the clock was put back
    left = cap.most - len(times)
    if left <= 0:
        return _later(times[-cap.most] + within, "frequency_cap", given)
    end = given.now + within
    rivals = [rival for rival in customer.rivals if rival.postponed_until is None or rival.postponed_until < end]
    before = sum(cap.covers(rival.contact) and rival.rank < waiting.rank for rival in rivals)
    return Suppress("superseded") if before >= left else Send()


def _later(until: datetime, why: Why, given: SendingContext) -> Admission:
    """It is postponed when it may still be sent then."""
    if given.not_after is not None and until > given.not_after and not given.resent:
        return Suppress(why)
    return Postpone(until, why)
