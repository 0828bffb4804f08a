"""The fields of a form that a page sends: urlencoded text of bounded size."""

from urllib.parse import parse_qs

from fastapi import Request

from api.http.problems import malformed
from api.http.request_body import body_of
from api.http.session_cookie import SentFields

MOST_FIELDS = 200
LARGEST_FORM = 512 * 1024
"""Bytes of a form: a published text of 64 KiB takes three bytes for most of its own."""
_MEDIA_TYPE = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> SentFields:
    """The fields of the body, also empty ones. Raises Problem (too_large, malformed)."""
    body = await body_of(request, LARGEST_FORM)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _MEDIA_TYPE:
        raise malformed([{"loc": ("content-type",), "msg": f"send the form as {_MEDIA_TYPE}"}])
    try:
        return parse_qs(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise malformed([{"loc": (), "msg": f"this is no form in UTF-8 of at most {MOST_FIELDS} fields"}]) from None
