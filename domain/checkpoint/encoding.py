"""Base64 in its one canonical spelling, so that no two texts mean the same bytes."""

import binascii
from base64 import b64decode, b64encode


def encoded(content: bytes) -> str:
    """The bytes as base64."""
    return b64encode(content).decode()


def decoded(text: str) -> bytes:
    """The bytes of a text in base64; none where it has another form or another spelling."""
    try:
        content = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return content if encoded(content) == text else b""
