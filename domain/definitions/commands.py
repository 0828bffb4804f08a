"""The command that publishes a version of a definition."""

from typing import Any, Self

from pydantic import ValidationError, model_validator

from domain.definitions.kind import TENANT
from domain.definitions.kinds import kind_named
from domain.errors import message_of
from domain.messages import Command, Text, Word
from domain.sla.policy.bounds import EffectiveFrom

MOST_MESSAGES = 5
"""The problems of a body that one error names."""


class PublishDefinition(Command):
    """Publishes the next version of a definition, in effect from ``effective_from`` on.

    ``kind`` says what ``body`` holds. Most kinds have one definition, named tenant.
    """

    kind: Word
    name: Word = TENANT
    effective_from: EffectiveFrom
    body: dict[str, Any]
    reason: Text

    @model_validator(mode="after")
    def _must_be_of_its_kind(self) -> Self:
        kind = kind_named(self.kind)
        kind.must_name(self.name)
        try:
            kind.body.model_validate(self.body)
        except ValidationError as error:
            messages = [
                f"{'.'.join(map(str, ('body', *e['loc'])))}: {message_of(e)}" for e in error.errors()[:MOST_MESSAGES]
            ]
            raise ValueError("; ".join(messages)) from None
        return self
