"""The fields of a form that a browser sends."""

from urllib.parse import parse_qsl

from fastapi import Request

from api.http.problems import Problem, malformed
from api.http.request_body import read_bytes

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 200
LARGEST_FORM = 512 * 1024
"""Bytes of a form. A published text of 64 KiB takes up to three bytes for each of its bytes."""


async def read_form(request: Request) -> dict[str, str]:
    """The fields by name; of repeated ones the last. Raises Problem (malformed, too_large)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise malformed([{"loc": ("content-type",), "msg": f"send a form as {FORM}"}])
    body = await read_bytes(request, LARGEST_FORM)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError:
        raise Problem("malformed", f"the form is no UTF-8 text of at most {MOST_FIELDS} fields") from None
