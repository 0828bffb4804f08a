"""An action: a command of the table that pages offer as a form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

from api.http.command_table import PUBLISHED, Collection, CommandEndpoint
from api.http.read_session import ReadSession
from api.screen.actions.fields import FormField, fields_of
from api.screen.visit import Visit
from projections.engine.projection import Projection

NEW = "new"
"""The last part of the address of the form that begins something new."""
EVERY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Action:
    """A command that a form gives. Its address is that of the API without ``/v1``; a new thing has the word NEW.

    ``address`` is another address, and ``stream`` the one stream of the command, where the address names none.

    ``fields`` are those of the form in their order: names of the command's fields, or fields of the form's own.
    ``given`` are those of them that the page fills in and people do not see. ``fixed`` are members of the command that
    are always the same. ``members`` makes the command's members of the form's, where they differ; it raises Problem.
    ``back`` is the page to go to, of the parameters of the address and of ``stream``. ``states`` are those in which a
    page offers it; EVERY. ``rule`` says what to do in others, as the command does. ``is_grave``: it ends something or
    takes something away.

    ``aside`` gives what the form's own page shows above it, with the template ``actions/<key>.html``, from ``reads``
    and the further ``parameters`` of the query.
    """

    collection: Collection
    word: str
    back: str
    fields: tuple[str | FormField, ...] = ()
    given: frozenset[str] = frozenset()
    fixed: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    members: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    states: frozenset[str] = EVERY
    rule: str = ""
    is_grave: bool = False
    aside: Callable[[Visit, ReadSession], Mapping[str, object]] | None = None
    reads: tuple[Projection, ...] = ()
    parameters: frozenset[str] = frozenset()
    address: str = ""
    stream: UUID | None = None

    @property
    def key(self) -> str:
        """The key of its words and the name of its template, such as ``tickets.assign``."""
        return f"{self.collection.name}.{self.word or NEW}"

    @property
    def begins(self) -> bool:
        """Whether it begins something new."""
        return not self.word

    def back_of(self, path: Mapping[str, str]) -> str:
        """The page to return to; of something new that of all things of its kind."""
        stream = path.get(self.collection.id)
        return f"/{self.collection.name}" if stream is None else self.back.format(stream=stream)

    @property
    def path(self) -> str:
        """Its address, such as ``/tickets/{ticket_id}/assign``."""
        if self.address:
            return self.address
        if self.collection in PUBLISHED:
            return f"/{self.collection.name}/{self.word}"
        name = self.collection.name
        return f"/{name}/{{{self.collection.id}}}/{self.word}" if self.word else f"/{name}/{NEW}"

    @property
    def endpoint(self) -> CommandEndpoint:
        """Its line of the table of commands."""
        return next(line for line in self.collection.commands if line.word == self.word)

    @property
    def form_fields(self) -> tuple[FormField, ...]:
        """The fields of its form."""
        own = {each.name: each for each in self.fields if isinstance(each, FormField)}
        names = tuple(each for each in self.fields if isinstance(each, str))
        made = own | {each.name: each for each in fields_of(self.endpoint.command, names)}
        return tuple(made[each if isinstance(each, str) else each.name] for each in self.fields)
