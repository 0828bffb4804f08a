"""The terms that find customers, and the subjects that find tickets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from domain.customer import events as c
from domain.messages import Event
from domain.personal_data.declaration import is_lost
from domain.ticket import events as t
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table
from projections.search.words import digits_of, rotations, search_form, words_of

TermKind = Literal["name", "phone", "phone_end", "address", "domain", "reference"]
LONGEST_TERM = 200


@dataclass(slots=True)
class SearchTerm:
    """A text that finds a customer by its beginning.

    ``phone`` holds the digits of a number, ``phone_end`` the same in reverse order: people search by the last ones.
    ``domain`` is that of an e-mail address, ``address`` any handle.
    """

    customer: UUID
    kind: TermKind
    term: str


@dataclass(slots=True)
class TicketSubject:
    """The words of a ticket's subject since ``version`` of its stream."""

    ticket: UUID
    version: int
    words: str


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[SearchTerm | TicketSubject]:
    """The terms of a customer, or the new subjects of a ticket; an erased stream is not found."""
    if stream.erased:
        return
    if stream.kind == "customer":
        yield from _terms(stream)
        return
    for event in stream.new:
        if type(event.payload) in {t.TicketReceived, t.SubjectChanged}:
            yield TicketSubject(event.stream, event.version, " ".join(_words_of(event.payload.subject)))


def _terms(stream: Stream) -> Iterator[SearchTerm]:
    terms: dict[tuple[TermKind, str], None] = {}
    named = ""
    payloads = [event.payload for event in stream.all if type(event.payload) in _NAMING]
    for payload in payloads:
        if type(payload) in {c.CustomerRegistered, c.CustomerDetailsChanged}:
            named = payload.name
        if type(payload) is c.CustomerRegistered and (reference := payload.external_reference) is not None:
            terms["reference", "" if is_lost(reference) else search_form(reference)] = None
    for name in rotations(_words_of(named)):
        terms["name", name] = None
    for (channel, _, handle), key in _keys_of_addresses(payloads).items():
        terms |= dict.fromkeys(_terms_of_address(channel, handle, key))
    for kind, term in dict.fromkeys((kind, term[:LONGEST_TERM]) for kind, term in terms if term):
        yield SearchTerm(stream.id, kind, term)


def _words_of(text: str) -> list[str]:
    return [] if is_lost(text) else words_of(text)


def _keys_of_addresses(payloads: Iterable[Event]) -> dict[tuple[str, str | None, str], str]:
    """The key of each address that the customer has, by channel, scope and handle."""
    keys: dict[tuple[str, str | None, str], str] = {}
    for payload in payloads:
        match payload:
            case c.AddressAdded(handle=handle) | c.AddressRekeyed(handle=handle) if is_lost(handle):
                continue
            case c.AddressAdded(channel=channel, scope=scope, handle=handle, key=key):
                keys[channel, scope, handle] = key or handle
            case c.AddressRekeyed(channel=channel, scope=scope, handle=handle, key=key):
                keys[channel, scope, handle] = key
            case c.AddressRemoved(channel=channel, scope=scope, handle=handle):
                keys.pop((channel, scope, handle), None)
            case _:
                continue
    return keys


def _terms_of_address(channel: str, handle: str, key: str) -> list[tuple[TermKind, str]]:
    if channel == "phone":
        digits = digits_of(key) or digits_of(handle)
        return [("phone", digits), ("phone_end", digits[::-1])]
    address = search_form(handle)
    if channel == "email":
        return [("address", address), ("domain", address.rpartition("@")[2])]
    return [("address", address)]


_NAMING: frozenset[type[Event]] = frozenset(
    {c.CustomerRegistered, c.CustomerDetailsChanged, c.AddressAdded, c.AddressRekeyed, c.AddressRemoved}
)
"""The events of a customer's stream that change its terms; a customer may have very many others."""


SEARCH = Projection(
    name="search",
    version=1,
    kinds=frozenset({"customer", "ticket"}),
    tables=(
        Table(
            "search_terms",
            SearchTerm,
            key=("customer", "kind", "term"),
            indexes=("(kind, term text_pattern_ops, customer)",),
        ),
        Table(
            "ticket_subjects",
            TicketSubject,
            key=("ticket", "version"),
            indexes=("using gin (to_tsvector('simple', words))",),
            append_only=True,
        ),
    ),
    fold=fold,
)
