"""SLA clocks as a page shows them: a strip of time, a sentence, a table, and an explanation in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from markupsafe import Markup

from api.charts.spans import DrawnSpan, MarkedInstant, SpanKind, strip
from api.screen.visit import Visit
from domain import readable
from domain.sla.calendar.microseconds import SECOND
from domain.sla.clock.explain import ExplainedInterval, Explanation
from domain.sla.clock.explain_text import as_text, kind_of, reasons_of
from projections.audit.words import word_of

_SAYING_DUE = frozenset({"running", "late"})
"""The outcomes whose sentence names the deadline."""
_SHORTEST = timedelta(minutes=1)
_KINDS: dict[str, SpanKind] = {"counted": "counted", "paused": "paused"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A line of the table; times are instants, durations seconds. ``counted`` is the sum up to its end."""

    start: datetime
    end: datetime | None
    kind: str
    why: str
    elapsed: float
    counted: float


@dataclass(frozen=True, slots=True)
class DrawnClock:
    """One target instance. ``verdict`` is met, breached or None; ``is_late``: it has not ended and is over its target.

    ``explained`` is the text that the command line shows too.
    """

    target: str
    number: int
    state: str
    verdict: str | None
    is_late: bool
    sentence: str
    drawing: Markup
    stretches: Sequence[Stretch]
    explained: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The time that every strip of a page covers; ``last`` is after ``first``."""

    first: datetime
    last: datetime

    def share(self, at: datetime) -> float:
        """Where an instant stands, from 0 to 1."""
        return min(1.0, max(0.0, (at - self.first) / (self.last - self.first)))


def scale_of(clocks: Sequence[Explanation], now: datetime) -> Scale:
    """The scale from the first activation to the last end or deadline; what runs on ends now."""
    first = min(each.activated_at for each in clocks)
    ends = [each.finished_at or now for each in clocks]
    ends += [each.due_at for each in clocks if each.due_at is not None]
    return Scale(first, max(*ends, first + _SHORTEST))


def drawn(clock: Explanation, scale: Scale, visit: Visit, now: datetime) -> DrawnClock:
    """A clock as the page shows it."""
    sentence = sentence_of(clock, visit)
    return DrawnClock(
        target=clock.target,
        number=clock.instance,
        state=clock.state,
        verdict=clock.correction.now.verdict if clock.correction else clock.verdict,
        is_late=clock.finished_at is None and clock.remaining_us < 0,
        sentence=sentence,
        drawing=Markup(strip(sentence, list(_spans(clock, scale, visit, now)), list(_marks(clock, scale, visit)))),  # noqa: S704 -- strip escapes
        stretches=list(_stretches(clock, visit)),
        explained=as_text(clock, visit.language, visit.zone),
    )


def sentence_of(clock: Explanation, visit: Visit) -> str:
    """What the clock says, in a sentence."""
    over = clock.remaining_us < 0
    outcome: str = clock.verdict or clock.state
    if clock.finished_at is None:
        outcome = "late" if over else clock.state
    key = f"ticket.clock.{outcome}"
    due = clock.due_at
    sentence = visit.w(
        f"{key}_without_due" if due is None and outcome in _SAYING_DUE else key,
        target=word_of("target", clock.target, visit.language),
        number=clock.instance,
        elapsed=readable.duration(clock.elapsed_us / SECOND, visit.language),
        goal=readable.duration(clock.target_us / SECOND, visit.language),
        left=readable.duration(abs(clock.remaining_us) / SECOND, visit.language),
        due=readable.NOTHING if due is None else readable.minute(visit.local(due), visit.language),
    )
    return f"{sentence[:1].upper()}{sentence[1:]}"


def _spans(clock: Explanation, scale: Scale, visit: Visit, now: datetime) -> Iterator[DrawnSpan]:
    """The stretches; of what counts, the opening hours, parted where the clock became late."""
    for stretch in clock.stretches:
        end = stretch.end or now
        title = f"{kind_of(stretch, visit.language)}: {reasons_of(stretch, visit.language)}"
        if stretch.kind != "counted":
            yield DrawnSpan(scale.share(stretch.start), scale.share(end), _KINDS.get(stretch.kind, "aside"), title)
            continue
        whole = [(stretch.start, end)]
        hours = whole if stretch.open_hours is None else [(each.start, each.end) for each in stretch.open_hours]
        over = f"{visit.w('ticket.clock.over')}; {title}"
        for opens, closes in hours:
            late_from = min(clock.breached_at or closes, closes)
            if opens < late_from:
                yield DrawnSpan(scale.share(opens), scale.share(late_from), "counted", title)
            if late_from < closes:
                yield DrawnSpan(scale.share(max(opens, late_from)), scale.share(closes), "over", over)


def _marks(clock: Explanation, scale: Scale, visit: Visit) -> Iterator[MarkedInstant]:
    if clock.due_at is not None:
        due = readable.minute(visit.local(clock.due_at), visit.language)
        yield MarkedInstant(scale.share(clock.due_at), "mark-due", visit.w("ticket.clock.due", due=due))
    if clock.breached_at is not None:
        at = readable.minute(visit.local(clock.breached_at), visit.language)
        yield MarkedInstant(scale.share(clock.breached_at), "mark-breach", visit.w("ticket.clock.breach", at=at))


def _stretches(clock: Explanation, visit: Visit) -> Iterator[Stretch]:
    sums = accumulate(each.elapsed_us for each in clock.stretches)
    for stretch, counted in zip(clock.stretches, sums, strict=True):
        yield _line(stretch, counted, visit)


def _line(stretch: ExplainedInterval, counted: int, visit: Visit) -> Stretch:
    return Stretch(
        stretch.start,
        stretch.end,
        kind_of(stretch, visit.language),
        reasons_of(stretch, visit.language),
        stretch.elapsed_us / SECOND,
        counted / SECOND,
    )
