"""The language of a visitor: the one chosen, else the browser's first that the screen speaks, else the tenant's."""

from functools import lru_cache
from urllib.parse import parse_qs

from fastapi import Request

from domain.readable import Language

COOKIE = "ticketledger_language"
LANGUAGES: tuple[Language, ...] = ("en", "vi")
USUAL: Language = "vi"


def language_of(request: Request, usual: Language = USUAL) -> Language:
    """The language of a request; ``usual`` where it asks for none that the screen speaks."""
    return language_wanted(request) or usual


def language_wanted(request: Request) -> Language | None:
    """The language that a request asks for; None for none that the screen speaks."""
    chosen = request.cookies.get(COOKIE)
    accepted = [chosen, *_accepted(request.headers.get("accept-language", "")[:1000])]
    return next((language for wanted in accepted for language in LANGUAGES if wanted == language), None)


@lru_cache(256)
def _accepted(header: str) -> tuple[str, ...]:
    """The main languages of Accept-Language (RFC 9110, 12.5.4), the preferred one first."""
    wanted: list[tuple[float, int, str]] = []
    for item in header.split(","):
        name, _, rest = item.partition(";")
        try:
            quality = float(parse_qs(rest.strip()).get("q", ["1"])[0])
        except ValueError:
            quality = 0.0
        if quality > 0:
            wanted.append((-quality, len(wanted), name.strip().lower().partition("-")[0]))
    return tuple(name for _, _, name in sorted(wanted))
