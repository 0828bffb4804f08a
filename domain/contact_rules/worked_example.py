"""The worked examples of contact rules."""

from typing import Literal

from domain.contact_rules.admit import Postpone, RecipientFacts, SendingContext, Sent, Suppress, Waiting, Why, admit
from domain.contact_rules.definition import Contact, ContactRules
from domain.ids import new_id
from domain.messages import Instant, Message, Word
from domain.notification.commands import NotificationChannel, Purpose
from domain.text_by_language import Title
from domain.zones import zone_named


class ContactExample(Message):
    """A notification to a customer who permits it, at an instant, and whether it is sent then.

    ``sent`` are the instants at which notifications of the same purpose, channel and template were sent before.
    ``last_word`` is the customer's last message on the channel.
    """

    name: Title
    at: Instant
    purpose: Purpose
    channel: NotificationChannel
    template: Word = "any"
    not_after: Instant | None = None
    last_word: Instant | None = None
    sent: tuple[Instant, ...] = ()
    becomes: Literal["sent", "postponed", "suppressed"]
    until: Instant | None = None
    why: Why | None = None

    def differences(self, body: ContactRules) -> list[str]:
        """Where the answer differs from the expected one. A body without a zone is judged in that of Vietnam."""
        contact = Contact(self.purpose, self.channel, self.template)
        facts = RecipientFacts(permitted=True, last_word=self.last_word, sent=[Sent(at, contact) for at in self.sent])
        zone = zone_named(body.zone or "Asia/Ho_Chi_Minh")
        given = SendingContext(self.at, zone, not_after=self.not_after, customer=facts)
        admission = admit(body, Waiting(new_id(), contact, 50, 1), given)
        becomes, until, why = "sent", None, None
        if isinstance(admission, Postpone):
            becomes, until, why = "postponed", admission.until, admission.why
        elif isinstance(admission, Suppress):
            becomes, why = "suppressed", admission.why
        if becomes != self.becomes:
            return [f"it is {becomes}, not {self.becomes}"]
        differences = []
        if self.until not in {None, until}:
            differences.append(f"it is postponed until {until}, not {self.until}")
        if self.why not in {None, why}:
            differences.append(f"the reason is {why}, not {self.why}")
        return differences
