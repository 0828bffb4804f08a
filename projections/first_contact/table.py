"""First contact resolution, a row for each ticket: the facts of every definition in use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.text_folding import fold_code, fold_name, same_name
from domain.ticket import events as e
from domain.ticket.population import WHO_COUNTS, Outcome, departure_of, is_resolution, messages_are_known
from domain.ticket.timeline import LifeStep, is_answer_by_a_person, thanks_in
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table
from projections.scope.folded_words import folded

NOT_FIRST_LEVEL_CODES = frozenset({"hardware", "field_service", "change_request", "third_party"})
"""Resolution codes of what a first level cannot resolve itself (MetricNet: hardware break/fix, move/add/change)."""
NOT_FIRST_LEVEL_ESCALATION = 2
"""Escalated to this level or above: not resolvable at the first."""


@dataclass(slots=True)
class FirstContactRow:
    """``team``, ``agent`` and ``priority`` are those at the first resolution, whose work it is; the last known while
    there is none, and of a ticket that does not count. ``category`` is always the last known: what the ticket was found
    to be about. ``outcome`` and ``left_at``: how and when it left the backlog last, None while it is open.

    ``on_first_contact``: between receipt and first resolution no hold, no change of team, no escalation and no further
    customer message. ``resolvable`` at first level: not escalated to NOT_FIRST_LEVEL_ESCALATION by then, nor resolved
    with a code of NOT_FIRST_LEVEL_CODES. ``one_owner``: exactly one agent held it by then, and it never stood in a
    queue, that is, was never assigned without an agent. All three are None until the ticket is resolved.

    A customer message that only says thanks is none here. ``messages_known``: False for an import without them.
    ``second_answer_at``: second public reply by a person.
    ``wrote_again_at``: first customer message after the receipt. ``reopened_at``: first reopening after the first
    resolution. ``confirmed_at``: closed by the customer before any reopening. ``merged_into`` and ``messages``, the
    receipt and every customer message: of a merged ticket alone, whose messages belong to the other one. ``told_late``:
    whether any fact of the ticket was.
    """

    ticket: UUID
    customer: UUID
    channel: str
    category: str | None
    priority: str | None
    team: str | None
    agent: str | None
    received_at: datetime
    outcome: Outcome | None
    left_at: datetime | None
    resolved_at: datetime | None
    on_first_contact: bool | None
    resolvable: bool | None
    one_owner: bool | None
    messages_known: bool
    second_answer_at: datetime | None
    wrote_again_at: datetime | None
    reopened_at: datetime | None
    confirmed_at: datetime | None
    merged_into: UUID | None
    messages: list[datetime] | None
    told_late: bool
    folded: list[str | None] | None


_AFTER_FIRST_CONTACT = frozenset({e.TicketPutOnHold, e.TicketEscalated})


def fold(stream: Stream, _inputs: FoldInputs) -> list[FirstContactRow]:
    """The ticket's row; none before its receipt."""
    life = stream.timeline.steps
    if not life:
        return []
    receipt = life[0].event
    messages = _messages(life)
    resolution = next((number for number, step in enumerate(life) if is_resolution(step)), None)
    is_resolved = resolution is not None
    until = life if resolution is None else life[: resolution + 1]
    afterwards = life[len(until) :]
    outcome, left_at = departure_of(life)
    now = life[-1].after
    then = until[-1].after if outcome is None or WHO_COUNTS[outcome].as_resolved else now
    assigned = [step for step in until if type(step.event.payload) is e.TicketAssigned]
    on_first_contact = (
        _AFTER_FIRST_CONTACT.isdisjoint(type(step.event.payload) for step in until)
        and not any(map(_changes_team, assigned))
        and not any(step.event.version in messages for step in until)
    )
    answers = [step.at for step in life if is_answer_by_a_person(step.event)]
    return [
        FirstContactRow(
            ticket=receipt.stream,
            customer=stream.timeline.owner.customer,
            channel=receipt.payload.channel,
            category=now.category,
            priority=then.priority,
            team=then.team,
            agent=then.agent,
            received_at=receipt.envelope.occurred_at,
            outcome=outcome,
            left_at=left_at,
            resolved_at=until[-1].at if is_resolved else None,
            on_first_contact=on_first_contact if is_resolved else None,
            resolvable=_resolvable(until) if is_resolved else None,
            one_owner=_one_owner(assigned) if is_resolved else None,
            messages_known=messages_are_known(life),
            second_answer_at=answers[1] if len(answers) > 1 else None,
            wrote_again_at=next(iter(messages.values()), None),
            reopened_at=next((step.at for step in afterwards if step.crossing == "reopened"), None),
            confirmed_at=_confirmed_at(life[len(until) - 1 :]) if is_resolved else None,
            merged_into=now.merged_into if outcome == "merged" else None,
            messages=[life[0].at, *messages.values()] if outcome == "merged" else None,
            told_late=stream.timeline.told_late is not None,
            folded=folded(then.team, then.agent, then.priority, now.category, receipt.payload.channel),
        )
    ]


def _changes_team(step: LifeStep) -> bool:
    return step.before.team is not None and not same_name(step.before.team, step.after.team)


def _resolvable(until: Sequence[LifeStep]) -> bool:
    *earlier, resolution = (step.event.payload for step in until)
    code = fold_code(resolution.code) if type(resolution) is e.TicketResolved else None
    return code not in NOT_FIRST_LEVEL_CODES and not any(
        type(payload) is e.TicketEscalated and payload.level >= NOT_FIRST_LEVEL_ESCALATION for payload in earlier
    )


def _one_owner(assigned: Sequence[LifeStep]) -> bool:
    owners = [step.after.agent for step in assigned]
    return None not in owners and len({fold_name(owner) for owner in owners if owner is not None}) == 1


def _messages(life: Sequence[LifeStep]) -> dict[int, datetime]:
    """The customer's messages after the receipt by version, without those that only say thanks; in world order."""
    thanks = thanks_in(life)
    return {
        step.event.version: step.at
        for step in life
        if type(step.event.payload) is e.MessageReceived and step.event.version not in thanks
    }


def _confirmed_at(since_resolution: Sequence[LifeStep]) -> datetime | None:
    for step in since_resolution:
        if step.after.is_open:
            return None
        payload = step.event.payload
        if type(payload) is e.TicketClosed and payload.closed_by == "customer":
            return step.at
    return None


FIRST_CONTACT = Projection(
    name="first_contact",
    version=5,
    kinds=frozenset({"ticket"}),
    tables=(
        Table(
            "first_contact",
            FirstContactRow,
            key=("ticket",),
            indexes=(
                "(resolved_at, ticket)",
                "(customer, folded_category, received_at) include (ticket, outcome, resolved_at)",
                "(received_at)",
                "(left_at) where outcome <> 'resolved'",
                "(merged_into) where merged_into is not null",
            ),
            computed=("folded_category text generated always as (coalesce(folded[4], category)) stored",),
        ),
    ),
    fold=fold,
)
