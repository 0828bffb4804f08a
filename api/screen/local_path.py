"""Addresses to return to: paths of this server alone."""

import re

_LOCAL = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}")


def local_path(text: str, otherwise: str = "/") -> str:
    """The path with its query if a browser stays on this server with it, else ``otherwise``."""
    return text if _LOCAL.fullmatch(text) else otherwise
