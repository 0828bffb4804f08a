"""The key of an e-mail address."""

import idna

from domain.text_folding import fold_name


def email_key(handle: str) -> str:
    """The address in lower case, its domain in ASCII (IDNA 2008, UTS 46). Dots and tags of the local part stay.

    A domain that IDNA does not know is only put into lower case.
    """
    local, at, domain = fold_name(handle).rpartition("@")
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        ascii_domain = domain.lower()
    return f"{local.lower()}{at}{ascii_domain.rstrip('.')}"
