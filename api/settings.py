"""The settings of a serving process, and the rule of where it may listen."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address

from api.http_limits import HttpLimits
from api.workers.position_waiter import SETTINGS as USUAL_POSITIONS
from domain.command_handling.service_desk import Now
from domain.errors import LedgerError
from domain.event_log.notifications import ListenerSettings
from domain.event_log.store import USUAL_SETTINGS as USUAL_STORE
from domain.event_log.store import StoreSettings


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class WhatIfBounds:
    """The bounds of a what-if over HTTP: tickets, seconds of time, bytes of memory."""

    tickets: int = 20_000
    seconds: float = 30.0
    memory: int = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """``keyless`` names the tenant that this computer may use without a key; None requires a key of everybody.

    ``readers`` is how many connections all readings share; a reading that gets none within ``patience`` seconds is 429.
    The answer of ``/readyz`` may be ``readiness_seconds`` old. ``http`` limits what connections take.
    ``clock`` gives the present instant; without one the database does. ``reading_dsn`` is the address for readings and
    ``owning_dsn`` the one under which keys are changed, each ``dsn`` when it is None. ``store`` and ``positions`` are
    the waits of the event store and of the position waiter; ``most_tenants`` are open at once.
    """

    dsn: str
    keyless: str | None = None
    readers: int = 8
    patience: float = 2.0
    readiness_seconds: float = 1.0
    http: HttpLimits = field(default_factory=HttpLimits)
    clock: Now | None = None
    whatif: WhatIfBounds = WhatIfBounds()
    reading_dsn: str | None = None
    owning_dsn: str | None = None
    store: StoreSettings = USUAL_STORE
    positions: ListenerSettings = USUAL_POSITIONS
    most_tenants: int = 64

    @property
    def reading(self) -> str:
        """The address for readings."""
        return self.reading_dsn or self.dsn

    @property
    def owning(self) -> str:
        """The address for changes of keys."""
        return self.owning_dsn or self.dsn


class ListenRefused(LedgerError):  # noqa: N818 -- an answer, not a defect
    """The server would be open to more people than intended; the message says what to do."""

    kind = "forbidden"


def check_listen(host: str, *, keys_exist: bool, keyless: bool = False) -> None:
    """Checks that a server may listen at ``host``. Raises ListenRefused.

    Other computers reach it only with keys; this computer reaches it without keys only when ``keyless`` is set.
    """
    if not is_loopback(host):
        if keyless:
            raise ListenRefused(
                f"{host} can be reached from other computers: serve there with keys, or on 127.0.0.1 without"
            )
        if not keys_exist:
            raise ListenRefused(
                f"{host} can be reached from other computers and no key exists: make one with `keys create` first"
            )
    elif not keys_exist and not keyless:
        raise ListenRefused(
            "no key exists: make one with `keys create`,"
            " or start with --keyless, so that everybody on this computer may use it"
        )


def is_loopback(host: str) -> bool:
    """Whether ``host`` (a name or an address, an IPv6 one with or without brackets) is this computer alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
