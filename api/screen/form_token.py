"""The token in every form: a page of another site cannot know it."""

import hmac
from hashlib import sha256

from fastapi import Request

SESSION_COOKIE = "ticketledger_session"


def form_token(request: Request) -> str:
    """The token of the session of a request; empty without a session."""
    session = request.cookies.get(SESSION_COOKIE)
    return hmac.new(session.encode(), b"form", sha256).hexdigest() if session else ""
