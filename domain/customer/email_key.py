"""The key of an e-mail address."""

import re
from functools import lru_cache

import idna

from domain.text_folding import fold_name, without_marks

_AROUND_AT = re.compile(r"\s*@\s*")
_ADDRESS = re.compile(
    r"""(?<![^\s<>()\[\],;:"|@])[^\s<>()\[\],;:"|@]*[^\s<>()\[\],;:"'|@./]@\w[^\s<>()\[\],;:"'|@/?=&]*"""
)
"""It begins behind a sign that no address holds, so that a long text is read once."""
_ROUND_ABOUT = "'./"


def email_key(handle: str) -> str:
    """The address in lower case, its domain in ASCII (IDNA 2008, UTS 46). Dots and tags of the local part stay.

    A domain that IDNA does not know is only put into lower case.
    """
    local, at, domain = fold_name(handle).rpartition("@")
    return f"{local.lower()}{at}{_in_ascii(domain)}"


def email_key_beside_notes(handle: str) -> str | None:
    """The same for the address in a text. None when it identifies nobody."""
    address = address_in(handle)
    return None if address is None else email_key(address)


def address_in(handle: str) -> str | None:
    """The address without a name, ``mailto:`` or other words beside it; None without one and with different ones."""
    written = _AROUND_AT.sub("@", without_marks(fold_name(handle)))
    addresses = [address.strip(_ROUND_ABOUT) for address in _ADDRESS.findall(written)]
    return addresses[0] if len(set(map(email_key, addresses))) == 1 else None


@lru_cache(1_024)
def _in_ascii(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode("ascii").rstrip(".")
    except idna.IDNAError:
        return domain.lower().rstrip(".")
