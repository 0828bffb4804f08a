"""What a log, the journal of a receiver and the instants of kills say of notifications that were sent meanwhile."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.notification import events as e

LONGEST = timedelta(seconds=3)
"""An attempt that a living sender, receiver and database have had in hand for longer would be a defect."""


READ_WITHIN = timedelta(seconds=1)
"""A living sender that waits reads an answer within this time."""
_NEAR = timedelta(seconds=30)


class Kill(NamedTuple):
    """``what`` is receiver, database, or the name of a sender. Until ``back`` nothing of the kind could answer."""

    what: str
    at: datetime
    back: datetime


class Interrupted(NamedTuple):
    """An attempt that is uncertain: its sender had it in hand from ``begun`` until ``ended``.

    A sender that lost the lead with its connection may still wait for an answer when the next one records the loss.
    """

    notification: UUID
    sender: str
    begun: datetime
    ended: datetime


class KillVerdict(NamedTuple):
    """``wrong`` holds a sentence for each thing that must not be. ``arrived`` counts uncertain ones that arrived."""

    wrong: Sequence[str]
    requests: int
    handed_over: int
    uncertain: int
    arrived: int


def with_returns(kills: Sequence[Kill], journal: Sequence[str]) -> list[Kill]:
    """The kills, those of the receiver until the next one of its journal began: meanwhile requests wait."""
    lines = [line.partition(" ")[::2] for line in journal]
    began = [datetime.fromisoformat(at) for what, at in lines if what == "began"]
    return [
        kill._replace(back=min((at for at in began if at >= kill.at), default=kill.back))
        if kill.what == "receiver"
        else kill
        for kill in kills
    ]


def verdict(
    tickets: Collection[UUID], log: Sequence[RecordedEvent], journal: Sequence[str], kills: Sequence[Kill]
) -> KillVerdict:
    """Each ticket has one request. Each request arrives once and is handed over, or its attempt was cut by a kill."""
    wrong: list[str] = []
    about = Counter(event.payload.about for event in log if isinstance(event.payload, e.NotificationRequested))
    wrong += [f"{ticket} has {about[ticket]} requests" for ticket in tickets if about[ticket] != 1]
    histories: defaultdict[UUID, list[RecordedEvent]] = defaultdict(list)
    for event in log:
        if isinstance(event.payload, e.NotificationEvent):
            histories[event.stream].append(event)
    lines = [line.partition(" ")[::2] for line in journal]
    got = Counter(UUID(key) for what, key in lines if what == "got")
    answered = _answers(lines)
    wrong += [f"{sent} was sent {count} times" for sent, count in got.items() if count > 1]
    wrong += [f"{sent} was sent and not requested" for sent in got.keys() - histories.keys()]
    ends = {sent: history[-1].payload for sent, history in histories.items()}
    handed_over = {sent for sent, end in ends.items() if isinstance(end, e.NotificationHandedOver)}
    uncertain = {sent for sent, end in ends.items() if isinstance(end, e.NotificationUncertain)}
    wrong += [f"{sent} is {type(ends[sent]).topic}" for sent in ends.keys() - handed_over - uncertain]
    wrong += [f"{sent} is handed over and did not arrive" for sent in handed_over - got.keys()]
    dead = {kill.what: kill.at for kill in kills}
    for sent in uncertain:
        attempt = _interrupted(histories[sent], dead)
        if not _is_explained(attempt, answered.get(sent), kills):
            near = [kill for kill in kills if abs(kill.at - attempt.begun) < _NEAR]
            wrong.append(f"{sent} is uncertain without a kill: {attempt}; near are {near}")
    return KillVerdict(wrong, len(histories), len(handed_over), len(uncertain), len(uncertain & got.keys()))


def _interrupted(history: Sequence[RecordedEvent], dead: Mapping[str, datetime]) -> Interrupted:
    """The last attempt. A sender that noticed the loss itself ended it then; one that did not, when it was killed."""
    begun = next(event for event in reversed(history) if isinstance(event.payload, e.AttemptStarted))
    end = history[-1]
    sender, by = _sender_of(begun), _sender_of(end)
    itself = sender == by and "/end/" in end.envelope.command_id
    ended = end.recorded_at if itself else min(dead.get(sender, end.recorded_at), end.recorded_at)
    return Interrupted(end.stream, sender, begun.recorded_at, ended)


def _answers(lines: Sequence[tuple[str, str]]) -> dict[UUID, datetime]:
    """When the receiver had answered each request."""
    answers = (answer.partition(" ")[::2] for what, answer in lines if what == "answered")
    return {UUID(key): datetime.fromisoformat(at) for key, at in answers}


def _is_explained(attempt: Interrupted, answered: datetime | None, kills: Sequence[Kill]) -> bool:
    """Whether a kill fell into the attempt, and nothing but kills made it last.

    The kill of a receiver that had answered is no reason: a sender that lives has read the answer.
    """
    within = [kill for kill in kills if kill.at <= attempt.ended and attempt.begun <= kill.back]
    stopped = sum((kill.back - kill.at for kill in within if kill.what in {"database", "receiver"}), timedelta())
    reasons = {attempt.sender, "database"}
    if answered is None or answered + READ_WITHIN > attempt.ended:
        reasons.add("receiver")
    return not reasons.isdisjoint(kill.what for kill in within) and attempt.ended - attempt.begun <= LONGEST + stopped


def _sender_of(event: RecordedEvent) -> str:
    return event.envelope.command_id.rpartition("/")[2]
