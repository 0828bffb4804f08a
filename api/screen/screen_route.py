"""What answers of the screen have in common: their policy, and the address of the sign-in."""

from fastapi import Response

SIGN_IN = "/sign-in"
ENDED = "ended"
"""Says at the address of the sign-in that the session has ended."""
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
"""No inline script or style, and nothing from another server."""


def html_answer(html: str | bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A page under the policy of the screen. With another referrer policy forms would come without an origin."""
    own = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}
    return Response(html, status, {**own, **(headers or {})}, "text/html; charset=utf-8")
