"""The ids that an import derives from the names of a source: equal in every import of that source."""

import hashlib
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from domain.ids import Namespace
from domain.personal_data.blinding import Blinding
from domain.text_folding import fold_name

NAMESPACE = UUID("6f1c2c52-9d0f-5c55-8a43-3f3a7b0d7f11")
"""The namespace of all these ids, as RFC 9562 defines it for version 5."""
_IDS = Namespace(NAMESPACE)
CACHED_STREAMS = 2_048
"""The newest ids of streams, each of which is asked for more than once."""


class CustomerRef(NamedTuple):
    """A customer that a row names. ``reference`` is None for the unknown customer of a ticket."""

    stream: UUID
    command_id: str
    name: str
    reference: str | None


class SourceIds:
    """The ids of one source. ``blinding`` hides names of customers and of records in them."""

    def __init__(self, source: str, blinding: Blinding | None = None) -> None:
        self._source = source
        self._blinding = blinding
        self.customer = lru_cache(256)(self._customer)
        self.stream = lru_cache(CACHED_STREAMS)(self._stream)

    def _stream(self, ticket: str) -> UUID:
        """The stream of a ticket."""
        return _IDS.id_of(f"{self._source}/ticket/{ticket}")

    def command_id(self, ticket: str, number: int) -> str:
        """The id of the command that records row ``number`` of a ticket, from 0 in the order of recording."""
        return f"import/{self._source}/{ticket}/{number}"

    def name(self, name: str) -> str:
        """A name of the source as it stands in ids."""
        return name if self._blinding is None else self._blinding.text_of(name)

    def fingerprint(self, content: str) -> str:
        """A hash of what rows say, as 32 hexadecimal digits."""
        if self._blinding is not None:
            return self._blinding.text_of(content)
        return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()

    def _customer(self, reference: str | None, ticket: str) -> CustomerRef:
        """The customer with a reference; without one, an unknown customer who has this ticket alone."""
        source = self._source
        if reference is None:
            stream = _IDS.id_of(f"{source}/customer-of/{ticket}")
            return CustomerRef(stream, f"import-customer-of/{source}/{ticket}", "(unknown)", None)
        folded = self.name(fold_name(reference))
        stream = _IDS.id_of(f"{source}/customer/{folded}")
        return CustomerRef(stream, f"import-customer/{source}/{folded}", reference, reference)


def event_id(command_id: str, number: int) -> str:
    """The id of event ``number`` of a command."""
    return _IDS.text_of(f"{command_id}#{number}")
