"""The states of the library's stored events, which are bytes, as text for the log."""

from base64 import b64decode, b64encode

from domain.event_log.append import SEPARATOR

PREFIX = "base64:"


def text_of(state: bytes) -> str:
    """The bytes decoded, when the log can hold that text; else base64 after PREFIX."""
    try:
        text = state.decode()
    except UnicodeDecodeError:
        text = ""
    if text and "\0" not in text and SEPARATOR not in text and not text.startswith(PREFIX):
        return text
    return PREFIX + b64encode(state).decode()


def state_of(text: str) -> bytes:
    """The bytes of ``text_of``."""
    return b64decode(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else text.encode()
