"""Contact rules: when and how often customers may be contacted, published as a definition of the kind contact-rules.

The built-in rules hold the values of Decree 91/2020/ND-CP of Vietnam for advertising (article 13).
"""

from collections.abc import Mapping
from datetime import time
from types import MappingProxyType
from typing import Annotated, NamedTuple, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from domain.messages import Day, Message, Word
from domain.notification.commands import NotificationChannel, Purpose
from domain.text_folding import fold_name
from domain.zones import ZoneName

Topic = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=80)]
Rate = Annotated[int, Field(ge=1, le=100_000)]
_MOST = 50


def _without_zone(at: time) -> time:
    if at.tzinfo is not None or at.microsecond:
        raise ValueError("write a local time such as 07:00, without a zone")
    return at


LocalTime = Annotated[time, AfterValidator(_without_zone)]


class Contact(NamedTuple):
    """What the rules look at of a notification."""

    purpose: str
    channel: str
    template: str


class Scope(Message):
    """The notifications that a rule is for. An empty list means every purpose, channel or template."""

    purposes: tuple[Purpose, ...] = ()
    channels: tuple[NotificationChannel, ...] = ()
    templates: tuple[Word, ...] = ()

    def covers(self, contact: Contact) -> bool:
        """Whether the rule is for a notification. Names of templates are compared folded."""
        return (
            (not self.purposes or contact.purpose in self.purposes)
            and (not self.channels or contact.channel in self.channels)
            and (not self.templates or fold_name(contact.template) in map(fold_name, self.templates))
        )


class Hours(Scope):
    """Notifications are sent from ``opens`` until before ``closes`` of each local day alone."""

    opens: LocalTime
    closes: LocalTime

    @model_validator(mode="after")
    def _must_open(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError("closes lies at or before opens: quiet hours begin and end on one local day")
        return self


class QuietDays(Scope):
    """Nothing is sent on the local days from ``first`` to ``last``."""

    name: Word
    first: Day
    last: Day

    @model_validator(mode="after")
    def _must_be_a_range(self) -> Self:
        if self.last < self.first:
            raise ValueError("last lies before first")
        return self


class Cap(Scope):
    """A customer gets at most ``most`` of these notifications within any ``hours``."""

    most: Annotated[int, Field(ge=1, le=1_000)]
    hours: Annotated[int, Field(ge=1, le=24 * 366)] = 24


class ChannelWindow(Scope):
    """A channel is open for ``hours`` after the last message of the customer there, and for ``most`` answers to it.

    ``most`` None: any number.
    """

    hours: Annotated[int, Field(ge=1, le=24 * 366)]
    most: Annotated[int, Field(ge=1, le=1_000)] | None = None


class Superseding(Scope):
    """A notification is not sent when one of these topics stands on its subject's stream behind the request."""

    by: Annotated[tuple[Topic, ...], Field(min_length=1, max_length=_MOST)]


class Fallback(Scope):
    """The channels that are tried in turn for a customer without an address on the requested channel."""

    to: Annotated[tuple[NotificationChannel, ...], Field(min_length=1, max_length=5)]


_UNSOLICITED: tuple[Purpose, ...] = ("care", "survey", "marketing")
_ANSWERED = ("ticket.message_received", "ticket.resolved", "ticket.closed", "ticket.cancelled", "ticket.merged")
_REPLIED = ("ticket.reply_sent", "ticket.resolved", "ticket.closed", "ticket.cancelled", "ticket.merged")
_RATES: Mapping[NotificationChannel, int] = MappingProxyType({"email": 50, "sms": 20, "zalo": 20, "call": 1})


class ContactRules(Message):
    """``zone`` None is that of the tenant's settings. ``rates`` are hand-overs a second by channel; none: unlimited.

    All but the rates are for customers alone.
    """

    zone: ZoneName | None = None
    hours: Annotated[tuple[Hours, ...], Field(max_length=_MOST)] = (
        Hours(purposes=_UNSOLICITED, opens=time(7), closes=time(22)),
        Hours(purposes=_UNSOLICITED, channels=("call",), opens=time(8), closes=time(17)),
    )
    quiet_days: Annotated[tuple[QuietDays, ...], Field(max_length=_MOST)] = ()
    caps: Annotated[tuple[Cap, ...], Field(max_length=_MOST)] = (
        Cap(purposes=("marketing",), channels=("sms", "zalo"), most=3),
        Cap(purposes=("marketing",), channels=("email",), most=3),
        Cap(purposes=("marketing",), channels=("call",), most=1),
        Cap(purposes=("care",), most=1),
        Cap(purposes=("survey",), most=1),
    )
    windows: Annotated[tuple[ChannelWindow, ...], Field(max_length=_MOST)] = (
        ChannelWindow(channels=("zalo",), hours=48, most=8),
    )
    superseded: Annotated[tuple[Superseding, ...], Field(max_length=_MOST)] = (
        Superseding(templates=("waiting-for-customer", "offer-to-close"), by=_ANSWERED),
        Superseding(templates=("reply-due", "reply-over"), by=_REPLIED),
        Superseding(templates=("csat",), by=("ticket.satisfaction_rated", "ticket.reopened")),
        Superseding(
            templates=("contract-renewal", "contract-renewal-owner", "term-ended"),
            by=("contract.renewed", "contract.terminated"),
        ),
    )
    fallbacks: Annotated[tuple[Fallback, ...], Field(max_length=_MOST)] = (
        Fallback(channels=("email",), to=("sms", "zalo")),
    )
    rates: dict[NotificationChannel, Rate] = Field(default_factory=lambda: dict(_RATES))

    @property
    def counting(self) -> tuple[Cap | ChannelWindow, ...]:
        """The rules that count what was sent before."""
        return (*self.caps, *(window for window in self.windows if window.most is not None))
