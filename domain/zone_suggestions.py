"""IANA zones to suggest for a name that is none."""

import difflib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from unicodedata import combining, normalize

from domain.text_folding import fold_code
from domain.zones import zone_names

MOST = 3
DEFAULT = ("Asia/Ho_Chi_Minh", "Europe/Berlin", "UTC")
CITIES: Mapping[str, str] = MappingProxyType(
    {
        "hanoi": "Asia/Ho_Chi_Minh",
        "ha noi": "Asia/Ho_Chi_Minh",
        "da nang": "Asia/Ho_Chi_Minh",
        "danang": "Asia/Ho_Chi_Minh",
        "hue": "Asia/Ho_Chi_Minh",
        "hai phong": "Asia/Ho_Chi_Minh",
        "haiphong": "Asia/Ho_Chi_Minh",
        "can tho": "Asia/Ho_Chi_Minh",
        "saigon": "Asia/Ho_Chi_Minh",
        "sai gon": "Asia/Ho_Chi_Minh",
        "hcm": "Asia/Ho_Chi_Minh",
        "hcmc": "Asia/Ho_Chi_Minh",
        "ho chi minh city": "Asia/Ho_Chi_Minh",
        "ict": "Asia/Ho_Chi_Minh",
        "beijing": "Asia/Shanghai",
        "guangzhou": "Asia/Shanghai",
        "shenzhen": "Asia/Shanghai",
        "osaka": "Asia/Tokyo",
        "busan": "Asia/Seoul",
        "chiang mai": "Asia/Bangkok",
        "mumbai": "Asia/Kolkata",
        "delhi": "Asia/Kolkata",
        "new delhi": "Asia/Kolkata",
        "bangalore": "Asia/Kolkata",
        "bengaluru": "Asia/Kolkata",
        "chennai": "Asia/Kolkata",
        "islamabad": "Asia/Karachi",
        "abu dhabi": "Asia/Dubai",
        "ankara": "Europe/Istanbul",
        "barcelona": "Europe/Madrid",
        "munich": "Europe/Berlin",
        "hamburg": "Europe/Berlin",
        "frankfurt": "Europe/Berlin",
        "geneva": "Europe/Zurich",
        "milan": "Europe/Rome",
        "edinburgh": "Europe/London",
        "san francisco": "America/Los_Angeles",
        "seattle": "America/Los_Angeles",
        "washington": "America/New_York",
        "boston": "America/New_York",
        "miami": "America/New_York",
        "atlanta": "America/New_York",
        "dallas": "America/Chicago",
        "houston": "America/Chicago",
        "austin": "America/Chicago",
        "montreal": "America/Toronto",
        "ottawa": "America/Toronto",
        "calgary": "America/Edmonton",
        "rio de janeiro": "America/Sao_Paulo",
        "brasilia": "America/Sao_Paulo",
        "wellington": "Pacific/Auckland",
    }
)
"""The zones of well-known cities that no zone is named after, by folded name."""


def suggestions(name: str) -> tuple[str, ...]:
    """Up to three zones: by spelling without case, by city, by country (name or ISO code), then by similarity."""
    folded = _folded(name)
    city = folded.rpartition("/")[2]
    if folded in _by_spelling():
        return (_by_spelling()[folded],)
    if city in CITIES:
        return (CITIES[city],)
    same_city = [zone for zone in sorted(zone_names()) if _folded(zone).rpartition("/")[2] == city]
    in_country = _by_country().get(city, [])
    alike = [_by_spelling()[near] for near in difflib.get_close_matches(folded, _by_spelling(), n=MOST)]
    return tuple((same_city or in_country or alike or DEFAULT)[:MOST])


def _folded(name: str) -> str:
    """The name without case, underscores and accents."""
    letters = normalize("NFKD", fold_code(name.replace("_", " ")).replace("đ", "d"))
    return "".join(letter for letter in letters if not combining(letter))


@cache
def _by_spelling() -> dict[str, str]:
    return {_folded(zone): zone for zone in sorted(zone_names())}


@cache
def _by_country() -> dict[str, list[str]]:
    """The zones of each country, by its folded name and by its ISO 3166 code, in the order of the table."""
    tables = files("tzdata").joinpath("zoneinfo")
    zones: defaultdict[str, list[str]] = defaultdict(list)
    for code, _, zone, *_ in _rows(tables.joinpath("zone.tab").read_text(encoding="utf-8")):
        zones[_folded(code)].append(zone)
    names = _rows(tables.joinpath("iso3166.tab").read_text(encoding="utf-8"))
    return zones | {_folded(country): zones[_folded(code)] for code, country in names}


def _rows(table: str) -> list[list[str]]:
    return [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
