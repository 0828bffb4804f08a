"""What a fold reads: the events of one stream, and which of them are new."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.erasure.erased_reading import as_erased, erased_up_to
from domain.ticket.timeline import StreamTimeline


@dataclass(slots=True)
class Stream:
    """The events of one stream in recorded order; ``new_from`` is the index of the first new one.

    ``new_from`` equals the length when only the fold inputs have changed. A stream has at least one event. Events that
    an erasure covers are read as erased. When the erasure itself is new, so is the whole stream, and ``replaces_rows``
    says that rows of earlier folds are there, those of append-only tables too.
    """

    all: Sequence[RecordedEvent]
    new_from: int = 0
    erased: bool = field(default=False, init=False, compare=False)
    replaces_rows: bool = field(default=False, init=False, compare=False)
    id: UUID = field(init=False, repr=False, compare=False)
    kind: str = field(init=False, repr=False, compare=False)
    """The kind of aggregate, such as ``ticket``."""
    _timeline: StreamTimeline | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Reads erased events as erased, and the id and the kind once: every fold asks for them."""
        self.id, self.kind = self.all[0].stream, self.all[0].kind
        if covered := erased_up_to(self.all):
            self.all = as_erased(self.all)
            self.erased = True
            if 0 < self.new_from <= covered:
                self.new_from, self.replaces_rows = 0, True

    @property
    def new(self) -> Sequence[RecordedEvent]:
        """The events that no earlier fold has seen."""
        return self.all[self.new_from :]

    @property
    def timeline(self) -> StreamTimeline:
        """The steps of a ticket, which all folds of this object share."""
        if self._timeline is None:
            self._timeline = StreamTimeline(self.all)
        return self._timeline
