"""A visit: who looks at a page, in which language and zone, at which instants, and with which parameters."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from api.api_keys import Permission, Principal
from api.http.container import Container
from api.http.read_session import ReadRequest
from api.screen.instants import instant_of, is_day
from api.screen.words import word
from api.settings import utc_now
from domain.readable import Language, day, minute
from domain.tenant_settings import TenantSettings
from domain.zones import TimeZone, zone_named
from projections.scope.tenant_settings import tenant_settings

_PLAIN = re.compile(r"[A-Za-z0-9_.~:-]*")
INSTANTS = ("as_of", "known_at")
"""The query parameters that every link of a page keeps."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person at an address of this server, signed in or not."""

    language: Language
    address: str

    def w(self, key: str, **values: object) -> str:
        """A word or a sentence in the language of the visitor."""
        return word(key, self.language, **values)

    def link(self, path: str, **parameters: object) -> str:
        """The address of a page. None is left out, a sequence is repeated."""
        return address_of(path, parameters)


@dataclass(frozen=True, slots=True)
class Visit(Visitor):
    """``path`` holds the parameters of the address, ``query`` those behind it, without the common ones.

    ``address`` is the path as it stands in a link. ``instants`` are ``as_of`` and ``known_at`` as they were written.
    ``form_token`` stands in every form.
    """

    caller: Principal
    reader: ReadRequest
    settings: TenantSettings
    path: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    instants: Mapping[str, str]
    form_token: str

    @property
    def container(self) -> Container:
        """The parts of the serving process."""
        return self.reader.container

    @property
    def zone(self) -> TimeZone:
        """The tenant's zone."""
        return zone_named(self.settings.zone)

    @property
    def is_past(self) -> bool:
        """Whether the page looks at another instant than the present."""
        return self.reader.is_point_in_time

    def one(self, name: str) -> str | None:
        """The value of a query parameter; None when it is missing or empty."""
        return next((value for value in self.query.get(name, ()) if value), None)

    def may(self, scope: Permission) -> bool:
        """Whether the visitor's key allows it."""
        return self.caller.may(scope)

    def may_record(self, scope: Permission) -> bool:
        """Whether a page offers forms: at the present, and to a key that allows it."""
        return not self.is_past and self.may(scope)

    def current(self, path: str) -> str | None:
        """What `aria-current` says of a link of the menu; None where this address lies under another one."""
        if self.address == path:
            return "page"
        return "true" if self.address.startswith(f"{path}/") else None

    def local(self, at: datetime) -> datetime:
        """The instant as a local time of the tenant."""
        return at.astimezone(self.zone)

    def instant_in_words(self, text: str) -> str:
        """An instant of ``instants`` as people read it: a day, or a local minute."""
        at = instant_of("as_of", text, self.zone)
        if at is None:
            return text
        local = self.local(at)
        return day(local.date(), self.language) if is_day(text) else minute(local, self.language)

    def link(self, path: str, **parameters: object) -> str:
        """The address of another page at the same instants. None is left out, a sequence is repeated."""
        return address_of(path, {**self.instants, **parameters})

    @property
    def at_present(self) -> str:
        """The address of this page with the same parameters, at the present instant."""
        return address_of(self.address, self.query)

    def with_query(self, **changed: object) -> str:
        """The address of this page with other parameters; None takes one away."""
        return self.link(self.address, **{**self.query, **changed})


def settings_of(container: Container, tenant: str) -> TenantSettings:
    """The settings of a tenant that hold now, by the clock of the serving process."""
    with container.pool.connection() as connection:
        return tenant_settings(connection, tenant, (container.settings.clock or utc_now)())


def address_of(path: str, parameters: Mapping[str, object]) -> str:
    """A path with its query; the parts of ``path`` are quoted, None is left out, a sequence is repeated."""
    given = (
        f"{_escaped(name)}={_escaped(str(each))}"
        for name, value in parameters.items()
        if value is not None and value != ""
        for each in (value if isinstance(value, list | tuple) else [value])
    )
    query = "&".join(given)
    return path + (f"?{query}" if query else "")


def path_part(text: str) -> str:
    """A text as one part of a path."""
    return quote(text, safe="")


def _escaped(text: str) -> str:
    """The text in a query. Most texts need no escape, and a page has some hundred links."""
    return text if _PLAIN.fullmatch(text) else quote(text, safe=":")
