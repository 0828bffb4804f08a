"""A kind of definitions: what a body of the kind holds, and how a version is chosen for an instant."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from domain.messages import Message
from domain.procedure.needed_procedure import NeededProcedure
from domain.template.needed_text import NeededText
from domain.text_folding import fold_name
from domain.toml_file import WorkedExample
from domain.versions import in_effect

TENANT = "tenant"
"""The name of the one definition of a kind that each tenant has once."""
BUILT_IN_FROM = datetime(1970, 1, 1, tzinfo=UTC)
"""The instant from which the built-in version 0 of a definition is said to be effective."""

Body = TypeVar("Body", bound=Message)


class DefinitionVersion(NamedTuple):
    """A published version. ``body`` is as it was recorded."""

    version: int
    effective_from: datetime
    body: Mapping[str, Any]


def _no_calendars(_body: Message) -> frozenset[str]:
    return frozenset()


def _no_texts(_body: Message) -> Sequence[NeededText]:
    return ()


def _no_procedures(_body: Message) -> Sequence[NeededProcedure]:
    return ()


class InEffect(NamedTuple, Generic[Body]):
    """The version that is in effect at an instant; 0 is the built-in one, None one that is not published."""

    version: int | None
    effective_from: datetime
    body: Body


_READ: OrderedDict[int, tuple[Mapping[str, Any], Message]] = OrderedDict()
_KEPT = 256
"""How many bodies are kept as they were read last."""


def _read(model: type[Body], recorded: Mapping[str, Any]) -> Body:
    """A recorded body as its model. The same object is read once: each address that is decided asks for its rules."""
    known, body = _READ.get(id(recorded), (None, None))
    if known is recorded and isinstance(body, model):
        return body
    read = model.model_validate(recorded)
    _READ[id(recorded)] = recorded, read  # it stays alive, so that no other object gets its id
    while len(_READ) > _KEPT:
        _READ.popitem(last=False)
    return read


@dataclass(frozen=True, slots=True)
class DefinitionKind(Generic[Body]):
    """``body`` and ``example`` are the models of a body and of a worked example.

    ``built_in`` is the body that is in effect where none was published; None: there is none then. ``tenant_wide``: the
    tenant has one definition of the kind, named TENANT. ``shipped`` are the built-in bodies of a kind whose definitions
    have names, by name. ``calendars`` gives the folded names of the calendars that a body counts on: it can be
    published when all of them are. ``texts`` gives the templates that a body names, ``procedures`` those that it
    starts; they must fit. A body that was published once must stay readable, so bounds stand in types that take more
    than needed, and later fields have defaults.
    """

    name: str
    body: type[Body]
    example: type[WorkedExample]
    built_in: Body | None = None
    tenant_wide: bool = False
    calendars: Callable[[Body], frozenset[str]] = _no_calendars
    texts: Callable[[Body], Sequence[NeededText]] = _no_texts
    procedures: Callable[[Body], Sequence[NeededProcedure]] = _no_procedures
    shipped: Mapping[str, Body] = field(default_factory=dict)

    def must_name(self, name: str) -> None:
        """Raises ValueError for another name than TENANT where the tenant has one definition."""
        if self.tenant_wide and fold_name(name) != TENANT:
            raise ValueError(f"the {self.name} of a tenant is one definition: name it {TENANT!r}")

    def built_in_named(self, name: str) -> Body | None:
        """The built-in body of a definition, by its folded name."""
        return self.built_in if name == TENANT else self.shipped.get(name)

    def read(self, version: DefinitionVersion) -> Body:
        """The body of a published version."""
        return _read(self.body, version.body)

    def in_effect(self, versions: Iterable[DefinitionVersion], at: datetime, name: str = TENANT) -> InEffect[Body]:
        """The version in effect at an instant, of a definition by its folded name. Raises LookupError without one."""
        chosen = in_effect(versions, at)
        if chosen is not None:
            return InEffect(chosen.version, chosen.effective_from, self.read(chosen))
        built_in = self.built_in_named(name)
        if built_in is None:
            raise LookupError(f"no {self.name} of that name is in effect at {at.isoformat()}")
        return InEffect(0, BUILT_IN_FROM, built_in)

    def body_of(self, versions: Iterable[DefinitionVersion], version: int, name: str = TENANT) -> Body | None:
        """The body of a version of a definition by its folded name; 0 is the built-in one. None: there is none."""
        if version == 0:
            return self.built_in_named(name)
        return next((_read(self.body, each.body) for each in versions if each.version == version), None)
