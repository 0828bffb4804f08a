"""The versions of the definitions of a kind in a log, and those that are in effect for an event."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from domain.definitions.events import DefinitionPublished
from domain.definitions.kind import DefinitionKind, DefinitionVersion
from domain.envelope import RecordedEvent
from domain.messages import Message
from domain.text_folding import fold_name
from domain.versions import in_effect

Body = TypeVar("Body", bound=Message)
Answer = TypeVar("Answer")
_ANSWERS_KEPT = 64


class RecordedVersion(NamedTuple, Generic[Body]):
    """A published version of a definition whose first version was recorded at ``since``.

    Without a body this release cannot read it, such as one of a plug-in that is gone.
    """

    name: str
    version: int
    effective_from: datetime
    position: int
    recorded_at: datetime
    since: datetime
    body: Body | None


def recorded_versions(
    definitions: Sequence[RecordedEvent], kind: DefinitionKind[Body]
) -> Mapping[str, Sequence[RecordedVersion[Body]]]:
    """The versions of each definition of a kind, by its folded name; in recorded order."""
    by_name: defaultdict[str, list[RecordedVersion[Body]]] = defaultdict(list)
    for event in definitions:
        published = event.payload
        if not isinstance(published, DefinitionPublished) or published.kind != kind.name:
            continue
        versions = by_name[fold_name(published.name)]
        versions.append(
            RecordedVersion(
                name=published.name,
                version=published.version,
                effective_from=published.effective_from,
                position=event.position,
                recorded_at=event.recorded_at,
                since=versions[0].recorded_at if versions else event.recorded_at,
                body=_readable(kind, published),
            )
        )
    return by_name


def _readable(kind: DefinitionKind[Body], published: DefinitionPublished) -> Body | None:
    try:
        return kind.read(DefinitionVersion(published.version, published.effective_from, published.body))
    except ValidationError:
        return None


class VersionsInEffect(Generic[Body]):
    """Chooses among the versions of some definitions. It changes with them alone, so that callers keep it."""

    def __init__(self, definitions: Iterable[Sequence[RecordedVersion[Body]]]) -> None:
        self._definitions = list(definitions)
        versions = [version for of_definition in self._definitions for version in of_definition]
        self._positions = sorted(version.position for version in versions)
        self._instants = sorted({version.effective_from for version in versions})

    def cached(self, answer: Callable[[Sequence[RecordedVersion[Body]]], Answer]) -> Callable[[int, datetime], Answer]:
        """A function of a position and an instant: the ``answer`` of the versions in effect for an event there.

        They were published before the position and took effect by the instant, one of each definition. The last
        answers are kept: between two versions it is always the same one.
        """

        @lru_cache(_ANSWERS_KEPT)
        def after(published: int, begun: int) -> Answer:
            return answer(self._after(published, begun))

        return lambda position, at: after(bisect_left(self._positions, position), bisect_right(self._instants, at))

    def _after(self, published: int, begun: int) -> Sequence[RecordedVersion[Body]]:
        """The versions in effect when so many versions were published and so many effective instants have passed."""
        if not published or not begun:
            return ()
        newest, at = self._positions[published - 1], self._instants[begun - 1]
        chosen = (
            in_effect([version for version in versions if version.position <= newest], at)
            for versions in self._definitions
        )
        return [version for version in chosen if version is not None]
