"""A command on its way to a decision: its stream, its context, its handler and the streams that it reads."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Self
from uuid import UUID

from domain.command_context import CommandContext
from domain.command_handling.aggregates import handler_of
from domain.command_handling.handler import Aggregate, CommandHandler, Parts
from domain.messages import Command
from domain.personal_data.blinding import Blinding
from domain.text_folding import fold_name

NO_IDS: Mapping[UUID, UUID] = MappingProxyType({})


class CommandRequest(NamedTuple):
    """``parts`` are the streams that the decision reads, the command's own first, each with its aggregate.

    ``streams`` are theirs and those that the states name. ``written`` are those of ``streams`` that may get
    events. ``stored_ids`` are the ids of addresses' streams in the log, by the ids that the rules know; empty where
    they are the same.
    """

    stream: UUID
    command: Command
    context: CommandContext
    handler: CommandHandler
    parts: Sequence[tuple[UUID, Aggregate]]
    streams: Sequence[UUID]
    written: Sequence[UUID]
    fingerprint: str
    stored_ids: Mapping[UUID, UUID] = NO_IDS

    @classmethod
    def of(cls, stream: UUID, command: Command, context: CommandContext) -> Self:
        """The request of a command for ``stream``; the registry of aggregates is read once, here."""
        handler = handler_of(command)
        parts = handler.parts(stream, command)
        fingerprint = fingerprint_of(stream, command, context.actor.on_behalf_of)
        streams = [part for part, _ in parts]
        written = streams[:1] if handler.others_only_read else streams
        return cls(stream, command, context, handler, parts, streams, written, fingerprint)

    def blinded(self, blinding: Blinding) -> Self:
        """The request with the hashes of a log whose personal data is encrypted from its beginning."""
        fingerprint = blinding.text_of(self.fingerprint)
        parts, stored_ids = stored_parts(self.parts, blinding)
        streams, written = self.streams, self.written
        if stored_ids:
            streams = [part for part, _ in parts]
            written = streams[:1] if self.handler.others_only_read else streams
        return type(self)(
            self.stream, self.command, self.context, self.handler, parts, streams, written, fingerprint, stored_ids
        )

    def reading_too(self, streams: Collection[UUID]) -> Self:
        """The request that reads more streams, and may write them."""
        read = [*self.streams, *(stream for stream in streams if stream not in self.streams)]
        return self._replace(streams=read, written=self.written if self.handler.others_only_read else read)


def stored_parts(parts: Parts, blinding: Blinding) -> tuple[Parts, Mapping[UUID, UUID]]:
    """The parts with the ids that streams of addresses have in the log, and these ids by those that the rules know."""
    stored = {part: blinding.stream_of(part) for part, aggregate in parts if aggregate.kind == "address"}
    return [(stored.get(part, part), aggregate) for part, aggregate in parts] if stored else parts, stored


def fingerprint_of(stream: UUID, command: Command, on_behalf_of: str | None) -> str:
    """A hash of a command's content and of the person it is for, as 32 hexadecimal digits.

    Fields at their default are left out, so that a later release may add fields.
    """
    content = command.__pydantic_serializer__.to_json(command, exclude_defaults=True)
    text = f"{type(command).__name__} {stream.hex} ".encode() + content
    if on_behalf_of is not None:
        text += b" for " + fold_name(on_behalf_of).encode()
    return hashlib.blake2b(text, digest_size=16).hexdigest()
