"""A bound on wrong keys of the screen: for each origin address, and over all."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request

ATTEMPTS_OF_AN_ORIGIN = 10
SECONDS_FOR_ONE_MORE = 30.0
ATTEMPTS_OVER_ALL = 100
SECONDS_FOR_ONE_MORE_OVER_ALL = 1.0
MOST_ORIGINS = 10_000
"""Origins that are remembered; a further one shares the bound of all others that are not."""
_OTHERS = "others"


@dataclass(slots=True)
class _Bucket:
    """Attempts that are left at an instant; one more comes every ``seconds``, up to ``most``."""

    most: int
    seconds: float
    left: float
    at: float

    def fill(self, now: float) -> None:
        self.left = min(self.most, self.left + (now - self.at) / self.seconds)
        self.at = now

    @property
    def wait(self) -> float:
        """Seconds until there is an attempt."""
        return max(0.0, (1 - self.left) * self.seconds)


class SignInAttempts:
    """Counts the attempts that fail. An IPv6 network of 64 bits is one origin: one host has all of its addresses."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._all = _Bucket(ATTEMPTS_OVER_ALL, SECONDS_FOR_ONE_MORE_OVER_ALL, ATTEMPTS_OVER_ALL, now())
        self._origins: dict[str, _Bucket] = {}

    def take(self, address: str) -> int:
        """Takes an attempt and returns 0, or returns after how many seconds there is one."""
        both = (self._all, self._bucket(_origin_of(address)))
        for bucket in both:
            bucket.fill(self._now())
        wait = max(bucket.wait for bucket in both)
        if wait:
            return math.ceil(wait)
        for bucket in both:
            bucket.left -= 1
        return 0

    def _bucket(self, origin: str) -> _Bucket:
        if origin not in self._origins and len(self._origins) >= MOST_ORIGINS:
            self._forget_the_full()
            if len(self._origins) >= MOST_ORIGINS:
                origin = _OTHERS
        return self._origins.setdefault(
            origin, _Bucket(ATTEMPTS_OF_AN_ORIGIN, SECONDS_FOR_ONE_MORE, ATTEMPTS_OF_AN_ORIGIN, self._now())
        )

    def _forget_the_full(self) -> None:
        """Forgets the origins that have all of their attempts again."""
        now = self._now()
        for bucket in self._origins.values():
            bucket.fill(now)
        self._origins = {origin: bucket for origin, bucket in self._origins.items() if bucket.left < bucket.most}


def address_of_client(request: Request) -> str:
    """The address that a request comes from; "-" where it is not known."""
    return request.client.host if request.client else "-"


def _origin_of(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or ip_network(f"{parsed}/64", strict=False))
