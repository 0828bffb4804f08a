"""Published policies and calendars: versions, differences, and business time on a calendar."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel

from api.http.covered_instant import CoveredInstant
from api.http.identifiers import Name
from api.http.numbered_version import numbered_version, tag_in_effect
from api.http.problems import Problem, malformed
from api.http.read_session import ReadRequest, ReadSession, reader
from domain.definitions.diff import Difference, differences
from domain.envelope import RecordedEvent
from domain.event_log import reader as log_reader
from domain.messages import Instant
from domain.sla.calendar.business_time import (
    BusinessTime,
    CalendarDefinition,
    CalendarRangeError,
    CalendarVersion,
    business_time,
)
from domain.sla.calendar.interval_index import refuse_outside
from domain.sla.calendar.microseconds import to_microseconds
from domain.sla.policy.policy import Policy, PolicyVersion
from domain.sla.policy.published import calendar_in_effect, calendars_by_name, policy_in_effect, policy_versions
from domain.text_folding import fold_name

router = APIRouter(prefix="/v1/sla", tags=["sla"])

ReadRules = Annotated[ReadRequest, Depends(reader())]
Number = Annotated[int, Path(ge=0, le=2**31)]
From = Annotated[int, Query(alias="from", ge=0, le=2**31, description="A version.")]
To = Annotated[int, Query(ge=0, le=2**31, description="Another version.")]
At = Annotated[CoveredInstant | None, Query(description="The version in effect then; now when it is not given.")]
Version = TypeVar("Version", PolicyVersion, CalendarVersion)

LONGEST_SPAN = timedelta(days=3660)
"""The longest time on a calendar that is counted: its first use makes every year between."""


class PublicationInfo(BaseModel):
    """Who published a version, when and why; None for the built-in version."""

    recorded_at: datetime | None
    actor: str | None
    reason: str | None


class PublishedPolicy(PublicationInfo):
    """A version of the policy. ``position`` is its place in the log, 0 for the built-in one."""

    version: int
    effective_from: datetime
    position: int
    policy: Policy


class PublishedCalendar(PublicationInfo):
    """A version of a calendar. ``position`` is its place in the log, 0 for the built-in one."""

    version: int
    effective_from: datetime
    position: int
    calendar: CalendarDefinition


class Elapsed(BaseModel):
    """The business time between two instants, in seconds, and the version of the calendar that counted it."""

    calendar_version: int
    seconds: float


class Added(BaseModel):
    """``due_at``: the earliest instant at which the time has elapsed; ``due_open_at``: the opening after a closing."""

    calendar_version: int
    due_at: datetime
    due_open_at: datetime | None


class Opening(BaseModel):
    """Whether the calendar is open at an instant, and the first open instant from then on."""

    calendar_version: int
    open: bool
    next_opening: datetime


class Rules(NamedTuple):
    """The published versions as of one position of the log."""

    view: ReadSession
    events: Sequence[RecordedEvent]

    def answer(self, versions: Sequence[PolicyVersion | CalendarVersion], content: object) -> Response:
        """An answer whose ETag is the newest version, which If-Match takes to publish the next one."""
        return self.view.answer(content, etag=str(max(version.version for version in versions)))

    def in_effect(self, versions: Sequence[Version], chosen: Version) -> Response:
        """The version in effect, with who published it."""
        newest = max(version.version for version in versions)
        return self.view.answer(self.with_publication(chosen), etag=tag_in_effect(newest, chosen.version))

    def with_publication(self, version: PolicyVersion | CalendarVersion) -> dict[str, object]:
        """A version with who published it, when and why."""
        event = next((event for event in self.events if event.position == version.position), None)
        return dict(version) | {
            "recorded_at": event and event.recorded_at,
            "actor": event and event.envelope.actor.id,
            "reason": event and event.envelope.reason,
        }

    @property
    def policies(self) -> list[PolicyVersion]:
        """The versions of the policy, the built-in one first."""
        return policy_versions(self.events)

    def calendars(self, name: str) -> list[CalendarVersion]:
        """The versions of a calendar. Raises Problem (not_found)."""
        versions = calendars_by_name(self.events).get(fold_name(name))
        if versions is None:
            raise Problem("not_found", f"no calendar {name!r} was published, or not by then")
        return versions


@router.get("/policy", summary="The policy in effect", response_model=PublishedPolicy)
def policy(reader: ReadRules, at: At = None) -> Response:
    with _rules(reader) as rules:
        return rules.in_effect(rules.policies, _policy_at(rules, at or rules.view.now))


@router.get("/policy/versions", summary="Every version of the policy", response_model=list[PublishedPolicy])
def policy_list(reader: ReadRules) -> Response:
    with _rules(reader) as rules:
        return rules.answer(rules.policies, [rules.with_publication(version) for version in rules.policies])


@router.get("/policy/versions/{number}", summary="One version of the policy", response_model=PublishedPolicy)
def policy_version(number: Number, reader: ReadRules) -> Response:
    with _rules(reader) as rules:
        return rules.answer(rules.policies, rules.with_publication(numbered_version(rules.policies, number)))


@router.get("/policy/diff", summary="How two versions of the policy differ", response_model=list[Difference])
def policy_diff(reader: ReadRules, from_: From, to: To) -> Response:
    with _rules(reader) as rules:
        old, new = numbered_version(rules.policies, from_), numbered_version(rules.policies, to)
        return rules.answer(rules.policies, differences(old.policy, new.policy))


@router.get("/calendars", summary="Every calendar, in its version in effect", response_model=list[PublishedCalendar])
def calendars(reader: ReadRules, at: At = None) -> Response:
    with _rules(reader) as rules:
        instant = at or rules.view.now
        by_name = calendars_by_name(rules.events)
        in_effect = [calendar_in_effect(versions, instant) for versions in by_name.values()]
        return rules.view.answer([rules.with_publication(version) for version in in_effect])


@router.get("/calendars/{name}", summary="The calendar in effect", response_model=PublishedCalendar)
def calendar(name: Name, reader: ReadRules, at: At = None) -> Response:
    with _rules(reader) as rules:
        versions = rules.calendars(name)
        return rules.in_effect(versions, calendar_in_effect(versions, at or rules.view.now))


@router.get("/calendars/{name}/versions", summary="Every version of a calendar", response_model=list[PublishedCalendar])
def calendar_list(name: Name, reader: ReadRules) -> Response:
    with _rules(reader) as rules:
        versions = rules.calendars(name)
        return rules.answer(versions, [rules.with_publication(version) for version in versions])


@router.get(
    "/calendars/{name}/versions/{number}", summary="One version of a calendar", response_model=PublishedCalendar
)
def calendar_version(name: Name, number: Number, reader: ReadRules) -> Response:
    with _rules(reader) as rules:
        versions = rules.calendars(name)
        return rules.answer(versions, rules.with_publication(numbered_version(versions, number)))


@router.get("/calendars/{name}/diff", summary="How two versions of a calendar differ", response_model=list[Difference])
def calendar_diff(name: Name, reader: ReadRules, from_: From, to: To) -> Response:
    with _rules(reader) as rules:
        versions = rules.calendars(name)
        old, new = numbered_version(versions, from_), numbered_version(versions, to)
        return rules.answer(versions, differences(old.calendar, new.calendar))


@router.get("/calendars/{name}/elapsed", summary="The business time between two instants", response_model=Elapsed)
def calendar_elapsed(name: Name, reader: ReadRules, start: Instant, end: Instant) -> Response:
    def count(time: BusinessTime, start: datetime) -> dict[str, object]:
        if end - start > LONGEST_SPAN:
            rule = f"it lies more than {LONGEST_SPAN.days:,} days after the start: ask for a shorter time"
            raise malformed([{"loc": ("end",), "msg": rule}])
        return {"seconds": time.elapsed(start, end).total_seconds()}

    if end < start:
        raise malformed([{"loc": ("end",), "msg": f"it lies before the start, {start.isoformat()}: exchange the two"}])
    return _tried(reader, name, {"start": start, "end": end}, count)


@router.get(
    "/calendars/{name}/add", summary="The instant at which so much business time has elapsed", response_model=Added
)
def calendar_add(
    name: Name, reader: ReadRules, start: Instant, seconds: Annotated[float, Query(ge=0, le=4_102_444_800)]
) -> Response:
    def count(time: BusinessTime, start: datetime) -> dict[str, object]:
        due_at = time.add(start, timedelta(seconds=seconds))
        opening = time.next_opening(due_at)
        return {"due_at": due_at, "due_open_at": opening if opening != due_at else None}

    return _tried(reader, name, {"start": start}, count, beyond="seconds")


@router.get("/calendars/{name}/open", summary="Whether a calendar is open at an instant", response_model=Opening)
def calendar_open(name: Name, reader: ReadRules, at: At = None) -> Response:
    def look(time: BusinessTime, instant: datetime) -> dict[str, object]:
        return {"open": time.is_open(instant), "next_opening": time.next_opening(instant)}

    return _tried(reader, name, {} if at is None else {"at": at}, look)


@contextmanager
def _rules(reader: ReadRequest) -> Iterator[Rules]:
    with reader.live() as view:
        yield Rules(view, log_reader.rules(view.connection, reader.tenant, view.position))


def _policy_at(rules: Rules, at: datetime) -> PolicyVersion:
    try:
        return policy_in_effect(rules.policies, at)
    except LookupError as error:
        raise Problem("not_found", str(error)) from None


def _tried(
    reader: ReadRequest,
    name: str,
    instants: Mapping[str, datetime],
    count: Callable[[BusinessTime, datetime], dict[str, object]],
    beyond: str = "at",
) -> Response:
    """The answer of a calendar, by its version in effect at the first of the instants, or now without any.

    ``instants``: by the names of their parameters. ``beyond``: the parameter that is refused when the answer lies too
    far away.
    """
    with _rules(reader) as rules:
        at = next(iter(instants.values()), rules.view.now)
        versions = rules.calendars(name)
        version = calendar_in_effect(versions, at)
        for parameter, instant in instants.items():
            with _out_of_range_is_malformed(parameter):
                refuse_outside(to_microseconds(instant))
    # A calendar's first use over many years takes seconds, so it holds no connection.
    with _out_of_range_is_malformed(beyond):
        answer = count(business_time(version.calendar), at)
    content = {"calendar_version": version.version} | answer
    # An answer that changes with time has no ETag.
    return rules.answer(versions, content) if instants else rules.view.answer(content)


@contextmanager
def _out_of_range_is_malformed(parameter: str) -> Iterator[None]:
    try:
        yield
    except CalendarRangeError as error:
        raise malformed([{"loc": (parameter,), "msg": str(error)}]) from None
