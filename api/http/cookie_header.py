"""The header Cookie, of which only the cookies of this program are read."""

import re

_OWN = re.compile(rb"(?:__Host-)?ticketledger_\w+=[\w.-]*", re.ASCII)


def own_cookies(header: bytes) -> bytes:
    """The header without the cookies of other programs, and without quoted values.

    Ours are never quoted. Python before 3.11.10 needs quadratic time for backslashes between quotes.
    """
    return b"; ".join(part for part in map(bytes.strip, header.split(b";")) if _OWN.fullmatch(part))
