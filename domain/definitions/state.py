"""The stream of a definition, and the state that it folds to: all published versions."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.definitions.events import DefinitionEvent
from domain.definitions.kind import TENANT, DefinitionVersion
from domain.text_folding import fold_name

_NAMESPACE = UUID("b9d3c1f0-51b5-4c0e-8f0e-6d8f5c0a7e12")


def definition_stream(kind: str, name: str = TENANT) -> UUID:
    """The stream of a definition's versions, by its kind and its folded name."""
    return uuid5(_NAMESPACE, f"{kind}/{fold_name(name)}")


class PublishedDefinition(NamedTuple):
    """All versions of a definition, the oldest first. ``state`` is none or published.

    A command that depends on a definition reads its stream and asks the kind for the version in effect.
    """

    state: str = "none"
    versions: tuple[DefinitionVersion, ...] = ()


def evolve(published: PublishedDefinition, event: DefinitionEvent, at: datetime) -> PublishedDefinition:  # noqa: ARG001 -- the shape every fold has
    """The versions after one more event."""
    version = DefinitionVersion(event.version, event.effective_from, event.body)
    return PublishedDefinition("published", (*published.versions, version))
