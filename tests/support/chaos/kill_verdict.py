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


class Kill(NamedTuple):
    """``what`` is receiver, database, or the name of a sender. Until ``back`` nothing of the kind could answer."""

    what: str
    at: datetime
    back: datetime


class Interrupted(NamedTuple):
    """An attempt that is uncertain: its sender had it in hand from ``begun`` until ``ended``."""

    notification: UUID
    sender: str
    begun: datetime
    ended: datetime
    by_its_sender: bool


class KillVerdict(NamedTuple):
    """``wrong`` holds a sentence for each thing that must not be. ``arrived`` counts uncertain ones that arrived."""

    wrong: Sequence[str]
    requests: int
    handed_over: int
    uncertain: int
    arrived: int


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
    wrong += [f"{one} was sent {count} times" for one, count in got.items() if count > 1]
    wrong += [f"{one} was sent and not requested" for one in got.keys() - histories.keys()]
    ends = {one: history[-1].payload for one, history in histories.items()}
    handed_over = {one for one, end in ends.items() if isinstance(end, e.NotificationHandedOver)}
    uncertain = {one for one, end in ends.items() if isinstance(end, e.NotificationUncertain)}
    wrong += [f"{one} is {type(ends[one]).topic}" for one in ends.keys() - handed_over - uncertain]
    wrong += [f"{one} is handed over and did not arrive" for one in handed_over - got.keys()]
    dead = {kill.what: kill.at for kill in kills}
    for one in uncertain:
        attempt = _interrupted(histories[one], dead)
        if not _is_explained(attempt, kills):
            wrong.append(f"{one} is uncertain without a kill: {attempt}")
    return KillVerdict(wrong, len(histories), len(handed_over), len(uncertain), len(uncertain & got.keys()))


def _interrupted(history: Sequence[RecordedEvent], dead: Mapping[str, datetime]) -> Interrupted:
    """The last attempt. A sender that noticed the loss itself ended it then; one that did not, when it was killed."""
    begun = next(event for event in reversed(history) if isinstance(event.payload, e.AttemptStarted))
    end = history[-1]
    sender, by = _sender_of(begun), _sender_of(end)
    itself = sender == by and "/end/" in end.envelope.command_id
    ended = end.recorded_at if itself else min(dead.get(sender, end.recorded_at), end.recorded_at)
    return Interrupted(end.stream, sender, begun.recorded_at, ended, itself)


def _is_explained(attempt: Interrupted, kills: Sequence[Kill]) -> bool:
    """Whether a kill fell into the attempt, and nothing but kills made it last."""
    within = [kill for kill in kills if kill.at <= attempt.ended and attempt.begun <= kill.back]
    stopped = sum((kill.back - kill.at for kill in within if kill.what in {"database", "receiver"}), timedelta())
    causes = {kill.what for kill in within}
    possible = {"receiver", "database"} if attempt.by_its_sender else {attempt.sender, "database"}
    return not causes.isdisjoint(possible) and attempt.ended - attempt.begun <= LONGEST + stopped


def _sender_of(event: RecordedEvent) -> str:
    return event.envelope.command_id.rpartition("/")[2]
