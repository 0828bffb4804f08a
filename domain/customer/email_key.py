"""The key of an e-mail address."""

from functools import lru_cache

import idna

from domain.text_folding import fold_name


def email_key(handle: str) -> str:
    """The address in lower case, its domain in ASCII (IDNA 2008, UTS 46). Dots and tags of the local part stay.

    A domain that IDNA does not know is only put into lower case.
    """
    local, at, domain = fold_name(handle).rpartition("@")
    return f"{local.lower()}{at}{_in_ascii(domain)}"


@lru_cache(1_024)
def _in_ascii(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode("ascii").rstrip(".")
    except idna.IDNAError:
        return domain.lower().rstrip(".")
