"""The header On-Behalf-Of: a name in UTF-8, or encoded by RFC 8187."""

import re
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

from api.http.problems import Problem, malformed
from api.terminal_text import holds_unsafe

_PLAIN, _EXTENDED = b"on-behalf-of", b"on-behalf-of*"
_EXT_VALUE = re.compile(rb"(?i:utf-8)'[A-Za-z0-9-]*'((?:%[0-9A-Fa-f]{2}|[A-Za-z0-9!#$&+.^_`|~-])+)")
_BLANKS = re.compile("[\t\n]")


def on_behalf_of(headers: Sequence[tuple[bytes, bytes]]) -> str | None:
    """The person for whom the request acts; None without the header. Raises Problem (malformed)."""
    values = [(name, value) for name, value in headers if name in {_PLAIN, _EXTENDED}]
    if not values:
        return None
    if len(values) > 1:
        raise _malformed("say it once, either as On-Behalf-Of or as On-Behalf-Of*")
    name, value = values[0]
    if name == _EXTENDED:
        encoded = _EXT_VALUE.fullmatch(value.strip())
        if encoded is None:
            raise _malformed("write On-Behalf-Of* as RFC 8187 does: UTF-8''Nguy%E1%BB%85n%20V%C4%83n%20A")
        value = unquote_to_bytes(encoded[1])
    try:
        text = value.decode()
    except UnicodeDecodeError:
        raise _malformed("this is not UTF-8: send it as UTF-8, or as On-Behalf-Of*: UTF-8''...") from None
    if _BLANKS.search(text) or holds_unsafe(text):
        raise _malformed("a name holds no control characters, and none that nobody sees")
    return text


def _malformed(message: str) -> Problem:
    return malformed([{"loc": ("on-behalf-of",), "msg": message}])
