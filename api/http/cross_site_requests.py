"""Whether a request comes from a page of another site, by the headers that browsers send."""

from functools import lru_cache
from urllib.parse import urlsplit

from fastapi import Request

from api.settings import is_loopback

OWN_SITES = frozenset({"none", "same-origin"})
"""The values of Sec-Fetch-Site of what a person typed, and of what a page of this server sent."""


@lru_cache(maxsize=64)
def is_loopback_host(host: str) -> bool:
    """Whether a header Host names this computer; the name of another site may resolve to its address too."""
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def is_from_another_site(request: Request) -> bool:
    """Whether Sec-Fetch-Site or Origin names another site; a request without both, such as curl's, comes from none.

    Browsers send the Origin ``null`` for forms of pages whose Referrer-Policy is ``no-referrer``, as ours is. It
    counts as another site without Sec-Fetch-Site, since pages in a sandbox send it too. A proxy may end TLS: only the
    host of Origin is compared.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if site is not None and site not in OWN_SITES:
        return True
    if origin is None or (origin == "null" and site == "same-origin"):
        return False
    return _host_of(origin) != request.headers.get("host", "").lower()


def is_navigation(request: Request) -> bool:
    """Whether a browser shows the answer as a page of its own, such as after a click on a link elsewhere.

    The page where the link was cannot read it.
    """
    mode, shown_as = request.headers.get("sec-fetch-mode"), request.headers.get("sec-fetch-dest")
    return request.method == "GET" and (mode, shown_as) == ("navigate", "document")


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
